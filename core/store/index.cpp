// index.h5: a link to every trial file and a table of what they hold. Whoever opens it sees the whole experiment as one
// file; recur itself never relies on it.
#include <fmt/format.h>

#include <cmath>

#include "atomic_file.hpp"
#include "disk_thread.hpp"
#include "experiment_files.hpp"
#include "hdf5.hpp"

namespace recur::store {
namespace {

void write_table(hid_t at, const std::vector<TrialRecord>& trials) {
  std::vector<std::string> names, variants, states, messages;
  std::vector<int64_t> replicates, epochs;
  std::vector<double> objectives, seconds;
  for (const TrialRecord& trial : trials) {
    names.push_back(trial.spec.name);
    variants.push_back(trial.spec.variant);
    states.emplace_back(to_string(trial.state()));
    messages.push_back(trial.outcome.message);
    replicates.push_back(trial.spec.replicate);
    epochs.push_back(trial.epochs_done);
    objectives.push_back(trial.objective().value_or(std::nan("")));
    seconds.push_back(trial.seconds);
  }
  h5::write_texts(at, "name", names);
  h5::write_texts(at, "variant", variants);
  h5::write_texts(at, "state", states);
  h5::write_texts(at, "message", messages);
  h5::write_integers(at, "replicate", replicates);
  h5::write_integers(at, "epochs", epochs);
  h5::write_doubles(at, "objective", objectives, {objectives.size()});
  h5::write_doubles(at, "seconds", seconds, {seconds.size()});
}

}  // namespace

void replace_index(const std::filesystem::path& directory, const std::vector<TrialRecord>& trials) {
  const std::filesystem::path path = directory / kIndexFile;
  const std::filesystem::path temporary = begin_replacing(path);
  h5::Id file = h5::create_file(temporary, false);
  h5::write_attributes(file.get(), {{"format", "recur.index"}, {"format_version", int64_t{1}}});
  write_table(h5::create_group(file.get(), "table").get(), trials);
  // External links, not virtual data sets: those give fill values in silence where a file is missing.
  const h5::Id links = h5::create_group(file.get(), "trials");
  for (const TrialRecord& trial : trials) {
    const std::string target = trial.file.filename().string();
    h5::check(H5Lcreate_external(target.c_str(), "/", links.get(), trial.spec.name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
              target);
  }
  file.close(temporary.string());
  commit_replacing(temporary, path, Outlives::kill);
}

void rebuild_index(const std::filesystem::path& directory) {
  const ExperimentRecord experiment = read_experiment(directory);
  DiskThread::instance().run([&] { replace_index(directory, experiment.trials); });
}

}  // namespace recur::store
