#include "name_pattern.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::data {
namespace {

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

NamePattern::NamePattern(const std::string& pattern, bool labelled) {
  const auto fail = [&](const std::string& what) { throw UserError(fmt::format("'{}' {}; write it like '{{label}}_{{speaker}}_{{index}}'", pattern, what)); };
  std::string text;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '}') fail("has a } without a {");
    if (pattern[at] != '{') {
      text.push_back(pattern[at]);
      continue;
    }
    const size_t end = pattern.find('}', at);
    const std::string field = pattern.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    if (end == std::string::npos || field.find('{') != std::string::npos) fail("has a { without a }");
    if (field.empty()) fail("has a field without a name");
    if (std::find(fields_.begin(), fields_.end(), field) != fields_.end()) fail(fmt::format("has the field {} twice", field));
    if (!fields_.empty() && text.empty()) fail(fmt::format("has nothing between {} and {}, so that one cannot be told from the other", fields_.back(), field));
    fields_.push_back(field);
    between_.push_back(std::exchange(text, {}));
    at = end;
  }
  between_.push_back(text);
  if (labelled && !has("label")) fail("does not say where the class stands, {label}");
  folders_ = std::count(pattern.begin(), pattern.end(), '/');
}

bool NamePattern::has(std::string_view field) const { return std::find(fields_.begin(), fields_.end(), field) != fields_.end(); }

size_t NamePattern::index(std::string_view field) const {
  const auto found = std::find(fields_.begin(), fields_.end(), field);
  RECUR_CHECK(found != fields_.end(), "no field {}", field);
  return static_cast<size_t>(found - fields_.begin());
}

std::optional<std::vector<std::string>> NamePattern::match(std::string_view path) const {
  size_t begin = path.size();
  for (int64_t i = 0; i <= folders_ && begin != std::string_view::npos && begin > 0; ++i) begin = path.rfind('/', begin - 1);
  std::string_view rest = begin == std::string_view::npos ? path : path.substr(begin + 1);
  if (const size_t dot = rest.rfind('.'); dot != std::string_view::npos && rest.find('/', dot) == std::string_view::npos) rest = rest.substr(0, dot);

  if (!rest.starts_with(between_[0])) return std::nullopt;
  rest.remove_prefix(between_[0].size());
  std::vector<std::string> values;
  for (size_t i = 1; i < between_.size(); ++i) {
    const std::string &behind = between_[i], &before = between_[i - 1];
    const size_t end = behind.empty() ? rest.size() : rest.find(behind);
    if (end == std::string_view::npos || end == 0) return std::nullopt;
    const std::string_view value = rest.substr(0, end);
    if (!before.empty() && value.find(before) != std::string_view::npos) return std::nullopt;
    values.emplace_back(value);
    rest.remove_prefix(end + behind.size());
  }
  if (!rest.empty()) return std::nullopt;
  return values;
}

FieldRule::FieldRule(const std::string& rule, const NamePattern& pattern) {
  const size_t equals = rule.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == rule.size())
    throw UserError(fmt::format("'{}' is no rule; write it like index=0-4 or {}=a,b", rule, pattern.fields().front()));
  field_ = rule.substr(0, equals);
  const std::vector<std::string>& fields = pattern.fields();
  if (std::find(fields.begin(), fields.end(), field_) == fields.end())
    throw UserError(fmt::format("task.data.name has no field '{}'{}", field_, suggestion(field_, fields)));
  index_ = pattern.index(field_);
  for (size_t at = equals + 1; at <= rule.size();) {
    const size_t end = std::min(rule.find(',', at), rule.size());
    Range range{.text = rule.substr(at, end - at)};
    if (range.text.empty()) throw UserError(fmt::format("'{}' has an empty value; write it like index=0-4 or {}=a,b", rule, fields.front()));
    const size_t dash = range.text.find('-');
    if (dash != std::string::npos) {
      const auto first = whole_number(std::string_view(range.text).substr(0, dash)), last = whole_number(std::string_view(range.text).substr(dash + 1));
      range.is_range = first && last;
      if (range.is_range) range.first = *first, range.last = *last;
    }
    ranges_.push_back(std::move(range));
    at = end + 1;
  }
}

bool FieldRule::picks(const std::vector<std::string>& values) {
  const std::string& value = values[index_];
  values_.insert(value);
  const std::optional<int64_t> number = whole_number(value);
  bool picked = false;
  for (Range& range : ranges_) {
    const bool inside = range.is_range ? number && range.first <= *number && *number <= range.last : value == range.text;
    range.seen |= inside;
    picked |= inside;
  }
  return picked;
}

void FieldRule::require_all_seen(const std::string& key) const {
  for (const Range& range : ranges_)
    if (!range.seen)
      throw UserError(fmt::format("{}: no file has {} {}{}", key, field_, range.text, suggestion(range.text, {values_.begin(), values_.end()})));
}

}  // namespace recur::data
