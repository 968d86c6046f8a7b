#include "recur/model/parameter_set.hpp"

#include <algorithm>
#include <utility>

#include "recur/error/error.hpp"

namespace recur::model {
namespace {

constexpr size_t kFloatsPerLine = 16;

}  // namespace

size_t ParameterInfo::size() const {
  size_t product = 1;
  for (const int64_t dim : shape) product *= static_cast<size_t>(dim);
  return product;
}

ParameterLayout::ParameterLayout(std::vector<ParameterInfo> parameters) : parameters_(std::move(parameters)) {
  for (const ParameterInfo& parameter : parameters_) {
    offsets_.push_back(flat_);
    scalars_ += static_cast<int64_t>(parameter.size());
    flat_ += (parameter.size() + kFloatsPerLine - 1) / kFloatsPerLine * kFloatsPerLine;
  }
}

std::optional<size_t> ParameterLayout::find(std::string_view name) const {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(), [&](const ParameterInfo& each) { return each.name == name; });
  if (found == parameters_.end()) return std::nullopt;
  return static_cast<size_t>(found - parameters_.begin());
}

std::vector<std::string> ParameterLayout::names() const {
  std::vector<std::string> names;
  for (const ParameterInfo& parameter : parameters_) names.push_back(parameter.name);
  return names;
}

ParameterSet::ParameterSet(SharedLayout layout) : layout_(std::move(layout)), values_(layout_->flat()) {}

std::span<float> ParameterSet::operator[](size_t i) {
  return std::span(values_).subspan(layout_->offset(i), layout_->parameters()[i].size());
}

std::span<const float> ParameterSet::operator[](size_t i) const {
  return std::span(values_).subspan(layout_->offset(i), layout_->parameters()[i].size());
}

std::span<float> ParameterSet::at(std::string_view name) {
  const std::optional<size_t> i = layout_->find(name);
  RECUR_CHECK(i, "no parameter '{}'", name);
  return (*this)[*i];
}

std::span<const float> ParameterSet::at(std::string_view name) const {
  const std::optional<size_t> i = layout_->find(name);
  RECUR_CHECK(i, "no parameter '{}'", name);
  return (*this)[*i];
}

}  // namespace recur::model
