// Numbers over time as shades: a row for each place (a row of a memory, a unit), a column for each step.
//
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace recur::report {

struct Heatmap {
  std::string title;
  int64_t rows = 0;           // R
  std::vector<float> values;  // [T, R]

  int64_t columns() const { return rows == 0 ? 0 : static_cast<int64_t>(values.size()) / rows; }  // T
};

struct HeatmapStyle {
  int width = 100;   // columns over all
  int height = 40;   // lines of the picture itself
};

// A picture in five shades from blank to full, below a line with the title and what the shades stand for: 0 to the largest value where
// none is negative, else the smallest to the largest. Where there are more rows or steps than room, several share a place, which shows
// the one that is farthest from zero. "" where there is nothing.
std::string shades(const Heatmap& map, const HeatmapStyle& style = {});

// The pictures one below the other as an SVG document, a square for each number, darker for larger ones.
std::string svg(std::span<const Heatmap> maps);

}  // namespace recur::report
