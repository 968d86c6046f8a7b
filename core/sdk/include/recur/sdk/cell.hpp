// Cell: one time step of a recurrence.
#pragma once

#include <recur/sdk/inner.hpp>
#include <recur/sdk/unit.hpp>

#include <optional>

namespace recur {

// Derive, declare weights and states as members, and write step. A cell that carries nothing by name has one state "h",
// [N, H], starting at zero.
class Cell : public Unit {
 public:
  struct Step {
    Var output;       // [N, O], O often H
    Next state = {};  // a value for every state
  };

  // x [N, I]. Called once while a program is recorded; must give the same equations each time.
  virtual Step step(Var x, State s) = 0;

  // For the trampolines.
  const std::optional<recur_density>& density() const { return density_; }
  static constexpr recur_kind kKind = RECUR_CELL;
  void ready() {
    if (carries_.empty()) carry("h");
  }
  void record(Var x, const recur_var* states, uint32_t count, recur_var* output, recur_var* next) {
    const Step result = step(x, state_of(states, count));
    if (!result.output) throw Error("step gave no output");
    write_next(result.state, next);
    *output = result.output.id();
  }

 protected:
  using Inner = recur::Inner;
  // Another cell as a part of this one, by id; its weights are named "name.W" and so on.
  Inner inner(const std::string& name, const std::string& id, int64_t I, int64_t H) { return Inner(build(), name, id, I, H); }
  // Says, while declaring, that the cell models its own input: see recur_density in abi.h. bound, log_weight: columns of the output.
  void gives_density(recur_distribution distribution, int64_t bound, int64_t log_weight) {
    density_ = {sizeof(recur_density), static_cast<uint32_t>(distribution), static_cast<uint32_t>(bound), static_cast<uint32_t>(log_weight)};
  }
  // Declares the inner cell's states as this one's, named "name.h" and so on.
  void carry_states_of(const Inner& cell) { cell.carry_into(carries_); }

 private:
  std::optional<recur_density> density_;
};

}  // namespace recur
