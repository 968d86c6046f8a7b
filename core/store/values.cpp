#include "recur/store/values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace recur::store {

std::string to_string(const Value& value) {
  return std::visit([](const auto& v) { return fmt::format("{}", v); }, value);
}

std::optional<size_t> Series::find(std::string_view name) const {
  const auto it = std::find(columns.begin(), columns.end(), name);
  if (it == columns.end()) return std::nullopt;
  return static_cast<size_t>(it - columns.begin());
}

std::vector<double> Series::column(std::string_view name) const {
  const std::optional<size_t> index = find(name);
  std::vector<double> out;
  if (!index) return out;
  for (int64_t row = 0; row < rows(); ++row) out.push_back(at(row, *index));
  return out;
}

std::string_view to_string(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "info";
}

}  // namespace recur::store
