#include "recur/data/music.hpp"

#include <cmath>
#include <utility>

#include "midi_pieces.hpp"
#include "piano_roll.hpp"
#include "recur/data/music_score.hpp"
#include "recur/error/error.hpp"
#include "sequence_batches.hpp"

namespace recur::data {
namespace {

void add(const Piece& piece, Sequences& into) {
  const size_t first = into.values.size();
  into.values.resize(first + piece.size() * static_cast<size_t>(kKeys));
  for (size_t t = 0; t < piece.size(); ++t)
    for (const uint8_t key : piece[t]) into.values[first + t * static_cast<size_t>(kKeys) + key] = 1;
  into.begin.push_back(into.begin.back() + static_cast<int64_t>(piece.size()));
}

// Calls take(now, next, key) for every key of every predicted step, and end_of_step() after each step.
template <class Take, class End>
void for_each_key(const Sequences& sequences, Take take, End end_of_step) {
  for (int64_t s = 0; s < sequences.size(); ++s) {
    for (int64_t t = 0; t < sequences.length(s); ++t) {
      const float* const now = sequences.values.data() + (sequences.begin[static_cast<size_t>(s)] + t) * kKeys;
      for (int64_t key = 0; key < kKeys; ++key) take(now[key] > 0, now[key + kKeys] > 0, static_cast<size_t>(key));
      end_of_step();
    }
  }
}

}  // namespace

MusicTask::MusicTask(const MusicOptions& options) : options_(options) {
  const bool midi = options.format == "midi";
  PianoRolls rolls;
  if (midi) {
    const std::array<const std::string*, kParts.size()> paths{&options.train, &options.valid, &options.test};
    for (size_t part = 0; part < rolls.size(); ++part) {
      if (paths[part]->empty()) continue;
      MidiPieces pieces = read_midi_pieces(*paths[part], options.steps_per_quarter);
      rolls[part] = std::move(pieces.pieces);
      notes_left_out_[part] = pieces.left_out();
    }
  } else {
    rolls = read_piano_rolls(options.json);
  }
  for (size_t part = 0; part < rolls.size(); ++part) {
    parts_[part].features = parts_[part].outputs = kKeys;
    parts_[part].targets_follow = true;
    for (const Piece& piece : rolls[part]) {
      if (piece.size() < 2) ++left_out_[part];
      else add(piece, parts_[part]);
    }
  }
  if (parts_[0].size() == 0)
    throw UserError(Place{midi ? options.train : options.json},
                    "train holds only pieces of one step, from which nothing can be predicted; give longer ones");
}

TaskSpec MusicTask::spec() const {
  TaskSpec spec;
  spec.input = {InputSpec::Kind::continuous, kKeys};
  spec.output = {OutputSpec::Kind::binary, OutputSpec::At::every_step, kKeys};
  spec.has_lengths = true;
  return spec;
}

Encoding MusicTask::encoding() const {
  Encoding encoding;
  encoding.kind = "music";
  for (int64_t pitch = kLowestPitch; pitch <= kHighestPitch; ++pitch) encoding.columns.push_back(fmt::format("{}", pitch));
  return encoding;
}

std::vector<MetricInfo> MusicTask::metrics() const { return MusicScore::metrics(); }

std::unique_ptr<Batches> MusicTask::batches(Part part, int64_t batch_size) const {
  return std::make_unique<SequenceBatches>(sequences(part), all_rows(sequences(part)), OutputSpec::At::every_step, batch_size, true, part == Part::train);
}

std::unique_ptr<Score> MusicTask::score() const { return std::make_unique<MusicScore>(kKeys); }

std::vector<Baseline> MusicTask::baselines() const {
  constexpr auto K = static_cast<size_t>(kKeys);
  // Steps of each key by whether it sounds now (0, 1), and of these those in which it sounds next.
  std::array<std::vector<double>, 2> steps{std::vector<double>(K), std::vector<double>(K)}, sounding = steps;
  for_each_key(
      sequences(Part::train),
      [&](bool now, bool next, size_t key) {
        steps[now][key] += 1;
        sounding[now][key] += next ? 1 : 0;
      },
      [] {});

  std::vector<Baseline> baselines;
  const auto add = [&](const char* name, const auto& probability) {
    for (const Part part : {Part::valid, Part::test}) {
      if (sequences(part).size() == 0) continue;
      MusicScore score(kKeys);
      double nats = 0;
      for_each_key(
          sequences(part),
          [&](bool now, bool next, size_t key) {
            const double p = probability(now, key);
            nats -= std::log(next ? p : 1 - p);
            score.add_key(next, p > 0.5);
          },
          [&] { score.add_step(std::exchange(nats, 0)); });
      baselines.push_back({name, part, score.values()});
    }
  };
  add("key_frequencies", [&](bool, size_t key) { return (sounding[0][key] + sounding[1][key] + 1) / (steps[0][key] + steps[1][key] + 2); });
  add("key_transitions", [&](bool now, size_t key) { return (sounding[now][key] + 1) / (steps[now][key] + 2); });
  return baselines;
}

std::vector<Fact> MusicTask::facts() const {
  std::vector<Fact> facts;
  for (const std::string* file : {&options_.json, &options_.train, &options_.valid, &options_.test})
    if (!file->empty()) facts.push_back({"file", *file});
  for (const Part part : kParts) {
    const Sequences& from = sequences(part);
    std::string value = fmt::format("{} pieces, {} steps predicted", from.size(), from.begin.back() - from.size());
    if (const int64_t short_ones = left_out(part)) value += fmt::format("; {} pieces of one step left out", short_ones);
    if (const std::string& notes = notes_left_out_[static_cast<size_t>(part)]; !notes.empty()) value += "; notes left out: " + notes;
    facts.push_back({std::string(to_string(part)), std::move(value)});
  }
  return facts;
}

}  // namespace recur::data
