// Between texts and plain values: what a scalar means, and how a value is written.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "recur/config/value.hpp"

namespace recur::config {
namespace {

template <class Number>
std::optional<Number> parse(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool plain(const Value& value) { return value.kind == Value::Kind::scalar && !value.quoted; }

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// Whether YAML reads the text as itself when it stands without quotes. Strict: quotes do no harm.
bool safe_without_quotes(const std::string& text) {
  if (text.empty()) return false;
  for (const char c : text)
    if (!is_letter_or_digit(c) && std::string_view("_./+- ").find(c) == std::string_view::npos) return false;
  const char first = text.front();
  if (!is_letter_or_digit(first) && first != '_' && first != '.' && first != '/') return false;
  if (text.back() == ' ' || text == "." || text.starts_with("...")) return false;
  for (const char* word : {"null", "Null", "NULL", "yes", "no", "on", "off", "y", "n"})
    if (text == word) return false;
  return std::holds_alternative<std::string>(as_scalar(Value::scalar(text)));
}

}  // namespace

std::optional<bool> as_boolean(const Value& value) {
  if (!plain(value)) return std::nullopt;
  for (const char* word : {"true", "True", "TRUE"})
    if (value.text == word) return true;
  for (const char* word : {"false", "False", "FALSE"})
    if (value.text == word) return false;
  return std::nullopt;
}

std::optional<int64_t> as_integer(const Value& value) {
  if (!plain(value)) return std::nullopt;
  if (const auto integer = parse<int64_t>(value.text)) return integer;
  constexpr double kLargestExact = 9007199254740992.0;  // 2^53
  const auto number = as_number(value);
  if (number && std::trunc(*number) == *number && std::abs(*number) <= kLargestExact) return static_cast<int64_t>(*number);
  return std::nullopt;
}

std::optional<double> as_number(const Value& value) {
  if (!plain(value)) return std::nullopt;
  const auto number = parse<double>(value.text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

Scalar as_scalar(const Value& value) {
  if (const auto boolean = as_boolean(value)) return *boolean;
  if (plain(value))
    if (const auto integer = parse<int64_t>(value.text)) return *integer;
  if (const auto number = as_number(value)) return *number;
  return value.text;
}

std::string number_text(double number) {
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  RECUR_CHECK(error == std::errc{}, "number {}", number);
  std::string text(buffer.data(), end);
  // YAML 1.1, which many readers in other languages still are, takes 1e-08 for a text and 1.0e-08 for a number.
  const size_t exponent = text.find('e');
  if (exponent != std::string::npos && text.find('.') == std::string::npos) text.insert(exponent, ".0");
  return text;
}

std::string yaml_text(const std::string& text) {
  if (safe_without_quotes(text)) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += fmt::format("\\{}", c);
    else if (c == '\n') quoted += "\\n";
    else if (c == '\t') quoted += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else quoted += c;
  }
  return quoted + '"';
}

std::string to_string(const Scalar& scalar) {
  struct Text {
    std::string operator()(bool boolean) const { return boolean ? "true" : "false"; }
    std::string operator()(int64_t integer) const { return std::to_string(integer); }
    std::string operator()(double number) const {
      std::string text = number_text(number);  // with a point, so that it stays a number of its type
      return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
    }
    std::string operator()(const std::string& text) const { return yaml_text(text); }
  };
  return std::visit(Text{}, scalar);
}

std::string to_string(const Value& value) {
  std::string text;
  switch (value.kind) {
    case Value::Kind::null: return "null";
    case Value::Kind::scalar:
      // A number, a truth value or a word stays as it was written.
      return !value.quoted && !std::holds_alternative<std::string>(as_scalar(value)) ? value.text : yaml_text(value.text);
    case Value::Kind::sequence:
      for (const Value& item : value.items) text += (text.empty() ? "" : ", ") + to_string(item);
      return "[" + text + "]";
    case Value::Kind::map:
      for (const Value::Entry& entry : value.entries)
        text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", yaml_text(entry.name), to_string(entry.value));
      return "{" + text + "}";
  }
  return text;
}

std::string shown(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null: return "nothing";
    case Value::Kind::sequence: return "a list";
    case Value::Kind::map: return "a map";
    case Value::Kind::scalar: break;
  }
  return fmt::format("'{}'", value.text);
}

}  // namespace recur::config
