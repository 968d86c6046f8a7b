// Triangular filters, evenly spaced in mel.
//
//   mel(f) = 2595 log10(1 + f / 700)
//
// M filters between frequencies a and b have their corners at M + 2 points m_0 ... m_{M+1}, evenly spaced from mel(a) to mel(b); filter j (from
// 1) rises from 0 at m_{j-1} to 1 at m_j and falls to 0 at m_{j+1}, linearly in mel. So between two neighbouring centres the weights of a
// frequency sum to 1.
//
// Source: S. B. Davis, P. Mermelstein, Comparison of parametric representations for monosyllabic word recognition in continuously spoken
// sentences, IEEE Trans. ASSP 28(4), 1980; the scale and triangles linear in mel as in the HTK Book (Young et al.), chapter Speech Input/Output,
// section Filterbank Analysis. (The Auditory Toolbox of Slaney has another scale, linear below 1 kHz, and scales its triangles to equal area.)
//
// Threading: immutable.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace recur::data {

double mel_of(double hertz);
double hertz_of(double mel);

class MelFilters {
 public:
  // filters: M. Between low and high hertz, for power spectra [points / 2 + 1] of `rate` samples a second. Requires 0 <= low < high <= rate / 2.
  // Throws UserError where a filter is so narrow that no frequency of the spectrum lies in it.
  MelFilters(int64_t filters, double low, double high, int64_t rate, int64_t points);

  int64_t size() const { return static_cast<int64_t>(filters_.size()); }
  // energies[j] = sum over k of weight_j(k) power[k]; power [points / 2 + 1], energies [M]
  void apply(std::span<const double> power, std::span<double> energies) const;

 private:
  struct Filter {
    size_t first = 0;             // the first k with a weight
    std::vector<double> weights;  // of k = first, first + 1, ...
  };
  std::vector<Filter> filters_;
};

}  // namespace recur::data
