// Var: a value of the program under construction, and the way to the host that every operator takes.
#pragma once

#include <recur/abi.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace recur {

// What a plugin throws for a mistake of its user or author; the message is shown.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Dims = std::vector<int64_t>;

// The symbols that stand for the batch and the time in shapes.
inline constexpr int64_t kBatch = RECUR_DIM_N;
inline constexpr int64_t kTime = RECUR_DIM_T;

class Weight;
template <class T>
class Hyper;

// A symbolic value. Cheap to copy. Numbers, weights and numeric hyper-parameters become one where a Var is expected.
class Var {
 public:
  Var() = default;  // no value
  Var(double constant);
  Var(const Weight& weight);
  template <class T>
    requires std::is_arithmetic_v<T>
  Var(const Hyper<T>& hyper) : Var(static_cast<double>(hyper.value())) {}

  Dims shape() const;             // sizes, or kBatch, kTime
  int64_t dim(int64_t axis) const;  // a negative axis counts from the end
  int64_t rank() const { return static_cast<int64_t>(shape().size()); }
  explicit operator bool() const { return id_ != 0; }

  static Var from_id(recur_var id) {
    Var var;
    var.id_ = id;
    return var;
  }
  recur_var id() const { return id_; }

 private:
  recur_var id_ = 0;
};

namespace detail {

// The host has refused a call and keeps the reason; the trampolines pass the status on.
struct HostRefused {};

inline void check(recur_status status) {
  if (status != RECUR_OK) throw HostRefused{};
}

// The call of the host that this thread is in. Calls nest when a layer steps an inner cell of the same plugin.
struct Call {
  const recur_host* host = nullptr;
  recur_recorder* recorder = nullptr;
};
inline thread_local Call current_call;

class CallScope {
 public:
  CallScope(const recur_host* host, recur_recorder* recorder) : before_(current_call) { current_call = {host, recorder}; }
  ~CallScope() { current_call = before_; }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

 private:
  Call before_;
};

inline const Call& recording() {
  if (current_call.host == nullptr) throw Error("operators work only inside step and sequence, while the host records");
  return current_call;
}

// Throws where the host is too old to have the function at this offset in its table.
inline void need(const Call& call, size_t offset) {
  if (call.host->struct_size <= offset) throw Error("needs a newer recur than this one");
}

inline std::vector<recur_var> ids(const std::vector<Var>& vars) {
  std::vector<recur_var> result;
  result.reserve(vars.size());
  for (const Var& var : vars) result.push_back(var.id());
  return result;
}

inline std::vector<Var> vars(const std::vector<recur_var>& numbers) {
  std::vector<Var> result;
  result.reserve(numbers.size());
  for (recur_var id : numbers) result.push_back(Var::from_id(id));
  return result;
}

inline Var emit(recur_op op, const std::vector<Var>& inputs, const std::vector<int64_t>& ints = {},
                const std::vector<double>& reals = {}) {
  const Call& call = recording();
  const std::vector<recur_var> in = ids(inputs);
  recur_var out = 0;
  check(call.host->emit(call.recorder, static_cast<uint32_t>(op), in.data(), static_cast<uint32_t>(in.size()), ints.data(),
                        static_cast<uint32_t>(ints.size()), reals.data(), static_cast<uint32_t>(reals.size()), &out));
  return Var::from_id(out);
}

}  // namespace detail

inline Var::Var(double constant) : Var(detail::emit(RECUR_OP_CONSTANT, {}, {}, {constant})) {}

inline Dims Var::shape() const {
  const detail::Call& call = detail::recording();
  int64_t dims[RECUR_MAX_RANK] = {};
  uint32_t rank = 0;
  detail::check(call.host->shape(call.recorder, id_, dims, &rank));
  return Dims(dims, dims + rank);
}

inline int64_t Var::dim(int64_t axis) const {
  const Dims dims = shape();
  const int64_t at = axis < 0 ? axis + static_cast<int64_t>(dims.size()) : axis;
  if (at < 0 || at >= static_cast<int64_t>(dims.size()))
    throw Error("axis " + std::to_string(axis) + " of a value of rank " + std::to_string(dims.size()));
  return dims[static_cast<size_t>(at)];
}

}  // namespace recur
