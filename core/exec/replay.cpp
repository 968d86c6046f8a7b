// Replaying a plan: a walk over its instructions.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "onednn_rnn.hpp"
#include "plan.hpp"

namespace recur::exec {
namespace {

void run_group(const Replay& replay, const Group& group, float** pointers) {
  const size_t count = group.operands.size();
  float** base = pointers + count;
  const auto at_outer = [&](int64_t a, int64_t b, int64_t c, int64_t d) {
    for (size_t i = 0; i < count; ++i) {
      const GroupOperand& o = group.operands[i];
      if (o.kind == GroupOperand::Kind::kMemory)
        base[i] = replay.address(o.view) + a * o.stride_outer[0] + b * o.stride_outer[1] + c * o.stride_outer[2] + d * o.stride_outer[3];
      else if (o.kind == GroupOperand::Kind::kRegister) pointers[i] = replay.tiles + o.slot * static_cast<int64_t>(kTile);
      else pointers[i] = const_cast<float*>(replay.constants) + o.slot * static_cast<int64_t>(kTile);
    }
  };
  const auto tiles = [&] {
    for (int64_t r = 0; r < group.rows; r += group.tile_rows) {
      const auto rows = static_cast<size_t>(std::min(group.tile_rows, group.rows - r));
      for (int64_t c = 0; c < group.cols; c += group.tile_cols) {
        const auto cols = static_cast<size_t>(std::min(group.tile_cols, group.cols - c));
        for (size_t i = 0; i < count; ++i) {
          const GroupOperand& o = group.operands[i];
          if (o.kind == GroupOperand::Kind::kMemory) pointers[i] = base[i] + r * o.stride_rows + c * o.stride_cols;
        }
        const auto stride = [&](const GroupOperand& o) -> size_t {
          if (o.kind == GroupOperand::Kind::kMemory) return static_cast<size_t>(o.stride_rows);
          return o.kind == GroupOperand::Kind::kRegister ? cols : 0;
        };
        for (const Micro& micro : group.micros) {
          const float* in[kMaxOperands];
          size_t ld[kMaxOperands];
          for (int32_t i = 0; i < micro.in_count; ++i) {
            const auto k = static_cast<size_t>(i);
            in[k] = pointers[micro.in[k]];
            ld[k] = stride(group.operands[static_cast<size_t>(micro.in[k])]);
          }
          float* out = pointers[micro.result];
          if (micro.kernel != nullptr) micro.kernel(rows, cols, out, stride(group.operands[static_cast<size_t>(micro.result)]), in, ld);
          else if (micro.which < 0) micro.map->forward_f32(in, out, rows * cols);
          else micro.map->gradient_f32(in, in[micro.in_count - 1], static_cast<uint32_t>(micro.which), out, rows * cols);
        }
      }
    }
  };
  for (int64_t a = 0; a < group.outer[0]; ++a)
    for (int64_t b = 0; b < group.outer[1]; ++b)
      for (int64_t c = 0; c < group.outer[2]; ++c)
        for (int64_t d = 0; d < group.outer[3]; ++d) {
          at_outer(a, b, c, d);
          tiles();
        }
}

void copy_axes(const CopyAxis* axes, size_t count, const float* from, float* to) {
  const CopyAxis& axis = axes[0];
  if (count == 1) {
    if (axis.from == 1 && axis.to == 1) std::memcpy(to, from, static_cast<size_t>(axis.size) * sizeof(float));
    else
      for (int64_t i = 0; i < axis.size; ++i) to[i * axis.to] = from[i * axis.from];
    return;
  }
  for (int64_t i = 0; i < axis.size; ++i) copy_axes(axes + 1, count - 1, from + i * axis.from, to + i * axis.to);
}

void reduce_axes(const CopyAxis* axes, size_t count, bool max, const float* from, float* to) {
  if (count == 0) {
    *to = max ? std::max(*to, *from) : *to + *from;
    return;
  }
  if (count == 1 && axes[0].from == 1 && axes[0].to == 1 && !max) {  // a row is added to a row
    for (int64_t i = 0; i < axes[0].size; ++i) to[i] += from[i];
    return;
  }
  for (int64_t i = 0; i < axes[0].size; ++i) reduce_axes(axes + 1, count - 1, max, from + i * axes[0].from, to + i * axes[0].to);
}

// A whole number kept as a float, or -1 where it is outside [0, bound).
int64_t index_of(float value, int64_t bound) {
  return value >= 0 && value < static_cast<float>(bound) ? static_cast<int64_t>(value) : -1;
}

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

void run_index(const Instruction& in, float* const* p) {
  const auto& s = in.sizes;
  switch (in.kind) {
    case Kind::kGather:
      for (int64_t r = 0; r < s[0]; ++r) {
        const int64_t row = index_of(p[1][r], s[4]);
        float* to = p[2] + r * s[3];
        if (row < 0) std::fill_n(to, s[1], kNaN);
        else std::memcpy(to, p[0] + row * s[2], static_cast<size_t>(s[1]) * sizeof(float));
      }
      return;
    case Kind::kGatherAdd:
      for (int64_t r = 0; r < s[0]; ++r) {
        const int64_t row = index_of(p[0][r], s[4]);
        if (row < 0) continue;
        const float* d = p[1] + r * s[2];
        float* to = p[2] + row * s[3];
        for (int64_t c = 0; c < s[1]; ++c) to[c] += d[c];
      }
      return;
    case Kind::kTake:
      for (int64_t r = 0; r < s[0]; ++r) {
        const int64_t c = index_of(p[1][r], s[1]);
        p[2][r] = c < 0 ? kNaN : p[0][r * s[2] + c];
      }
      return;
    case Kind::kPut:
      std::fill_n(p[2], s[0] * s[1], 0.0f);
      for (int64_t r = 0; r < s[0]; ++r)
        if (const int64_t c = index_of(p[0][r], s[1]); c >= 0) p[2][r * s[1] + c] = p[1][r];
      return;
    default: break;
  }
  // x [T, N, D] and index [S, N]: sizes S, N, D, T
  const bool gather = in.kind == Kind::kGatherTime;
  for (int64_t r = 0; r < s[0]; ++r)
    for (int64_t n = 0; n < s[1]; ++n) {
      const int64_t t = index_of(p[1][r * s[1] + n], s[3]);
      const int64_t part = (r * s[1] + n) * s[2], whole = (t * s[1] + n) * s[2];
      if (gather && t < 0) std::fill_n(p[2] + part, s[2], kNaN);
      else if (gather) std::memcpy(p[2] + part, p[0] + whole, static_cast<size_t>(s[2]) * sizeof(float));
      else if (t >= 0)
        for (int64_t c = 0; c < s[2]; ++c) p[2][whole + c] += p[0][part + c];
    }
}

void run_primitive(const Instruction& in, float* const* p, float* scratch) {
  const bool lstm = in.flags[0], backward = in.kind == Kind::kPrimitiveGradient;
  RnnInputs inputs{p[0], p[1], p[2], p[3], p[4], lstm ? p[5] : nullptr};
  float* const* o = p + (lstm ? 6 : 5);
  const size_t results = lstm ? 3 : 2;
  const bool training = backward || in.views.size() > (lstm ? 9u : 7u);
  const RnnOutputs outputs{o[0], o[1], lstm ? o[2] : nullptr, training ? o[results] : nullptr};
  if (!backward) {
    in.rnn->forward(inputs, outputs, scratch);
    return;
  }
  float* const* d = o + results + 1;
  float* const* r = d + results;
  in.rnn->backward(inputs, outputs, {d[0], d[1], lstm ? d[2] : nullptr}, {r[0], r[1], r[2], r[3], r[4], lstm ? r[5] : nullptr}, scratch);
}

}  // namespace

void Replay::execute(const Instruction& in) {
  float* p[24];
  const auto u = [](int64_t v) { return static_cast<size_t>(v); };
  for (size_t i = 0; i < in.views.size(); ++i) p[i] = in.views[i].valid() ? address(in.views[i]) : nullptr;
  const auto& s = in.sizes;
  switch (in.kind) {
    case Kind::kGroup: run_group(*this, *in.group, pointers.data()); break;
    case Kind::kPack: pack(p[0], s[0], s[1], in.views[0].ld, in.flags[0], p[1]); break;
    case Kind::kGemmPacked: gemm_packed(s[0], s[1], s[2], p[0], s[3], p[1], p[2], s[4], p[3], s[5]); break;
    case Kind::kGemm: gemm(s[6] != 0, s[7] != 0, s[0], s[1], s[2], p[0], s[3], p[1], s[4], in.flags[0], p[2], s[5], scratch); break;
    case Kind::kBatchedGemm:
      gemm_batched(s[6] != 0, s[7] != 0, s[0], s[1], s[2], s[3], p[0], p[1], in.flags[0], p[2], scratch);
      break;
    case Kind::kCopy: copy_axes(in.axes.data(), in.axes.size(), p[0], p[1]); break;
    case Kind::kFill:
      for (int64_t r = 0; r < s[0]; ++r) std::fill_n(p[0] + r * s[2], s[1], static_cast<float>(in.real));
      break;
    case Kind::kSumRows: sum_rows(u(s[0]), u(s[1]), p[0], u(s[2]), p[1]); break;
    case Kind::kSumColumns:
      for (int64_t i = 0; i < s[3]; ++i) sum_columns(u(s[0]), u(s[1]), p[0] + i * s[0] * s[2], u(s[2]), p[1] + i * s[1]);
      break;
    case Kind::kMaxRows: max_rows(u(s[0]), u(s[1]), p[0], u(s[2]), p[1]); break;
    case Kind::kReduce: reduce_axes(in.axes.data(), in.axes.size(), in.flags[0], p[0], p[1]); break;
    case Kind::kSoftmax: softmax_rows(u(s[0]), u(s[1]), p[0], u(s[2]), p[1], u(s[3])); break;
    case Kind::kLogSoftmax: log_softmax_rows(u(s[0]), u(s[1]), p[0], u(s[2]), p[1], u(s[3])); break;
    case Kind::kLayerNorm: layer_norm_rows(u(s[0]), u(s[1]), static_cast<float>(in.real), p[0], u(s[2]), p[1], u(s[3])); break;
    case Kind::kLayerNormGradient:
      layer_norm_gradient_rows(u(s[0]), u(s[1]), static_cast<float>(in.real), p[0], u(s[2]), p[1], u(s[3]), p[2], u(s[4]));
      break;
    case Kind::kCrossEntropy: cross_entropy_rows(u(s[0]), u(s[1]), p[0], u(s[2]), p[1], p[2]); break;
    case Kind::kCrossEntropyGradient:
      cross_entropy_gradient_rows(u(s[0]), u(s[1]), p[0], u(s[2]), p[1], p[2], p[3], u(s[3]));
      break;
    case Kind::kGather: case Kind::kGatherAdd: case Kind::kTake: case Kind::kPut: case Kind::kGatherTime: case Kind::kScatterTime:
      run_index(in, p);
      break;
    case Kind::kNoise: {
      const auto t = static_cast<uint32_t>(in.level < 0 ? 0 : at[static_cast<size_t>(in.level)]);
      if (in.flags[0]) fill_normal(seed, update, in.stream, t, u(s[0]), p[0]);
      else fill_uniform(seed, update, in.stream, t, u(s[0]), p[0]);
      break;
    }
    case Kind::kLengthMask:
      for (int64_t t = 0; t < s[0]; ++t)
        for (int64_t n = 0; n < s[1]; ++n) p[1][t * s[1] + n] = static_cast<float>(t) < p[0][n] ? 1.0f : 0.0f;
      break;
    case Kind::kPrimitive: case Kind::kPrimitiveGradient: run_primitive(in, p, scratch); break;
    case Kind::kLoop: break;  // walked
  }
}

template <bool kTimed>
void Replay::walk(const std::vector<Instruction>& instructions) {
  for (const Instruction& in : instructions) {
    if (in.kind != Kind::kLoop) {
      execute(in);
      if constexpr (kTimed) timing->add(in.number);
      continue;
    }
    const Loop& loop = *in.loop;
    int64_t& t = at[static_cast<size_t>(loop.level)];
    for (int64_t i = 0; i < loop.steps; ++i) {
      t = loop.reverse ? loop.steps - 1 - i : i;
      walk<kTimed>(loop.body);
    }
    t = 0;
  }
}

void Replay::run(const std::vector<Instruction>& instructions) {
  if (timing == nullptr) return walk<false>(instructions);
  timing->before = Timing::Clock::now();
  walk<true>(instructions);
}

}  // namespace recur::exec
