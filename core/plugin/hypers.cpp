#include "recur/plugin/hypers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::plugin {
namespace {

const char* expected(recur_type type) {
  switch (type) {
    case RECUR_BOOL: return "true or false";
    case RECUR_INT: return "a whole number";
    case RECUR_REAL: return "a number";
    case RECUR_CHOICE: return "a text";
  }
  return "";
}

std::string range_text(const HyperInfo& hyper) {
  if (std::isinf(hyper.min) && std::isinf(hyper.max)) return "any";
  if (std::isinf(hyper.max)) return fmt::format("at least {}", hyper.min);
  if (std::isinf(hyper.min)) return fmt::format("at most {}", hyper.max);
  return fmt::format("from {} to {}", hyper.min, hyper.max);
}

// value in the alternative of the hyper-parameter's type; message is set where it does not fit.
HyperValue convert(const HyperInfo& hyper, const HyperValue& value, std::string* message) {
  const auto wrong_type = [&] {
    *message = fmt::format("expected {}, not {}", expected(hyper.type),
                           std::holds_alternative<std::string>(value) ? "'" + to_string(value) + "'" : to_string(value));
    return value;
  };
  const auto in_range = [&](double number) {
    if (!(number >= hyper.min && number <= hyper.max))
      *message = fmt::format("{} is out of range; expected {} {}", to_string(value), expected(hyper.type), range_text(hyper));
  };
  switch (hyper.type) {
    case RECUR_BOOL:
      return std::holds_alternative<bool>(value) ? value : wrong_type();
    case RECUR_INT: {
      HyperValue whole = value;
      if (const double* real = std::get_if<double>(&value))
        if (std::trunc(*real) == *real && std::abs(*real) < 9e15) whole = static_cast<int64_t>(*real);
      if (!std::holds_alternative<int64_t>(whole)) return wrong_type();
      in_range(static_cast<double>(std::get<int64_t>(whole)));
      return whole;
    }
    case RECUR_REAL: {
      double number = 0;
      if (const double* real = std::get_if<double>(&value)) {
        number = *real;
      } else if (const int64_t* integer = std::get_if<int64_t>(&value)) {
        number = static_cast<double>(*integer);
      } else {
        return wrong_type();
      }
      if (!std::isfinite(number)) {
        *message = fmt::format("{} is not a finite number", number);
      } else {
        in_range(number);
      }
      return number;
    }
    case RECUR_CHOICE: {
      const std::string* text = std::get_if<std::string>(&value);
      if (text == nullptr) return wrong_type();
      if (!hyper.choices.empty() && std::find(hyper.choices.begin(), hyper.choices.end(), *text) == hyper.choices.end()) {
        const std::string near = nearest_name(*text, hyper.choices);
        *message = fmt::format("'{}' is none of {}{}", *text, fmt::join(hyper.choices, ", "),
                               near.empty() ? "" : fmt::format("; did you mean '{}'?", near));
      }
      return value;
    }
  }
  return value;
}

}  // namespace

std::vector<HyperMistake> check_hypers(const CellInfo& cell, const HyperValues& values) {
  std::vector<std::string> names;
  for (const HyperInfo& hyper : cell.hypers) names.push_back(hyper.name);
  std::vector<HyperMistake> mistakes;
  for (const auto& [name, value] : values) {
    const auto hyper = std::find_if(cell.hypers.begin(), cell.hypers.end(), [&n = name](const HyperInfo& info) { return info.name == n; });
    std::string message;
    if (hyper == cell.hypers.end()) {
      message = names.empty() ? fmt::format("unknown hyper-parameter; {} has none", cell.id)
                              : "unknown hyper-parameter" + suggestion(name, names);
    } else {
      convert(*hyper, value, &message);
    }
    if (!message.empty()) mistakes.push_back({name, std::move(message)});
  }
  return mistakes;
}

std::vector<HyperValue> resolve_hypers(const CellInfo& cell, const HyperValues& values) {
  std::vector<std::string> messages;
  for (const HyperMistake& mistake : check_hypers(cell, values))
    messages.push_back(fmt::format("{}.{}: {}", cell.id, mistake.name, mistake.message));
  if (!messages.empty()) throw UserError(messages);
  std::vector<HyperValue> resolved;
  for (const HyperInfo& hyper : cell.hypers) {
    const auto given = values.find(hyper.name);
    std::string none;
    resolved.push_back(given == values.end() ? hyper.fallback : convert(hyper, given->second, &none));
  }
  return resolved;
}

}  // namespace recur::plugin
