#include "recur/store/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <system_error>

#include "atomic_file.hpp"
#include "directory_lock.hpp"
#include "disk_thread.hpp"
#include "experiment_files.hpp"
#include "live_trial.hpp"
#include "process.hpp"
#include "recur/error/error.hpp"
#include "trial_file.hpp"

namespace recur::store {
namespace fs = std::filesystem;
namespace {

void require_name(const std::string& name) {
  const bool fits = !name.empty() && name[0] != '.' && name[0] != '-' && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
  });
  if (!fits)
    throw UserError(fmt::format("'{}' cannot name an experiment's directory; use letters, digits, '-', '_' and '.', not "
                                "beginning with '-' or '.'", name));
}

// Makes the directory; whether it was new.
bool make(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory.parent_path(), error);
  const bool made = !error && fs::create_directory(directory, error);
  if (!error && !fs::is_directory(directory, error)) error = std::make_error_code(std::errc::not_a_directory);
  if (error)
    throw UserError(fmt::format("{}: cannot be made: {}; give another directory for results", directory.string(),
                                error.message()));
  return made;
}

// The first line in which two definitions differ, to tell a user what has changed.
std::string first_difference(const std::string& there, const std::string& here) {
  std::istringstream a(there), b(here);
  std::string line_a, line_b;
  for (int line = 1;; ++line) {
    const bool more_a = static_cast<bool>(std::getline(a, line_a)), more_b = static_cast<bool>(std::getline(b, line_b));
    if (!more_a && !more_b) return "line ends differ";
    if (more_a && more_b && line_a == line_b) continue;
    return fmt::format("line {}: {} there, {} now", line, more_a ? fmt::format("'{}'", line_a) : "nothing",
                       more_b ? fmt::format("'{}'", line_b) : "nothing");
  }
}

// Refuses a directory that belongs to something else; writes nothing.
void require_own(const fs::path& directory, const ExperimentOptions& options) {
  std::error_code error;
  if (!fs::exists(directory, error)) return;
  const fs::path file = directory / kDefinitionFile;
  if (fs::exists(file, error)) {
    const std::string there = read_file(file);
    if (there != options.definition && !(options.goes_on && options.goes_on(there)))
      throw UserError(fmt::format("{}: belongs to another definition ({}); use --fresh, or give the experiment another "
                                  "name", directory.string(), first_difference(there, options.definition)));
    return;
  }
  // A run that was killed at its very beginning leaves only the lock.
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error))
    if (entry.path().filename() != "lock" && entry.path().extension() != ".tmp")
      throw UserError(fmt::format("{}: is not empty and not an experiment's directory; give the experiment another name",
                                  directory.string()));
}

void remove_left_over(const fs::path& directory) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error))
    if (entry.path().extension() == ".tmp") fs::remove(entry.path(), error);
}

fs::path choose_directory(const ExperimentOptions& options) {
  require_name(options.name);
  const fs::path first = options.root / options.name;
  if (!options.fresh) {
    require_own(first, options);
    make(first);
    return first;
  }
  fs::path directory = first;
  for (int n = 2; !make(directory); ++n) directory = options.root / fmt::format("{}-{}", options.name, n);
  return directory;
}

}  // namespace

struct Experiment::Impl {
  fs::path directory;
  DirectoryLock lock;

  explicit Impl(const ExperimentOptions& options) : directory(choose_directory(options)), lock(directory) {
    try {
      require_own(directory, options);  // another process may have taken it meanwhile
      remove_left_over(directory);
      const fs::path file = directory / kDefinitionFile;
      // Written also where it is there: whether the directory takes files shows here, not after an hour.
      replace_text(file, options.definition);
    } catch (const StoreError& error) {
      throw UserError(fmt::format("{}; give another directory for results", error.what()));
    }
  }

};

Experiment::Experiment(const ExperimentOptions& options) : impl_(std::make_unique<Impl>(options)) {}

Experiment::~Experiment() {
  try {
    write_index();
  } catch (const std::runtime_error&) {
    // The index is a convenience that any later run or reader makes again; the trial files hold everything.
  }
}

const fs::path& Experiment::directory() const { return impl_->directory; }

fs::path Experiment::trial_file(std::string_view trial) const {
  return impl_->directory / fmt::format("{}{}", trial, kTrialSuffix);
}

fs::path Experiment::checkpoint_file(std::string_view trial) const {
  return impl_->directory / fmt::format("{}{}", trial, kCheckpointSuffix);
}

std::optional<TrialRecord> Experiment::trial(std::string_view name, const ReadOptions& options) const {
  const fs::path file = trial_file(name);
  if (!fs::exists(file)) return std::nullopt;
  return read_trial(file, options);
}

std::optional<Checkpoint> Experiment::checkpoint(std::string_view trial) const {
  const fs::path file = checkpoint_file(trial);
  if (!fs::exists(file)) return std::nullopt;
  return read_checkpoint(file);
}

void Experiment::queue(std::span<const TrialSpec> trials) {
  DiskThread::instance().run([&] {
    for (const TrialSpec& spec : trials) {
      TrialRecord record;
      record.file = trial_file(spec.name);
      if (fs::exists(record.file)) continue;
      record.spec = spec;
      record.outcome.state = TrialState::queued;
      record.epochs.columns = epoch_columns(spec);
      record.steps.columns = step_columns(spec);
      replace_trial(record, Outlives::kill);  // a queued trial is queued again
    }
  });
}

TrialWriter Experiment::begin(const TrialSpec& spec) {
  // A checkpoint of an earlier attempt must not be taken for one of this.
  std::error_code error;
  fs::remove(checkpoint_file(spec.name), error);
  return TrialWriter(LiveTrial::begin(spec, trial_file(spec.name), checkpoint_file(spec.name), nullptr));
}

TrialWriter Experiment::resume(const TrialSpec& spec, const Checkpoint& from) {
  return TrialWriter(LiveTrial::begin(spec, trial_file(spec.name), checkpoint_file(spec.name), &from));
}

void Experiment::write_index() { rebuild_index(impl_->directory); }

}  // namespace recur::store
