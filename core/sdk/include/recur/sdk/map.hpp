// map: an element-wise operator that the host lacks, written as a lambda over numbers.
//
//   Var y = recur::map("leaky", [](auto x) { return x > 0 ? x : 0.1 * x; }, z);
//
// The lambda is compiled into the plugin for float, double and dual numbers; the host calls it over spans, so its price is
// that of a loop. It must not capture, must be pure, and takes 1 to 4 values, which broadcast. Inside it,
// write recur::exp(x), recur::tanh(x) and so on, which exist for all three kinds of number (see dual.hpp).
#pragma once

#include <recur/sdk/dual.hpp>
#include <recur/sdk/var.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <tuple>
#include <utility>

namespace recur {
namespace detail {

template <class F, size_t Arity>
struct MapKernel {
  static_assert(Arity >= 1 && Arity <= 4, "map takes 1 to 4 values");
  static_assert(std::is_empty_v<F> && std::is_default_constructible_v<F>,
                "the function given to map must not capture: pass what it needs as a further value");

  template <class T>
  static void forward(const T* const* in, T* out, size_t n) noexcept {
    over(in, n, std::make_index_sequence<Arity>{},
         [out](size_t i, auto... x) { out[i] = static_cast<T>(F{}(x...)); });
  }

  template <class T>
  static void gradient(const T* const* in, const T* d_out, uint32_t which, T* d_in, size_t n) noexcept {
    over(in, n, std::make_index_sequence<Arity>{}, [=](size_t i, auto... x) {
      uint32_t position = 0;
      // Braces fix the order of evaluation, which gives each argument its position.
      const std::array<Dual<T>, Arity> args{Dual<T>(x, position++ == which ? T(1) : T(0))...};
      d_in[i] = d_out[i] * std::apply([](auto... arg) { return static_cast<Dual<T>>(F{}(arg...)); }, args).d;
    });
  }

  static constexpr recur_map_kernel named(const char* name) {
    return {sizeof(recur_map_kernel), Arity, name, &forward<float>, &forward<double>, &gradient<float>, &gradient<double>};
  }

 private:
  template <class T, size_t... K, class Body>
  static void over(const T* const* in, size_t n, std::index_sequence<K...>, Body body) {
    const T* pointers[] = {in[K]...};
    for (size_t i = 0; i < n; ++i) body(i, pointers[K][i]...);
  }
};

}  // namespace detail

// name: a literal; shown in listings of the program.
template <class F, std::convertible_to<Var>... Values>
Var map(const char* name, F, Values... values) {
  static const recur_map_kernel kernel = detail::MapKernel<F, sizeof...(Values)>::named(name);
  const detail::Call& call = detail::recording();
  const std::vector<recur_var> in = detail::ids({Var(values)...});
  recur_var out = 0;
  detail::check(call.host->map(call.recorder, &kernel, in.data(), static_cast<uint32_t>(in.size()), &out));
  return Var::from_id(out);
}
template <class F, std::convertible_to<Var>... Values>
  requires(!std::convertible_to<F, const char*>)
Var map(F function, Values... values) {
  return map("map", function, values...);
}

}  // namespace recur
