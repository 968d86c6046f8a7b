// A plan for people: its instructions as text, and what they took.
#include <fmt/format.h>

#include "plan.hpp"
#include "recur/error/error.hpp"

namespace recur::exec {
namespace {

std::string_view name_of(Kind kind) {
  constexpr std::string_view kNames[] = {"group", "pack", "gemm_packed", "gemm", "batched_gemm", "copy", "fill", "sum_rows", "sum_columns",
    "reduce", "max_rows", "softmax", "log_softmax", "layer_norm", "layer_norm_gradient", "cross_entropy", "cross_entropy_gradient",
    "gather", "gather_add", "take", "put", "gather_time", "scatter_time", "noise", "length_mask", "loop", "primitive", "primitive_gradient"};
  return kNames[static_cast<size_t>(kind)];
}

std::string text_of(const Instruction& in) {
  std::string out(name_of(in.kind));
  if (in.group) {
    const Group& g = *in.group;
    out += fmt::format(" {}x{} in tiles of {}x{}: {}", g.outer[0] * g.outer[1] * g.outer[2] * g.outer[3] * g.rows, g.cols, g.tile_rows, g.tile_cols, g.text);
  } else if (in.loop) {
    out += fmt::format(" {} steps{}", in.loop->steps, in.loop->reverse ? ", reverse" : "");
  } else if (in.kind == Kind::kGemmPacked || in.kind == Kind::kGemm) {
    out += fmt::format(" {}x{}x{}", in.sizes[0], in.sizes[1], in.sizes[2]);
  } else if (in.kind == Kind::kBatchedGemm) {
    out += fmt::format(" {} of {}x{}x{}{}{}", in.sizes[0], in.sizes[1], in.sizes[2], in.sizes[3], in.sizes[6] != 0 ? ", a transposed" : "", in.sizes[7] != 0 ? ", b transposed" : "");
  } else if (!in.axes.empty()) {
    for (const CopyAxis& axis : in.axes) out += fmt::format(" {}", axis.size);
  } else if (in.sizes[0] > 0) {
    out += fmt::format(" {}", in.sizes[0]);
    if (in.sizes[1] > 0) out += fmt::format("x{}", in.sizes[1]);
  }
  return out;
}

double flops_of(const Instruction& in) {
  const auto product = [&](size_t first) {
    return 2.0 * static_cast<double>(in.sizes[first]) * static_cast<double>(in.sizes[first + 1]) * static_cast<double>(in.sizes[first + 2]);
  };
  if (in.kind == Kind::kGemmPacked || in.kind == Kind::kGemm) return product(0);
  return in.kind == Kind::kBatchedGemm ? static_cast<double>(in.sizes[0]) * product(1) : 0;
}

template <class Instructions, class Visit>
void for_each(Instructions& instructions, int depth, const Visit& visit) {
  for (auto& in : instructions) {
    visit(in, depth);
    if (in.loop) for_each(in.loop->body, depth + 1, visit);
  }
}

}  // namespace

int32_t number_instructions(Plan& plan) {
  int32_t next = 0;
  for (std::vector<Instruction>* part : {&plan.prologue, &plan.main}) for_each(*part, 0, [&](Instruction& in, int) { in.number = next++; });
  return next;
}

std::string listing(const Plan& plan) {
  std::string text;
  const auto list = [&](const Instruction& in, int depth) { text += fmt::format("{:{}}{}\n", "", depth * 4, text_of(in)); };
  text += "when weights change:\n";
  for_each(plan.prologue, 1, list);
  text += "each run:\n";
  for_each(plan.main, 1, list);
  return text;
}

std::vector<InstructionTime> instruction_times(const Plan& plan, const Timing& timing) {
  std::vector<InstructionTime> times;
  for (const std::vector<Instruction>* part : {&plan.prologue, &plan.main})
    for_each(*part, 0, [&](const Instruction& in, int) {
      const Timing::Total& total = timing.totals.at(static_cast<size_t>(in.number));
      InstructionTime time;
      time.kind = name_of(in.kind);
      time.text = text_of(in);
      time.prologue = part == &plan.prologue;
      time.runs = total.runs;
      time.seconds = std::chrono::duration<double>(total.spent).count();
      time.flops = flops_of(in) * static_cast<double>(total.runs);
      times.push_back(std::move(time));
    });
  return times;
}

}  // namespace recur::exec
