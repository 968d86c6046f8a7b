#include "load_definition.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recur/error/error.hpp"
#include "recur/sweep/registry_cells.hpp"

namespace recur::tool {
namespace {

// "x.yaml:3:14: model.cell: expected one of ..., got 'x'" where x is a cell that did not load.
std::string with_reason(const std::string& message, const plugin::Registry& registry) {
  constexpr std::string_view kKey = "model.cell: ";
  const size_t at = message.find(kKey);
  if (at == std::string::npos) return message;
  for (const plugin::Row& row : registry.rows())
    if (!row.problem.empty() && !row.cell.id.empty() && message.find(fmt::format("'{}'", row.cell.id), at) != std::string::npos)
      return fmt::format("{}'{}' cannot be used: {}: {}", message.substr(0, at + kKey.size()), row.cell.id, row.file.string(), row.problem);
  const auto broken = std::count_if(registry.rows().begin(), registry.rows().end(), [](const plugin::Row& row) { return !row.problem.empty(); });
  return broken == 0 ? message : fmt::format("{} ({} found that cannot be used, see recur cells)", message, broken);
}

}  // namespace

sweep::Definition load_definition(const std::string& file, const std::vector<std::string>& overrides, const plugin::Registry& registry) {
  try {
    return sweep::load_definition(file, {.overrides = overrides, .cells = sweep::cells_of(registry)});
  } catch (const UserError& error) {
    std::vector<std::string> messages = error.messages();
    for (std::string& message : messages) message = with_reason(message, registry);
    throw UserError(messages);
  }
}

}  // namespace recur::tool
