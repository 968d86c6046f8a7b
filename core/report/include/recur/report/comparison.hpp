// Variants against each other: which point of its space each variant is judged at, what it scores there, and how sure
// that is.
//
// For each variant the point with the best mean objective over the replicates is chosen (a validation metric: the test
// metrics never choose). Only points with the most finished replicates of the variant compete, so that a
// point that failed for some seeds does not win on the others. The reported metrics are those of that point. Every
// other variant is compared with the best one, replicate by replicate, over the replicates that both finished.
//
// Threading: pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recur/report/statistics.hpp"
#include "recur/store/trial.hpp"

namespace recur::report {

struct ComparisonOptions {
  // What to report; empty: every metric "test/..." of the results, the objective's counterpart first
  // (valid/rmse: test/rmse), or the objective itself where there is no test metric.
  std::vector<std::string> metrics;
  double level = 0.95;
};

// A variant against the best one on one metric; absent for the best one itself.
struct Contrast {
  PairedTest test;                   // variant - best
  double p_holm = kNaN;              // test.p_t corrected over the variants compared on this metric
  std::vector<int64_t> replicates;   // the common ones
};

struct MetricRow {
  Estimate estimate;
  std::map<int64_t, double> by_replicate;
  std::optional<Contrast> against_best;
};

struct Counts {
  int64_t done = 0, failed = 0, pruned = 0, stale = 0, running = 0, queued = 0;
  int64_t total() const { return done + failed + pruned + stale + running + queued; }
};

struct VariantRow {
  std::string variant;
  int64_t rank = 0;             // from 1, by the objective; 0: no finished trial
  store::Values point;          // the chosen one
  int64_t points = 0;           // how many the variant has
  std::vector<std::string> trials;             // finished ones at the chosen point, by replicate
  Estimate objective;                          // over the replicates at the chosen point
  std::map<std::string, MetricRow> metrics;
  int64_t parameters = 0;
  double flops_per_step = 0;
  double seconds = 0;           // mean training time of a trial at the chosen point
  Counts counts;                // over all points
};

struct BaselineRow {
  std::string name;
  std::map<std::string, Estimate> metrics;   // over the replicates (the same value where the split is fixed)
};

struct Comparison {
  store::Objective objective;
  std::vector<std::string> metrics;          // as reported, the main one first
  std::vector<VariantRow> variants;          // best first; those without a finished trial last, by name
  std::vector<BaselineRow> baselines;
  std::vector<int64_t> replicates;           // all that any trial has
  // Failed, pruned, stale, unfinished trials by name and reason; unequal replicates; too few replicates. One line each.
  std::vector<std::string> notes;
  double level = 0.95;
};

// trials: summaries do. A comparison of none, or without a single finished trial, has rows and notes but no ranks.
// Throws UserError where trials were made for different objectives, or for a metric that no trial has (with the
// nearest name).
Comparison compare(std::span<const store::TrialRecord> trials, const ComparisonOptions& options = {});

// The leaderboard as text for a terminal of `width` columns (further metrics are left out, and named, where they do not
// fit), and as one JSON document with stable keys.
std::string to_text(const Comparison& comparison, int width = 120);
std::string to_json(const Comparison& comparison);

}  // namespace recur::report
