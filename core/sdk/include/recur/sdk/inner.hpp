// Inner: another cell, asked for by its id, as a part of a cell or layer.
#pragma once

#include <recur/sdk/unit.hpp>

namespace recur {

class Inner {
 public:
  Inner(const detail::Build& build, std::string name, const std::string& id, int64_t input, int64_t hidden)
      : name_(std::move(name)), output_(hidden) {
    if (build.host == nullptr) return;  // a description only
    detail::check(build.host->declare_inner(build.recorder, name_.c_str(), id.c_str(), input, hidden, &inner_));
    output_ = build.host->inner_output(inner_);
    for (uint32_t i = 0; i < build.host->inner_state_count(inner_); ++i) {
      recur_state_spec spec{};
      spec.struct_size = sizeof(spec);
      detail::check(build.host->inner_state(inner_, i, &spec));
      states_.push_back({name_ + "." + spec.name, Dims(spec.dims, spec.dims + spec.rank), spec.value,
                         spec.start == RECUR_START_LEARNED});
    }
  }

  int64_t output() const { return output_; }  // O, the width of its output

  // Its states before the first step, [N, dims...].
  std::vector<Var> start() const {
    const detail::Call& call = detail::recording();
    std::vector<recur_var> states(states_.size());
    detail::check(call.host->inner_start(call.recorder, inner_, states.data()));
    return detail::vars(states);
  }

  struct Stepped {
    Var output;             // [N, O]
    std::vector<Var> next;
  };
  // x [N, I]
  Stepped step(Var x, const std::vector<Var>& states) const {
    const detail::Call& call = detail::recording();
    if (states.size() != states_.size())
      throw Error("inner cell '" + name_ + "' has " + std::to_string(states_.size()) + " states, not " + std::to_string(states.size()));
    const std::vector<recur_var> before = detail::ids(states);
    std::vector<recur_var> next(states.size());
    recur_var output = 0;
    detail::check(call.host->inner_step(call.recorder, inner_, x.id(), before.data(), &output, next.data()));
    return {Var::from_id(output), detail::vars(next)};
  }

  // Where the states were carried by the cell or layer around it: its part of them, and back.
  std::vector<Var> states(const State& all) const {
    std::vector<Var> mine;
    for (const detail::CarrySpec& state : states_) mine.push_back(all[std::string_view(state.name)]);
    return mine;
  }
  void put(const std::vector<Var>& values, Next& next) const {
    for (size_t i = 0; i < states_.size(); ++i) next.emplace_back(states_[i].name, values.at(i));
  }
  void carry_into(std::deque<detail::CarrySpec>& carries) const {
    carries.insert(carries.end(), states_.begin(), states_.end());
  }

 private:
  std::string name_;
  int64_t output_ = 0;
  recur_inner* inner_ = nullptr;
  std::vector<detail::CarrySpec> states_;
};

}  // namespace recur
