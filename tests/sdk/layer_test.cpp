// Layers: scans of their own, and inner cells.
#include "recorded_cell.hpp"

namespace recur::plugin {
namespace {

struct Leaky : Cell {
  Weight W = input_weight("W", hidden);
  Carry h = carry("h").start(0.5).learned();
  Step step(Var x, State s) override {
    Var next = 0.9 * s[h] + 0.1 * tanh(matmul(x, W));
    auxiliary_loss("activity", mean(square(next)), 0.01);
    return {.output = concat(next, next), .state = {{"h", next}}};
  }
};

struct Bidirectional : Layer {
  Inner forwards = inner("forwards", "leaky", input, hidden), backwards = inner("backwards", "leaky", input, hidden);
  Weight P = weight("P", {forwards.output() + backwards.output(), hidden});
  Bidirectional() { carry_states_of(forwards); }
  Sequence sequence(Var x, State s) override {
    Run there = run(forwards, x, {.states = forwards.states(s)}), back = run(backwards, x, {.reverse = true});
    Sequence result{.output = matmul(concat(there.y, back.y), P)};
    forwards.put(there.last, result.state);
    return result;
  }
};

struct Cumulative : Layer {
  Sequence sequence(Var x, State) override {
    auxiliary_loss("size", mean(square(x)), 1);
    Scanned sums = scan({x}, {constant(0, {kBatch, input})}, [](const std::vector<Var>& x_t, const std::vector<Var>& s) {
      Var sum = s[0] + x_t[0];
      return Body{.next = {sum}, .out = {sum}};
    });
    return {.output = sums.out[0]};
  }
};

struct Escapes : Layer {
  Sequence sequence(Var x, State) override {
    Var inside;
    scan({x}, {}, [&](const std::vector<Var>& x_t, const std::vector<Var>&) {
      inside = tanh(x_t[0]);
      return Body{.next = {}, .out = {inside}};
    });
    return {.output = x + inside};
  }
};

// The mean over the sentences of what stands at the ends of words, spread over the steps again.
struct WordEnds : Layer {
  WordEnds() { needs_segments(2); }
  Sequence sequence(Var x, State) override {
    const Segments words = segments(1), sentences = segments(2);
    Var at_words = gather_time(x, words.ends), at_sentences = gather_time(at_words, sentences.ends);
    return {.output = gather_time(gather_time(at_sentences, sentences.of), words.of)};
  }
};

struct AsksTooHigh : Layer {
  AsksTooHigh() { needs_segments(1); }
  Sequence sequence(Var x, State) override { return {.output = gather_time(x, segments(2).ends)}; }
};

struct Annealed : Cell {
  Step step(Var x, State s) override {
    Var h = s["h"] + min(updates() / 100, 1) * x;
    return {.output = h, .state = {{"h", h}}};
  }
};

const LoadedCell& leaky(std::string_view id) {
  static const LoadedCell cell = described<Leaky>("leaky");
  if (id != "leaky") throw UserError("unknown cell '" + std::string(id) + "'");
  return cell;
}

LayerOutputs record(const CellInstance& layer, Program& program, bool with_lengths) {
  LayerInputs inputs;
  inputs.x = program.x(layer.input());
  if (with_lengths) inputs.lengths = program.builder.input("lengths", {ir::kBatch});
  inputs.weights = program.weights(layer);
  return layer.record_layer(program.builder, inputs);
}

TEST(LayerTest, IsMadeOfInnerCells) {
  const CellInstance layer(described<Bidirectional>("bi"), 3, 4, {}, &leaky);
  EXPECT_EQ(layer.output(), 4);
  std::vector<std::string> names;
  for (const WeightInfo& weight : layer.weights()) names.push_back(weight.name);
  EXPECT_EQ(names, (std::vector<std::string>{"forwards.W", "forwards.h.start", "backwards.W", "backwards.h.start", "P"}));
  ASSERT_EQ(layer.states().size(), 1u);
  EXPECT_EQ(layer.states()[0].name, "forwards.h");
  EXPECT_EQ(layer.states()[0].start_weight, "forwards.h.start");

  Program program;
  const LayerOutputs out = record(layer, program, true);
  ASSERT_EQ(out.losses.size(), 2u);
  EXPECT_EQ(out.losses[0].name, "forwards.activity");
  EXPECT_EQ(out.losses[1].name, "backwards.activity");
  const ir::Program whole = program.builder.finish({out.y, out.final_states[0], out.losses[0].value, out.losses[1].value});
  std::vector<bool> reversed;
  for (const ir::Node& node : whole.nodes)
    if (node.scan) reversed.push_back(node.scan->reverse);
  EXPECT_EQ(reversed, (std::vector<bool>{false, true}));
}

TEST(LayerTest, ScansWithABodyOfItsOwn) {
  const CellInstance layer(described<Cumulative>("cumulative"), 3, 4);
  EXPECT_EQ(layer.output(), 3);
  EXPECT_TRUE(layer.weights().empty());
  EXPECT_TRUE(layer.states().empty());
  Program program;
  const LayerOutputs out = record(layer, program, false);
  EXPECT_EQ(program.builder.shape(out.y), (ir::Shape{ir::kTime, ir::kBatch, 3}));
  EXPECT_EQ(program.builder.shape(out.losses.at(0).value), ir::Shape{});
}

TEST(LayerTest, GivesZeroBeyondALengthWhateverItComputes) {
  const CellInstance layer(described<Cumulative>("cumulative"), 3, 4);
  Program program;
  const LayerOutputs out = record(layer, program, true);
  const ir::Program whole = program.builder.finish({out.y});
  EXPECT_EQ(whole.producer(whole.outputs[0]).op, ir::Op::kSelect);
}

TEST(LayerTest, MayNotUseAValueOfAScanOutsideIt) {
  EXPECT_EQ(message_of([] { CellInstance(described<Escapes>("escapes"), 4, 4); }),
            "tested.so: layer 'escapes': sequence: a value made inside a scan is used after its end; give it out of the scan's body");
}

TEST(LayerTest, NamesTheInnerCellThatIsNotThere) {
  const FindCell none = [](std::string_view id) -> const LoadedCell& { throw UserError("unknown cell '" + std::string(id) + "'"); };
  EXPECT_EQ(message_of([&] { CellInstance(described<Bidirectional>("bi"), 3, 4, {}, none); }),
            "tested.so: layer 'bi': create: unknown cell 'leaky'");
}

TEST(LayerTest, ReadsTheBoundariesThatItAsksFor) {
  const CellInstance layer(described<WordEnds>("word-ends"), 3, 4);
  EXPECT_EQ(layer.levels(), 2);
  EXPECT_EQ(CellInstance(described<Cumulative>("cumulative"), 3, 4).levels(), 0);
  Program program;
  LayerInputs inputs;
  inputs.x = program.x(3);
  inputs.weights = program.weights(layer);
  inputs.segments = segment_inputs(program.builder, 3);  // more than it needs
  const LayerOutputs out = layer.record_layer(program.builder, inputs);
  EXPECT_EQ(program.builder.shape(out.y), (ir::Shape{ir::kTime, ir::kBatch, 3}));
  std::vector<std::string> names;
  const ir::Program whole = program.builder.finish({out.y});
  for (const ir::ValueId id : whole.inputs) names.push_back(whole.producer(id).name + ir::to_string(whole.shape(id)));
  EXPECT_EQ(names[1], "segments1/ends[S1, N]");
  EXPECT_EQ(names[5], "segments2/of[S1, N]");
  EXPECT_EQ(names[6], "segments2/counts[N]");
}

TEST(LayerTest, SaysWhichBoundariesAreMissing) {
  const CellInstance layer(described<WordEnds>("word-ends"), 3, 4);
  Program program;
  EXPECT_EQ(message_of([&] { record(layer, program, false); }),
            "tested.so: layer 'word-ends': sequence: needs boundaries of 2 levels, and the data give 0");
  EXPECT_EQ(message_of([] { CellInstance(described<AsksTooHigh>("too-high"), 3, 4); }),
            "tested.so: layer 'too-high': sequence: boundaries of level 2 were not asked for; there are 1 levels");
}

TEST(LayerTest, KnowsHowFarTrainingIs) {
  const CellInstance cell(described<Annealed>("annealed"), 4, 4);
  for (const bool counted : {false, true}) {
    Program program;
    LayerInputs inputs;
    inputs.x = program.x(4);
    inputs.weights = program.weights(cell);
    if (counted) inputs.updates = program.builder.input("updates", {});
    const ir::Program whole = program.builder.finish({cell.record_layer(program.builder, inputs).y});
    const auto scan = std::find_if(whole.nodes.begin(), whole.nodes.end(), [](const ir::Node& node) { return node.scan != nullptr; });
    EXPECT_EQ(scan->scan->invariant_count, counted ? 1 : 0);  // else the end of all schedules, a constant
  }
}

TEST(LayerTest, AsksAnOldHostOnlyForWhatItHas) {
  recur_host old{};
  old.struct_size = offsetof(recur_host, updates);  // 1.0
  EXPECT_NO_THROW(recur::detail::need({&old, nullptr}, offsetof(recur_host, inner_state)));
  EXPECT_THROW(recur::detail::need({&old, nullptr}, offsetof(recur_host, updates)), Error);
}

TEST(LayerTest, CannotBeSteppedOneByOne) {
  const CellInstance layer(described<Cumulative>("cumulative"), 3, 4);
  ir::Builder builder;
  EXPECT_THROW(layer.record_step(builder, {}), UserError);
}

}  // namespace
}  // namespace recur::plugin
