#include "recur/exec/native.hpp"

#include <fmt/format.h>
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

std::string_view name_of(Kind kind) {
  constexpr std::string_view kNames[] = {"group", "pack", "gemm_packed", "gemm", "batched_gemm", "copy", "fill", "sum_rows", "sum_columns",
    "reduce", "max_rows", "softmax", "log_softmax", "layer_norm", "layer_norm_gradient", "cross_entropy", "cross_entropy_gradient",
    "gather", "gather_add", "take", "put", "gather_time", "scatter_time", "noise", "length_mask", "loop", "primitive", "primitive_gradient"};
  return kNames[static_cast<size_t>(kind)];
}

void list(const std::vector<Instruction>& instructions, int depth, std::string& out) {
  for (const Instruction& in : instructions) {
    out += fmt::format("{:{}}{}", "", depth * 4, name_of(in.kind));
    if (in.group) out += fmt::format(" {}x{} in tiles of {}x{}: {}", in.group->outer[0] * in.group->outer[1] * in.group->rows, in.group->cols, in.group->tile_rows, in.group->tile_cols, in.group->text);
    else if (in.loop) out += fmt::format(" {} steps{}", in.loop->steps, in.loop->reverse ? ", reverse" : "");
    else if (in.kind == Kind::kGemmPacked || in.kind == Kind::kGemm) out += fmt::format(" {}x{}x{}", in.sizes[0], in.sizes[1], in.sizes[2]);
    else
      for (const CopyAxis& axis : in.axes) out += fmt::format(" {}", axis.size);
    out += "\n";
    if (in.loop) list(in.loop->body, depth + 1, out);
  }
}

}  // namespace

std::string listing(const Plan& plan) {
  std::string text = "when weights change:\n";
  list(plan.prologue, 1, text);
  text += "each run:\n";
  list(plan.main, 1, text);
  return text;
}

struct Native::Impl {
  Plan plan;
  Replay replay;
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

}  // namespace recur::exec
