// Reading experiments: what list, show, compare and export need. No locks are taken.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "atomic_file.hpp"
#include "directory_lock.hpp"
#include "experiment_files.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::store {
namespace fs = std::filesystem;
namespace {

bool is_experiment(const fs::path& directory) {
  std::error_code error;
  return fs::is_regular_file(directory / kDefinitionFile, error);
}

std::vector<std::string> names_of(const std::vector<fs::path>& paths) {
  std::vector<std::string> names;
  for (const fs::path& path : paths) names.push_back(path.stem().string());
  return names;
}

// The trial whose name begins with the text.
fs::path find_trial(const fs::path& directory, const std::string& beginning) {
  std::vector<fs::path> fitting;
  const std::vector<fs::path> all = trial_files(directory);
  for (const fs::path& file : all) {
    const std::string name = file.stem().string();
    if (name == beginning) return file;
    if (name.starts_with(beginning)) fitting.push_back(file);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty())
    throw UserError(fmt::format("{}: has no trial '{}'{}", directory.string(), beginning,
                                suggestion(beginning, names_of(all))));
  throw UserError(fmt::format("{}: '{}' begins the names of {} trials; give more of the name", directory.string(),
                              beginning, fitting.size()));
}

}  // namespace

std::vector<fs::path> trial_files(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(kTrialSuffix) && !name.ends_with(kCheckpointSuffix) && name != kIndexFile)
      files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

ExperimentRecord read_experiment(const fs::path& directory, const ReadOptions& options) {
  if (!is_experiment(directory))
    throw UserError(fmt::format("{}: is not an experiment's directory (it has no {})", directory.string(),
                                kDefinitionFile));
  ExperimentRecord experiment{directory, fs::absolute(directory).lexically_normal().filename().string(),
                              read_file(directory / kDefinitionFile), DirectoryLock::held(directory), {}, {}};
  if (experiment.name.empty())  // "results/x/"
    experiment.name = fs::absolute(directory).lexically_normal().parent_path().filename().string();
  for (const fs::path& file : trial_files(directory)) {
    try {
      experiment.trials.push_back(read_trial(file, options));
    } catch (const std::runtime_error& error) {
      experiment.damaged.emplace_back(error.what());
    }
  }
  std::sort(experiment.trials.begin(), experiment.trials.end(), [](const TrialRecord& a, const TrialRecord& b) {
    return std::tie(a.spec.variant, a.spec.point, a.spec.replicate, a.spec.name) <
           std::tie(b.spec.variant, b.spec.point, b.spec.replicate, b.spec.name);
  });
  return experiment;
}

std::vector<fs::path> list_experiments(const fs::path& root) {
  std::vector<fs::path> directories;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(root, error))
    if (is_experiment(entry.path())) directories.push_back(entry.path());
  std::sort(directories.begin(), directories.end());
  return directories;
}

ResultPath find_result(const fs::path& root, const std::string& text) {
  std::error_code error;
  for (const fs::path& path : {fs::path(text), root / text}) {
    if (fs::is_regular_file(path, error)) return {path.parent_path(), path};
    if (is_experiment(path)) return {path, {}};
  }
  // name/trial, where the trial may be only the beginning of its name.
  const fs::path given(text);
  if (given.has_parent_path() && given.has_filename())
    for (const fs::path& directory : {given.parent_path(), root / given.parent_path()})
      if (is_experiment(directory)) return {directory, find_trial(directory, given.stem().string())};
  std::vector<std::string> known;
  for (const fs::path& directory : list_experiments(root)) known.push_back(directory.filename().string());
  throw UserError(fmt::format("no result '{}' in {}{}", text, root.string(),
                              known.empty() ? "; nothing has been run there yet" : suggestion(text, known)));
}

}  // namespace recur::store
