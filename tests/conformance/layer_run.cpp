#include "layer_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "recur/ir/adjoint.hpp"
#include "recur/random/stream.hpp"

namespace recur::conformance {
namespace {

size_t volume(const ir::Shape& shape) {
  size_t size = 1;
  for (const int64_t dim : shape) size *= static_cast<size_t>(dim);
  return size;
}

std::vector<std::string> output_names(const LayerProgram& layer, bool gradients) {
  std::vector<std::string> names = layer.program.output_names;
  if (gradients)
    for (const std::string& name : layer.differentiable) names.push_back("d:" + name);
  return names;
}

}  // namespace

void draw_segments(Numbers& numbers, int64_t levels, int64_t T, int64_t N, const std::vector<double>& lengths, uint64_t seed) {
  std::vector<double> steps = lengths.empty() ? std::vector<double>(static_cast<size_t>(N), static_cast<double>(T)) : lengths;
  int64_t B = T;
  for (int64_t level = 1; level <= levels; ++level) {
    const int64_t S = segments_of(T, level);
    const std::string name = fmt::format("segments{}/", level);
    Stream stream(seed, 0, name);
    exec::Tensor ends{{S, N}, std::vector<double>(static_cast<size_t>(S * N))}, of{{B, N}, std::vector<double>(static_cast<size_t>(B * N))}, counts{{N}, {}};
    for (int64_t n = 0; n < N; ++n) {
      const auto own = static_cast<int64_t>(steps[static_cast<size_t>(n)]);
      int64_t begin = 0, segment = 0;
      for (; begin < own; ++segment) {
        const int64_t end = std::min(begin + 2 + static_cast<int64_t>(stream.below(3)), own);
        for (int64_t s = segment; s < S; ++s) ends.data[static_cast<size_t>(s * N + n)] = static_cast<double>(end - 1);
        for (int64_t t = begin; t < B; ++t) of.data[static_cast<size_t>(t * N + n)] = static_cast<double>(segment);
        begin = end;
      }
      counts.data.push_back(static_cast<double>(segment));
    }
    steps = counts.data;
    numbers[name + "ends"] = std::move(ends);
    numbers[name + "of"] = std::move(of);
    numbers[name + "counts"] = std::move(counts);
    B = S;
  }
}

Numbers draw_inputs(const LayerProgram& layer, const LayerSizes& sizes, uint64_t seed) {
  Numbers numbers;
  int64_t levels = 0;
  for (const ir::ValueId id : layer.program.inputs) {
    const std::string& name = layer.program.producer(id).name;
    if (name.starts_with("segments")) {
      levels += name.ends_with("/counts") ? 1 : 0;
      continue;
    }
    exec::Tensor tensor{layer.program.shape(id), {}};
    Stream stream(seed, 0, name);
    const bool weight = std::find(layer.weights.begin(), layer.weights.end(), name) != layer.weights.end();
    const double range = weight ? 1.5 / std::sqrt(static_cast<double>(sizes.H)) : 1;
    for (size_t i = 0; i < volume(tensor.shape); ++i) {
      // The first sequence is the longest, so that T is a length that occurs.
      if (name == "lengths") tensor.data.push_back(i == 0 ? static_cast<double>(sizes.T) : 1 + static_cast<double>(stream.below(static_cast<uint64_t>(sizes.T))));
      else tensor.data.push_back(static_cast<double>(static_cast<float>(stream.uniform(-range, range))));
    }
    numbers[name] = std::move(tensor);
  }
  draw_segments(numbers, levels, sizes.T, sizes.N, numbers.contains("lengths") ? numbers["lengths"].data : std::vector<double>{}, seed);
  return numbers;
}

Numbers run_reference(const LayerProgram& layer, const Numbers& inputs, bool gradients) {
  const ir::Program program = gradients ? ir::differentiate(layer.program, 0, layer.differentiable) : ir::clone(layer.program);
  const std::vector<exec::Tensor> outputs = exec::Reference(program).run(inputs, kNoise);
  const std::vector<std::string> names = output_names(layer, gradients);
  Numbers results;
  for (size_t i = 0; i < names.size(); ++i) results[names[i]] = outputs[i];
  return results;
}

Numbers run_native(const LayerProgram& layer, const Numbers& inputs, bool gradients, exec::Path path) {
  exec::PathMemory memory;
  const std::vector<std::string> further(layer.differentiable.begin() + static_cast<long>(layer.weights.size()), layer.differentiable.end());
  exec::Engine engine = gradients ? exec::compile_training(layer.program, 0, layer.weights, memory, path, further)
                                  : exec::compile_inference(layer.program, layer.weights, memory, path);
  std::map<std::string, std::vector<float>> values;
  for (const auto& [name, tensor] : inputs) {
    values[name].assign(tensor.data.begin(), tensor.data.end());
    engine.native.bind_input(name, values[name].data());
  }
  engine.native.run(kNoise);
  const std::vector<std::string> names = output_names(layer, gradients);
  Numbers results;
  for (size_t i = 0; i < names.size(); ++i) {
    const std::span<const float> out = engine.native.output(i);
    const bool gradient = i >= layer.program.outputs.size();
    ir::Shape shape = gradient ? inputs.at(layer.differentiable[i - layer.program.outputs.size()]).shape : layer.program.shape(layer.program.outputs[i]);
    results[names[i]] = {std::move(shape), {out.begin(), out.end()}};
  }
  return results;
}

std::string difference(const Numbers& a, const Numbers& b, double tolerance, const std::string& what) {
  for (const auto& [name, left] : a) {
    const exec::Tensor& right = b.at(name);
    if (left.data.size() != right.data.size()) return fmt::format("{}: {} has {} and {} elements", what, name, left.data.size(), right.data.size());
    for (size_t i = 0; i < left.data.size(); ++i) {
      const double scale = std::max({1.0, std::fabs(left.data[i]), std::fabs(right.data[i])});
      if (!(std::fabs(left.data[i] - right.data[i]) <= tolerance * scale))
        return fmt::format("{}: {}[{}] is {} and {}, further apart than {}", what, name, i, left.data[i], right.data[i], tolerance);
    }
  }
  return "";
}

std::string bit_difference(const exec::Tensor& a, const exec::Tensor& b, const std::string& what) {
  if (a.data.size() != b.data.size()) return fmt::format("{}: {} and {} elements", what, a.data.size(), b.data.size());
  for (size_t i = 0; i < a.data.size(); ++i)
    if (!(a.data[i] == b.data[i])) return fmt::format("{}: element {} is {} and {}", what, i, a.data[i], b.data[i]);
  return "";
}

exec::Tensor sequence_of(const exec::Tensor& x, int64_t n, bool time_axis) {
  exec::Tensor one{x.shape, {}};
  const size_t batch_axis = time_axis ? 1 : 0;
  const auto steps = static_cast<size_t>(time_axis ? x.shape[0] : 1), batch = static_cast<size_t>(x.shape[batch_axis]);
  const size_t width = x.data.size() / (steps * batch);
  one.shape[batch_axis] = 1;
  for (size_t t = 0; t < steps; ++t) {
    const auto begin = x.data.begin() + static_cast<long>((t * batch + static_cast<size_t>(n)) * width);
    one.data.insert(one.data.end(), begin, begin + static_cast<long>(width));
  }
  return one;
}

exec::Tensor steps_of(const exec::Tensor& x, int64_t begin, int64_t end) {
  const auto width = static_cast<int64_t>(x.data.size()) / x.shape[0];
  exec::Tensor part{x.shape, {x.data.begin() + begin * width, x.data.begin() + end * width}};
  part.shape[0] = end - begin;
  return part;
}

}  // namespace recur::conformance
