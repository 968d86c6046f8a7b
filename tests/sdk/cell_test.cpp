// What a cell declares and asks for reaches the host.
#include "recorded_cell.hpp"

namespace recur::plugin {
namespace {

struct Declares : Cell {
  Hyper<double> gain = hyper("gain", 0.5, {0, 1}, "a number");
  Hyper<int64_t> heads = hyper("heads", 2, {1, 8}, "a whole number");
  Hyper<bool> tied = hyper("tied", true, "a switch");
  Hyper<std::string> kind = hyper("kind", "soft", {"soft", "hard"}, "a choice");
  Hyper<std::string> title = hyper("title", "anything", "a text");
  Weight W = input_weight("W", 3 * hidden).gates("a b c").init(Init::normal(0, 0.1));
  Weight U = recurrent_weight("U", hidden);
  Weight b = bias("b", 2 * hidden).fill(0, hidden, gain).fill(hidden, 2 * hidden, -1);
  Weight M = weight("M", {heads, hidden, 2}, Init::orthogonal(2));
  Carry h = carry("h"), m = carry("m", {heads, 3}).start(0.25), z = carry("z", {2}).start(-1).learned();

  Step step(Var x, State s) override {
    Var out = tied ? matmul(x, slice(W, 0, hidden)) * gain : s["h"];
    return {.output = out, .state = {{"z", s[z]}, {"m", s[m]}, {"h", kind == "hard" ? round(out) : out}}};
  }
};

TEST(CellTest, DescribesItsHyperParametersWithoutBeingMade) {
  const CellInfo info = described<Declares>().info;
  ASSERT_EQ(info.hypers.size(), 5u);
  EXPECT_EQ(info.hypers[0].name, "gain");
  EXPECT_EQ(info.hypers[0].help, "a number");
  EXPECT_EQ(std::get<double>(info.hypers[0].fallback), 0.5);
  EXPECT_EQ(info.hypers[1].type, RECUR_INT);
  EXPECT_EQ(info.hypers[1].max, 8);
  EXPECT_EQ(std::get<bool>(info.hypers[2].fallback), true);
  EXPECT_EQ(info.hypers[3].choices, (std::vector<std::string>{"soft", "hard"}));
  EXPECT_TRUE(info.hypers[4].choices.empty());
  EXPECT_EQ(info.source, "tested.cpp");
}

TEST(CellTest, DeclaresWeightsInOrderWithTheirLayout) {
  const CellInstance cell(described<Declares>(), 5, 6, {{"heads", int64_t{4}}});
  std::vector<std::string> names;
  for (const WeightInfo& weight : cell.weights()) names.push_back(weight.name);
  EXPECT_EQ(names, (std::vector<std::string>{"W", "U", "b", "M", "z.start"}));
  const std::vector<WeightInfo>& weights = cell.weights();
  EXPECT_EQ(weights[0].dims, (ir::Shape{5, 18}));
  EXPECT_EQ(weights[0].gates, "a b c");
  EXPECT_EQ(weights[0].role, RECUR_ROLE_INPUT);
  EXPECT_EQ(weights[0].init, RECUR_INIT_NORMAL);
  EXPECT_EQ(weights[0].b, 0.1);
  EXPECT_EQ(weights[1].role, RECUR_ROLE_RECURRENT);
  EXPECT_EQ(weights[1].init, RECUR_INIT_DEFAULT);
  ASSERT_EQ(weights[2].segments.size(), 2u);
  EXPECT_EQ(weights[2].segments[0].value, 0.5);
  EXPECT_EQ(weights[2].segments[1].begin, 6);
  EXPECT_EQ(weights[3].dims, (ir::Shape{4, 6, 2}));
  EXPECT_EQ(weights[3].init, RECUR_INIT_ORTHOGONAL);
  EXPECT_EQ(weights[4].a, -1);
  EXPECT_EQ(cell.parameters(), 5 * 18 + 36 + 12 + 48 + 2);
}

TEST(CellTest, DeclaresStatesWithTheirStarts) {
  const CellInstance cell(described<Declares>(), 5, 6);
  const std::vector<StateInfo>& states = cell.states();
  ASSERT_EQ(states.size(), 3u);
  EXPECT_EQ(states[0].dims, (ir::Shape{6}));
  EXPECT_EQ(states[1].dims, (ir::Shape{2, 3}));
  EXPECT_EQ(states[1].value, 0.25);
  EXPECT_EQ(states[2].start_weight, "z.start");
  Program program;
  const ir::ValueId x = program.x(5);
  const std::vector<ir::ValueId> start = cell.start_states(program.builder, x, 1, program.weights(cell));
  EXPECT_EQ(program.builder.shape(start[1]), (ir::Shape{ir::kBatch, 2, 3}));
  EXPECT_EQ(program.builder.shape(start[2]), (ir::Shape{ir::kBatch, 2}));
  EXPECT_TRUE(program.inputs.contains("z.start"));
}

TEST(CellTest, ReadsItsHyperParametersWhileItRecords) {
  const auto rounds = [](const HyperValues& hypers) {
    const CellInstance cell(described<Declares>(), 5, 5, hypers);
    Program program;
    StepInputs inputs;
    inputs.x = program.builder.input("x", {ir::kBatch, 5});
    inputs.weights = program.weights(cell);
    const StepOutputs step = cell.record_step(program.builder, inputs);
    return count(program.builder.finish({step.output, step.next[0]}), ir::Op::kRound);
  };
  EXPECT_EQ(rounds({}), 0);
  EXPECT_EQ(rounds({{"kind", std::string("hard")}}), 1);
}

struct PhaseAware : Cell {
  Step step(Var x, State s) override {
    if (phase() == RECUR_TRAIN) {
      auxiliary_loss("kl", mean(square(x)), 0.5);
      x = x + normal_like(x);
    }
    return {.output = x, .state = {{"h", s["h"]}}};
  }
};

LayerOutputs record(const CellInstance& cell, Program& program, recur_phase phase, bool with_lengths) {
  LayerInputs inputs;
  inputs.x = program.x(cell.input());
  if (with_lengths) inputs.lengths = program.builder.input("lengths", {ir::kBatch});
  inputs.phase = phase;
  inputs.weights = program.weights(cell);
  return cell.record_layer(program.builder, inputs);
}

TEST(CellTest, RecordsByPhase) {
  const CellInstance cell(described<PhaseAware>(), 4, 4);
  Program train, evaluate;
  EXPECT_EQ(record(cell, train, RECUR_TRAIN, false).losses.size(), 1u);
  EXPECT_EQ(record(cell, evaluate, RECUR_EVALUATE, false).losses.size(), 0u);
}

TEST(CellTest, GivesAuxiliaryLossesAsMeansOverStepsAndSequences) {
  const CellInstance cell(described<PhaseAware>(), 4, 4);
  for (const bool with_lengths : {false, true}) {
    Program program;
    const LayerOutputs out = record(cell, program, RECUR_TRAIN, with_lengths);
    EXPECT_EQ(out.losses[0].name, "kl");
    EXPECT_EQ(out.losses[0].scale, 0.5);
    EXPECT_EQ(program.builder.shape(out.losses[0].value), ir::Shape{});
    const ir::Program whole = program.builder.finish({out.y, out.losses[0].value});
    // With lengths the sum over valid steps is divided by their number.
    EXPECT_EQ(count(whole, ir::Op::kMean), with_lengths ? 0 : 1) << ir::print(whole);
    EXPECT_EQ(count(whole, ir::Op::kSum), with_lengths ? 2 : 0) << ir::print(whole);
  }
}

struct Lowered : Cell {
  Weight W = input_weight("W", hidden), U = recurrent_weight("U", hidden), b = bias("b", hidden);
  Lowering fused = lowers_to("onednn.rnn_tanh", {.layer = W, .iter = U, .bias = b});
  Step step(Var x, State s) override {
    Var h = tanh(matmul(x, W) + b + matmul(s["h"], U));
    return {.output = h, .state = {{"h", h}}};
  }
};

TEST(CellTest, CarriesItsLoweringToTheScan) {
  const CellInstance cell(described<Lowered>(), 3, 4);
  EXPECT_EQ(cell.lowers_to(), "onednn.rnn_tanh");
  Program program;
  const LayerOutputs out = record(cell, program, RECUR_TRAIN, false);
  const ir::Program whole = program.builder.finish({out.y});
  const auto scan = std::find_if(whole.nodes.begin(), whole.nodes.end(), [](const ir::Node& node) { return node.op == ir::Op::kScan; });
  ASSERT_NE(scan, whole.nodes.end());
  EXPECT_EQ(scan->name, "tested");
  ASSERT_NE(scan->lowering, nullptr);
  EXPECT_EQ(scan->lowering->primitive.name, "rnn_tanh");
  EXPECT_EQ(scan->lowering->primitive.input, 3);
  EXPECT_EQ(whole.producer(scan->lowering->weights_iter).name, "U");
}

struct ChangesItsMind : Cell {
  Hyper<bool> more = hyper("more", false, "declares another one");
  std::optional<Hyper<double>> late;
  ChangesItsMind() {
    if (more) late = hyper("late", 1.0, {0, 1}, "too late");
  }
  Step step(Var x, State s) override { return {.output = x, .state = {{"h", s["h"]}}}; }
};

TEST(CellTest, MustDeclareItsHyperParametersUnconditionally) {
  EXPECT_EQ(message_of([] { CellInstance(described<ChangesItsMind>(), 4, 4, {{"more", true}}); }),
            "tested.so: cell 'tested': create: hyper-parameter 'late' is not in the cell's description: declare every one unconditionally");
}

struct RefusesOddSizes : Cell {
  Hyper<int64_t> heads = hyper("heads", 2, {1, 8}, "of attention");
  RefusesOddSizes() {
    if (hidden % heads != 0) throw Error("hidden must be a multiple of heads");
  }
  Step step(Var x, State s) override { return {.output = x, .state = {{"h", s["h"]}}}; }
};

TEST(CellTest, MayRefuseWhatItIsMadeFor) {
  EXPECT_EQ(message_of([] { CellInstance(described<RefusesOddSizes>(), 4, 5); }),
            "tested.so: cell 'tested': create: hidden must be a multiple of heads");
}

}  // namespace
}  // namespace recur::plugin
