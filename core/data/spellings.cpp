#include "recur/data/spellings.hpp"

#include <map>
#include <utility>

#include "recur/error/error.hpp"
#include "utf8.hpp"

namespace recur::data {
namespace {

template <class Visit>
void for_each_character(const std::string& word, const Visit& visit) {
  for (size_t at = 0, length = 0; at < word.size(); at += length) {
    length = utf8_length(word, at);
    RECUR_CHECK(length > 0, "byte {} of '{}' is not UTF-8", at, word);
    visit(word.substr(at, length));
  }
}

}  // namespace

Spellings::Spellings(std::span<const TokenCount> words, int64_t longest, int64_t min_count) : longest_(longest) {
  RECUR_CHECK(longest > 0, "{} characters of a word", longest);
  std::map<std::string, int64_t> counts;
  for (const TokenCount& word : words) for_each_character(word.token, [&](std::string&& character) { counts[std::move(character)] += word.count; });
  std::vector<TokenCount> characters;
  for (const auto& [character, count] : counts) characters.push_back({character, count});
  alphabet_ = Vocabulary::from_counts(TextUnit::character, std::move(characters), min_count).entries();
  for (const std::string& character : alphabet_) characters_.emplace(character, static_cast<int32_t>(characters_.size()) + 1);
}

int32_t Spellings::add(const std::string& word) {
  RECUR_CHECK(longest_ > 0 && !word.empty(), "'{}' of at most {} characters", word, longest_);
  const auto [found, is_new] = words_.try_emplace(word, static_cast<int32_t>(size()));
  if (!is_new) return found->second;
  const size_t begin = ids_.size(), most = static_cast<size_t>(longest_);
  for_each_character(word, [&](const std::string& character) {
    const auto known = characters_.find(character);
    ids_.push_back(known == characters_.end() ? Vocabulary::kUnknown + 1 : known->second);
  });
  if (const size_t length = ids_.size() - begin; length > most) {
    const auto middle = ids_.begin() + static_cast<std::ptrdiff_t>(begin + most - most / 2);
    ids_.erase(middle, middle + static_cast<std::ptrdiff_t>(length - most));
  }
  begin_.push_back(static_cast<int64_t>(ids_.size()));
  return found->second;
}

}  // namespace recur::data
