#include "recur/report/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "recur/error/error.hpp"

namespace recur::report {
namespace {

constexpr uint32_t kReplacement = 0xFFFD;

// The code point that begins the text, which loses it. What is no UTF-8 counts as a replacement character.
uint32_t take(std::string_view& text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const size_t length = first < 0x80 ? 1 : first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
  uint32_t code = length == 1 ? first : length == 0 ? kReplacement : first & (0xFFU >> (length + 1));
  size_t used = 1;
  while (used < length && used < text.size() && (byte(used) & 0xC0U) == 0x80U) code = code << 6 | (byte(used++) & 0x3FU);
  if (used < length) code = kReplacement;
  text.remove_prefix(used);
  return code;
}

struct Range {
  uint32_t first, last;
};

// The blocks that matter: combining marks and joiners; East Asian wide and emoji (Unicode 15, UAX #11).
constexpr std::array kNone = {Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
                              Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0xFE20, 0xFE2F}};
constexpr std::array kWide = {Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
                              Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
                              Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},
                              Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                              Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

int width_of(uint32_t code) {
  const auto holds = [code](const Range& range) { return code >= range.first && code <= range.last; };
  if (code < 0x20 || (code >= 0x7F && code < 0xA0) || std::any_of(kNone.begin(), kNone.end(), holds)) return 0;
  return std::any_of(kWide.begin(), kWide.end(), holds) ? 2 : 1;
}

constexpr std::string_view kEllipsis = "…";
constexpr int kGap = 2;

void trim_right(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

}  // namespace

int display_width(std::string_view text) {
  int width = 0;
  while (!text.empty()) width += width_of(take(text));
  return width;
}

std::string cut_to_width(std::string_view text, int width) {
  if (display_width(text) <= width) return std::string(text);
  if (width < 1) return "";
  std::string_view rest = text;
  int used = 0;
  size_t kept = 0;
  while (!rest.empty()) {
    used += width_of(take(rest));
    if (used > width - 1) break;
    kept = text.size() - rest.size();
  }
  return std::string(text.substr(0, kept)) + std::string(kEllipsis);
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::add_row(std::vector<std::string> cells) {
  RECUR_CHECK(cells.size() == columns_.size(), "{} cells for {} columns", cells.size(), columns_.size());
  rows_.push_back(std::move(cells));
}

void Table::add_rule() { rows_.emplace_back(); }

std::string Table::text(const Style& style) const {
  std::vector<int> widths;
  for (const Column& column : columns_) widths.push_back(display_width(column.title));
  for (const auto& row : rows_)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  const auto total = [&] {
    int sum = display_width(style.indent) + kGap * std::max(0, static_cast<int>(widths.size()) - 1);
    for (const int width : widths) sum += width;
    return sum;
  };
  // Texts can lose letters, numbers cannot: only left-aligned columns give way, the widest first.
  constexpr int kLeast = 8;
  while (style.width > 0 && total() > style.width) {
    int widest = -1;
    for (size_t i = 0; i < widths.size(); ++i) {
      const bool can_give = columns_[i].align == Align::left && widths[i] > kLeast;
      if (can_give && (widest < 0 || widths[i] > widths[static_cast<size_t>(widest)])) widest = static_cast<int>(i);
    }
    if (widest < 0) break;
    --widths[static_cast<size_t>(widest)];
  }

  const auto line = [&](const auto& cell_of) {
    std::string out = style.indent;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const std::string cell = cut_to_width(cell_of(i), widths[i]);
      const std::string blanks(static_cast<size_t>(std::max(0, widths[i] - display_width(cell))), ' ');
      if (i > 0) out.append(kGap, ' ');
      out += columns_[i].align == Align::left ? cell + blanks : blanks + cell;
    }
    trim_right(out);
    return out;
  };
  const auto painted = [&](const std::string& text, const char* code) {
    return style.colour ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m\n" : text + "\n";
  };
  std::string rule = style.indent;
  for (int i = display_width(style.indent); i < total(); ++i) rule += "─";

  std::string out = painted(line([&](size_t i) { return columns_[i].title; }), "1");
  for (const auto& row : rows_) {
    if (row.empty()) out += painted(rule, "2");
    else out += line([&](size_t i) { return row[i]; }) + "\n";
  }
  return out;
}

}  // namespace recur::report
