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

  friend Dual exp(Dual x) { return chain(x, std::exp(x.v), std::exp(x.v)); }
  friend Dual expm1(Dual x) { return chain(x, std::expm1(x.v), std::exp(x.v)); }
  friend Dual log(Dual x) { return chain(x, std::log(x.v), 1 / x.v); }
  friend Dual log1p(Dual x) { return chain(x, std::log1p(x.v), 1 / (1 + x.v)); }
  friend Dual sqrt(Dual x) { return chain(x, std::sqrt(x.v), T(0.5) / std::sqrt(x.v)); }
  friend Dual sin(Dual x) { return chain(x, std::sin(x.v), std::cos(x.v)); }
  friend Dual cos(Dual x) { return chain(x, std::cos(x.v), -std::sin(x.v)); }
  friend Dual atan(Dual x) { return chain(x, std::atan(x.v), 1 / (1 + x.v * x.v)); }
  friend Dual erf(Dual x) {
    return chain(x, std::erf(x.v), T(1.1283791670955126) * std::exp(-x.v * x.v));  // 2 / sqrt(pi)
  }
  friend Dual tanh(Dual x) {
    const T y = std::tanh(x.v);
    return chain(x, y, 1 - y * y);
  }
  friend Dual abs(Dual x) { return x.v < 0 ? -x : x; }
  friend Dual max(Dual a, Dual b) { return a.v < b.v ? b : a; }
  friend Dual min(Dual a, Dual b) { return b.v < a.v ? b : a; }
  // a > 0
  friend Dual pow(Dual a, Dual b) {
    const T y = std::pow(a.v, b.v);
    return {y, b.v * std::pow(a.v, b.v - 1) * a.d + (b.d == 0 ? T(0) : y * std::log(a.v) * b.d)};
  }

 private:
  static Dual chain(Dual x, T value, T slope) { return {value, slope * x.d}; }
};

template <class T>
concept Scalar = std::floating_point<T>;

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
template <Scalar T> T max(T a, std::type_identity_t<T> b) { return a < b ? b : a; }
template <Scalar T> T min(T a, std::type_identity_t<T> b) { return b < a ? b : a; }
template <Scalar T> T pow(T a, std::type_identity_t<T> b) { return std::pow(a, b); }

// Of both kinds; written so that exp never overflows.
template <Scalar T> T sigmoid(T x) {
  const T e = std::exp(-std::abs(x));
  return (x < 0 ? e : T(1)) / (1 + e);
}
template <Scalar T> T softplus(T x) { return (x > 0 ? x : T(0)) + std::log1p(std::exp(-std::abs(x))); }
template <Scalar T> T relu(T x) { return x > 0 ? x : T(0); }
template <Scalar T> T square(T x) { return x * x; }
template <std::floating_point T> Dual<T> sigmoid(Dual<T> x) {
  const T y = sigmoid(x.v);
  return {y, y * (1 - y) * x.d};
}
template <std::floating_point T> Dual<T> softplus(Dual<T> x) { return {softplus(x.v), sigmoid(x.v) * x.d}; }
template <std::floating_point T> Dual<T> relu(Dual<T> x) { return x.v > 0 ? x : Dual<T>(0); }
template <std::floating_point T> Dual<T> square(Dual<T> x) { return x * x; }

}  // namespace recur
