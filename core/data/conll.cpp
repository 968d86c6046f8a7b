#include "conll.hpp"

#include <string_view>
#include <utility>

#include "lines.hpp"
#include "recur/data/text.hpp"
#include "recur/error/error.hpp"

namespace recur::data {
namespace {

using Fields = std::vector<std::string_view>;

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == std::string_view::npos; }

void split_at_tabs(std::string_view line, Fields& fields) {
  fields.clear();
  for (size_t at = 0; at <= line.size();) {
    const size_t end = std::min(line.find('\t', at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = end + 1;
  }
}

void split_at_spaces(std::string_view line, Fields& fields) {
  fields.clear();
  for (size_t at = line.find_first_not_of(' '); at != std::string_view::npos;) {
    const size_t end = std::min(line.find(' ', at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(' ', end);
  }
}

// What both forms share: sentences grow word by word.
class Sentences {
 public:
  explicit Sentences(const std::string& path) : path_(path) {}

  [[noreturn]] void fail(int line, std::string_view in, std::string_view at, const std::string& message) const {
    throw UserError(Place{path_, line, static_cast<int>(at.data() - in.data()) + 1}, message);
  }
  void add(int line, std::string_view in, std::string_view word, std::string_view tag) {
    if (word.empty() || tag.empty()) fail(line, in, word.empty() ? word : tag, fmt::format("a {} is missing; write it, or remove the line", word.empty() ? "word" : "tag"));
    sentence_.push_back({std::string(word), std::string(tag), line});
  }
  bool empty() const { return sentence_.empty(); }
  void end() {
    if (!sentence_.empty()) all_.push_back(std::exchange(sentence_, {}));
  }
  void drop() { sentence_.clear(); }
  std::string_view first_word() const { return sentence_.front().word; }
  std::vector<TaggedSentence> take() {
    end();
    if (all_.empty()) throw UserError(Place{path_}, "holds no sentence; give a file that holds data");
    return std::move(all_);
  }

 private:
  const std::string& path_;
  TaggedSentence sentence_;
  std::vector<TaggedSentence> all_;
};

}  // namespace

std::vector<TaggedSentence> read_conllu(const std::string& path) {
  const std::string text = read_text(path);
  Sentences sentences(path);
  Fields fields;
  int comment = 0;  // line of the first comment since the last word
  const auto end = [&] {
    if (comment > 0 && sentences.empty())
      throw UserError(Place{path, comment, 1}, "a sentence of length zero: comments with no word after them; remove them or add the words");
    comment = 0;
    sentences.end();
  };
  Lines lines(text);
  for (std::string_view line; lines.next(line);) {
    if (is_blank(line)) {
      end();
    } else if (line.starts_with('#')) {
      if (comment == 0) comment = lines.number();
    } else {
      split_at_tabs(line, fields);
      constexpr size_t kColumns = 10;
      if (fields.size() != kColumns)
        sentences.fail(lines.number(), line, fields.back(), fmt::format("expected {} columns separated by tabs, found {}", kColumns, fields.size()));
      if (fields[0].find_first_of("-.") == std::string_view::npos) sentences.add(lines.number(), line, fields[1], fields[3]);
    }
  }
  end();
  return sentences.take();
}

std::vector<TaggedSentence> read_columns(const std::string& path, int64_t word, int64_t tag) {
  const std::string text = read_text(path);
  Sentences sentences(path);
  Fields fields;
  size_t columns = 0;
  const auto end = [&] {
    constexpr std::string_view kDocument = "-DOCSTART-";
    if (!sentences.empty() && sentences.first_word() == kDocument) sentences.drop();
    sentences.end();
  };
  Lines lines(text);
  for (std::string_view line; lines.next(line);) {
    if (is_blank(line)) {
      end();
      continue;
    }
    line.find('\t') != std::string_view::npos ? split_at_tabs(line, fields) : split_at_spaces(line, fields);
    if (columns == 0) {
      columns = fields.size();
      const auto last = static_cast<size_t>(std::max(word, tag));
      if (columns < std::max<size_t>(last, 2))
        sentences.fail(lines.number(), line, line, fmt::format("found {} columns, but words are looked for in {} and tags in {}; correct task.data.word and tag",
                                                               columns, word, tag > 0 ? fmt::format("{}", tag) : "the last"));
    }
    if (fields.size() != columns)
      sentences.fail(lines.number(), line, fields.back(), fmt::format("expected {} columns as on the first line, found {}", columns, fields.size()));
    sentences.add(lines.number(), line, fields[static_cast<size_t>(word) - 1], tag > 0 ? fields[static_cast<size_t>(tag) - 1] : fields.back());
  }
  end();
  return sentences.take();
}

}  // namespace recur::data
