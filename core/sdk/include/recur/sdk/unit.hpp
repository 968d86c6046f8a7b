// What cells and layers have in common: their sizes, what they declare as members, and what they may ask while they record.
#pragma once

#include <recur/sdk/hyper.hpp>
#include <recur/sdk/operators.hpp>
#include <recur/sdk/var.hpp>

#include <cstddef>
#include <deque>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace recur {

// How a weight starts; a and b as in recur_init.
struct Init {
  recur_init kind = RECUR_INIT_DEFAULT;
  double a = 0, b = 0;

  static Init constant(double value) { return {RECUR_INIT_CONSTANT, value}; }
  static Init uniform(double begin, double end) { return {RECUR_INIT_UNIFORM, begin, end}; }
  static Init normal(double mean, double deviation) { return {RECUR_INIT_NORMAL, mean, deviation}; }
  static Init glorot_uniform() { return {RECUR_INIT_GLOROT_UNIFORM}; }
  static Init glorot_normal() { return {RECUR_INIT_GLOROT_NORMAL}; }
  static Init he_uniform() { return {RECUR_INIT_HE_UNIFORM}; }
  static Init he_normal() { return {RECUR_INIT_HE_NORMAL}; }
  static Init lecun_uniform() { return {RECUR_INIT_LECUN_UNIFORM}; }
  static Init lecun_normal() { return {RECUR_INIT_LECUN_NORMAL}; }
  static Init orthogonal(double gain = 1) { return {RECUR_INIT_ORTHOGONAL, gain}; }
  static Init uniform_hidden() { return {RECUR_INIT_UNIFORM_HIDDEN}; }
};

namespace detail {

struct WeightSpec {
  std::string name, gates;
  recur_role role = RECUR_ROLE_OTHER;
  Dims dims;
  Init init;
  std::vector<recur_segment> segments;
};

struct CarrySpec {
  std::string name;
  Dims dims;
  double value = 0;
  bool learned = false;
};

struct LoweringSpec {
  const char* primitive = nullptr;
  const char* layer = nullptr;
  const char* iter = nullptr;
  const char* bias = nullptr;
};

// What an instance is constructed for. In a description there is no host, and defaults stand for values.
struct Build {
  const recur_host* host = nullptr;
  recur_recorder* recorder = nullptr;
  const recur_config* config = nullptr;
  int64_t input = 64, hidden = 64;
  std::vector<HyperSpec> hypers;
};
inline thread_local Build* current_build = nullptr;

class BuildScope {
 public:
  explicit BuildScope(Build& build) : before_(std::exchange(current_build, &build)) {}
  ~BuildScope() { current_build = before_; }
  BuildScope(const BuildScope&) = delete;
  BuildScope& operator=(const BuildScope&) = delete;

 private:
  Build* before_;
};

// The same text for as long as the plugin is loaded, which is for ever.
inline const char* intern(const std::string& text) {
  static std::mutex mutex;
  static std::set<std::string> texts;
  const std::lock_guard lock(mutex);
  return texts.insert(text).first->c_str();
}

}  // namespace detail

// A trained parameter; a Var while recording. Refers to the cell that declared it.
class Weight {
 public:
  explicit Weight(detail::WeightSpec* spec) : spec_(spec) {}

  // Order of the blocks along the last axis, "i f c o": for people and for converting weights.
  Weight& gates(std::string order) {
    spec_->gates = std::move(order);
    return *this;
  }
  Weight& init(Init how) {
    spec_->init = how;
    return *this;
  }
  // Adds value to the elements [begin, end) of the last axis after initialisation.
  Weight& fill(int64_t begin, int64_t end, double value) {
    spec_->segments.push_back({begin, end, value});
    return *this;
  }
  const std::string& name() const { return spec_->name; }

 private:
  detail::WeightSpec* spec_;
};

inline Var::Var(const Weight& weight) {
  const detail::Call& call = detail::recording();
  detail::check(call.host->weight(call.recorder, weight.name().c_str(), &id_));
}

// A state carried from step to step, [N, dims...].
class Carry {
 public:
  explicit Carry(detail::CarrySpec* spec) : spec_(spec) {}

  // Every element of it before the first step; else 0.
  Carry& start(double value) {
    spec_->value = value;
    return *this;
  }
  // Its start is trained, beginning at the constant.
  Carry& learned() {
    spec_->learned = true;
    return *this;
  }
  const std::string& name() const { return spec_->name; }

 private:
  detail::CarrySpec* spec_;
};

// The states of the step before, by name.
class State {
 public:
  State(std::vector<std::string> names, std::vector<Var> values) : names_(std::move(names)), values_(std::move(values)) {}

  Var operator[](std::string_view name) const {
    std::string known;
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return values_[i];
      known += (i == 0 ? "" : ", ") + names_[i];
    }
    throw Error("there is no state '" + std::string(name) + "'; declared: " + (known.empty() ? "none" : known));
  }
  Var operator[](const Carry& carry) const { return (*this)[std::string_view(carry.name())]; }
  const std::vector<Var>& all() const { return values_; }

 private:
  std::vector<std::string> names_;
  std::vector<Var> values_;
};

// States after the step, by name.
using Next = std::vector<std::pair<std::string, Var>>;

// Marks a cell as equal to a primitive; see Unit::lowers_to.
struct Lowering {};

// The base of Cell and Layer. Its functions that declare are for member initialisers and constructors.
class Unit {
 public:
  virtual ~Unit() = default;
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  // So that a cell can name them without recur::.
  using Var = recur::Var;
  using Weight = recur::Weight;
  using Carry = recur::Carry;
  using State = recur::State;
  using Dims = recur::Dims;
  using Init = recur::Init;
  using Lowering = recur::Lowering;
  template <class T>
  using Hyper = recur::Hyper<T>;

  const int64_t input;   // I
  const int64_t hidden;  // H

 protected:
  Unit() : Unit(build()) {}

  // ---- Hyper-parameters: name, default, what may be set, one line of help ----
  Hyper<double> hyper(const char* name, double fallback, Range range, const char* help);
  Hyper<int64_t> hyper(const char* name, int fallback, Range range, const char* help);
  Hyper<bool> hyper(const char* name, bool fallback, const char* help);
  Hyper<std::string> hyper(const char* name, const char* fallback, std::initializer_list<const char*> choices,
                           const char* help);
  Hyper<std::string> hyper(const char* name, const char* fallback, const char* help);  // any text: a cell's id, say

  // ---- Weights ----
  Weight input_weight(std::string name, int64_t columns) { return add(std::move(name), RECUR_ROLE_INPUT, {input, columns}); }
  Weight recurrent_weight(std::string name, int64_t columns) {
    return add(std::move(name), RECUR_ROLE_RECURRENT, {hidden, columns});
  }
  Weight bias(std::string name, int64_t size) { return add(std::move(name), RECUR_ROLE_BIAS, {size}); }
  // Any other; not touched by the initialisation that an experiment chooses.
  Weight weight(std::string name, Dims dims, Init init = {}) {
    return add(std::move(name), RECUR_ROLE_OTHER, std::move(dims)).init(init);
  }

  // ---- States ----
  Carry carry(std::string name) { return carry(std::move(name), {hidden}); }
  Carry carry(std::string name, Dims dims) {
    carries_.push_back({std::move(name), std::move(dims)});
    return Carry(&carries_.back());
  }

  // Says that a step is what a fused primitive of the host computes, which may then run that in its place; the names of
  // primitives and the layouts of their weights stand at recur_lowering in abi.h. A literal.
  //   Lowering fused = lowers_to("onednn.lstm", {.layer = W, .iter = U, .bias = b});
  struct FusedWeights {
    const Weight &layer, &iter, &bias;
  };
  Lowering lowers_to(const char* primitive, const FusedWeights& weights) {
    lowering_ = {primitive, detail::intern(weights.layer.name()), detail::intern(weights.iter.name()),
                 detail::intern(weights.bias.name())};
    return {};
  }

  // ---- While recording ----
  // RECUR_TRAIN, RECUR_EVALUATE or RECUR_GENERATE
  recur_phase phase() const {
    const detail::Call& call = detail::recording();
    return call.host->phase(call.recorder);
  }
  // Adds scale times the mean of value over steps and sequences to the loss. value [N] or [N, 1]; in sequence also [T, N].
  void auxiliary_loss(const char* name, Var value, double scale = 1) const {
    const detail::Call& call = detail::recording();
    detail::check(call.host->auxiliary_loss(call.recorder, name, value.id(), scale));
  }
  // How many updates of the weights training has made: a value [], for annealing over min(updates() / 10000, 1), say. 10^9 where there
  // is no training.
  Var updates() const {
    const detail::Call& call = detail::recording();
    detail::need(call, offsetof(recur_host, updates));
    recur_var out = 0;
    detail::check(call.host->updates(call.recorder, &out));
    return Var::from_id(out);
  }
  // Operators whose arguments name no Var are found here as well as in recur::.
  static Var concat(const std::vector<Var>& parts, int64_t axis = -1) { return recur::concat(parts, axis); }
  template <std::same_as<Var>... More>
  static Var concat(Var first, Var second, More... more) {
    return recur::concat(first, second, more...);
  }
  static Var constant(double value, const Dims& dims = {}) { return recur::constant(value, dims); }
  static Var uniform(const Dims& dims) { return recur::uniform(dims); }
  static Var normal(const Dims& dims) { return recur::normal(dims); }

  static detail::Build& build() {
    if (detail::current_build == nullptr) throw Error("cells and layers are made by the host, not by hand");
    return *detail::current_build;
  }
  State state_of(const recur_var* states, uint32_t count) const;
  // next in the order declared -> out.
  void write_next(const Next& next, recur_var* out) const;

  std::deque<detail::CarrySpec> carries_;

 private:
  explicit Unit(const detail::Build& from) : input(from.input), hidden(from.hidden) {}
  Weight add(std::string name, recur_role role, Dims dims) {
    weights_.push_back({std::move(name), "", role, std::move(dims), {}, {}});
    return Weight(&weights_.back());
  }
  const recur_value* declare(detail::HyperSpec spec);

  std::deque<detail::WeightSpec> weights_;  // a deque keeps the addresses that Weight holds
  std::optional<detail::LoweringSpec> lowering_;

 public:
  // For the trampolines.
  void declare_to(const recur_host* host, recur_recorder* recorder) const;
  const std::optional<detail::LoweringSpec>& lowering() const { return lowering_; }
};

}  // namespace recur

#include <recur/sdk/unit_inline.hpp>
