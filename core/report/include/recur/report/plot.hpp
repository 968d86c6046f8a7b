// Curves in text, for a terminal.
//
// Threading: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace recur::report {

// One line of block characters, lowest value to highest; a NaN is a blank. More values than width: each character is the
// mean of its share.
std::string sparkline(std::span<const double> values, int width = 60);

struct PlotOptions {
  int width = 72;     // columns over all, axis labels included
  int height = 10;    // rows of the plot itself, each four dots high
  bool log_y = false; // ignored where a value is not positive
  std::string x_label;
};

// A curve of y [n] over x [n] in braille dots, with the range of both axes. Pairs with a NaN are left out; "" when
// nothing is left.
std::string plot(std::string_view title, std::span<const double> x, std::span<const double> y,
                 const PlotOptions& options = {});

}  // namespace recur::report
