// Polyphonic music: which of the piano's 88 keys sound at the next step.
//
// One example is a piece of P steps: x [T, N, 88] holds the steps 1 ... P-1 as 0 and 1, y [T, N, 88] the steps 2 ... P, with lengths.
// A piece of one step predicts nothing; it is left out, counted and told in facts(). How pieces of different lengths are put together
// is told in sequence_batches.hpp. The parts are those of the JSON file, or the MIDI files that each part names, in the order of their
// paths; notes of MIDI files that a piano roll does not hold (midi.hpp) are counted and told in facts().
//
// Metrics: nll, frame_accuracy (music_score.hpp).
// Baselines, from the training part with add-one smoothing: key_frequencies, each key on its own, P(key); key_transitions, each key
// given whether it sounds now, P(key | key now).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "recur/data/music_options.hpp"
#include "recur/data/sequences.hpp"
#include "recur/data/task.hpp"

namespace recur::data {

class MusicTask : public Task {
 public:
  // Throws UserError for what read_piano_rolls and read_midi_pieces name, and for a training part of pieces of one step alone.
  explicit MusicTask(const MusicOptions& options);

  TaskSpec spec() const override;
  Encoding encoding() const override;
  std::vector<MetricInfo> metrics() const override;
  std::unique_ptr<Batches> batches(Part part, int64_t batch_size) const override;
  std::unique_ptr<Score> score() const override;
  std::vector<Baseline> baselines() const override;
  std::vector<Fact> facts() const override;

  const Sequences& sequences(Part part) const { return parts_[static_cast<size_t>(part)]; }
  int64_t left_out(Part part) const { return left_out_[static_cast<size_t>(part)]; }

 private:
  MusicOptions options_;
  std::array<Sequences, kParts.size()> parts_;
  std::array<int64_t, kParts.size()> left_out_{};
  std::array<std::string, kParts.size()> notes_left_out_;  // "" where none is
};

}  // namespace recur::data
