#include "recur/data/text.hpp"

#include <algorithm>
#include <utility>

#include "file_contents.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"
#include "tokens.hpp"
#include "utf8.hpp"

namespace recur::data {

std::string_view to_string(TextUnit unit) { return unit == TextUnit::character ? "character" : "word"; }

TextUnit text_unit(std::string_view name) {
  if (name == "character") return TextUnit::character;
  if (name == "word") return TextUnit::word;
  throw UserError(fmt::format("task.unit: unknown unit '{}'{}", name, suggestion(name, {"character", "word"})));
}

std::string read_text(const std::string& path) {
  std::string text = file_contents(path);
  check_utf8(text, path);
  return text;
}

Vocabulary Vocabulary::from_counts(TextUnit unit, std::vector<TokenCount> counts, int64_t min_count, int64_t most) {
  min_count = std::max<int64_t>(min_count, 1);
  std::erase_if(counts, [&](const TokenCount& entry) { return entry.count < min_count || entry.token == kUnknownName; });
  std::sort(counts.begin(), counts.end(), [](const TokenCount& a, const TokenCount& b) {
    return a.count != b.count ? a.count > b.count : a.token < b.token;
  });
  if (most > 0 && static_cast<int64_t>(counts.size()) > most) counts.resize(static_cast<size_t>(most));
  std::vector<std::string> entries{std::string(kUnknownName)};
  for (TokenCount& entry : counts) entries.push_back(std::move(entry.token));
  return Vocabulary(unit, std::move(entries));
}

Vocabulary::Vocabulary(TextUnit unit, std::vector<std::string> entries) : unit_(unit), entries_(std::move(entries)) {
  if (entries_.empty() || entries_[0] != kUnknownName) {
    throw UserError(fmt::format("vocabulary: the first entry is {}, but has to be {}; give the list that was saved",
                                entries_.empty() ? "missing" : "'" + entries_[0] + "'", kUnknownName));
  }
  ids_.reserve(entries_.size());
  for (const std::string& entry : entries_) {
    if (!ids_.emplace(entry, static_cast<int32_t>(ids_.size())).second) {
      throw UserError(fmt::format("vocabulary: '{}' stands there twice; give the list that was saved", entry));
    }
  }
}

bool Vocabulary::contains(std::string_view token) const { return ids_.find(token) != ids_.end(); }

int32_t Vocabulary::id(std::string_view token) const {
  const auto found = ids_.find(token);
  return found == ids_.end() ? kUnknown : found->second;
}

std::vector<int32_t> Vocabulary::encode(std::string_view text, const std::string& name) const {
  check_utf8(text, name);
  std::vector<int32_t> ids;
  for_each_token(text, unit_, [&](std::string_view token) { ids.push_back(id(token)); });
  return ids;
}

std::string Vocabulary::decode(std::span<const int32_t> ids) const {
  std::string text;
  bool line_begins = true;
  for (const int32_t id : ids) {
    RECUR_CHECK(id >= 0 && id < size(), "id {}, {} entries", id, size());
    const std::string& token = entries_[static_cast<size_t>(id)];
    if (unit_ == TextUnit::word && token == kEndOfLine) {
      text += '\n';
      line_begins = true;
      continue;
    }
    if (unit_ == TextUnit::word && !line_begins) text += ' ';
    text += token;
    line_begins = false;
  }
  return text;
}

}  // namespace recur::data
