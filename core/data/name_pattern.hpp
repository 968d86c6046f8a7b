// What the names of files tell, and which of them a rule picks.
//
// A pattern such as "{label}_{speaker}_{index}" names the parts of a file's name, without its ending; every part is at least a letter long and
// does not hold the text that stands beside it in the pattern. With slashes, as in "{label}/{speaker}_nohash_{index}", it covers as many
// of the folders above the file.
//
// A rule such as "index=0-4" or "speaker=theo,lucas" picks the names whose part is one of the values, or a whole number in one of the ranges.
//
// Threading: immutable, but for FieldRule, which remembers what it has seen.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace recur::data {

class NamePattern {
 public:
  // Throws UserError, which does not say where the pattern stands: braces that do not match, a field without a name or named twice, two
  // fields with nothing between them, no {label} where the names have to tell it.
  explicit NamePattern(const std::string& pattern, bool labelled = true);

  const std::vector<std::string>& fields() const { return fields_; }
  bool has(std::string_view field) const;
  size_t index(std::string_view field) const;  // requires a field of the pattern
  // The values of the fields in a path such as "recordings/7_theo_3.wav"; none where the name is not of this pattern.
  std::optional<std::vector<std::string>> match(std::string_view path) const;

 private:
  std::vector<std::string> fields_;
  std::vector<std::string> between_;  // [fields + 1]: the text before each field, and that behind the last
  int64_t folders_ = 0;
};

class FieldRule {
 public:
  // Throws UserError, which does not say where the rule stands: what is not FIELD=VALUES, no field of the pattern, an empty value.
  FieldRule(const std::string& rule, const NamePattern& pattern);

  const std::string& field() const { return field_; }
  // Whether the rule picks a name with these values of the pattern's fields.
  bool picks(const std::vector<std::string>& values);
  // Throws UserError for a value or range that none of the names so far had. key: where the rule stands.
  void require_all_seen(const std::string& key) const;

 private:
  struct Range {
    std::string text;  // as written
    bool is_range = false;
    int64_t first = 0, last = 0;
    bool seen = false;
  };
  std::string field_;
  size_t index_ = 0;
  std::vector<Range> ranges_;
  std::set<std::string> values_;  // of the field, seen so far
};

}  // namespace recur::data
