#include "recur/train/checkpoint.hpp"

#include <algorithm>

#include "recur/error/error.hpp"

namespace recur::train {

std::vector<Array> to_arrays(const model::ParameterSet& set, const std::string& prefix) {
  std::vector<Array> arrays;
  for (size_t i = 0; i < set.layout()->count(); ++i) {
    const model::ParameterInfo& info = set.layout()->parameters()[i];
    const std::span<const float> values = set[i];
    arrays.push_back({prefix + info.name, info.shape, {values.begin(), values.end()}, info.layout, info.gates});
  }
  return arrays;
}

void from_arrays(model::ParameterSet& set, std::span<const ArrayView> arrays, const std::string& prefix) {
  for (size_t i = 0; i < set.layout()->count(); ++i) {
    const model::ParameterInfo& info = set.layout()->parameters()[i];
    const std::string name = prefix + info.name;
    const auto found = std::find_if(arrays.begin(), arrays.end(), [&](const ArrayView& each) { return each.name == name; });
    if (found == arrays.end())
      throw UserError(fmt::format("the weights have no '{}'; they belong to another model", name));
    if (!std::equal(found->shape.begin(), found->shape.end(), info.shape.begin(), info.shape.end()))
      throw UserError(fmt::format("'{}' is {}, the model needs {}; the weights belong to another model", name,
                                  ir::to_string({found->shape.begin(), found->shape.end()}), ir::to_string(info.shape)));
    RECUR_CHECK(found->values.size() == info.size(), "{} values of {}", found->values.size(), name);
    std::copy(found->values.begin(), found->values.end(), set[i].begin());
  }
}

void from_arrays(model::ParameterSet& set, std::span<const Array> arrays, const std::string& prefix) {
  std::vector<ArrayView> views;
  for (const Array& array : arrays) views.push_back({array.name, array.shape, array.values});
  from_arrays(set, views, prefix);
}

}  // namespace recur::train
