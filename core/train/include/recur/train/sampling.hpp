// Drawing from logits: a class by temperature, then top-k, then top-p; a yes or no by temperature.
//
// Threading: pure, but for the stream.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "recur/random/stream.hpp"

namespace recur::train {

struct SamplingOptions {
  double temperature = 1;  // logits are divided by it; 0: always the most probable
  int64_t top_k = 0;       // only the k most probable; 0: all
  double top_p = 1;        // of these the fewest whose probabilities sum to at least p (Holtzman et al. 2020, section 3.1)
  uint64_t seed = 1;
};

// Throws UserError for a value out of its range: temperature >= 0, top_k >= 0, 0 < top_p <= 1.
void check(const SamplingOptions& options);

// Draws by inversion with one number of the stream. Ties in probability go to the smaller class. exclude: a class that is never
// drawn, or -1. scratch: memory that is used again.
int32_t sample(std::span<const float> logits, const SamplingOptions& options, Stream& stream, int32_t exclude,
               std::vector<std::pair<double, int32_t>>& scratch);

// Yes with probability sigmoid(logit / temperature), at temperature 0 where the logit is above 0. Draws one number of the stream.
bool sample_yes(float logit, double temperature, Stream& stream);

}  // namespace recur::train
