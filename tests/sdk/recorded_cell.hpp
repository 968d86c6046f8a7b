// Cells written in a test: described by the SDK, read by the host, recorded into a program.
#pragma once

#include <gtest/gtest.h>
#include <recur/sdk.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "descriptor.hpp"
#include "recur/error/error.hpp"
#include "recur/ir/builder.hpp"
#include "recur/plugin/cell_instance.hpp"

namespace recur::plugin {

// The cell as the host sees it.
template <class T>
LoadedCell described(const char* id = "tested") {
  static const recur::detail::PluginDescription made = recur::detail::describe("tested.cpp", recur::offer<T>(id, "1.0.0", "A cell of a test"));
  const LoadedPlugin plugin = read_plugin(&made.plugin, "tested.so");
  for (const std::string& problem : plugin.problems) throw UserError(problem);
  return plugin.cells.at(0);
}

// A builder whose inputs stand for the weights.
struct Program {
  ir::Builder builder;
  std::map<std::string, ir::ValueId> inputs;

  WeightValues weights(const CellInstance& cell) {
    return [this, &cell](const std::string& name) {
      for (const WeightInfo& weight : cell.weights())
        if (weight.name == name) return inputs[name] = builder.input(name, weight.dims);
      throw InvariantError("no weight " + name);
    };
  }
  ir::ValueId x(int64_t width) { return builder.input("x", {ir::kTime, ir::kBatch, width}); }
};

inline int count(const ir::Block& block, ir::Op op) {
  return static_cast<int>(std::count_if(block.nodes.begin(), block.nodes.end(), [op](const ir::Node& node) { return node.op == op; }));
}

// The message of the UserError that function throws.
template <class F>
std::string message_of(F function) {
  try {
    function();
  } catch (const UserError& error) {
    return error.what();
  }
  return "(nothing was thrown)";
}

}  // namespace recur::plugin
