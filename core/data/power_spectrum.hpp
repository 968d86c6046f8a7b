// The power spectrum of real frames, by FFTW.
//
//   P[k] = |sum over n of x[n] exp(-2 pi i k n / F)|^2,   k = 0 ... F/2
//
// Without any scaling: P[0] + 2 P[1] + ... + 2 P[F/2 - 1] + P[F/2] = F times the sum of x[n]^2 (Parseval).
//
// Threading: each is used from one thread at a time; any number may be made and used at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace recur::data {

class PowerSpectrum {
 public:
  // points: F, even and at least 2.
  explicit PowerSpectrum(int64_t points);
  ~PowerSpectrum();
  PowerSpectrum(PowerSpectrum&&) noexcept;

  int64_t points() const;
  // Where the next frame is written, [F]. What it holds is undefined after of_frame().
  std::span<double> frame();
  // Of the frame, [F/2 + 1]; valid until the next call.
  std::span<const double> of_frame();

 private:
  struct Plan;
  std::unique_ptr<Plan> plan_;
};

}  // namespace recur::data
