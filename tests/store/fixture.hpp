// A results directory of a test's own, and small trials to put into it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "recur/store/experiment.hpp"

namespace recur::store {

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "recur-store-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    root_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  ExperimentOptions options(const std::string& name = "sunspots") const {
    return {.root = root_, .name = name, .definition = "name: sunspots\ntrain: {epochs: 3}\n"};
  }

  static TrialSpec spec(const std::string& variant = "gru", int64_t replicate = 0) {
    TrialSpec s;
    s.definition = "model: {cell: " + variant + "}  # größer\n";
    s.name = trial_name(s.definition, replicate);
    s.variant = variant;
    s.point = {{"model.cell", variant}, {"model.hidden", int64_t{32}}, {"train.optimizer.lr", 3e-3}, {"peephole", true}};
    s.seed = 0xfedcba9876543210;
    s.replicate = replicate;
    s.objective = {"valid/rmse", true};
    s.epoch_metrics = {"train/loss", "valid/rmse"};
    s.step_metrics = {"loss", "grad_norm", "lr"};
    s.parameters = 4321;
    s.flops_per_step = 1.5e6;
    s.planned_epochs = 3;
    s.encoding = R"({"kind": "forecast", "columns": ["größe"]})";
    s.provenance = here();
    s.provenance.data = {{"task.data.train", "/data/größe.tsv", content_hash("train")}, {"task.data.test", "/data/test.tsv", content_hash("test")}};
    s.provenance.plugin_file = "/opt/recur/gru.so";
    s.provenance.plugin_hash = content_hash("gru");
    s.provenance.libraries["onednn"] = "2.6.3";
    return s;
  }

  static std::vector<Array> weights(float from) {
    return {{"rnn/W", {2, 3}, {from, 1, 2, 3, 4, 5}, {{"layout", "[I, G*H]"}, {"gate_order", "r z n"}}},
            {"rnn/U", {1, 1, 2}, {6, 7}, {}},
            {"bias", {}, {from}, {{"shared", true}}}};
  }

  static void train(TrialWriter& writer, int64_t first, int64_t end) {
    for (int64_t epoch = first; epoch < end; ++epoch) {
      for (int64_t step = 10 * epoch; step < 10 * (epoch + 1); ++step)
        writer.append_step(step, epoch, 0.1 * static_cast<double>(step),
                           std::vector<double>{1.0 / (1.0 + static_cast<double>(step)), 0.5, 1e-3});
      writer.append_epoch(epoch, 10 * (epoch + 1), static_cast<double>(epoch + 1),
                          std::vector<double>{0.5, 20.0 - static_cast<double>(epoch)});
    }
  }

  static Outcome outcome() {
    return {.results = {{"valid/rmse", 18.0}, {"test/rmse", 19.5}},
            .details = {{"test", "predicted  a  b\n        a  1  0\n        größer  0  2\n"}, {"valid", "one line"}},
            .best_epoch = 2,
            .baselines = {{"persistence", {{"test/rmse", 25.0}, {"valid/rmse", 24.0}}}, {"seasonal", {{"test/rmse", 22.0}}}},
            .last = weights(0.25F),
            .best = weights(0.5F)};
  }

  std::filesystem::path root_;
};

}  // namespace recur::store
