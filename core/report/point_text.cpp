#include "point_text.hpp"

#include <fmt/format.h>

namespace recur::report {
namespace {

std::string last_part(const std::string& key) { return key.substr(key.rfind('.') + 1); }

}  // namespace

std::set<std::string> varying_keys(std::span<const store::TrialRecord> trials) {
  std::map<std::pair<std::string, std::string>, std::set<store::Value>> seen;
  for (const store::TrialRecord& trial : trials)
    for (const auto& [key, value] : trial.spec.point) seen[{trial.spec.variant, key}].insert(value);
  std::set<std::string> keys;
  for (const auto& [place, values] : seen)
    if (values.size() > 1) keys.insert(place.second);
  return keys;
}

std::string point_text(const store::Values& point, const std::set<std::string>& keys) {
  std::map<std::string, int> uses;
  for (const std::string& key : keys) ++uses[last_part(key)];
  std::string text;
  for (const auto& [key, value] : point) {
    if (!keys.contains(key)) continue;
    const std::string name = uses[last_part(key)] == 1 ? last_part(key) : key;
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, store::to_string(value));
  }
  return text;
}

}  // namespace recur::report
