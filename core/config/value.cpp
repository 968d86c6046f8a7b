#include "recur/config/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace recur::config {

Value Value::scalar(std::string text, Place place, int layer) {
  Value value;
  value.kind = Kind::scalar;
  value.text = std::move(text);
  value.place = std::move(place);
  value.layer = layer;
  return value;
}

Value Value::map(Place place, int layer) {
  Value value;
  value.kind = Kind::map;
  value.place = std::move(place);
  value.layer = layer;
  return value;
}

const Value::Entry* Value::entry(std::string_view name) const {
  for (const Entry& each : entries)
    if (each.name == name) return &each;
  return nullptr;
}

Value::Entry* Value::entry(std::string_view name) {
  return const_cast<Entry*>(std::as_const(*this).entry(name));
}

const Value::Entry* Value::at(std::string_view path) const {
  if (const Entry* whole = entry(path)) return whole;
  // The shortest name first; a longer one is tried where that leads nowhere.
  for (size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
    const Entry* first = entry(path.substr(0, dot));
    if (first == nullptr) continue;
    if (const Entry* rest = first->value.at(path.substr(dot + 1))) return rest;
  }
  return nullptr;
}

void Mistakes::add(const Place& place, const std::string& path, const std::string& what) {
  const std::string where = to_string(place);
  std::string message = fmt::format("{}{}{}{}{}", where, where.empty() ? "" : ": ", path, path.empty() ? "" : ": ", what);
  // One key at one place is one mistake, however often and from whichever side it is looked at.
  std::string identity = path.empty() ? message : where + ": " + path;
  list_.push_back({place, std::move(message), std::move(identity)});
}

void Mistakes::add(const UserError& error, const Place& place) {
  for (const std::string& message : error.messages()) list_.push_back({place, message, message});
}

void Mistakes::raise() const {
  if (list_.empty()) return;
  std::vector<std::string> files;
  for (const Mistake& each : list_)
    if (std::find(files.begin(), files.end(), each.place.file) == files.end()) files.push_back(each.place.file);
  std::vector<Mistake> sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Mistake& a, const Mistake& b) {
    const auto rank = [&](const Mistake& each) {
      return std::tuple(std::find(files.begin(), files.end(), each.place.file) - files.begin(), each.place.line,
                        each.place.column);
    };
    return rank(a) < rank(b);
  });
  std::vector<std::string> messages;
  std::set<std::string> seen;
  for (const Mistake& each : sorted)
    if (seen.insert(each.identity).second) messages.push_back(each.message);
  throw UserError(messages);
}

}  // namespace recur::config
