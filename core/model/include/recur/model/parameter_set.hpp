// The parameters of a network in one flat array, each at an offset of its own; gradients, best weights and the moments
// of optimizers are further arrays of the same layout.
//
// Errors: a name or size that does not fit is an InvariantError.
// Threading: a layout is immutable; a ParameterSet is a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recur/ir/program.hpp"
#include "recur/plugin/cell_info.hpp"

namespace recur::model {

struct ParameterInfo {
  std::string name;    // "embedding/W", "layer0/W", "layer1/forwards.W", "head/b"
  ir::Shape shape;     // sizes
  std::string layout;  // the sizes in the layer's terms, "[I, 4H]"; "" where not known
  std::string gates;   // order of the blocks along the last axis, "i f c o"; or ""

  // Elements.
  size_t size() const;
};

class ParameterLayout {
 public:
  explicit ParameterLayout(std::vector<ParameterInfo> parameters);

  const std::vector<ParameterInfo>& parameters() const { return parameters_; }
  size_t count() const { return parameters_.size(); }
  size_t offset(size_t i) const { return offsets_[i]; }
  std::optional<size_t> find(std::string_view name) const;
  std::vector<std::string> names() const;

  // Trainable scalars.
  int64_t scalars() const { return scalars_; }
  // Length of the flat array. Each parameter begins on a cache line; the elements between stay zero.
  size_t flat() const { return flat_; }

 private:
  std::vector<ParameterInfo> parameters_;
  std::vector<size_t> offsets_;
  int64_t scalars_ = 0;
  size_t flat_ = 0;
};

using SharedLayout = std::shared_ptr<const ParameterLayout>;

class ParameterSet {
 public:
  // All zero.
  explicit ParameterSet(SharedLayout layout);

  const SharedLayout& layout() const { return layout_; }
  std::span<float> flat() { return values_; }
  std::span<const float> flat() const { return values_; }
  // One parameter, row-major.
  std::span<float> operator[](size_t i);
  std::span<const float> operator[](size_t i) const;
  std::span<float> at(std::string_view name);
  std::span<const float> at(std::string_view name) const;

 private:
  static constexpr std::align_val_t kCacheLine{64};
  template <class T>
  struct CacheLines {
    using value_type = T;
    CacheLines() = default;
    template <class U>
    CacheLines(const CacheLines<U>&) {}
    T* allocate(size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), kCacheLine)); }
    void deallocate(T* p, size_t) { ::operator delete(p, kCacheLine); }
    bool operator==(const CacheLines&) const = default;
  };

  SharedLayout layout_;
  std::vector<float, CacheLines<float>> values_;
};

}  // namespace recur::model
