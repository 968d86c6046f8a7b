// How words are spelled: each different word once, as numbers of characters.
//
// Characters are Unicode code points. 0 is padding and stands for none; character i + 1 is entry i of the alphabet, whose first is <unk>.
// Of a word longer than L the first L - L / 2 and the last L / 2 characters are kept, for it is by prefixes and suffixes that words are told.
//
// Threading: a value.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "recur/data/text.hpp"

namespace recur::data {

class Spellings {
 public:
  Spellings() = default;  // of no characters
  // The alphabet: the characters that occur at least min_count times in these words. Requires UTF-8. longest: L, at least 1.
  Spellings(std::span<const TokenCount> words, int64_t longest, int64_t min_count);

  // The number of a word's spelling, from 0. Requires UTF-8, and a longest.
  int32_t add(const std::string& word);

  int64_t size() const { return static_cast<int64_t>(begin_.size()) - 1; }
  int64_t longest() const { return longest_; }                                                              // L; 0: no characters
  int64_t characters() const { return alphabet_.empty() ? 0 : static_cast<int64_t>(alphabet_.size()) + 1; }  // with padding
  const std::vector<std::string>& alphabet() const { return alphabet_; }
  // Characters of a spelling, 1 ... L of them.
  std::span<const int32_t> operator[](int32_t spelling) const {
    const auto begin = static_cast<size_t>(begin_[static_cast<size_t>(spelling)]), end = static_cast<size_t>(begin_[static_cast<size_t>(spelling) + 1]);
    return std::span(ids_).subspan(begin, end - begin);
  }

 private:
  std::vector<std::string> alphabet_;
  std::unordered_map<std::string, int32_t> characters_, words_;
  int64_t longest_ = 0;
  std::vector<int64_t> begin_{0};
  std::vector<int32_t> ids_;
};

}  // namespace recur::data
