#include "ts_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>
#include <vector>

#include "fields.hpp"
#include "lines.hpp"

namespace recur::data {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : static_cast<char>(c); });
  return result;
}

// Parts of a line between separators, with what is empty.
std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

class Reader {
 public:
  Reader(const std::string& path, std::string_view text) : path_(path), lines_(text) { out_.file = path; }

  LabelledSequences read() {
    bool data = false;
    for (std::string_view line; lines_.next(line);) {
      if (trimmed(line).empty() || line.front() == '#') continue;
      if (data) {
        sequence(line);
      } else if (lower(trimmed(line)) == "@data") {
        data = true;
      } else {
        header(line);
      }
    }
    if (!data) throw UserError(Place{path_}, "has no line @data; the sequences stand below it");
    if (out_.sequences.features > 1)
      for (int64_t c = 1; c <= out_.sequences.features; ++c) out_.columns.push_back(fmt::format("dimension {}", c));
    return std::move(out_);
  }

 private:
  Place at(std::string_view line, std::string_view part) const { return {path_, lines_.number(), static_cast<int>(part.data() - line.data()) + 1}; }

  void header(std::string_view line) {
    if (line.front() != '@') throw UserError(at(line, line), "expected a line of the header, such as @classLabel true A B, or @data");
    const std::string said = lower(trimmed(line));
    if (said == "@timestamps true") throw UserError(at(line, line), "sequences with time stamps are not read; write their values alone, at even steps");
    constexpr std::string_view kDimensions = "@dimensions ";
    if (said.starts_with(kDimensions)) {
      const std::string_view count = trimmed(std::string_view(said).substr(kDimensions.size()));
      if (std::from_chars(count.data(), count.data() + count.size(), announced_).ec != std::errc{}) throw UserError(at(line, line), "expected a number of dimensions");
    }
    if (said == "@classlabel false" || said == "@targetlabel true") throw UserError(at(line, line), "sequences without classes; a classification needs one at the end of each line");
  }

  void sequence(std::string_view line) {
    const std::vector<std::string_view> parts = parts_of(line, ':');
    const auto C = static_cast<int64_t>(parts.size()) - 1;
    const std::string_view label = trimmed(parts.back());
    if (C == 0 || label.empty()) throw UserError(at(line, line), "expected the values of each dimension and then the class, parted by colons");
    if (out_.sequences.features == 0 && announced_ > 0 && C != announced_)
      throw UserError(at(line, line), fmt::format("expected {} dimensions as the header says, found {}", announced_, C));
    if (out_.sequences.features == 0) out_.sequences.features = C;
    if (C != out_.sequences.features)
      throw UserError(at(line, line), fmt::format("expected {} dimensions as in the first sequence, found {}", out_.sequences.features, C));
    std::vector<float>& values = out_.sequences.values;
    const size_t begin = values.size();
    size_t steps = 0;
    for (int64_t c = 0; c < C; ++c) {
      const std::string_view dimension = parts[static_cast<size_t>(c)];
      const std::vector<std::string_view> fields = parts_of(dimension, ',');
      if (trimmed(dimension).empty()) throw UserError(at(line, dimension), fmt::format("dimension {} is empty, a sequence of length zero; remove the line or fill it in", c + 1));
      if (c == 0) {
        steps = fields.size();
        values.resize(begin + steps * static_cast<size_t>(C));
      }
      if (fields.size() != steps)
        throw UserError(at(line, dimension), fmt::format("dimension {} has {} values, the first has {}; all have one at every step", c + 1, fields.size(), steps));
      for (size_t t = 0; t < steps; ++t) values[begin + t * static_cast<size_t>(C) + static_cast<size_t>(c)] = number(line, fields[t]);
    }
    out_.sequences.begin.push_back(static_cast<int64_t>(values.size()) / C);
    out_.labels.emplace_back(label);
    out_.lines.push_back(lines_.number());
  }

  float number(std::string_view line, std::string_view field) const {
    const std::string_view digits = trimmed(field);
    float value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits == "?" || (error == std::errc{} && std::isnan(value)))
      throw UserError(at(line, field), "a missing value; fill it in or remove the sequence");
    if (error != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(value))
      throw UserError(at(line, field), fmt::format("'{}' is not a number", digits));
    return value;
  }

  const std::string& path_;
  Lines lines_;
  LabelledSequences out_;
  int64_t announced_ = 0;  // dimensions, by the header; 0: it does not say
};

}  // namespace

bool is_ts(std::string_view text) { return text.starts_with('#') || text.starts_with('@'); }

LabelledSequences read_ts(const std::string& path, std::string_view text) { return Reader(path, text).read(); }

}  // namespace recur::data
