// Trainings that the tests share, and an observer that keeps what it is told.
#pragma once

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cells.hpp"
#include "recur/train/trainer.hpp"
#include "toy_task.hpp"

namespace recur::train {

using testing_cells::find_cell;

class Recording : public Observer {
 public:
  std::vector<std::vector<double>> epochs, steps;
  std::vector<std::string> log_lines;
  std::optional<Checkpoint> last_checkpoint;
  int64_t stop_at = -1;         // before this step
  int64_t prune_after = -1;     // this epoch

  void epoch(const EpochRow& row) override { epochs.emplace_back(row.metrics.begin(), row.metrics.end()); }
  void step(const StepRow& row) override {
    steps.emplace_back(row.metrics.begin(), row.metrics.end());
    next_step_ = row.step + 1;
  }
  void log(Level, const std::string& text) override { log_lines.push_back(text); }
  bool wants_checkpoint() override { return true; }
  void checkpoint(Checkpoint checkpoint) override { last_checkpoint = std::move(checkpoint); }
  bool should_stop() override { return next_step_ == stop_at; }
  bool should_prune() override { return static_cast<int64_t>(epochs.size()) == prune_after + 1; }

 private:
  int64_t next_step_ = 0;
};

inline Training toy_training(const std::string& cell = "gru", const ToyOptions& toy = {}) {
  Training training;
  training.task = std::make_shared<ToyTask>(toy);
  training.model.cell = cell;
  training.model.hidden = 8;
  training.train.epochs = 4;
  training.train.batch = 10;  // the last batch of an epoch is smaller
  training.train.optimizer.lr = 0.02;
  training.seed = 3;
  return training;
}

// A file of this process's own, gone with it: ctest runs the tests of one program side by side, each in a process.
inline std::filesystem::path own_file(const std::string& name) {
  static struct Made {
    std::vector<std::filesystem::path> files;
    ~Made() {
      std::error_code ignored;
      for (const std::filesystem::path& file : files) std::filesystem::remove(file, ignored);
    }
  } made;
  made.files.push_back(std::filesystem::path(::testing::TempDir()) / ("recur-" + std::to_string(getpid()) + "-" + name));
  return made.files.back();
}

// A text with some structure, in a file of its own.
inline std::string text_file(const std::string& name) {
  const std::filesystem::path file = own_file(name);
  std::ofstream out(file, std::ios::binary);
  for (int i = 0; i < 60; ++i) out << "the cat sat on the mat and " << (i % 3 == 0 ? "ate a rat" : "saw a bat") << ".\n";
  return file.string();
}

inline data::TaskOptions language_options(const std::string& text, int64_t steps = 16) {
  data::TaskOptions options;
  options.kind = "language_model";
  options.language_model.text = text;
  options.language_model.steps = steps;
  options.language_model.split = {0.8, 0.1, 0.1};
  return options;
}

inline Training language_training(const std::string& text) {
  Training training;
  training.task = data::make_task(language_options(text));
  training.model.cell = "lstm";
  training.model.hidden = 12;
  training.model.layers = 2;
  training.train.epochs = 3;
  training.train.batch = 7;  // streams of unequal lengths
  training.train.optimizer.lr = 0.01;
  training.train.clip_norm = 1.0;
  return training;
}

inline data::TaskOptions airline_options() {
  data::TaskOptions options;
  options.kind = "forecast";
  options.forecast.csv = RECUR_SOURCE_DIR "/experiments/forecast/data/airline.csv";
  options.forecast.columns = {"passengers"};
  options.forecast.window = 12;
  options.forecast.horizon = 2;
  options.forecast.season = 12;
  return options;
}

inline std::vector<float> flat(const model::ParameterSet& set) { return {set.flat().begin(), set.flat().end()}; }

// What a training gives, and what is needed to make a generator of it.
struct Learned {
  void learn(const Training& training) {
    Trainer trainer(training, find_cell, memory);
    Recording rows;
    trainer.run(rows);
    encoding = training.task->encoding();
    network.emplace(training.model, model::task_spec(encoding), find_cell);
    weights.emplace(trainer.best_weights());
  }

  exec::PathMemory memory;
  data::Encoding encoding;
  std::optional<model::Network> network;
  std::optional<model::ParameterSet> weights;
};

}  // namespace recur::train
