// How probable sequences are, step after step: p(x_t | x_1 ... x_t-1). There are no other targets.
//
// One example is a sequence x [T, N, C]:
//   csv    a series, cut into sequences of `steps` that follow each other; Gaussian
//   ucr    series of the UCR archive, whatever their class; Gaussian
//   music  piano rolls, 88 keys on or off; Bernoulli
//   audio  recordings as frames of mel energies, cepstra or samples (audio_features.hpp), whatever their class; Gaussian
//
// Gaussian values are standardised by the training part: csv and audio each column, ucr by one mean and deviation of all values. A density
// of standardised values is another than that of the data's own: facts() tells what a step's nats have to be added for these. Where values lie on a
// grid, as samples of 16 bits, a density has no upper bound but that of the model's least deviation.
//
// Of recordings the test part is what test_where picks by their names, and the validation part a share of the others, with the classes in
// proportion where the names tell them (class_split.hpp).
//
// Training examples are shuffled each epoch by Stream(seed, replicate, "batches/epoch-<e>"); how sequences of different lengths are put
// together is told in sequence_batches.hpp. With importance_samples k the test part has each sequence k times, one beside the other; its loss
// is a mean over k times as many steps, and so the mean over the draws.
//
// Metrics: nll, importance_nll (density_score.hpp). Baselines (naive_density.hpp): independent, each value of a step on its own by the training
// part's frequencies; first_order, given its value a step before.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recur/data/density_options.hpp"
#include "recur/data/option_mistake.hpp"
#include "recur/data/sequences.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

struct LabelledSequences;

std::vector<OptionMistake> mistakes_of(const DensityOptions& options);

class DensityTask : public Task {
 public:
  // Throws UserError for what mistakes_of and the readers name, a column that is constant in the training part, an empty training part, and importance
  // samples of sequences that begin with steps which do not count: their weights would not be those of whole sequences.
  explicit DensityTask(const DensityOptions& options);

  TaskSpec spec() const override;
  Encoding encoding() const override;
  std::vector<MetricInfo> metrics() const override;
  std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const override;
  std::unique_ptr<Score> score() const override;
  std::vector<Baseline> baselines() const override;
  std::vector<Fact> facts() const override;

  const Sequences& sequences(Part part) const { return parts_[static_cast<size_t>(part)]; }

 private:
  void read_csv_series();
  void read_ucr_series();
  void read_rolls();
  void read_recordings();
  // test: without a file where the part is taken from train's rows.
  void divide(LabelledSequences train, LabelledSequences test);
  Sequences& part(Part part) { return parts_[static_cast<size_t>(part)]; }

  DensityOptions options_;
  std::array<Sequences, kParts.size()> parts_;
  OutputSpec::Distribution distribution_ = OutputSpec::Distribution::gaussian;
  std::vector<std::string> columns_;
  std::vector<double> mean_, deviation_;  // [C], of Gaussian values
  std::vector<Fact> reader_facts_;
  bool has_lengths_ = false;
};

}  // namespace recur::data
