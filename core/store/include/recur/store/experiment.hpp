// An experiment's directory, results/<name>/: definition.yaml (the resolved definition), <trial>.h5 a trial,
// <trial>.ckpt.h5 its checkpoint while it is unfinished, index.h5 (external links to all trials and a table of their
// states; made anew from the trial files at any time), lock.
//
// Experiment is the one process that runs it; the read functions below need no lock and never disturb a run.
//
// Threading: every function may be called from any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recur/store/checkpoint.hpp"
#include "recur/store/trial.hpp"
#include "recur/store/trial_writer.hpp"

namespace recur::store {

struct ExperimentOptions {
  std::filesystem::path root = "results";
  std::string name = {};        // letters, digits, '-', '_', '.', not starting with '.' or '-'
  std::string definition = {};  // the resolved definition, YAML; its text is the directory's identity
  bool fresh = false;           // take the first of name, name-2, name-3, ... that does not exist yet
  std::function<bool(const std::string& there)> goes_on = {};  // whether a directory of this other definition becomes this one's; none: it does not
};

class Experiment {
 public:
  // Makes the directory, or goes on with the one that is there. Throws UserError, before anything was run, for a bad
  // name, a directory that belongs to another definition, one that another process is running, one that cannot be
  // written, and a file system without locks.
  explicit Experiment(const ExperimentOptions& options);
  ~Experiment();  // writes the index
  Experiment(const Experiment&) = delete;
  Experiment& operator=(const Experiment&) = delete;

  const std::filesystem::path& directory() const;
  std::string name() const { return directory().filename().string(); }
  std::filesystem::path trial_file(std::string_view trial) const;
  std::filesystem::path checkpoint_file(std::string_view trial) const;

  // A trial's summary; nullopt where it has no file yet.
  std::optional<TrialRecord> trial(std::string_view name, const ReadOptions& options = kSummary) const;
  // nullopt where there is none. A damaged one (which no kill leaves behind) throws StoreError.
  std::optional<Checkpoint> checkpoint(std::string_view trial) const;

  // Notes trials that are to run; those that have a file already are left as they are.
  void queue(std::span<const TrialSpec> trials);

  // Starts a trial from its beginning. The log of an earlier attempt is kept. Throws StoreError.
  TrialWriter begin(const TrialSpec& spec);
  // Goes on from a checkpoint: the new file begins with the checkpoint's rows, so epochs that were finished
  // after it are not there twice.
  TrialWriter resume(const TrialSpec& spec, const Checkpoint& from);

  void write_index();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct ExperimentRecord {
  std::filesystem::path directory;
  std::string name;
  std::string definition;
  bool running = false;             // a process holds the directory
  std::vector<TrialRecord> trials;  // by variant, then point, then replicate
  std::vector<std::string> damaged; // trial files that cannot be read: "file: reason"
};

// Throws UserError for a directory that is no experiment.
ExperimentRecord read_experiment(const std::filesystem::path& directory, const ReadOptions& options = kSummary);

// The experiments below root, by name; empty where root does not exist.
std::vector<std::filesystem::path> list_experiments(const std::filesystem::path& root);

// What a person means by RESULT: a directory, a trial file, an experiment's name below root, or name/trial where
// trial is the beginning of a trial's name that fits one only. `trial` is empty for a whole experiment. Throws
// UserError with the nearest name.
struct ResultPath {
  std::filesystem::path directory;
  std::filesystem::path trial;
};
ResultPath find_result(const std::filesystem::path& root, const std::string& text);

// Makes index.h5 anew from the trial files. Throws StoreError.
void rebuild_index(const std::filesystem::path& directory);

}  // namespace recur::store
