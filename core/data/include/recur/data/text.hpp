// Text as tokens: characters (Unicode code points of UTF-8) or words (separated by white space, each line end is
// the token <eos>). White space is ASCII; with \r\n line ends the \r is a character of its own, and nothing between words.
//
// Threading: a Vocabulary is immutable; the functions have no state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace recur::data {

enum class TextUnit { character, word };
// "character" or "word". text_unit throws UserError for another name.
std::string_view to_string(TextUnit unit);
TextUnit text_unit(std::string_view name);

// The whole file without a byte order mark.
// Throws UserError for no such file, an empty file, and bytes that are not UTF-8 (with line and column).
std::string read_text(const std::string& path);

// How often a token occurs.
struct TokenCount {
  std::string token;
  int64_t count = 0;
};

class Vocabulary {
 public:
  static constexpr int32_t kUnknown = 0;
  static constexpr std::string_view kUnknownName = "<unk>";
  static constexpr std::string_view kEndOfLine = "<eos>";

  // The tokens counted at least min_count times (and at least once), the most frequent first, equals in byte order, and of them the first
  // `most` (0: all), after <unk>, which is always entry 0 and stands for all others. Requires different tokens.
  static Vocabulary from_counts(TextUnit unit, std::vector<TokenCount> counts, int64_t min_count = 1, int64_t most = 0);
  // Restores a vocabulary from its entries. Throws UserError if the first is not <unk> or one stands there twice.
  Vocabulary(TextUnit unit, std::vector<std::string> entries);

  TextUnit unit() const { return unit_; }
  int64_t size() const { return static_cast<int64_t>(entries_.size()); }
  const std::vector<std::string>& entries() const { return entries_; }
  // kUnknown for a token that is not an entry.
  int32_t id(std::string_view token) const;
  bool contains(std::string_view token) const;

  // The ids of the text's tokens. Throws UserError, with name as the place, if the text (a prompt, say) is not UTF-8.
  std::vector<int32_t> encode(std::string_view text, const std::string& name = "text") const;
  // Characters one after the other; words with a space between them and <eos> as a line end.
  // Requires ids in 0 ... size()-1.
  std::string decode(std::span<const int32_t> ids) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  TextUnit unit_;
  std::vector<std::string> entries_;
  std::unordered_map<std::string, int32_t, Hash, std::equal_to<>> ids_;
};

}  // namespace recur::data
