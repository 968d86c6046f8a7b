#include "recur/error/error.hpp"

#include <fmt/ranges.h>

#include <utility>

namespace recur {

std::string to_string(const Place& place) {
  std::string text = place.file;
  if (place.line > 0) text += fmt::format("{}{}", text.empty() ? "" : ":", place.line);
  if (place.line > 0 && place.column > 0) text += fmt::format(":{}", place.column);
  return text;
}

namespace {
std::string at(const Place& place, const std::string& message) {
  const std::string where = to_string(place);
  return where.empty() ? message : where + ": " + message;
}
}  // namespace

UserError::UserError(std::string message) : std::runtime_error(message), messages_{std::move(message)} {}

UserError::UserError(const Place& place, const std::string& message) : UserError(at(place, message)) {}

UserError::UserError(const std::vector<std::string>& messages)
    : std::runtime_error(fmt::format("{}", fmt::join(messages, "\n"))), messages_(messages) {
  RECUR_CHECK(!messages.empty(), "a UserError needs a message");
}

void fail_invariant(const char* file, int line, const char* condition, const std::string& values) {
  throw InvariantError(fmt::format("{}:{}: {} does not hold: {}", file, line, condition, values));
}

}  // namespace recur
