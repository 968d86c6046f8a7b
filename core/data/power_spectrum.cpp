#include "power_spectrum.hpp"

#include <fftw3.h>

#include <limits>
#include <mutex>
#include <vector>

#include "recur/error/error.hpp"

namespace recur::data {
namespace {

// Of FFTW only the execution of plans is safe in several threads at once (FFTW 3.3 manual, section 5.4).
std::mutex& planner() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

struct PowerSpectrum::Plan {
  explicit Plan(int64_t F)
      : points(F),
        in(fftw_alloc_real(static_cast<size_t>(F))),
        out(fftw_alloc_complex(static_cast<size_t>(F / 2 + 1))),
        power(static_cast<size_t>(F / 2 + 1)) {
    RECUR_CHECK(F >= 2 && F % 2 == 0 && F <= std::numeric_limits<int>::max(), "{} points", F);
    RECUR_CHECK(in != nullptr && out != nullptr, "no memory for {} points", F);
    const std::lock_guard lock(planner());
    // FFTW_MEASURE would choose by the clock, and its rounding with it.
    plan = fftw_plan_dft_r2c_1d(static_cast<int>(F), in, out, FFTW_ESTIMATE);
    RECUR_CHECK(plan != nullptr, "FFTW has no plan for {} points", F);
  }
  ~Plan() {
    {
      const std::lock_guard lock(planner());
      fftw_destroy_plan(plan);
    }
    fftw_free(in);
    fftw_free(out);
  }
  Plan(const Plan&) = delete;

  int64_t points;
  double* in;          // [F]
  fftw_complex* out;   // [F/2 + 1]
  fftw_plan plan = nullptr;
  std::vector<double> power;  // [F/2 + 1]
};

PowerSpectrum::PowerSpectrum(int64_t points) : plan_(std::make_unique<Plan>(points)) {}
PowerSpectrum::~PowerSpectrum() = default;
PowerSpectrum::PowerSpectrum(PowerSpectrum&&) noexcept = default;

int64_t PowerSpectrum::points() const { return plan_->points; }

std::span<double> PowerSpectrum::frame() { return {plan_->in, static_cast<size_t>(plan_->points)}; }

std::span<const double> PowerSpectrum::of_frame() {
  fftw_execute(plan_->plan);
  for (size_t k = 0; k < plan_->power.size(); ++k) {
    const double re = plan_->out[k][0], im = plan_->out[k][1];
    plan_->power[k] = re * re + im * im;
  }
  return plan_->power;
}

}  // namespace recur::data
