#include "mel_filters.hpp"

#include <algorithm>
#include <cmath>

#include "recur/error/error.hpp"

namespace recur::data {

double mel_of(double hertz) { return 2595 * std::log10(1 + hertz / 700); }
double hertz_of(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

MelFilters::MelFilters(int64_t filters, double low, double high, int64_t rate, int64_t points) : filters_(static_cast<size_t>(filters)) {
  RECUR_CHECK(filters > 0 && low >= 0 && low < high && 2 * high <= static_cast<double>(rate) && points > 1, "{} filters from {} to {} Hz, {} points at {} Hz",
              filters, low, high, points, rate);
  const double first = mel_of(low), width = (mel_of(high) - first) / static_cast<double>(filters + 1);
  const double spacing = static_cast<double>(rate) / static_cast<double>(points);
  for (size_t j = 0; j < filters_.size(); ++j) {
    const double centre = first + width * static_cast<double>(j + 1);
    for (int64_t k = 0; k <= points / 2; ++k) {
      const double weight = 1 - std::abs(mel_of(static_cast<double>(k) * spacing) - centre) / width;
      if (weight <= 0) continue;
      if (filters_[j].weights.empty()) filters_[j].first = static_cast<size_t>(k);
      filters_[j].weights.push_back(weight);
    }
    if (filters_[j].weights.empty())
      throw UserError(fmt::format("task.data.features.filters: filter {} of {}, {:.0f} ... {:.0f} Hz, lies between two frequencies of the spectrum, which are {:.1f} Hz "
                                  "apart; ask for fewer filters or a longer window",
                                  j + 1, filters, hertz_of(centre - width), hertz_of(centre + width), spacing));
  }
}

void MelFilters::apply(std::span<const double> power, std::span<double> energies) const {
  for (size_t j = 0; j < filters_.size(); ++j) {
    double sum = 0;
    for (size_t i = 0; i < filters_[j].weights.size(); ++i) sum += filters_[j].weights[i] * power[filters_[j].first + i];
    energies[j] = sum;
  }
}

}  // namespace recur::data
