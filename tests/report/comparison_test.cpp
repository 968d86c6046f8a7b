#include "recur/report/comparison.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <limits>

#include "records.hpp"
#include "recur/error/error.hpp"
#include "recur/report/table.hpp"

namespace recur::report {
namespace {

using store::TrialRecord;
using store::TrialState;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Three variants, six replicates: gru a little better than lstm, vanilla much worse.
std::vector<TrialRecord> three_variants() {
  std::vector<TrialRecord> trials;
  const double noise[] = {0.3, -0.2, 0.1, -0.4, 0.2, 0.0};
  for (int64_t r = 0; r < 6; ++r) {
    const double n = noise[r];
    trials.push_back(trial("vanilla", r, 25 + n, 26 + 2 * n));
    trials.push_back(trial("lstm", r, 20.5 + n, 21.5 + n + 0.1 * static_cast<double>(r % 3)));
    trials.push_back(trial("gru", r, 20 + n, 21 + n));
  }
  return trials;
}

TEST(ComparisonTest, RanksVariantsByTheObjectiveAndReportsTestMetrics) {
  const Comparison c = compare(three_variants());
  ASSERT_EQ(c.variants.size(), 3U);
  EXPECT_EQ(c.variants[0].variant, "gru");
  EXPECT_EQ(c.variants[1].variant, "lstm");
  EXPECT_EQ(c.variants[2].variant, "vanilla");
  EXPECT_EQ(c.variants[2].rank, 3);
  EXPECT_THAT(c.metrics, ElementsAre("test/rmse", "test/mae"));
  const Estimate& gru = c.variants[0].metrics.at("test/rmse").estimate;
  EXPECT_DOUBLE_EQ(gru.mean, 21);
  EXPECT_EQ(gru.n, 6);
  EXPECT_LT(gru.interval.low, 21);
  EXPECT_EQ(c.variants[0].parameters, 1234);
  EXPECT_EQ(c.variants[0].seconds, 3);
  EXPECT_EQ(c.variants[0].trials.size(), 6U);
  EXPECT_THAT(c.notes, IsEmpty());
}

TEST(ComparisonTest, DifferencesToTheBestArePairedByReplicate) {
  const Comparison c = compare(three_variants());
  EXPECT_FALSE(c.variants[0].metrics.at("test/rmse").against_best.has_value());
  const Contrast& lstm = *c.variants[1].metrics.at("test/rmse").against_best;
  // 0.5, 0.6, 0.7 twice: the noise that the replicates share is gone.
  EXPECT_NEAR(lstm.test.difference.mean, 0.6, 1e-12);
  EXPECT_NEAR(lstm.test.difference.sd, 0.0894427190999916, 1e-12);
  EXPECT_THAT(lstm.replicates, ElementsAre(0, 1, 2, 3, 4, 5));
  const Contrast& vanilla = *c.variants[2].metrics.at("test/rmse").against_best;
  const std::vector<double> adjusted = holm(std::vector<double>{lstm.test.p_t, vanilla.test.p_t});
  EXPECT_EQ(lstm.p_holm, adjusted[0]);
  EXPECT_EQ(vanilla.p_holm, adjusted[1]);
}

TEST(ComparisonTest, ThePointIsChosenByValidationAndNeverByTest) {
  std::vector<TrialRecord> trials;
  for (int64_t r = 0; r < 3; ++r) {
    trials.push_back(trial("gru", r, 20, 25, 0.001));  // better on validation, worse on test
    trials.push_back(trial("gru", r, 21, 22, 0.01));
  }
  const Comparison c = compare(trials);
  EXPECT_EQ(c.variants[0].point.at("train.optimizer.lr"), store::Value(0.001));
  EXPECT_EQ(c.variants[0].metrics.at("test/rmse").estimate.mean, 25);
  EXPECT_EQ(c.variants[0].points, 2);
}

TEST(ComparisonTest, AHigherObjectiveWinsWhereTheGoalIsMax) {
  std::vector<TrialRecord> trials = {trial("gru", 0, 0.8, 0.7, 0.1), trial("gru", 0, 0.9, 0.6, 0.2),
                                     trial("lstm", 0, 0.85, 0.9)};
  for (TrialRecord& t : trials) t.spec.objective.minimize = false;
  const Comparison c = compare(trials);
  EXPECT_EQ(c.variants[0].variant, "gru");
  EXPECT_EQ(c.variants[0].objective.mean, 0.9);
}

TEST(ComparisonTest, APointThatFailedForSomeSeedsDoesNotWinOnTheOthers) {
  std::vector<TrialRecord> trials;
  for (int64_t r = 0; r < 3; ++r) trials.push_back(trial("gru", r, 20, 21, 0.01));
  trials.push_back(trial("gru", 0, 10, 11, 0.1));
  for (int64_t r = 1; r < 3; ++r)
    trials.push_back(not_done(trial("gru", r, 0, 0, 0.1), TrialState::failed, "loss is not finite at step 12"));
  const Comparison c = compare(trials);
  EXPECT_EQ(c.variants[0].objective.mean, 20);
  EXPECT_EQ(c.variants[0].counts.failed, 2);
  EXPECT_THAT(c.notes, Contains(HasSubstr("gru: 2 trials failed: gru-1-0.1000 (replicate 1): loss is not finite at step 12; "
                                          "gru-2-0.1000 (replicate 2)")));
}

TEST(ComparisonTest, UnequalReplicatesArePairedOverTheCommonOnesAndSaidSo) {
  std::vector<TrialRecord> trials = three_variants();
  std::erase_if(trials, [](const TrialRecord& t) { return t.spec.variant == "lstm" && t.spec.replicate >= 4; });
  const Comparison c = compare(trials);
  EXPECT_THAT(c.variants[1].metrics.at("test/rmse").against_best->replicates, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(c.variants[0].metrics.at("test/rmse").estimate.n, 6);
  EXPECT_THAT(c.notes, Contains("lstm: 2 trials missing: replicate 4, 5"));
  EXPECT_THAT(c.notes, Contains("lstm and gru are compared over the 4 replicates that both finished (4 and 6)"));
  EXPECT_THAT(c.notes, Contains(HasSubstr("4 replicates are few")));
}

TEST(ComparisonTest, UnfinishedTrialsAreCountedAndNamed) {
  std::vector<TrialRecord> trials = three_variants();
  trials[0] = not_done(trials[0], TrialState::running);
  trials[1] = not_done(trials[1], TrialState::queued);
  trials[2] = not_done(trials[2], TrialState::stale, "process 12 on host is gone");
  trials[3] = not_done(trials[3], TrialState::pruned, "below the median at epoch 2");
  const Comparison c = compare(trials);
  for (const char* text : {"vanilla: 1 trial still running", "lstm: 1 trial not run yet",
                           "gru: 1 trial interrupted, to be continued", "vanilla: 1 trial pruned"})
    EXPECT_THAT(c.notes, Contains(HasSubstr(text)));
  EXPECT_EQ(c.variants[2].counts.total(), 6);
  EXPECT_EQ(c.variants[2].counts.done, 4);
}

TEST(ComparisonTest, AVariantWithoutAFinishedTrialKeepsItsRow) {
  std::vector<TrialRecord> trials = three_variants();
  for (TrialRecord& t : trials)
    if (t.spec.variant == "gru") t = not_done(t, TrialState::failed, "no luck");
  const Comparison c = compare(trials);
  ASSERT_EQ(c.variants.size(), 3U);
  EXPECT_EQ(c.variants[2].variant, "gru");
  EXPECT_EQ(c.variants[2].rank, 0);
  EXPECT_EQ(c.variants[0].variant, "lstm");
  EXPECT_THAT(c.notes, Contains(HasSubstr("; and 1 more")));
}

TEST(ComparisonTest, AResultThatIsNotFiniteIsLeftOutAndNamed) {
  std::vector<TrialRecord> trials = three_variants();
  trials[2].outcome.results["test/rmse"] = std::numeric_limits<double>::infinity();
  trials[5].outcome.results.erase("test/mae");
  const Comparison c = compare(trials);
  EXPECT_EQ(c.variants[0].metrics.at("test/rmse").estimate.n, 5);
  EXPECT_THAT(c.notes, Contains(HasSubstr("has test/rmse inf and is left out of it")));
  EXPECT_THAT(c.notes, Contains(HasSubstr("did not measure test/mae and is left out of it")));
}

TEST(ComparisonTest, BaselinesStandBesideTheModelsOnceAReplicate) {
  const Comparison c = compare(three_variants());
  ASSERT_EQ(c.baselines.size(), 1U);
  EXPECT_EQ(c.baselines[0].name, "persistence");
  EXPECT_EQ(c.baselines[0].metrics.at("test/rmse").mean, 31);
  EXPECT_EQ(c.baselines[0].metrics.at("test/rmse").n, 6);
}

TEST(ComparisonTest, OneReplicateHasNoIntervalAndSaysSo) {
  const Comparison c = compare(std::vector<TrialRecord>{trial("gru", 0, 20, 21), trial("lstm", 0, 22, 23)});
  EXPECT_TRUE(std::isnan(c.variants[0].objective.interval.low));
  EXPECT_TRUE(std::isnan(c.variants[1].metrics.at("test/rmse").against_best->p_holm));
  EXPECT_THAT(c.notes, Contains(HasSubstr("neither intervals nor tests")));
  EXPECT_THAT(to_text(c), HasSubstr("+2"));
}

TEST(ComparisonTest, NothingToCompareIsSaidAndNotAnError) {
  EXPECT_THAT(compare({}).notes, ElementsAre("there are no trials yet"));
  const Comparison queued = compare(std::vector<TrialRecord>{not_done(trial("gru", 0, 0, 0), TrialState::queued)});
  EXPECT_THAT(queued.notes, Contains("no trial is finished, so nothing is ranked"));
  EXPECT_THAT(to_text(queued), HasSubstr("0/1"));
}

TEST(ComparisonTest, RefusesUnknownMetricsAndMixedObjectives) {
  std::vector<TrialRecord> trials = three_variants();
  const auto message = [&](const ComparisonOptions& options) -> std::string {
    try {
      compare(trials, options);
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message({.metrics = {"test/rsme"}}), HasSubstr("no trial has the metric 'test/rsme'; did you mean 'test/rmse'?"));
  trials[0].spec.objective.metric = "valid/mae";
  EXPECT_THAT(message({}), HasSubstr("compare results of one objective"));
}

TEST(ComparisonTest, TheSameTrialInTwoDirectoriesCountsOnceTheLaterOne) {
  std::vector<TrialRecord> trials = three_variants();
  TrialRecord again = trials[2];
  again.outcome.results["test/rmse"] = 99;
  again.ended = 2;
  trials.push_back(again);
  const Comparison c = compare(trials);
  EXPECT_EQ(c.variants[0].metrics.at("test/rmse").estimate.n, 6);
  EXPECT_EQ(c.variants[0].metrics.at("test/rmse").by_replicate.at(0), 99);
}

TEST(ComparisonTest, TheTextIsALeaderboard) {
  std::vector<TrialRecord> trials = three_variants();
  trials.push_back(trial("gru", 0, 40, 40, 0.5));
  const std::string text = to_text(compare(trials, {.metrics = {"test/rmse"}}));
  EXPECT_THAT(text, HasSubstr("Δ test/rmse to #1"));
  EXPECT_THAT(text, HasSubstr("21 ± 0.27"));
  EXPECT_THAT(text, HasSubstr("+0.6 [+0.506, +0.694]"));
  EXPECT_THAT(text, HasSubstr("<0.001"));
  EXPECT_THAT(text, HasSubstr("persistence"));
  EXPECT_THAT(text, HasSubstr("lr=0.01"));
  EXPECT_THAT(text, HasSubstr("1.23K"));
}

TEST(ComparisonTest, FurtherMetricsGiveWayToANarrowTerminalAndAreNamed) {
  const std::string text = to_text(compare(three_variants()), 105);
  EXPECT_THAT(text, HasSubstr("test/rmse"));
  EXPECT_THAT(text, HasSubstr("not shown for want of room: test/mae\n"));
  EXPECT_THAT(text, HasSubstr("persistence"));
}

TEST(ComparisonTest, TheJsonHasStableKeysAndNoNaN) {
  const std::string text = to_json(compare(std::vector<TrialRecord>{trial("gru", 0, 20, 21), trial("lstm", 0, 22, 23)}));
  const boost::json::value v = boost::json::parse(text);
  EXPECT_EQ(v.at("objective").at("metric").as_string(), "valid/rmse");
  const boost::json::value& lstm = v.at("variants").as_array().at(1);
  EXPECT_EQ(lstm.at("variant").as_string(), "lstm");
  EXPECT_EQ(lstm.at("rank").as_int64(), 2);
  EXPECT_EQ(lstm.at("metrics").at("test/rmse").at("mean").as_double(), 23);
  EXPECT_EQ(lstm.at("metrics").at("test/rmse").at("against_best").at("mean").as_double(), 2);
  EXPECT_TRUE(lstm.at("metrics").at("test/rmse").at("against_best").at("p_holm").is_null());
  EXPECT_EQ(lstm.at("counts").at("done").as_int64(), 1);
  EXPECT_EQ(v.at("baselines").as_array().at(0).at("name").as_string(), "persistence");
  EXPECT_FALSE(v.at("notes").as_array().empty());
}

}  // namespace
}  // namespace recur::report
