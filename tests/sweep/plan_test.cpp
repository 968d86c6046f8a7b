#include <fstream>
#include <regex>
#include <set>

#include "planning.hpp"
#include "recur/data/classification.hpp"
#include "recur/model/network.hpp"

namespace recur::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

using PlanTest = PlanningTest;

std::vector<std::string> variants(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlannedPoint& point : plan.points) names.push_back(point.variant);
  return names;
}

TEST_F(PlanTest, ASingleTrainingIsOneTrial) {
  const Plan p = plan(define("cell: gru, hidden: 4"));
  ASSERT_THAT(p.trials, SizeIs(1));
  EXPECT_EQ(p.trials[0].name, trial_name(p.points[0].definition, 0));
  EXPECT_EQ(p.points[0].variant, "gru");
  EXPECT_EQ(p.objective, (store::Objective{"valid/loss", true}));
}

TEST_F(PlanTest, AllPointsOfAReplicateComeBeforeTheNext) {
  const Plan p = plan(define("cell: gru", "replicates: 2\nsweep: {space: {model.cell: {choice: [vanilla, gru]}}}\n"));
  std::vector<std::string> order;
  for (const PlannedTrial& trial : p.trials) order.push_back(fmt::format("{} {}", p.point_of(trial).variant, trial.replicate));
  EXPECT_THAT(order, ElementsAre("vanilla 0", "gru 0", "vanilla 1", "gru 1"));
}

TEST_F(PlanTest, VariantsAreCellsWhereTheSpaceVariesThem) {
  const Plan p = plan(define("cell: gru", "sweep: {space: {model.cell: {choice: [vanilla, gru]}, train.optimizer.kind: {choice: [adam, sgd]}}}\n"));
  EXPECT_THAT(variants(p), ElementsAre("vanilla", "vanilla", "gru", "gru"));
}

TEST_F(PlanTest, VariantsOfOneCellAreItsChoices) {
  EXPECT_THAT(variants(plan(define("cell: gru", "sweep: {space: {train.optimizer.kind: {choice: [adam, sgd]}}}\n"))), ElementsAre("adam", "sgd"));
  EXPECT_THAT(variants(plan(define("cell: gru", "sweep: {space: {model.layers: {choice: [1, 2]}, train.optimizer.kind: {choice: [adam, sgd]}}}\n"))),
              ElementsAre("layers=1 adam", "layers=1 sgd", "layers=2 adam", "layers=2 sgd"));
  EXPECT_THAT(variants(plan(define("cell: gru", "sweep: {space: {train.optimizer.lr: {float: [0.001, 0.01], steps: 2}}}\n"))), ElementsAre("gru", "gru"));
}

TEST_F(PlanTest, PointsThatComeToTheSameTrainingAreOne) {
  const Plan p = plan(define("cell: gru", "sweep: {sampler: {kind: random, trials: 20}, space: {model.hidden: {choice: [3, 4]}}}\n"));
  EXPECT_THAT(p.points, SizeIs(2));
  EXPECT_THAT(p.trials, SizeIs(2));
}

TEST_F(PlanTest, ABudgetIsSolvedForEachVariant) {
  const Plan p = plan(define("cell: gru", "budget: {params: 400}\nsweep: {space: {model.cell: {choice: [vanilla, lstm, gru]}}}\n"));
  std::set<int64_t> sizes;
  for (const PlannedPoint& point : p.points) {
    EXPECT_LE(point.parameters, 400);
    EXPECT_GT(point.parameters, 250);
    sizes.insert(point.definition.model.hidden);
  }
  EXPECT_THAT(sizes, SizeIs(3));
}

TEST_F(PlanTest, TellsEveryMistakeOfEveryPointOnce) {
  // The data are too short for one of the windows, at both learning rates.
  const Definition definition = define("cell: gru", "sweep: {space: {task.window: {choice: [8, 200]}, train.optimizer.lr: {choice: [0.1, 0.2]}}}\n");
  try {
    plan(definition);
    FAIL() << "nothing was thrown";
  } catch (const UserError& error) {
    ASSERT_THAT(error.messages(), SizeIs(1));
    EXPECT_THAT(error.messages()[0], HasSubstr("window 200"));
  }
}

TEST_F(PlanTest, AValueOfThePointKeepsItsType) {
  const Plan p = plan(define("cell: gru", "sweep: {space: {train.optimizer.lr: {choice: [0.5]}, model.hidden: {choice: [3]}, train.optimizer.kind: {choice: [sgd]}}}\n"));
  const store::Values values = values_of(p.points[0].point);
  EXPECT_EQ(values.at("train.optimizer.lr"), store::Value(0.5));
  EXPECT_EQ(values.at("model.hidden"), store::Value(int64_t{3}));
  EXPECT_EQ(values.at("train.optimizer.kind"), store::Value(std::string("sgd")));
}

// Eight rows of two classes; some folds take a letter out of the training part.
class FoldPlanTest : public PlanningTest {
 protected:
  FoldPlanTest() {
    std::ofstream(directory_ / "letters.csv") << "sequence,label\nAA,A\nAC,A\nAG,A\nAT,A\nCA,C\nCC,C\nCG,C\nCT,C\n";
  }
  Definition letters(const std::string& more) const {
    return parse_definition("name: letters\ntask: {kind: classification, data: {format: table, file: letters.csv}, split: {folds: 4, fold: 0, valid: 0}}\n"
                            "model: {cell: gru, hidden: 2}\ntrain: {epochs: 1, batch: 4}\n" + more,
                            (directory_ / "x.yaml").string(), {.overrides = {}, .cells = cells_of(registry_)});
  }
};

TEST_F(FoldPlanTest, AReplicateHasAFoldOfItsOwn) {
  const Plan p = plan(letters("replicates: 4\n"));
  ASSERT_THAT(p.points, SizeIs(1));
  ASSERT_THAT(p.trials, SizeIs(4));
  std::set<std::string> names;
  std::multiset<uint32_t> tested;
  for (const PlannedTrial& trial : p.trials) {
    names.insert(trial.name);
    const auto task = tasks_.get(data::of_replicate(p.point_of(trial).definition.task, trial.replicate));
    const auto& rows = dynamic_cast<const data::ClassificationTask&>(*task).rows(data::Part::test);
    tested.insert(rows.begin(), rows.end());
  }
  EXPECT_THAT(names, SizeIs(4));
  EXPECT_THAT(tested, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_F(FoldPlanTest, ABudgetHoldsForTheFoldWithTheLargestVocabulary) {
  const Plan p = plan(letters("replicates: 4\nbudget: {params: 100}\n"));
  const Definition& trial = p.points[0].definition;
  int64_t most = 0;
  for (int64_t replicate = 0; replicate < 4; ++replicate)
    most = std::max(most, model::Network(trial.model, tasks_.get(data::of_replicate(trial.task, replicate))->spec(), registry_).parameters());
  EXPECT_EQ(p.points[0].parameters, most);
  EXPECT_LE(most, 100);
}

TEST_F(PlanTest, NothingIsThereBeforeTheFirstRun) { EXPECT_TRUE(progress(plan(define("cell: gru")), directory_ / "results").empty()); }

// With the cells that are shipped, whose hyper-parameters definitions may set.
TEST_F(PlanTest, EveryExperimentOfTheRepositoryReads) {
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(RECUR_SOURCE_DIR) / "experiments")) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    try {
      const Definition d = load_definition(entry.path().string(), {.cells = cells_of(registry_), .find_files = false});
      for (const Point& point : points(d)) apply(d, point);
    } catch (const UserError& error) {
      ADD_FAILURE() << error.what();
    }
  }
  EXPECT_GT(count, 0);
}

TEST_F(PlanTest, TheGuideNamesTheExperimentsThatThereAre) {
  const fs::path root = fs::path(RECUR_SOURCE_DIR) / "experiments";
  std::set<std::string> there, named;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".yaml") there.insert(entry.path().filename().string());
  std::ifstream in(root / "README.md");
  const std::string guide{std::istreambuf_iterator<char>(in), {}};
  const std::regex name("([a-z0-9_]+\\.yaml)`");   // as in `speech/digits.yaml`, or a bare name after its neighbour's path
  for (std::sregex_iterator it(guide.begin(), guide.end(), name), end; it != end; ++it) named.insert((*it)[1]);
  EXPECT_EQ(named, there);
}

}  // namespace
}  // namespace recur::sweep
