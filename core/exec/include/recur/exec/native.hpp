// Native runs a bound program in f32: compiled once into a flat list of instructions over one arena, then replayed.
//
// run() allocates nothing, takes no lock and calls no plugin (a map kernel of a plugin is called as the plain function
// it is). Every sequence of a batch gets the same bits whatever its neighbours are.
//
// Errors: names and sizes that do not fit are InvariantErrors.
// Threading: one thread at a time; instances are independent. Where oneDNN's primitives are used the thread that runs need not be
// the one that compiled.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "recur/exec/reference.hpp"
#include "recur/ir/program.hpp"

namespace recur::exec {

struct NativeOptions {
  // Inputs that change seldom (weights). What depends on them alone, such as their packed copies, is computed again only after
  // weights_changed(). Their memory is the caller's: bind_input.
  std::set<std::string> weights;
};

// One instruction of a compiled program and what its runs took since start_timing().
struct InstructionTime {
  std::string kind;       // group, gemm, softmax, ...
  std::string text;       // as in listing()
  bool prologue = false;  // runs only when weights change
  int64_t runs = 0;
  double seconds = 0;     // of all runs, with about 30 ns a run for the clock
  double flops = 0;       // of all runs, of products alone; a multiply-add counts as two
};

class Native {
 public:
  explicit Native(const ir::Program& program, NativeOptions options = {});
  ~Native();
  Native(Native&&) noexcept;
  Native& operator=(Native&&) noexcept;

  // Where to write an input before run(); dense, row-major. Inputs that are weights must be bound instead.
  std::span<float> input(const std::string& name);
  // Uses the caller's memory in place of the program's own; it must outlive the runs. Any input.
  void bind_input(const std::string& name, const float* data);

  // Output number i after run(); dense, row-major.
  std::span<const float> output(size_t i) const;
  std::span<const float> output(const std::string& name) const;
  // Has output i written to the caller's memory.
  void bind_output(size_t i, float* data);

  void weights_changed();
  void run(NoiseKey key = {});

  // For people and tests.
  size_t arena_floats() const;
  std::string listing() const;  // the instructions, one a line
  // From now on the clock is read after every instruction; a program that was never asked to reads none.
  void start_timing();
  std::vector<InstructionTime> instruction_times() const;  // in the order of listing()

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace recur::exec
