#include "recur/report/heatmap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "recur/error/error.hpp"
#include "recur/report/table.hpp"

namespace recur::report {
namespace {

constexpr std::array<const char*, 5> kShades = {" ", "░", "▒", "▓", "█"};

struct Scale {
  float low = 0, high = 0;

  // 0 ... 1; NaN stays.
  float place(float value) const { return high > low ? (value - low) / (high - low) : value > 0 ? 1.0f : 0.0f; }
};

Scale scale_of(const Heatmap& map) {
  Scale scale;
  bool any = false;
  for (const float value : map.values) {
    if (!std::isfinite(value)) continue;
    scale.low = any ? std::min(scale.low, value) : value;
    scale.high = any ? std::max(scale.high, value) : value;
    any = true;
  }
  scale.low = std::min(scale.low, 0.0f);
  return scale;
}

// n places share m: the first of each.
struct Shares {
  int64_t places = 0, of = 0;
  int64_t begin(int64_t place) const { return place * of / places; }
};

Shares shares(int64_t of, int64_t room) { return {std::min(of, std::max<int64_t>(room, 1)), of}; }

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '<') out += "&lt;";
    else if (c == '>') out += "&gt;";
    else out += c;
  }
  return out;
}

}  // namespace

std::string shades(const Heatmap& map, const HeatmapStyle& style) {
  RECUR_CHECK(map.rows == 0 || map.values.size() % static_cast<size_t>(map.rows) == 0, "{} values, {} rows", map.values.size(), map.rows);
  const int64_t T = map.columns();
  if (T == 0) return "";
  const Scale scale = scale_of(map);
  const int label = static_cast<int>(std::to_string(map.rows - 1).size());
  const Shares rows = shares(map.rows, style.height), columns = shares(T, style.width - label - 2);
  const auto shared = [](const Shares& each, const char* of, const char* places) {
    return each.places < each.of ? fmt::format("; {} {} in {} {}", each.of, of, each.places, places) : "";
  };
  std::string out = fmt::format("{}: blank {}, █ {}{}{}\n", map.title, format_number(static_cast<double>(scale.low)),
                                format_number(static_cast<double>(scale.high)), shared(rows, "rows", "lines"), shared(columns, "steps", "columns"));
  for (int64_t r = 0; r < rows.places; ++r) {
    std::string line = fmt::format("{:>{}} │", rows.begin(r), label);
    for (int64_t c = 0; c < columns.places; ++c) {
      float shown = 0;
      for (int64_t t = columns.begin(c); t < columns.begin(c + 1); ++t)
        for (int64_t i = rows.begin(r); i < rows.begin(r + 1); ++i)
          if (const float value = map.values[static_cast<size_t>(t * map.rows + i)]; std::isfinite(value) && std::abs(value) > std::abs(shown)) shown = value;
      line += kShades[static_cast<size_t>(std::lround(scale.place(shown) * (kShades.size() - 1)))];
    }
    out += line.erase(line.find_last_not_of(' ') + 1) + "\n";
  }
  const std::string last = std::to_string(T);
  const auto between = static_cast<size_t>(std::max<int64_t>(columns.places - 1 - static_cast<int64_t>(last.size()), 1));
  return out + fmt::format("{}1{}{}\n", std::string(static_cast<size_t>(label) + 2, ' '), std::string(between, ' '), T > 1 ? last : "");
}

std::string svg(std::span<const Heatmap> maps) {
  constexpr int64_t kCell = 6, kMargin = 10, kTitle = 18;
  int64_t width = 400, height = kMargin;
  for (const Heatmap& map : maps) {
    width = std::max(width, map.columns() * kCell + 2 * kMargin);
    height += kTitle + map.rows * kCell + kMargin;
  }
  std::string out = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\">\n"
                                "<rect width=\"{0}\" height=\"{1}\" fill=\"white\"/>\n", width, height);
  int64_t y = kMargin;
  for (const Heatmap& map : maps) {
    const Scale scale = scale_of(map);
    out += fmt::format("<text x=\"{}\" y=\"{}\" font-family=\"sans-serif\" font-size=\"12\">{} ({} to {})</text>\n", kMargin, y + 12, escaped(map.title),
                       format_number(static_cast<double>(scale.low)), format_number(static_cast<double>(scale.high)));
    y += kTitle;
    out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#999\"/>\n", kMargin, y, map.columns() * kCell, map.rows * kCell);
    for (int64_t t = 0; t < map.columns(); ++t)
      for (int64_t r = 0; r < map.rows; ++r) {
        const float value = map.values[static_cast<size_t>(t * map.rows + r)];
        const int grey = std::isfinite(value) ? static_cast<int>(std::lround(255 * (1 - scale.place(value)))) : 255;
        if (grey == 255) continue;
        out += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#{:02x}{:02x}{:02x}\"/>\n", kMargin + t * kCell, y + r * kCell, kCell, kCell,
                           grey, grey, grey);
      }
    y += map.rows * kCell + kMargin;
  }
  return out + "</svg>\n";
}

}  // namespace recur::report
