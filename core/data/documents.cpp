#include "documents.hpp"

#include <algorithm>
#include <optional>
#include <regex>
#include <string_view>
#include <utility>

#include "archive.hpp"
#include "fields.hpp"
#include "lines.hpp"
#include "recur/data/text.hpp"
#include "recur/error/error.hpp"
#include "token_interner.hpp"
#include "tokens.hpp"
#include "utf8.hpp"

namespace recur::data {
namespace {

// What a name says of its file.
class NamePattern {
 public:
  // key: of the definition.
  NamePattern(std::string key, const std::string& written) : key_(std::move(key)), written_(written) {
    if (written.empty()) return;
    try {
      expression_.emplace(written);
    } catch (const std::regex_error& error) {
      throw UserError(fmt::format("{}: '{}' is no regular expression: {}", key_, written, error.what()));
    }
  }

  explicit operator bool() const { return expression_.has_value(); }

  // The first group, or all that matched where the expression has none.
  std::string in(const ArchiveFile& file, const std::string& archive) const {
    std::smatch match;
    if (!std::regex_search(file.name, match, *expression_))
      throw UserError(Place{archive + ":" + file.name}, fmt::format("{} '{}' is not found in this name; correct it, or choose the files by task.data.ending", key_, written_));
    return match[expression_->mark_count() > 0 ? 1 : 0].str();
  }

 private:
  std::string key_, written_;
  std::optional<std::regex> expression_;
};

std::string folder_of(const ArchiveFile& file, const std::string& archive) {
  const size_t end = file.name.rfind('/');
  if (end == std::string::npos)
    throw UserError(Place{archive + ":" + file.name}, "is in no folder, so it has no class; move it into one, or give task.data.class_pattern");
  const size_t before = file.name.rfind('/', end - 1);
  const size_t begin = before == std::string::npos ? 0 : before + 1;
  return file.name.substr(begin, end - begin);
}

constexpr std::string_view kSpace = " \t\r\v\f";  // between words of a line

std::string_view without_mark(std::string_view text) { return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text; }

class Reader {
 public:
  explicit Reader(const ClassificationOptions& options)
      : options_(options), characters_(text_unit(options.unit) == TextUnit::character), files_(read_archive(options.file, options.ending)) {
    out_.file = options.file;
    out_.sequences.levels.resize(characters_ ? 2 : 1);
  }

  LabelledSequences read() {
    const NamePattern class_of("task.data.class_pattern", options_.class_pattern), fold_of("task.data.fold_pattern", options_.fold_pattern);
    for (const ArchiveFile& file : files_) {
      check_utf8(file.bytes, options_.file + ":" + file.name);
      std::string label = class_of ? class_of.in(file, options_.file) : folder_of(file, options_.file);
      std::string fold = fold_of ? fold_of.in(file, options_.file) : std::string();
      if (!add(without_mark(file.bytes))) {
        if (empty_++ == 0) first_empty_ = file.name;
        continue;
      }
      out_.labels.push_back(std::move(label));
      out_.names.push_back(file.name);
      if (fold_of) out_.folds.push_back(std::move(fold));
    }
    if (out_.labels.empty()) throw UserError(Place{options_.file}, "all documents are without words; give one that holds texts");
    for (const std::string_view token : intern_.tokens()) out_.words.emplace_back(token);
    tell();
    return std::move(out_);
  }

 private:
  // Adds a document; false where it has no words.
  bool add(std::string_view text) {
    int64_t words = 0, sentences = 0, cut = 0;
    Lines lines(text);
    for (std::string_view line; lines.next(line);) {
      int64_t here = 0;
      for (std::string_view word = next_field(line, kSpace); !word.empty(); word = next_field(line, kSpace)) {
        if ((options_.max_words > 0 && words == options_.max_words) || (options_.max_sentences > 0 && sentences == options_.max_sentences)) {
          ++cut;
          continue;
        }
        add_word(word, here == 0);
        ++words, ++here;
      }
      if (here > 0) ++sentences, end_sentence(words);
    }
    if (words == 0) return false;
    Sequences& sequences = out_.sequences;
    sequences.begin.push_back(static_cast<int64_t>(sequences.tokens.size()));
    for (Boundaries& level : sequences.levels) level.begin.push_back(static_cast<int64_t>(level.ends.size()));
    cut_documents_ += cut > 0 ? 1 : 0;
    cut_words_ += cut;
    words_ += words;
    sentences_ += sentences;
    return true;
  }

  int32_t last_step() const { return static_cast<int32_t>(std::ssize(out_.sequences.tokens) - out_.sequences.begin.back() - 1); }

  void add_word(std::string_view word, bool first) {
    std::vector<int32_t>& tokens = out_.sequences.tokens;
    if (!characters_) {
      tokens.push_back(intern_(word));
      return;
    }
    if (!first) end_word(" ");
    for_each_token(word, TextUnit::character, [&](std::string_view character) { tokens.push_back(intern_(character)); });
  }

  void end_word(std::string_view space) {
    out_.sequences.tokens.push_back(intern_(space));
    out_.sequences.levels[0].ends.push_back(last_step());
  }

  // words: of the document up to here.
  void end_sentence(int64_t words) {
    if (characters_) {
      end_word("\n");
      out_.sequences.levels[1].ends.push_back(static_cast<int32_t>(words - 1));
    } else {
      out_.sequences.levels[0].ends.push_back(last_step());
    }
  }

  void tell() {
    out_.facts.push_back({"documents", fmt::format("{} of {} sentences, {} words", out_.labels.size(), sentences_, words_)});
    if (empty_ > 0) out_.facts.push_back({"left out", fmt::format("{} documents without words, the first is {}", empty_, first_empty_)});
    if (cut_documents_ > 0) out_.facts.push_back({"cut", fmt::format("{} documents lost {} words at their ends", cut_documents_, cut_words_)});
  }

  const ClassificationOptions& options_;
  const bool characters_;
  const std::vector<ArchiveFile> files_;  // intern_ points into them
  TokenInterner intern_;
  LabelledSequences out_;
  int64_t words_ = 0, sentences_ = 0, empty_ = 0, cut_documents_ = 0, cut_words_ = 0;
  std::string first_empty_;
};

}  // namespace

LabelledSequences read_documents(const ClassificationOptions& options) { return Reader(options).read(); }

}  // namespace recur::data
