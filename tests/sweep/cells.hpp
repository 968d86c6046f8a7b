// Three cells as a registry would describe them, and definitions that use them.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

#include "recur/error/error.hpp"
#include "recur/sweep/definition.hpp"

namespace recur::sweep {

inline std::shared_ptr<const Cells> three_cells() {
  return std::make_shared<const Cells>(Cells{
      {"vanilla", "Elman's network", {{"activation", std::string("tanh"), {.help = "of the state", .choices = {"tanh", "relu"}}}}},
      {"lstm",
       "Long short-term memory",
       {{"forget_bias", 1.0, {.help = "initial bias of the forget gate", .min = -10, .max = 10}}, {"peepholes", false, {}}}},
      {"gru", "Gated recurrent unit", {{"reset_after", true, {}}, {"groups", int64_t{1}, {.min = 1}}}},
  });
}

inline LoadOptions options(std::vector<std::string> overrides = {}) {
  return {.overrides = std::move(overrides), .cells = three_cells(), .find_files = false};
}

// A forecast definition; more: further top-level keys.
inline std::string forecast(const std::string& model = "{cell: gru}", const std::string& more = "", const std::string& task = "") {
  return fmt::format(
      "name: waves\n"
      "task: {{kind: forecast, data: {{csv: waves.csv}}, window: 12{}}}\n"
      "model: {}\n"
      "{}",
      task.empty() ? "" : ", " + task, model, more);
}

// A sweep over a space given in flow or block form, two spaces of indentation for the latter's lines.
inline std::string sweep(const std::string& space, const std::string& sampler = "grid", const std::string& model = "{cell: gru}") {
  return forecast(model, fmt::format("sweep:\n  sampler: {}\n  space: {}\n", sampler, space));
}

inline Definition parse(const std::string& text, std::vector<std::string> overrides = {}) {
  return parse_definition(text, "x.yaml", options(std::move(overrides)));
}

inline std::vector<std::string> mistakes(const std::string& text, std::vector<std::string> overrides = {}) {
  try {
    parse(text, std::move(overrides));
  } catch (const UserError& error) {
    return error.messages();
  }
  return {};
}

}  // namespace recur::sweep
