// What a definition comes to: its points, each with the model that it gives, and the trials, points times replicates.
//
// Making a plan reads the data and makes every model once, so a plan that exists can be run: every mistake that a
// definition, its data or its cells can hold has been told. Nothing is written.
//
// Threading: values; make_plan may be called from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "recur/data/task_cache.hpp"
#include "recur/plugin/registry.hpp"
#include "recur/store/trial.hpp"
#include "recur/sweep/definition.hpp"

namespace recur::sweep {

struct PlannedPoint {
  Point point;
  Definition definition;   // of its trials, the hidden size solved where there is a budget
  std::string variant;     // what a comparison compares, see variant_of
  int64_t parameters = 0;  // trainable scalars; where replicates differ in their vocabularies, of the one with the largest
};

struct PlannedTrial {
  std::string name;        // trial_name: names its file
  size_t point = 0;        // in Plan::points
  int64_t replicate = 0;
};

struct Plan {
  Definition definition;
  std::vector<PlannedPoint> points;  // points that come to the same training are one
  std::vector<PlannedTrial> trials;  // all points of replicate 0, then of replicate 1, ...: stopped early, variants stay paired
  store::Objective objective;

  const PlannedPoint& point_of(const PlannedTrial& trial) const { return points[trial.point]; }
};

// Throws UserError with every mistake: data that cannot be read or are too short for window and batch, a cell that
// refuses its size or does not load, a budget that no size meets.
Plan make_plan(const Definition& definition, const plugin::Registry& registry, data::TaskCache& tasks);

// What a trial is compared as: the cell where the space varies it; else the choices that it varies, as
// "adam", "adam cosine" or "levels=2"; else the cell.
std::string variant_of(const Definition& definition, const Point& point, const Definition& trial);

// The point as results keep it.
store::Values values_of(const Point& point);

// The main one of the data files that a task reads; "" where its sequences are generated.
std::string data_file(const data::TaskOptions& task);

// Whether the results of a definition, given as the YAML that stands with them, are the first part of this one's: it asks for as many replicates or
// more, and may say something else about itself.
bool goes_on(const Definition& definition, const std::string& there);

// What is there of a plan's trials below a results' directory, by the trials' names; nothing is written. Throws UserError
// where the directory belongs to another definition.
std::map<std::string, store::TrialRecord> progress(const Plan& plan, const std::filesystem::path& root);

}  // namespace recur::sweep
