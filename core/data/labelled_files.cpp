#include "labelled_files.hpp"

#include <charconv>
#include <cmath>
#include <string_view>

#include "file_contents.hpp"
#include "fields.hpp"
#include "lines.hpp"
#include "recur/data/csv.hpp"
#include "recur/error/error.hpp"
#include "ts_file.hpp"

namespace recur::data {
namespace {

constexpr std::string_view kSeparators = "\t, ";  // of a line of values

// Appends letters as tokens.
void add_letters(std::string_view letters, const Place& place, Sequences& into) {
  for (size_t i = 0; i < letters.size(); ++i) {
    const auto byte = static_cast<unsigned char>(letters[i]);
    if (byte <= ' ' || byte >= 127)
      throw UserError(place, fmt::format("letter {} of the sequence is no visible ASCII character; write sequences as letters without spaces", i + 1));
    into.tokens.push_back(byte);
  }
}

void end_sequence(Sequences& sequences, int64_t steps) { sequences.begin.push_back(steps); }

float number_of(std::string_view field, const Place& place) {
  float value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc{} || end != field.data() + field.size() || !std::isfinite(value))
    throw UserError(place, fmt::format("'{}' is not a number; a line is a class and then the values of its sequence", field));
  return value;
}

}  // namespace

LabelledSequences read_letter_table(const std::string& path, const std::string& sequence, const std::string& label) {
  const TextTable table = read_csv_texts(path, {sequence, label});
  LabelledSequences out;
  out.file = path;
  for (const TextTable::Row& row : table.rows) {
    const Place place{path, row.line};
    for (size_t i = 0; i < 2; ++i)
      if (row.values[i].empty())
        throw UserError(place, fmt::format("column '{}' is empty; remove the row or fill it in", i == 0 ? sequence : label));
    add_letters(row.values[0], place, out.sequences);
    end_sequence(out.sequences, static_cast<int64_t>(out.sequences.tokens.size()));
    out.labels.push_back(row.values[1]);
    out.lines.push_back(row.line);
  }
  return out;
}

LabelledSequences read_ucr(const std::string& path) {
  const std::string text = file_contents(path);
  if (is_ts(text)) return read_ts(path, text);
  LabelledSequences out;
  out.file = path;
  out.sequences.features = 1;
  Lines lines(text);
  for (std::string_view line; lines.next(line);) {
    std::string_view rest = line;
    const std::string_view label = next_field(rest, kSeparators);
    if (label.empty()) continue;
    for (std::string_view field = next_field(rest, kSeparators); !field.empty(); field = next_field(rest, kSeparators))
      out.sequences.values.push_back(number_of(field, {path, lines.number(), static_cast<int>(field.data() - line.data()) + 1}));
    end_sequence(out.sequences, static_cast<int64_t>(out.sequences.values.size()));
    const int64_t length = out.sequences.length(out.sequences.size() - 1), first = out.sequences.length(0);
    if (length == 0) throw UserError(Place{path, lines.number(), 1}, "a class without values; a line is a class and then the values of its sequence");
    if (length != first)
      throw UserError(Place{path, lines.number(), 1}, fmt::format("expected {} values as on the first line, found {}", first, length));
    out.labels.emplace_back(label);
    out.lines.push_back(lines.number());
  }
  return out;
}

void check_dimensions(const LabelledSequences& train, const LabelledSequences& test) {
  const int64_t learned = train.sequences.features, tested = test.sequences.features;
  if (learned != tested)
    throw UserError(Place{test.file}, fmt::format("has {} values a step, the training file {}; give files that belong together", tested, learned));
}

void add_fasta(const std::string& path, const std::string& label, LabelledSequences& into) {
  const std::string text = file_contents(path);
  Sequences& sequences = into.sequences;
  int record = 0;  // the line that it began on
  const auto end_record = [&] {
    if (record == 0) return;
    const auto steps = static_cast<int64_t>(sequences.tokens.size());
    if (steps == sequences.begin.back())
      throw UserError(Place{path, record, 1}, "a record without letters, a sequence of length zero; remove it or add its letters");
    end_sequence(sequences, steps);
    into.labels.push_back(label);
    into.lines.push_back(record);
  };
  Lines lines(text);
  for (std::string_view line; lines.next(line);) {
    if (line.starts_with('>')) {
      end_record();
      record = lines.number();
      continue;
    }
    std::string letters(line.substr(0, line.find_last_not_of(" \t") + 1));
    if (letters.empty()) continue;
    if (record == 0) throw UserError(Place{path, lines.number(), 1}, "letters before the first record; a record begins with a line '>name'");
    for (char& c : letters)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');  // lower case only marks repeats
    add_letters(letters, {path, lines.number()}, sequences);
  }
  end_record();
}

}  // namespace recur::data
