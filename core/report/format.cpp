// Numbers for people.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "recur/report/table.hpp"

namespace recur::report {

std::string format_number(double value) {
  if (std::isnan(value)) return "-";
  return fmt::format("{:.4g}", value == 0 ? 0.0 : value);
}

std::string format_count(double value) {
  if (std::isnan(value)) return "-";
  constexpr std::array<const char*, 6> kUnits = {"", "K", "M", "G", "T", "P"};
  size_t unit = 0;
  // 999.5 would be printed as 1000 of its unit.
  while (std::fabs(value) >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}{}", value, kUnits[unit]);
}

std::string format_duration(double seconds) {
  if (std::isnan(seconds)) return "-";
  if (seconds < 0.9995) return fmt::format("{:.3g}ms", seconds * 1000);
  if (seconds < 59.95) return fmt::format("{:.1f}s", seconds);
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  const long long minutes = static_cast<long long>(std::llround(seconds / 60));
  if (minutes < 24 * 60) return fmt::format("{}h{:02}m", minutes / 60, minutes % 60);
  return fmt::format("{}d{:02}h", minutes / (24 * 60), minutes % (24 * 60) / 60);
}

}  // namespace recur::report
