#include "recur/ir/passes.hpp"

namespace recur::ir {

Program optimize(Program program, std::vector<PassResult>* steps) {
  struct Pass {
    const char* name;
    Program (*run)(Program);
  };
  // hoist before join: products that left a scan can then be joined over all steps. Again after it: joined weights
  // are the same at each step.
  constexpr Pass kPasses[] = {{"simplify", simplify}, {"hoist", hoist}, {"defer", defer},
                              {"join", join}, {"hoist", hoist}, {"accumulate", accumulate}, {"simplify", simplify}};
  for (const Pass& pass : kPasses) {
    program = pass.run(std::move(program));
    verify(program);
    if (steps != nullptr) steps->push_back({pass.name, clone(program)});
  }
  return program;
}

}  // namespace recur::ir
