#include "recur/report/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "recur/error/error.hpp"
#include "recur/report/table.hpp"

namespace recur::report {
namespace {

constexpr std::array<const char*, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

// UTF-8 of a braille pattern; bit i of dots is dot i + 1 (Unicode 15, U+2800).
std::string braille(unsigned dots) {
  const unsigned code = 0x2800 + dots;
  return {static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

struct Range {
  double low, high;
  // 0 ... 1; the middle where all is one value.
  double place(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

Range range_of(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, *high};
}

// A grid of dots, two wide and four high to a character.
class Canvas {
 public:
  Canvas(int columns, int rows) : columns_(columns), rows_(rows), cells_(static_cast<size_t>(columns * rows), 0U) {}
  int width() const { return 2 * columns_; }
  int height() const { return 4 * rows_; }

  // y counts from the bottom.
  void dot(int x, int y) {
    static constexpr unsigned kDots[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    const int from_top = height() - 1 - y;
    cells_[static_cast<size_t>(from_top / 4 * columns_ + x / 2)] |= kDots[from_top % 4][x % 2];
  }

  void line(int x0, int y0, int x1, int y1) {
    const int steps = std::max({std::abs(x1 - x0), std::abs(y1 - y0), 1});
    for (int i = 0; i <= steps; ++i) dot(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps);
  }

  std::string row(int r) const {
    std::string out;
    for (int c = 0; c < columns_; ++c) {
      const unsigned dots = cells_[static_cast<size_t>(r * columns_ + c)];
      out += dots == 0 ? " " : braille(dots);
    }
    return out.erase(out.find_last_not_of(' ') + 1);
  }

 private:
  int columns_, rows_;
  std::vector<unsigned> cells_;
};

}  // namespace

std::string sparkline(std::span<const double> values, int width) {
  RECUR_CHECK(width > 0, "width {}", width);
  std::vector<double> shown;
  const size_t n = values.size(), columns = std::min(n, static_cast<size_t>(width));
  for (size_t c = 0; c < columns; ++c) {
    double sum = 0;
    int counted = 0;
    for (size_t i = c * n / columns; i < (c + 1) * n / columns; ++i) {
      if (!std::isfinite(values[i])) continue;
      sum += values[i];
      ++counted;
    }
    shown.push_back(counted == 0 ? std::nan("") : sum / counted);
  }
  std::vector<double> finite = shown;
  std::erase_if(finite, [](double value) { return std::isnan(value); });
  if (finite.empty()) return std::string(columns, ' ');
  const Range range = range_of(finite);
  std::string out;
  for (const double value : shown)
    out += std::isnan(value) ? " " : kBlocks[static_cast<size_t>(std::lround(range.place(value) * (kBlocks.size() - 1)))];
  return out;
}

std::string plot(std::string_view title, std::span<const double> x, std::span<const double> y,
                 const PlotOptions& options) {
  RECUR_CHECK(x.size() == y.size(), "x has {} values, y has {}", x.size(), y.size());
  std::vector<double> xs, ys;
  for (size_t i = 0; i < x.size(); ++i) {
    if (!std::isfinite(x[i]) || !std::isfinite(y[i])) continue;
    xs.push_back(x[i]);
    ys.push_back(y[i]);
  }
  if (ys.empty()) return "";
  const Range across = range_of(xs), range = range_of(ys);
  const bool log_y = options.log_y && range.low > 0;
  if (log_y)
    for (double& value : ys) value = std::log(value);
  const Range up = range_of(ys);

  const std::string top = format_number(range.high), bottom = format_number(range.low);
  const int label = std::max(display_width(top), display_width(bottom));
  Canvas canvas(std::max(10, options.width - label - 2), std::max(2, options.height));
  int last_x = -1, last_y = -1;
  for (size_t i = 0; i < ys.size(); ++i) {
    const int dot_x = static_cast<int>(std::lround(across.place(xs[i]) * (canvas.width() - 1)));
    const int dot_y = static_cast<int>(std::lround(up.place(ys[i]) * (canvas.height() - 1)));
    if (last_x < 0) canvas.dot(dot_x, dot_y);
    else canvas.line(last_x, last_y, dot_x, dot_y);
    last_x = dot_x;
    last_y = dot_y;
  }

  const int rows = canvas.height() / 4;
  std::string out = fmt::format("{}{}{}\n", std::string(static_cast<size_t>(label + 2), ' '), title,
                                log_y ? " (logarithmic)" : "");
  for (int r = 0; r < rows; ++r)
    out += fmt::format("{:>{}} │{}\n", r == 0 ? top : r == rows - 1 ? bottom : "", label, canvas.row(r));
  const std::string first = format_number(across.low);
  const std::string end = format_number(across.high) + (options.x_label.empty() ? "" : " " + options.x_label);
  const int between = canvas.width() / 2 - display_width(first) - display_width(end);
  out += fmt::format("{}{}{}{}\n", std::string(static_cast<size_t>(label + 2), ' '), first,
                     std::string(static_cast<size_t>(std::max(1, between)), ' '), end);
  return out;
}

}  // namespace recur::report
