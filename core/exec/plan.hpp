// A compiled program: where every value lives, and the instructions in order.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels.hpp"
#include "recur/exec/native.hpp"
#include "recur/ir/program.hpp"

namespace recur::exec {

inline constexpr int kMaxLoops = 3;       // scans within scans
inline constexpr size_t kTile = 1024;     // elements that an element-wise group works on at a time; a few of these fit the L1 cache
inline constexpr int kMaxOperands = 5;    // of one element-wise operation

// Where a value [d0, ..., dk] lives: rows = d0 * ... * dk-1 rows of dk elements, `ld` apart. The address at loop indices t is
// base + offset + sum over loops of ((t + delta) & mask) * step.
struct View {
  int32_t base = -1;     // buffer while compiling, entry of the base table afterwards
  int64_t offset = 0;
  int64_t ld = 0;
  struct Loop {
    int64_t step = 0;
    int64_t mask = -1;   // 1: two slots in turn
    int64_t delta = 0;
  };
  std::array<Loop, kMaxLoops> loops;
  int32_t depth = kMaxLoops;  // loops beyond it do not move the view; known once memory is assigned

  bool valid() const { return base >= 0; }
};

// One operation within an element-wise group. Operands and result are numbers of Group::operands.
struct Micro {
  ElementKernel kernel = nullptr;         // null: a map kernel
  const recur_map_kernel* map = nullptr;
  int32_t which = -1;                     // map gradient by this input
  int32_t result = -1;
  std::array<int32_t, kMaxOperands> in{};
  int32_t in_count = 0;
};

// What an operation of a group reads or writes.
struct GroupOperand {
  enum class Kind { kMemory, kRegister, kConstant } kind = Kind::kMemory;
  View view;                              // kMemory
  int64_t stride_rows = 0, stride_cols = 0;
  std::array<int64_t, 4> stride_outer{};
  int64_t slot = 0;                       // kRegister: which tile; kConstant: which row of constants
};

// Element-wise operations over one iteration space, done tile by tile: outer[...] x rows x cols.
struct Group {
  std::array<int64_t, 4> outer{1, 1, 1, 1};
  int64_t rows = 1, cols = 1;
  int64_t tile_rows = 1, tile_cols = 1;
  std::vector<GroupOperand> operands;
  std::vector<Micro> micros;
  std::string text;                       // for the listing
};

// One axis of a strided copy.
struct CopyAxis {
  int64_t size = 1, from = 0, to = 0;
};

enum class Kind : uint8_t {
  kGroup, kPack, kGemmPacked, kGemm, kBatchedGemm, kCopy, kFill, kSumRows, kSumColumns, kReduce, kMaxRows, kSoftmax,
  kLogSoftmax, kLayerNorm, kLayerNormGradient, kCrossEntropy, kCrossEntropyGradient, kGather, kGatherAdd, kTake, kPut,
  kGatherTime, kScatterTime, kNoise, kLengthMask, kLoop, kPrimitive, kPrimitiveGradient,
};

struct Instruction;

struct Loop {
  int64_t steps = 0;
  bool reverse = false;
  int level = 0;
  std::vector<Instruction> body;
};

class OnednnRnn;

struct Instruction {
  Kind kind = Kind::kFill;
  std::vector<View> views;                // operands, results last
  std::array<int64_t, 8> sizes{};         // by kind, see compile_*.cpp
  std::array<bool, 2> flags{};
  double real = 0;
  uint64_t stream = 0;                    // noise
  int32_t level = -1;                     // noise: whose index is the time step
  int32_t number = -1;                    // place in the order of the listing
  std::vector<CopyAxis> axes;             // kCopy, kReduce
  std::shared_ptr<Group> group;
  std::shared_ptr<Loop> loop;
  std::shared_ptr<OnednnRnn> rnn;
};

// How much memory a buffer needs and from which to which instruction, counted in the order of compiling.
struct Buffer {
  int64_t size = 0;
  int32_t first = INT32_MAX, last = -1;
  int32_t level = -1;                     // loops around its definition, minus one
  bool persistent = false;                // keeps its content between runs, or is visible outside
  int64_t external = -1;                  // entry of the base table where it is not in the arena
  int64_t offset = 0;
};

struct Plan {
  std::vector<Instruction> prologue;      // what depends on weights alone
  std::vector<Instruction> main;
  std::vector<Buffer> buffers;
  int64_t arena = 0;                      // floats
  std::vector<float> constants;           // rows of kTile floats
  int64_t tiles = 0;                      // registers of kTile floats that the largest group needs
  int64_t operands = 0;                   // of the largest group
  int64_t scratch = 0;                    // floats that gemm and primitives share
  std::vector<std::shared_ptr<OnednnRnn>> primitives;
  struct Port {
    std::string name;
    View view;
    int64_t size = 0;
    bool weight = false;
  };
  std::vector<Port> inputs, outputs;
  int32_t bases = 1;                      // 0 is the arena; then one each input and output
};

Plan compile(const ir::Program& program, const std::vector<std::string>& weights);

// What instructions took, by their number.
struct Timing {
  using Clock = std::chrono::steady_clock;
  struct Total {
    Clock::duration spent{};
    int64_t runs = 0;
  };
  std::vector<Total> totals;
  Clock::time_point before;

  void add(int32_t number) {
    const Clock::time_point now = Clock::now();
    Total& total = totals[static_cast<size_t>(number)];
    total.spent += now - before;
    ++total.runs;
    before = now;
  }
};

// Replays. All pointers come from bases.
struct Replay {
  std::vector<float*> bases;
  std::vector<float*> pointers;  // two for each operand of the largest group
  float* tiles = nullptr;
  float* scratch = nullptr;
  const float* constants = nullptr;
  uint64_t seed = 0, update = 0;
  std::array<int64_t, kMaxLoops> at{};
  Timing* timing = nullptr;      // none: not measured

  void run(const std::vector<Instruction>& instructions);
  template <bool kTimed>
  void walk(const std::vector<Instruction>& instructions);
  void execute(const Instruction& in);

  float* address(const View& view) const {
    float* p = bases[static_cast<size_t>(view.base)] + view.offset;
    for (size_t l = 0; l < static_cast<size_t>(view.depth); ++l) p += ((at[l] + view.loops[l].delta) & view.loops[l].mask) * view.loops[l].step;
    return p;
  }
};

// Numbers the instructions from 0 in the order of the listing; returns how many there are.
int32_t number_instructions(Plan& plan);
std::string listing(const Plan& plan);
std::vector<InstructionTime> instruction_times(const Plan& plan, const Timing& timing);

}  // namespace recur::exec
