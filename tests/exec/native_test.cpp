// How a compiled program is used: bound memory, weights that change, noise by key, and what the engine remembers.
#include "recur/exec/native.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "recur/error/error.hpp"
#include "recur/exec/engine.hpp"
#include "recur/ir/builder.hpp"

namespace recur::exec {
namespace {

using ir::Builder;
using ir::Op;
using ir::ValueId;

ir::Program affine() {
  Builder b;
  const ValueId x = b.input("x", {2, 2}), w = b.input("W", {2, 2});
  return b.finish({b.add(b.matmul(x, w), b.constant(1))}, {"y"});
}

TEST(NativeTest, ReadsTheCallersMemoryAndWritesToIt) {
  Native native(affine());
  const std::vector<float> w{1, 0, 0, 2};
  std::vector<float> y(4);
  native.bind_input("W", w.data());
  native.bind_output(0, y.data());
  const std::vector<float> x{1, 2, 3, 4};
  std::copy(x.begin(), x.end(), native.input("x").begin());
  native.run();
  EXPECT_EQ(y, (std::vector<float>{2, 5, 4, 9}));
}

TEST(NativeTest, ComputesWhatDependsOnWeightsAloneAgainWhenTheyChange) {
  Builder b;
  const ValueId w = b.input("W", {2});
  Native native(b.finish({b.mul(w, w), b.add(b.input("x", {2}), w)}, {"square", "sum"}), {.weights = {"W"}});
  std::vector<float> w_memory{1, 2};
  native.bind_input("W", w_memory.data());
  native.run();
  EXPECT_EQ(native.output("square")[1], 4);
  w_memory = {3, 5};
  native.run();
  EXPECT_EQ(native.output("square")[1], 4) << "nobody said that the weights had changed";
  native.weights_changed();
  native.run();
  EXPECT_EQ(native.output("square")[1], 25);
}

TEST(NativeTest, RefusesToRunWithoutItsWeights) {
  Native native(affine(), {.weights = {"W"}});
  EXPECT_THROW(native.run(), InvariantError);
  EXPECT_THROW(native.input("W"), InvariantError);
  EXPECT_THROW(native.input("Wx"), InvariantError);
}

TEST(NativeTest, DrawsTheSameNoiseForTheSameKey) {
  Builder b;
  Native native(b.finish({b.emit(Op::kNormal, {}, {8})}));
  const auto draw = [&](NoiseKey key) {
    native.run(key);
    return std::vector<float>(native.output(0).begin(), native.output(0).end());
  };
  const std::vector<float> first = draw({1, 0});
  EXPECT_EQ(first, draw({1, 0}));
  EXPECT_NE(first, draw({1, 1}));
  EXPECT_NE(first, draw({2, 0}));
}

TEST(NativeTest, ReusesMemoryOfValuesThatAreDone) {
  Builder b;
  ValueId x = b.input("x", {64, 64});
  const ValueId w = b.input("W", {64, 64});
  for (int i = 0; i < 10; ++i) x = b.matmul(x, w);
  const Native native(b.finish({x}));
  EXPECT_LE(native.arena_floats(), 3u * 64 * 64);
}

TEST(NativeTest, WritesThePartsOfAConcatenationInPlace) {
  Builder b;
  const ValueId x = b.input("x", {4, 8});
  Native native(b.finish({b.emit(Op::kConcat, {b.emit(Op::kTanh, {x}), b.emit(Op::kSigmoid, {x})}, {1})}));
  EXPECT_EQ(native.listing().find("copy"), std::string::npos) << native.listing();
}

TEST(NativeTest, TellsWhatItsInstructionsTook) {
  Builder b;
  const ValueId x = b.input("x", {5, 3, 8}), w = b.input("W", {8, 8});
  auto in = b.begin_scan({x}, {b.constant(0, {3, 8})});
  const ValueId h = b.emit(Op::kTanh, {b.add(in.x_t[0], b.matmul(in.states[0], w))});
  const auto scan = b.end_scan({h}, {});
  Native native(b.finish({scan.final_states[0]}), {{"W"}});
  const std::vector<float> values(64, 0.1f);
  native.bind_input("W", values.data());
  std::ranges::fill(native.input("x"), 0.5f);
  native.run();
  const std::vector<float> before(native.output(0).begin(), native.output(0).end());
  native.start_timing();
  native.run();
  native.run();
  EXPECT_EQ(std::vector<float>(native.output(0).begin(), native.output(0).end()), before);
  double flops = 0;
  int64_t tanhs = 0;
  for (const InstructionTime& time : native.instruction_times()) {
    EXPECT_GE(time.seconds, 0);
    EXPECT_EQ(time.runs > 0, !time.prologue && time.kind != "loop") << time.text;  // the weights did not change
    if (time.text.find("tanh") != std::string::npos) tanhs += time.runs;
    flops += time.flops;
  }
  EXPECT_EQ(tanhs, 2 * 5);
  EXPECT_EQ(flops, 2 * 5 * 2 * 3 * 8 * 8);
}

TEST(PathMemoryTest, MeasuresOnceAndKeepsWhatItFound) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / ("recur-paths-" + std::to_string(getpid())) / "paths.txt";
  std::filesystem::remove_all(file.parent_path());
  int measured = 0;
  const auto measure = [&] {
    ++measured;
    return Path::kLowered;
  };
  {
    PathMemory memory(file);
    EXPECT_EQ(memory.decide("a", measure), Path::kLowered);
    EXPECT_EQ(memory.decide("a", measure), Path::kLowered);
  }
  PathMemory later(file);
  EXPECT_EQ(later.decide("a", measure), Path::kLowered);
  EXPECT_EQ(measured, 1);
}

TEST(PathMemoryTest, WorksWhereItsFileCannotBeWritten) {
  PathMemory memory("/proc/recur/paths.txt");
  EXPECT_EQ(memory.decide("a", [] { return Path::kRecorded; }), Path::kRecorded);
}

}  // namespace
}  // namespace recur::exec
