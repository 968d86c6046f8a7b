#include "case_maps.hpp"

#include <cmath>
#include <cstddef>

namespace recur::exec {
namespace {

template <class Real>
void sine_product(const Real* const* in, Real* out, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) out[i] = std::sin(in[0][i]) * in[1][i];
}

template <class Real>
void sine_product_gradient(const Real* const* in, const Real* d_out, uint32_t which, Real* d_in, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) d_in[i] = d_out[i] * (which == 0 ? std::cos(in[0][i]) * in[1][i] : std::sin(in[0][i]));
}

template <class Real>
void cube(const Real* const* in, Real* out, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) out[i] = in[0][i] * in[0][i] * in[0][i];
}

template <class Real>
void cube_gradient(const Real* const* in, const Real* d_out, uint32_t, Real* d_in, size_t n) noexcept {
  for (size_t i = 0; i < n; ++i) d_in[i] = 3 * d_out[i] * in[0][i] * in[0][i];
}

}  // namespace

const recur_map_kernel& sine_product_map() {
  static const recur_map_kernel kernel{sizeof(recur_map_kernel), 2, "sine_product", sine_product<float>,
                                       sine_product<double>, sine_product_gradient<float>, sine_product_gradient<double>};
  return kernel;
}

const recur_map_kernel& cube_map() {
  static const recur_map_kernel kernel{sizeof(recur_map_kernel), 1, "cube", cube<float>, cube<double>,
                                       cube_gradient<float>, cube_gradient<double>};
  return kernel;
}

}  // namespace recur::exec
