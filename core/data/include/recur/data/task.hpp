// A task as a trainer sees it: what goes into a model, what comes out, the batches of each part, how well the
// outputs do in the data's own units, and what a naive method reaches.
//
// Task, the data set: immutable once loaded and shared by all trials, any thread.
// Batches and Score, the state of one iteration: one a trial and part, used from one thread at a time.
//
// T time steps, N batch, C features, V vocabulary, K output values.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recur/data/encoding.hpp"
#include "recur/data/options.hpp"

namespace recur::data {

enum class Part { train, valid, test };
inline constexpr std::array kParts{Part::train, Part::valid, Part::test};
std::string_view to_string(Part part);
// Requires the name of a part.
Part part_named(std::string_view name);

// What a model reads at each step.
struct InputSpec {
  enum class Kind {
    continuous,  // x [T, N, width]
    discrete,    // tokens [T, N], each in 0 ... width-1
  };
  Kind kind = Kind::continuous;
  int64_t width = 0;  // C, or V
};

// What a model gives, and so its loss.
struct OutputSpec {
  enum class Kind {
    regression,   // width values; mean squared error against y
    categorical,  // width classes; cross-entropy in nats against labels, labels below 0 left out
    binary,       // width independent yes or no; cross-entropy in nats against y of 0 and 1, summed over the width
    density,      // how probable x itself is, step after step, in nats; width is C, and there are no other targets
  };
  enum class At { last_step, every_step };
  Kind kind = Kind::regression;
  At at = At::last_step;
  int64_t width = 0;  // K, or V
  // The score sees the logits of classes, beside the sums that it always gets.
  bool shows_logits = false;
  // density: what each step is thought to be drawn from: a Gaussian with a deviation for each of the C values, or C independent yes or no.
  enum class Distribution { gaussian, bernoulli };
  Distribution distribution = Distribution::gaussian;
};

// Levels of boundaries that a task can give.
inline constexpr int64_t kMaxLevels = 3;

struct TaskSpec {
  InputSpec input;
  OutputSpec output;
  // The state after batch b is the state before batch b+1 of the same epoch, row by row; zero before batch 0.
  bool carries_state = false;
  // Sequences differ in length: fill() writes lengths. Without it every sequence is T long.
  bool has_lengths = false;
  // Not every position of values or bits at every step counts: fill() writes counts.
  bool has_counts = false;
  // Boundaries of so many levels come with each batch, words of characters and sentences of words, say: fill() writes segments.
  int64_t levels = 0;
  // Tokens are words, and how they are spelled comes with each batch, in so many characters (0, padding, among them): fill() writes
  // spellings. 0: it does not.
  int64_t characters = 0;
};

// Label of a position that is not counted: no loss, no gradient, no metric.
inline constexpr int32_t kIgnored = -1;

struct BatchShape {
  int64_t time = 0;     // T
  int64_t batch = 0;    // N
  int64_t counted = 0;  // targets that the loss is a mean over: N * K values, labels >= 0, positions of binary outputs, or steps of a density
  int64_t group = 0;    // of sequences, where a score keeps several apart
  std::array<int64_t, kMaxLevels> segments{};  // S of each level that the spec has; else 0
  int64_t spellings = 0;                       // M different words, where the spec has characters
  int64_t letters = 0;                         // L, of the longest
  bool operator==(const BatchShape&) const = default;
};

// The boundaries of one level. Level 1 cuts the steps of each sequence into segments, level k + 1 cuts the segments of level k. B is T at level
// 1, else the number of segments of the level below; S is this level's.
struct SegmentBuffers {
  std::span<int32_t> ends;    // [S, N]: the last step of each segment, or the last segment of the level below; rising, and beyond a sequence's
                              // last segment that segment's end again
  std::span<int32_t> of;      // [B, N]: the segment that each step, or segment of the level below, lies in; beyond the sequence's own the last
  std::span<int32_t> counts;  // [N]: segments of each sequence, at least 1
};

// Memory of the caller that a batch is written into. A span that the task's spec has no use for stays empty;
// the others are at least as long as the shape says.
struct BatchBuffers {
  std::span<float> x;          // continuous input [T, N, C]
  std::span<int32_t> tokens;   // discrete input [T, N]
  std::span<float> y;          // regression and binary targets: [N, K] at the last step, [T, N, K] at every step
  std::span<int32_t> labels;   // categorical targets: [N] at the last step, [T, N] at every step
  std::span<int32_t> lengths;  // [N], 1 ... T, where the spec has lengths
  std::span<float> counts{};   // [T, N], 1 where the position counts and 0 elsewhere, where the spec has counts
  std::array<SegmentBuffers, kMaxLevels> segments{};  // level 1 first, where the spec has levels
  // Where the spec has characters: how the M different words of the batch are spelled, and which of them stands at each step.
  std::span<int32_t> spellings{};         // [L, M]; 0 beyond a spelling's end
  std::span<int32_t> spelling_lengths{};  // [M], 1 ... L
  std::span<int32_t> spelled{};           // [T, N], 0 ... M-1
};

// The batches of one part. Between two calls of start_epoch the batches stand still: fill may be called in any
// order, and as often as one likes. Neither size, shape nor fill allocates.
class Batches {
 public:
  virtual ~Batches() = default;
  // Orders the part for an epoch (counted from 0). The order depends on the arguments alone; valid and test always
  // have the one that they have before the first call: the data's own, or where sequences differ in length the data's
  // own among those of about one length.
  virtual void start_epoch(uint64_t seed, uint64_t replicate, int64_t epoch) = 0;
  // Number of batches in an epoch; 0 for an empty part. Every epoch has the same times and batch sizes in the same places.
  virtual int64_t size() const = 0;
  virtual BatchShape shape(int64_t batch) const = 0;
  // Writes batch 0 ... size()-1. Requires buffers that hold shape(batch).
  virtual void fill(int64_t batch, const BatchBuffers& buffers) const = 0;
};

// What a model made of one batch. Of a density a model gives two numbers a step, in nats: log p(x_t | x_1 ... x_t-1), or a bound below it,
// and the logarithm of an importance weight. Where the model knows p the two are equal. Where it has latent variables, the mean of exp(sum of
// log weights over the steps) over several draws of them estimates p of the sequence, and its logarithm is a bound that rises with their
// number (Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, equation 8).
struct Outcome {
  std::span<const float> predictions;  // regression: as y; binary: logits as y; categorical, where the spec shows them: logits
                                       // [N, V] or [T, N, V]; density: [T, N, 2], see below
  std::span<const float> y;            // regression, binary: as filled
  std::span<const int32_t> labels{};   // categorical: as filled
  std::span<const int32_t> lengths{};  // [N] where the spec has lengths
  std::span<const float> counts{};     // [T, N] where the spec has counts
  double nats = 0;                     // categorical, binary, density: negative log-likelihood, or its bound, summed over what is counted
  int64_t correct = 0;                 // categorical: counted labels that had the highest probability
  int64_t counted = 0;                 // as in BatchShape
  int64_t batch = 0;                   // as in BatchShape
  int64_t group = 0;                   // as in BatchShape
};

struct MetricInfo {
  std::string name;  // rmse, bits_per_character, ...; a part is put before it: valid/rmse
  std::string help;  // one line, with the unit
  bool smaller_is_better = true;
};

// Metrics accumulated over the batches of a part, whatever their sizes.
class Score {
 public:
  virtual ~Score() = default;
  virtual void reset() = 0;
  virtual void add(const Outcome& outcome) = 0;
  // In the order of Task::metrics(); NaN where nothing has been added.
  virtual std::vector<double> values() const = 0;
  // What numbers alone do not tell, as lines of text: a confusion matrix, say. "" where there is nothing.
  virtual std::string details() const { return {}; }
};

struct Baseline {
  std::string name;  // persistence, bigram, ...
  Part part = Part::valid;
  std::vector<double> values;  // in the order of Task::metrics()
};

// Something worth telling of a data set, for example {"rows", "2820"}.
struct Fact {
  std::string name;
  std::string value;
};

class Task {
 public:
  virtual ~Task() = default;
  virtual TaskSpec spec() const = 0;
  // What a trained model needs to be used without the data set; kept in the result file.
  virtual Encoding encoding() const = 0;
  virtual std::vector<MetricInfo> metrics() const = 0;

  // The batches of a part, at most batch_size rows each. Throws UserError where the part is shorter than one
  // batch has to be, so a definition is checked by asking for the batches of all parts.
  // Keeps a pointer to the task: the task must outlive it.
  virtual std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const = 0;
  virtual std::unique_ptr<Score> score() const = 0;

  // Naive methods on the same targets as the model's, for each of valid and test that is not empty. Computed anew
  // on each call.
  virtual std::vector<Baseline> baselines() const = 0;
  // Sizes of the parts and of the vocabulary, and whatever a reader of the results ought to know.
  virtual std::vector<Fact> facts() const = 0;
};

std::vector<std::string> task_kinds();

// Reads the data and prepares the task. Throws UserError for a kind that is not known and for all that is wrong
// with the data; see the header of each kind's task.
std::shared_ptr<const Task> make_task(const TaskOptions& options);

}  // namespace recur::data
