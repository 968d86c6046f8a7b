#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>

#include "recur/ir/program.hpp"

namespace recur::ir {
namespace {

// Elsewhere a negative number is an axis counted from the end, not a symbol.
bool holds_sizes(Op op) { return op == Op::kConstant || op == Op::kReshape || op == Op::kBroadcast || is_noise(op); }

void print_block(const Block& block, int depth, std::string& out) {
  const std::string indent(static_cast<size_t>(depth) * 4, ' ');
  auto names = [&](const std::vector<ValueId>& ids) {
    std::string text;
    for (size_t i = 0; i < ids.size(); ++i) text += fmt::format("{}%{}", i > 0 ? ", " : "", ids[i]);
    return text;
  };
  for (const Node& node : block.nodes) {
    std::string shapes;
    for (size_t i = 0; i < node.outputs.size(); ++i)
      shapes += (i > 0 ? ", " : "") + to_string(block.shape(node.outputs[i]));
    auto line = fmt::format("{}{} = {}", indent, names(node.outputs), name_of(node.op));
    if (!node.name.empty()) line += fmt::format(" '{}'", node.name);
    if (node.primitive) line += fmt::format(" '{}'", node.primitive->name);
    if (!node.inputs.empty()) line += fmt::format("({})", names(node.inputs));
    if (!node.ints.empty()) line += holds_sizes(node.op) ? " " + to_string(node.ints) : fmt::format(" [{}]", fmt::join(node.ints, ", "));
    for (const double real : node.reals) line += fmt::format(" {:g}", real);
    out += fmt::format("{:<64} : {}\n", line, shapes);
    if (node.scan) {
      const Scan& scan = *node.scan;
      out += fmt::format("{}  each step{}: {} x, {} states, {} invariants -> {} states, {} stacked, {} summed\n", indent,
                         scan.reverse ? " from the last to the first" : "", scan.x_count, scan.state_count,
                         scan.invariant_count, scan.state_count, scan.y_count, scan.sum_count);
      print_block(*scan.body, depth + 1, out);
    }
  }
  std::string results;
  for (size_t i = 0; i < block.outputs.size(); ++i) {
    results += fmt::format("{}%{}", i > 0 ? ", " : "", block.outputs[i]);
    if (i < block.output_names.size() && !block.output_names[i].empty())
      results += fmt::format(" '{}'", block.output_names[i]);
  }
  out += fmt::format("{}return {}\n", indent, results);
}

}  // namespace

std::string print(const Program& program) {
  std::string text;
  print_block(program, 0, text);
  return text;
}

}  // namespace recur::ir
