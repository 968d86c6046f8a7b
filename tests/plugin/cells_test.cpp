// The cells that come with recur, as the registry offers them.
#include "scanning.hpp"

namespace recur::plugin {
namespace {

const Registry& shipped() {
  static const Registry registry(scan_of({kShipped}));
  return registry;
}

std::string layouts(const CellInfo& info) {
  std::string text;
  for (const WeightInfo& weight : info.weights) text += weight.name + weight.layout + " ";
  for (const StateInfo& state : info.states) text += state.name + state.layout + " ";
  return text;
}

TEST(ShippedCellsTest, AllCanBeUsed) {
  for (const Row& row : shipped().rows()) {
    EXPECT_EQ(row.problem, "") << row.file;
    EXPECT_FALSE(row.cell.citation.empty()) << row.cell.id;
    for (const HyperInfo& hyper : row.cell.hypers) EXPECT_FALSE(hyper.help.empty()) << row.cell.id << "." << hyper.name;
  }
}

TEST(ShippedCellsTest, HaveTheLayoutsOfTheirPrimitives) {
  EXPECT_EQ(layouts(shipped().describe("vanilla").cell), "W[I, H] U[H, H] b[H] h[N, H] ");
  EXPECT_EQ(layouts(shipped().describe("lstm").cell), "W[I, 4H] U[H, 4H] b[4H] h[N, H] c[N, H] ");
  EXPECT_EQ(layouts(shipped().describe("gru").cell), "W[I, 3H] U[H, 3H] b[4H] h[N, H] ");
}

TEST(ShippedCellsTest, LowerAsTheirHyperParametersSay) {
  const auto lowers_to = [](const char* id, const HyperValues& hypers) { return shipped().make(id, 5, 7, hypers).lowers_to(); };
  EXPECT_EQ(lowers_to("vanilla", {}), "onednn.rnn_tanh");
  EXPECT_EQ(lowers_to("vanilla", {{"activation", std::string("relu")}}), "onednn.rnn_relu");
  EXPECT_EQ(lowers_to("lstm", {}), "onednn.lstm");
  EXPECT_EQ(lowers_to("gru", {}), "onednn.lbr_gru");
  EXPECT_EQ(lowers_to("gru", {{"reset", std::string("before")}}), "onednn.gru");
}

TEST(ShippedCellsTest, AddTheForgetBiasWhereTheForgetGateIs) {
  const CellInstance lstm = shipped().make("lstm", 5, 7, {{"forget_bias", 2.5}});
  const std::vector<recur_segment>& segments = lstm.weights().at(2).segments;
  ASSERT_EQ(segments.size(), 1u);
  EXPECT_EQ(segments[0].begin, 7);
  EXPECT_EQ(segments[0].end, 14);
  EXPECT_EQ(segments[0].value, 2.5);
}

// The form that the passes make fast: the products of a step.
TEST(ShippedCellsTest, TakeOneProductOfTheInputAndAsFewOfTheStateAsPossible) {
  const auto products = [](const char* id, const HyperValues& hypers) {
    const CellInstance cell = shipped().make(id, 5, 7, hypers);
    ir::Builder builder;
    StepInputs inputs;
    inputs.x = builder.input("x", {ir::kBatch, 5});
    inputs.weights = [&](const std::string& name) {
      for (const WeightInfo& weight : cell.weights())
        if (weight.name == name) return builder.input(name, weight.dims);
      throw InvariantError(name);
    };
    const StepOutputs step = cell.record_step(builder, inputs);
    const ir::Program program = builder.finish({step.output});
    return std::count_if(program.nodes.begin(), program.nodes.end(), [](const ir::Node& node) { return node.op == ir::Op::kMatmul; });
  };
  EXPECT_EQ(products("vanilla", {}), 2);
  EXPECT_EQ(products("lstm", {}), 2);
  EXPECT_EQ(products("gru", {}), 2);
  EXPECT_EQ(products("gru", {{"reset", std::string("before")}}), 3);
}

TEST(ShippedCellsTest, TellWhatIsWrongWithTheirSizes) {
  EXPECT_EQ(message_of([] { shipped().make("gru", 0, 7); }), "cell 'gru': I = 0, H = 7; both must be at least 1");
}

}  // namespace
}  // namespace recur::plugin
