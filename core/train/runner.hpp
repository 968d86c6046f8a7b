// A network's program compiled for one purpose and one size of batch, its inputs and outputs at hand.
//
// Runners makes each of them once. Where the task carries its state, the programs of one purpose and batch size share the memory that it
// is carried in, whatever their lengths.
//
// Threading: one thread at a time. Compiling and running set oneDNN's OpenMP team of the calling thread to one.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "recur/data/task.hpp"
#include "recur/exec/engine.hpp"
#include "recur/model/network.hpp"

namespace recur::train {

// Carried states of N sequences, by their order in Network::states().
using Carry = std::vector<std::vector<float>>;

// What the symbols of a network's program stand for.
struct ProgramSize {
  int64_t time = 1;   // T
  int64_t batch = 1;  // N
  std::array<int64_t, data::kMaxLevels> segments{};  // S of each level

  static ProgramSize of(const data::BatchShape& shape) { return {shape.time, shape.batch, shape.segments}; }
  // What a program's symbols stand for in this size, for ir::bind.
  std::map<int64_t, int64_t> symbols() const;
  auto operator<=>(const ProgramSize&) const = default;
};

class Runner {
 public:
  Runner(exec::Engine engine, const ir::Program& bound, const model::Network& network, model::Purpose purpose, int64_t time,
         int64_t batch, Carry* carry);

  // Inputs; empty where the program has none. See model::Purpose.
  std::span<float> x, tokens, last, lengths, fresh, updates, y, labels, weight;
  struct Segments {
    std::span<float> ends, of, counts;
  };
  std::array<Segments, data::kMaxLevels> segments;
  // Outputs of the last run; empty where the program has none.
  std::span<const float> loss, data_loss, correct, prediction;

  // Runs; carried states then are those after the last step.
  void run(exec::NoiseKey key, uint64_t weights_version);

  exec::Native& native() { return engine_.native; }
  exec::Path path() const { return engine_.path; }
  int64_t time() const { return time_; }
  int64_t batch() const { return batch_; }

 private:
  exec::Engine engine_;
  int64_t time_, batch_;
  Carry* carry_;
  std::vector<std::span<const float>> states_after_;
  uint64_t weights_version_ = 0;
};

class Runners {
 public:
  // gradients: where programs for training write them; null where none is asked for. All must outlive the runners.
  Runners(const model::Network& network, const model::ParameterSet& weights, model::ParameterSet* gradients,
          exec::PathMemory& memory, exec::PathChoice choice);

  Runner& get(model::Purpose purpose, const ProgramSize& size);
  // The carried states of programs for this purpose and batch size.
  Carry& carry(model::Purpose purpose, int64_t batch);

  // To be told after each change of the weights.
  void weights_changed() { ++weights_version_; }
  uint64_t weights_version() const { return weights_version_; }

  // The form in which the programs of each purpose run: that which is faster for the first of them. A training that is resumed
  // takes it again.
  using Paths = std::map<model::Purpose, exec::Path>;
  const Paths& paths() const { return paths_; }
  void set_paths(Paths paths) { paths_ = std::move(paths); }

 private:
  using Key = std::pair<model::Purpose, ProgramSize>;

  const ir::Program& program(model::Purpose purpose);

  const model::Network& network_;
  const model::ParameterSet& weights_;
  model::ParameterSet* gradients_;
  exec::PathMemory& memory_;
  exec::PathChoice choice_;
  std::map<model::Purpose, ir::Program> programs_;
  std::map<Key, std::unique_ptr<Runner>> runners_;
  std::map<std::pair<model::Purpose, int64_t>, Carry> carries_;
  Paths paths_;
  uint64_t weights_version_ = 1;
};

// "train", "evaluate", ...
std::string_view to_string(model::Purpose purpose);

// Brings batches of a task into runners.
class BatchFeed {
 public:
  BatchFeed(const data::TaskSpec& spec, Runners& runners, model::Purpose purpose);

  struct Result {
    double loss = 0;       // with auxiliary losses, in training
    double data_loss = 0;
    data::Outcome outcome;
    int64_t counted = 0;
  };
  // Runs batch number `index`. States are carried on from the batch before; fresh: they begin anew. updates: how many there have been, in
  // training.
  Result run(const data::Batches& batches, int64_t index, bool fresh, exec::NoiseKey key, int64_t updates = 0);

 private:
  void fill(const data::Batches& batches, int64_t index, const data::BatchShape& shape, Runner& runner);

  data::TaskSpec spec_;
  Runners& runners_;
  model::Purpose purpose_;
  std::vector<int32_t> tokens_, labels_, lengths_;
  struct Level {
    std::vector<int32_t> ends, of, counts;
  };
  std::array<Level, data::kMaxLevels> levels_;
  std::vector<float> counts_;
};

}  // namespace recur::train
