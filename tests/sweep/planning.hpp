// Plans of a small series with the shipped plugins, apart from this machine's own caches.
#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "recur/error/error.hpp"
#include "recur/sweep/plan.hpp"
#include "recur/sweep/registry_cells.hpp"

namespace recur::sweep {

namespace fs = std::filesystem;

class PlanningTest : public testing::Test {
 protected:
  PlanningTest() : registry_(scan()) {
    std::string pattern = (fs::temp_directory_path() / "recur-sweep-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    directory_ = fs::canonical(pattern);
    std::ofstream csv(directory_ / "waves.csv");
    csv << "value\n";
    for (int i = 0; i < 120; ++i) csv << std::sin(0.5 * i) << "\n";
  }
  ~PlanningTest() override {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }

  // model, train: their keys in flow form; more: further top-level keys.
  Definition define(const std::string& model, const std::string& more = "", const std::string& train = "epochs: 2, batch: 8") const {
    const std::string text = fmt::format(
        "name: waves\ntask: {{kind: forecast, data: {{csv: waves.csv}}, window: 8}}\nmodel: {{{}}}\ntrain: {{{}}}\n{}", model, train, more);
    return parse_definition(text, (directory_ / "x.yaml").string(), {.overrides = {}, .cells = cells_of(registry_)});
  }
  Plan plan(const Definition& definition) { return make_plan(definition, registry_, tasks_); }

  plugin::Registry registry_;
  data::TaskCache tasks_;
  fs::path directory_;

 private:
  static plugin::ScanOptions scan() {
    plugin::ScanOptions options;
    options.paths = {RECUR_PLUGINS};
    options.environment = "";
    options.tree.emplace();
    options.cache = "";
    options.probe = RECUR_PROBE;
    return options;
  }
};

}  // namespace recur::sweep
