// Looking at what a trained model holds while it reads a sequence.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

#include "program.hpp"

namespace recur::tool {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
namespace json = boost::json;

class States : public ToolTest {
 protected:
  States() {
    write("copy.yaml",
          "name: copy\n"
          "task: {kind: algorithm, data: {problem: copy, bits: 2, max_length: 3}, sequences: {train: 8, valid: 4, test: 4}}\n"
          "model: {cell: ntm, hidden: 5, hyper: {rows: 8, width: 3, read_heads: 2}}\n"
          "train: {epochs: 1, batch: 4}\n");
    write("waves.csv", waves(160));
    write("waves.yaml", forecast("{cell: lstm, hidden: 4, layers: 2}"));
  }
  void train(const std::string& definition) {
    const Result run = recur({"run", definition, "-q"});
    ASSERT_EQ(run.code, 0) << run.err;
  }
};

TEST_F(States, OfAMemoryArePrintedAHeadAtATime) {
  train("copy.yaml");
  const Result result = recur({"show", "copy", "--states", "write_weights,read_weights", "--length", "7"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("sequence 0 of the test part, 15 steps, best weights"), HasSubstr("\nlayer0/write_weights: blank 0, "),
                                HasSubstr("\nlayer0/read_weights 0: "), HasSubstr("\nlayer0/read_weights 1: "), HasSubstr("\n7 │")));
}

TEST_F(States, AsJsonAreTheNumbersOfEveryStep) {
  train("copy.yaml");
  const Result result = recur({"show", "copy", "--states", "read_weights,prediction,target", "--length", "4", "--sequence", "2", "--json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json::value document = json::parse(result.out);
  EXPECT_EQ(document.at("steps").as_int64(), 9);
  const json::value& weights = document.at("states").at(0);
  EXPECT_EQ(weights.at("name").as_string(), "layer0/read_weights");
  EXPECT_EQ(weights.at("dims"), json::parse("[2, 8]"));
  ASSERT_EQ(weights.at("values").as_array().size(), 9U);
  for (const json::value& step : weights.at("values").as_array()) {
    double sum = 0;
    for (const json::value& value : step.as_array()) sum += value.to_number<double>();
    EXPECT_NEAR(sum, 2, 1e-5) << "each head's weights are a distribution over the rows";
  }
  EXPECT_EQ(document.at("states").at(2).at("name").as_string(), "target");
}

TEST_F(States, CanBeWrittenAsATableAndAsPictures) {
  train("waves.yaml");
  const Result result = recur({"show", "waves", "--states", "h", "--part", "valid", "--sequence", "3", "--csv", "h.csv", "--svg", "h.svg", "-q"});
  ASSERT_EQ(result.code, 0) << result.err;
  const std::string table = read("h.csv");
  EXPECT_THAT(table, StartsWith("state,step,index,value\nlayer0/h,1,0,"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1 + 2 * 8 * 4);
  EXPECT_THAT(table, HasSubstr("\nlayer1/h,8,3,"));
  EXPECT_THAT(read("h.svg"), StartsWith("<svg"));
}

TEST_F(States, ThatAreNotThereAreTold) {
  train("waves.yaml");
  const struct {
    std::vector<std::string> arguments;
    const char* message;
  } kWrong[] = {{{"--states", "layer0/hh"}, "did you mean 'layer0/h'?"},
                {{"--states", "h", "--sequence", "1000"}, "there is no sequence 1000"},
                {{"--states", "h", "--length", "9"}, "--length is for generated sequences"},
                {{"--part", "valid"}, "--states"},
                {{"--states", "h", "--svg", "nowhere/h.svg"}, "nowhere/h.svg: cannot be written"}};
  for (const auto& wrong : kWrong) {
    std::vector<std::string> command{"show", "waves"};
    command.insert(command.end(), wrong.arguments.begin(), wrong.arguments.end());
    const Result result = recur(command);
    EXPECT_EQ(result.code, 2) << wrong.message;
    EXPECT_THAT(result.err, HasSubstr(wrong.message));
  }
}

}  // namespace
}  // namespace recur::tool
