// Dual numbers (forward-mode differentiation), and the functions of one number that map's lambdas use: recur::exp(x) and
// the others work for float, double and Dual alike.
#pragma once

#include <cmath>
#include <concepts>
#include <type_traits>

namespace recur {

// v: value, d: derivative.
template <std::floating_point T>
struct Dual {
  T v = 0, d = 0;

  Dual() = default;
  Dual(T value, T derivative = 0) : v(value), d(derivative) {}

  friend Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
  friend Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
  friend Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
  friend Dual operator/(Dual a, Dual b) { return {a.v / b.v, (a.d - a.v / b.v * b.d) / b.v}; }
  friend Dual operator-(Dual a) { return {-a.v, -a.d}; }
  friend Dual operator+(Dual a) { return a; }
  Dual& operator+=(Dual b) { return *this = *this + b; }
  Dual& operator-=(Dual b) { return *this = *this - b; }
  Dual& operator*=(Dual b) { return *this = *this * b; }
  Dual& operator/=(Dual b) { return *this = *this / b; }

  friend bool operator<(Dual a, Dual b) { return a.v < b.v; }
  friend bool operator>(Dual a, Dual b) { return a.v > b.v; }
  friend bool operator<=(Dual a, Dual b) { return a.v <= b.v; }
  friend bool operator>=(Dual a, Dual b) { return a.v >= b.v; }
  friend bool operator==(Dual a, Dual b) { return a.v == b.v; }
};

// ---- Of float and double. Arguments that are whole numbers convert ----

template <class T>
concept Scalar = std::floating_point<T>;
template <class A, class B>
concept ScalarPair = std::is_arithmetic_v<A> && std::is_arithmetic_v<B> && (Scalar<A> || Scalar<B>);

template <Scalar T> T exp(T x) { return std::exp(x); }
template <Scalar T> T expm1(T x) { return std::expm1(x); }
template <Scalar T> T log(T x) { return std::log(x); }
template <Scalar T> T log1p(T x) { return std::log1p(x); }
template <Scalar T> T sqrt(T x) { return std::sqrt(x); }
template <Scalar T> T sin(T x) { return std::sin(x); }
template <Scalar T> T cos(T x) { return std::cos(x); }
template <Scalar T> T atan(T x) { return std::atan(x); }
template <Scalar T> T erf(T x) { return std::erf(x); }
template <Scalar T> T tanh(T x) { return std::tanh(x); }
template <Scalar T> T abs(T x) { return std::abs(x); }
template <Scalar T> T relu(T x) { return x > 0 ? x : T(0); }
template <Scalar T> T square(T x) { return x * x; }
// Written so that exp never overflows.
template <Scalar T> T sigmoid(T x) {
  const T e = std::exp(-std::abs(x));
  return (x < 0 ? e : T(1)) / (1 + e);
}
template <Scalar T> T softplus(T x) { return (x > 0 ? x : T(0)) + std::log1p(std::exp(-std::abs(x))); }
template <class A, class B>
  requires ScalarPair<A, B>
auto max(A a, B b) { return a < b ? std::common_type_t<A, B>(b) : std::common_type_t<A, B>(a); }
template <class A, class B>
  requires ScalarPair<A, B>
auto min(A a, B b) { return b < a ? std::common_type_t<A, B>(b) : std::common_type_t<A, B>(a); }
template <class A, class B>
  requires ScalarPair<A, B>
auto pow(A a, B b) { return std::pow(std::common_type_t<A, B>(a), std::common_type_t<A, B>(b)); }

// ---- Of dual numbers ----

namespace detail {
template <Scalar T> Dual<T> chain(Dual<T> x, T value, T slope) { return {value, slope * x.d}; }
}  // namespace detail

template <Scalar T> Dual<T> exp(Dual<T> x) { return detail::chain(x, std::exp(x.v), std::exp(x.v)); }
template <Scalar T> Dual<T> expm1(Dual<T> x) { return detail::chain(x, std::expm1(x.v), std::exp(x.v)); }
template <Scalar T> Dual<T> log(Dual<T> x) { return detail::chain(x, std::log(x.v), 1 / x.v); }
template <Scalar T> Dual<T> log1p(Dual<T> x) { return detail::chain(x, std::log1p(x.v), 1 / (1 + x.v)); }
template <Scalar T> Dual<T> sqrt(Dual<T> x) { return detail::chain(x, std::sqrt(x.v), T(0.5) / std::sqrt(x.v)); }
template <Scalar T> Dual<T> sin(Dual<T> x) { return detail::chain(x, std::sin(x.v), std::cos(x.v)); }
template <Scalar T> Dual<T> cos(Dual<T> x) { return detail::chain(x, std::cos(x.v), -std::sin(x.v)); }
template <Scalar T> Dual<T> atan(Dual<T> x) { return detail::chain(x, std::atan(x.v), 1 / (1 + x.v * x.v)); }
template <Scalar T> Dual<T> erf(Dual<T> x) {
  constexpr T kTwoOverRootPi = T(1.1283791670955126);
  return detail::chain(x, std::erf(x.v), kTwoOverRootPi * std::exp(-x.v * x.v));
}
template <Scalar T> Dual<T> tanh(Dual<T> x) {
  const T y = std::tanh(x.v);
  return detail::chain(x, y, 1 - y * y);
}
template <Scalar T> Dual<T> sigmoid(Dual<T> x) {
  const T y = sigmoid(x.v);
  return detail::chain(x, y, y * (1 - y));
}
template <Scalar T> Dual<T> softplus(Dual<T> x) { return detail::chain(x, softplus(x.v), sigmoid(x.v)); }
template <Scalar T> Dual<T> abs(Dual<T> x) { return x.v < 0 ? -x : x; }
template <Scalar T> Dual<T> relu(Dual<T> x) { return x.v > 0 ? x : Dual<T>(0); }
template <Scalar T> Dual<T> square(Dual<T> x) { return x * x; }

template <Scalar T> Dual<T> max(Dual<T> a, Dual<T> b) { return a.v < b.v ? b : a; }
template <Scalar T> Dual<T> max(Dual<T> a, std::type_identity_t<T> b) { return max(a, Dual<T>(b)); }
template <Scalar T> Dual<T> max(std::type_identity_t<T> a, Dual<T> b) { return max(Dual<T>(a), b); }
template <Scalar T> Dual<T> min(Dual<T> a, Dual<T> b) { return b.v < a.v ? b : a; }
template <Scalar T> Dual<T> min(Dual<T> a, std::type_identity_t<T> b) { return min(a, Dual<T>(b)); }
template <Scalar T> Dual<T> min(std::type_identity_t<T> a, Dual<T> b) { return min(Dual<T>(a), b); }
// a > 0
template <Scalar T> Dual<T> pow(Dual<T> a, Dual<T> b) {
  const T y = std::pow(a.v, b.v);
  return {y, b.v * std::pow(a.v, b.v - 1) * a.d + (b.d == 0 ? T(0) : y * std::log(a.v) * b.d)};
}
template <Scalar T> Dual<T> pow(Dual<T> a, std::type_identity_t<T> b) { return pow(a, Dual<T>(b)); }
template <Scalar T> Dual<T> pow(std::type_identity_t<T> a, Dual<T> b) { return pow(Dual<T>(a), b); }

}  // namespace recur
