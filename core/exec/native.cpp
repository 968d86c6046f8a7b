#include "recur/exec/native.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "onednn_rnn.hpp"
#include "plan.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {
namespace {

struct Release {
  void operator()(float* p) const { std::free(p); }
};
using Memory = std::unique_ptr<float[], Release>;

// Zeroed, on a cache line; large blocks on large pages where the system has them, because products over T*N rows walk so many pages
// that the processor forgets where they are.
Memory allocate(int64_t floats) {
  constexpr size_t kLargePage = size_t{2} << 20;
  const size_t wanted = static_cast<size_t>(std::max<int64_t>(floats, 1)) * sizeof(float);
  const size_t alignment = wanted >= kLargePage ? kLargePage : 64;
  const size_t bytes = (wanted + alignment - 1) / alignment * alignment;
  auto* p = static_cast<float*>(std::aligned_alloc(alignment, bytes));
  if (p == nullptr) throw std::bad_alloc();
  if (alignment == kLargePage) madvise(p, bytes, MADV_HUGEPAGE);  // advice: a refusal changes nothing
  std::fill_n(p, bytes / sizeof(float), 0.0f);
  return Memory(p);
}

}  // namespace

struct Native::Impl {
  Plan plan;
  Replay replay;
  Timing timing;
  Memory arena, tiles, scratch;
  std::vector<Memory> ports;       // by entry of the base table; empty where the caller's memory is used
  bool weights_changed = true;

  Plan::Port& input(const std::string& name) {
    const auto found = std::find_if(plan.inputs.begin(), plan.inputs.end(), [&](const Plan::Port& port) { return port.name == name; });
    RECUR_CHECK(found != plan.inputs.end(), "the program has no input '{}'", name);
    return *found;
  }
  float*& base(const Plan::Port& port) { return replay.bases[static_cast<size_t>(port.view.base)]; }
  float* own(const Plan::Port& port) {
    Memory& memory = ports[static_cast<size_t>(port.view.base)];
    if (!memory) memory = allocate(port.size);
    return base(port) = memory.get();
  }
};

Native::Native(const ir::Program& program, NativeOptions options) : impl_(std::make_unique<Impl>()) {
  Impl& i = *impl_;
  i.plan = compile(program, {options.weights.begin(), options.weights.end()});
  i.arena = allocate(i.plan.arena);
  i.tiles = allocate(i.plan.tiles * static_cast<int64_t>(kTile));
  i.scratch = allocate(i.plan.scratch);
  i.replay.bases.assign(static_cast<size_t>(i.plan.bases), nullptr);
  i.replay.pointers.assign(static_cast<size_t>(2 * i.plan.operands), nullptr);
  i.ports.resize(static_cast<size_t>(i.plan.bases));
  i.replay.bases[0] = i.arena.get();
  i.replay.tiles = i.tiles.get();
  i.replay.scratch = i.scratch.get();
  i.replay.constants = i.plan.constants.data();
  for (const Plan::Port& port : i.plan.inputs)
    if (!port.weight) i.own(port);
  for (const Plan::Port& port : i.plan.outputs) i.own(port);
}

Native::~Native() = default;
Native::Native(Native&&) noexcept = default;
Native& Native::operator=(Native&&) noexcept = default;

std::span<float> Native::input(const std::string& name) {
  const Plan::Port& port = impl_->input(name);
  RECUR_CHECK(!port.weight, "'{}' is a weight: bind the caller's memory", name);
  return {impl_->own(port), static_cast<size_t>(port.size)};
}

void Native::bind_input(const std::string& name, const float* data) {
  const Plan::Port& port = impl_->input(name);
  impl_->base(port) = const_cast<float*>(data);  // only read: no instruction writes to an input
  if (port.weight) impl_->weights_changed = true;
}

std::span<const float> Native::output(size_t i) const {
  const Plan::Port& port = impl_->plan.outputs.at(i);
  return {impl_->base(port), static_cast<size_t>(port.size)};
}

std::span<const float> Native::output(const std::string& name) const {
  for (size_t i = 0; i < impl_->plan.outputs.size(); ++i)
    if (impl_->plan.outputs[i].name == name) return output(i);
  RECUR_CHECK(false, "the program has no output '{}'", name);
}

void Native::bind_output(size_t i, float* data) {
  const Plan::Port& port = impl_->plan.outputs.at(i);
  impl_->base(port) = data;
  impl_->ports[static_cast<size_t>(port.view.base)].reset();
}

void Native::weights_changed() { impl_->weights_changed = true; }

void Native::run(NoiseKey key) {
  Impl& i = *impl_;
  i.replay.seed = key.seed;
  i.replay.update = key.step;
  if (i.weights_changed) {
    for (const Plan::Port& port : i.plan.inputs) RECUR_CHECK(i.base(port) != nullptr, "weight '{}' is not bound", port.name);
    for (const auto& primitive : i.plan.primitives) primitive->weights_changed();
    i.replay.run(i.plan.prologue);
    i.weights_changed = false;
  }
  i.replay.run(i.plan.main);
}

size_t Native::arena_floats() const { return static_cast<size_t>(impl_->plan.arena); }

std::string Native::listing() const { return exec::listing(impl_->plan); }

void Native::start_timing() {
  impl_->timing.totals.assign(static_cast<size_t>(number_instructions(impl_->plan)), {});
  impl_->replay.timing = &impl_->timing;
}

std::vector<InstructionTime> Native::instruction_times() const {
  RECUR_CHECK(impl_->replay.timing != nullptr, "start_timing() was not called");
  return exec::instruction_times(impl_->plan, impl_->timing);
}

}  // namespace recur::exec
