// An experiment's definition, read and checked whole: what is learned, by which model, how it is trained, and
// over which space it is swept.
//
// Reading throws one UserError with every mistake of the file as "file:line:column: key.path: what; remedy", also
// mistakes in values that only a sweep would reach. A Definition that exists can be run.
//
// Threading: values that share immutable state; safe to copy and read from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "recur/config/field.hpp"
#include "recur/config/value.hpp"
#include "recur/data/options.hpp"
#include "recur/model/options.hpp"
#include "recur/sweep/space.hpp"
#include "recur/train/options.hpp"

namespace recur::sweep {

// What the registry knows of a cell's hyper-parameter.
struct Hyper {
  std::string name;
  config::Scalar fallback;   // its default; the alternative held is its type
  config::Field field;       // help, range, choices
};

// What the registry knows of a cell.
struct Cell {
  std::string id;
  std::string summary;
  std::vector<Hyper> hyper;
};

// Every cell that can be used, in the order in which they are listed.
using Cells = std::vector<Cell>;

struct SamplerOptions {
  std::string kind = "grid";  // grid, random
  int64_t trials = 0;         // random: points drawn; required
  int64_t seed = 1;           // random
};

struct ObjectiveOptions {
  std::string metric;  // valid/... or train/...; default valid/loss
  std::string goal;    // min, max; default: what is better for the metric
};

struct BudgetOptions {
  int64_t params = 0;  // trainable parameters; model.hidden is solved for
};

struct SweepOptions {
  SamplerOptions sampler;
  ObjectiveOptions objective;
  Space space;
};

// What is kept of the model after each epoch, beside its metrics.
struct LogOptions {
  std::vector<std::string> states;  // see train::traceable; of a model that lacks one the others are kept
  std::string part = "valid";       // train, valid, test
  int64_t sequence = 0;             // from 0, as in train::TraceOptions
};

struct LoadOptions {
  std::vector<std::string> overrides{};  // "key.path=value", later ones win
  std::shared_ptr<const Cells> cells{};  // null: cells and hyper-parameters are taken as written
  bool find_files = true;                // look data files up; otherwise their paths stay as written
};

struct Source;  // the tree that a definition was read from

struct Definition {
  std::string name;
  std::string about;
  std::string extends;  // as written; already merged
  int64_t seed = 1;
  data::TaskOptions task;  // csv and text hold absolute paths where files were looked up
  model::ModelOptions model;
  train::TrainOptions train;
  int64_t replicates = 1;
  std::optional<BudgetOptions> budget;
  std::optional<LogOptions> log;
  std::optional<SweepOptions> sweep;  // none in a trial

  // Where a key stands, for errors that show only later (a series that is too short): its value's place, else that
  // of the nearest group which is written, else the file.
  Place place(const std::string& path) const;
  // "place: path: message", to be thrown.
  UserError error(const std::string& path, const std::string& message) const;

  std::shared_ptr<const Source> source;
};

// Reads and checks a definition file. Throws UserError with all mistakes.
Definition load_definition(const std::string& file, const LoadOptions& options = {});
// The same for a text; file is shown in messages, and its directory is where relative paths start.
Definition parse_definition(const std::string& text, const std::string& file, const LoadOptions& options = {});

// The points that the sampler takes from the space, in the order of the trials; one empty point without a sweep.
std::vector<Point> points(const Definition& definition);

// The definition of one trial: the point's values set, the sweep gone. Keys of another kind than the one that the
// point chooses are left out. Throws UserError where the point does not make a definition (points() all do).
Definition apply(const Definition& definition, const Point& point);
// Sets one key, as a solver of model.hidden does.
Definition with(const Definition& definition, const std::string& path, const config::Scalar& value);

// YAML with all defaults filled in, paths as written, stable order; reading it gives the same definition.
std::string to_yaml(const Definition& definition);

// What makes a trial what it is: one "path: value" a line, sorted, defaults filled in, paths as written, without
// name, about, extends, sweep, replicates and log.
std::string canonical_text(const Definition& trial);
// 32 hexadecimal digits: a name-based UUID (RFC 4122, version 5) of the canonical text.
std::string trial_hash(const Definition& trial);
// "gru-h32-3f9a1c2b04de-r0": cell, hidden size, 48 bits of the hash, replicate. Fit for a file's name.
std::string trial_name(const Definition& trial, int64_t replicate);

// The metrics that a task reports, without their part (loss, rmse, ...). A metric is named part/name with part
// one of train, valid, test.
std::vector<std::string> metric_names(const data::TaskOptions& task);
// Whether a larger value of the metric is better. metric: with or without its part.
bool larger_is_better(const std::string& metric);

// The JSON schema of definitions as text, with the cells and their hyper-parameters.
std::string definition_schema(const Cells& cells);

template <class V>
void describe(V& visit, SamplerOptions& o) {
  visit.kind("kind", o.kind, {.help = "how points are taken from the space", .choices = {"grid", "random"}});
  visit("trials", o.trials, {.help = "points that are drawn", .min = 1, .required = true, .kinds = {"random"}});
  visit("seed", o.seed, {.help = "seed of the draws", .min = 0, .kinds = {"random"}});
}

template <class V>
void describe(V& visit, ObjectiveOptions& o) {
  visit("metric", o.metric, {.help = "what trials are judged by, such as valid/rmse; valid/loss unless told"});
  visit("goal", o.goal, {.help = "what is better; known for every metric unless told", .choices = {"min", "max"}});
}

template <class V>
void describe(V& visit, BudgetOptions& o) {
  visit("params", o.params,
        {.help = "trainable parameters; each variant gets the hidden size that comes nearest", .min = 1, .required = true});
}

template <class V>
void describe(V& visit, LogOptions& o) {
  visit("states", o.states,
        {.help = "what the model holds while it reads one sequence: names of states, input, prediction, target", .required = true});
  visit("part", o.part, {.help = "the part that the sequence is of", .choices = {"train", "valid", "test"}});
  visit("sequence", o.sequence, {.help = "its number, from 0", .min = 0});
}

template <class V>
void describe(V& visit, SweepOptions& o) {
  visit("sampler", o.sampler, {.help = "how points are taken from the space", .shorthand = "kind"});
  visit("objective", o.objective, {.help = "what trials are judged by", .shorthand = "metric"});
  visit.raw("space", {.help = "the keys that vary, each with its values", .required = true});
}

template <class V>
void describe(V& visit, Definition& o) {
  visit("name", o.name, {.help = "names the results' directory", .required = true, .sweepable = false});
  visit("about", o.about, {.help = "a sentence on what the experiment is for", .sweepable = false});
  visit("extends", o.extends, {.help = "a definition that this one is based on, relative to this file", .sweepable = false});
  visit("seed", o.seed, {.help = "from which every stream of random numbers is derived", .min = 0});
  visit("task", o.task, {.help = "what is learned, from which data", .required = true});
  visit("model", o.model, {.help = "the network", .required = true});
  visit("train", o.train, {.help = "how it is trained"});
  visit("replicates", o.replicates, {.help = "trainings of each variant, with paired seeds", .min = 1, .sweepable = false});
  visit("budget", o.budget, {.help = "the size that every variant is brought to", .sweepable = false});
  visit("log", o.log, {.help = "what is kept of the model after each epoch", .sweepable = false});
  visit("sweep", o.sweep, {.help = "variants that are compared", .sweepable = false});
}

}  // namespace recur::sweep
