#include "recur/model/initial_values.hpp"

#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"

namespace recur::model {
namespace {

constexpr double kNormalDeviation = 0.05;     // Keras's default of its normal and uniform rules
constexpr double kKerasEmbeddingLimit = 0.05;

void uniform(std::span<float> values, double low, double high, Stream& stream) {
  for (float& value : values) value = static_cast<float>(stream.uniform(low, high));
}

void normal(std::span<float> values, double mean, double deviation, Stream& stream) {
  for (float& value : values) value = static_cast<float>(mean + deviation * stream.normal());
}

void constant(std::span<float> values, double value) { std::fill(values.begin(), values.end(), static_cast<float>(value)); }

// Each matrix of the last two axes by itself; a single axis is one row.
void orthogonal(std::span<float> values, const ir::Shape& shape, double gain, Stream& stream) {
  const int64_t columns = shape.empty() ? 1 : shape.back();
  const int64_t rows = shape.size() < 2 ? 1 : shape[shape.size() - 2];
  const auto size = static_cast<size_t>(rows * columns);
  std::vector<double> matrix(size);
  for (size_t begin = 0; begin < values.size(); begin += size) {
    for (double& value : matrix) value = stream.normal();
    orthonormalize(matrix, rows, columns);
    for (size_t i = 0; i < size; ++i) values[begin + i] = static_cast<float>(gain * matrix[i]);
  }
}

struct Fans {
  double in, out;
};

Fans fans_of(const ir::Shape& shape) {
  if (shape.empty()) return {1, 1};
  const auto last = static_cast<double>(shape.back());
  return {shape.size() < 2 ? last : static_cast<double>(shape[shape.size() - 2]), last};
}

double variance_of(std::string_view rule, const ir::Shape& shape) {
  const Fans fans = fans_of(shape);
  if (rule.starts_with("glorot")) return 2 / (fans.in + fans.out);
  return (rule.starts_with("he") ? 2 : 1) / fans.in;
}

void uniform_hidden(std::span<float> values, int64_t hidden, Stream& stream) {
  const double limit = 1 / std::sqrt(static_cast<double>(hidden));
  uniform(values, -limit, limit, stream);
}

std::string_view default_rule(recur_role role) {
  if (role == RECUR_ROLE_RECURRENT) return "orthogonal";
  return role == RECUR_ROLE_BIAS ? "zeros" : "glorot_uniform";
}

void fill_as_declared(const plugin::WeightInfo& weight, int64_t hidden, Stream& stream, std::span<float> values) {
  const auto rule = [&](std::string_view name) { fill_by_rule(name, weight.dims, hidden, stream, values); };
  switch (weight.init) {
    case RECUR_INIT_DEFAULT: return rule(default_rule(weight.role));
    case RECUR_INIT_CONSTANT: return constant(values, weight.a);
    case RECUR_INIT_UNIFORM: return uniform(values, weight.a, weight.b, stream);
    case RECUR_INIT_NORMAL: return normal(values, weight.a, weight.b, stream);
    case RECUR_INIT_GLOROT_UNIFORM: return rule("glorot_uniform");
    case RECUR_INIT_GLOROT_NORMAL: return rule("glorot_normal");
    case RECUR_INIT_HE_UNIFORM: return rule("he_uniform");
    case RECUR_INIT_HE_NORMAL: return rule("he_normal");
    case RECUR_INIT_LECUN_UNIFORM: return rule("lecun_uniform");
    case RECUR_INIT_LECUN_NORMAL: return rule("lecun_normal");
    case RECUR_INIT_ORTHOGONAL: return orthogonal(values, weight.dims, weight.a, stream);
    case RECUR_INIT_UNIFORM_HIDDEN: return rule("uniform_hidden");
  }
  RECUR_CHECK(false, "initialisation {} of {}", static_cast<int>(weight.init), weight.name);
}

// The rule that applies to a role, "cell" for the cell's own.
std::string_view rule_for(recur_role role, const InitOptions& options) {
  const std::string* const given = role == RECUR_ROLE_INPUT       ? &options.input
                                   : role == RECUR_ROLE_RECURRENT ? &options.recurrent
                                   : role == RECUR_ROLE_BIAS      ? &options.bias
                                                                  : nullptr;
  if (given == nullptr) return "cell";
  if (!given->empty()) return *given;
  if (options.scheme == "pytorch") return "uniform_hidden";
  return options.scheme == "keras" ? default_rule(role) : "cell";
}

}  // namespace

void fill_by_rule(std::string_view rule, const ir::Shape& shape, int64_t hidden, Stream& stream, std::span<float> values) {
  if (rule == "zeros") return constant(values, 0);
  if (rule == "ones") return constant(values, 1);
  if (rule == "normal") return normal(values, 0, kNormalDeviation, stream);
  if (rule == "uniform_hidden") return uniform_hidden(values, hidden, stream);
  if (rule == "orthogonal") return orthogonal(values, shape, 1, stream);
  const bool known = rule.starts_with("glorot_") || rule.starts_with("he_") || rule.starts_with("lecun_");
  RECUR_CHECK(known && (rule.ends_with("_uniform") || rule.ends_with("_normal")), "rule '{}'", rule);
  const double variance = variance_of(rule, shape);
  if (rule.ends_with("_normal")) return normal(values, 0, std::sqrt(variance), stream);
  const double limit = std::sqrt(3 * variance);
  uniform(values, -limit, limit, stream);
}

void fill_cell_weight(const plugin::WeightInfo& weight, const InitOptions& options, int64_t hidden, Stream& stream,
                      std::span<float> values) {
  const std::string_view rule = rule_for(weight.role, options);
  if (rule == "cell") fill_as_declared(weight, hidden, stream, values);
  else fill_by_rule(rule, weight.dims, hidden, stream, values);
  const size_t columns = weight.dims.empty() ? 1 : static_cast<size_t>(weight.dims.back());
  for (const recur_segment& segment : weight.segments)
    for (size_t row = 0; row < values.size(); row += columns)
      for (int64_t c = segment.begin; c < segment.end; ++c) values[row + static_cast<size_t>(c)] += static_cast<float>(segment.value);
}

void fill_embedding(const InitOptions& options, Stream& stream, std::span<float> values) {
  if (options.scheme == "keras") uniform(values, -kKerasEmbeddingLimit, kKerasEmbeddingLimit, stream);
  else normal(values, 0, 1, stream);
}

void fill_head(const InitOptions& options, const ir::Shape& shape, int64_t inputs, Stream& stream, std::span<float> values) {
  if (options.scheme == "pytorch") return uniform_hidden(values, inputs, stream);
  fill_by_rule(shape.size() == 1 ? "zeros" : "glorot_uniform", shape, inputs, stream, values);
}

}  // namespace recur::model
