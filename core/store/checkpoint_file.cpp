#include "checkpoint_file.hpp"

#include <fmt/format.h>

#include "atomic_file.hpp"
#include "hdf5.hpp"
#include "recur/error/error.hpp"
#include "trial_file.hpp"

namespace recur::store {
namespace {

void write(hid_t file, const Checkpoint& state, const Series& epochs, const Series& steps, std::span<const Array> states) {
  h5::write_attributes(file, {{"format", kCheckpointFormat}, {"format_version", kFormatVersion}});
  h5::write_arrays(h5::create_group(file, "arrays").get(), state.arrays);
  h5::write_attributes(h5::create_group(file, "scalars").get(), state.scalars);
  const h5::Id numbers = h5::create_group(file, "numbers");
  for (const auto& [name, values] : state.numbers) h5::write_doubles(numbers.get(), name, values, {values.size()});
  const h5::Id metrics = h5::create_group(file, layout::kMetrics);
  h5::write_series(metrics.get(), layout::kEpochs, epochs);
  h5::write_series(metrics.get(), layout::kSteps, steps);
  if (!states.empty()) h5::write_arrays(h5::create_group(file, layout::kStates).get(), states);
}

Checkpoint read(hid_t file) {
  Checkpoint state;
  state.arrays = h5::read_arrays(h5::open_group(file, "arrays").get());
  state.scalars = h5::read_attributes(h5::open_group(file, "scalars").get());
  const h5::Id numbers = h5::open_group(file, "numbers");
  for (const std::string& name : h5::dataset_names(numbers.get()))
    state.numbers[name] = h5::read_doubles(numbers.get(), name);
  const h5::Id metrics = h5::open_group(file, layout::kMetrics);
  state.epochs = h5::read_series(metrics.get(), layout::kEpochs);
  state.steps = h5::read_series(metrics.get(), layout::kSteps);
  if (h5::exists(file, layout::kStates)) state.states = h5::read_arrays(h5::open_group(file, layout::kStates).get());
  return state;
}

}  // namespace

void replace_checkpoint(const std::filesystem::path& path, const Checkpoint& state, const Series& epochs,
                        const Series& steps, std::span<const Array> states) {
  const std::filesystem::path temporary = begin_replacing(path);
  try {
    h5::Id file = h5::create_file(temporary, false);
    write(file.get(), state, epochs, steps, states);
    file.close(temporary.string());
    commit_replacing(temporary, path);
  } catch (const StoreError& error) {
    begin_replacing(path);  // a half-written file takes room on a full disk
    throw StoreError(fmt::format("checkpoint {}: {}", path.string(), error.what()));
  }
}

Checkpoint load_checkpoint(const std::filesystem::path& path) {
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) throw UserError(fmt::format("{}: no such file", path.string()));
  if (!h5::is_hdf5(path)) throw UserError(fmt::format("{}: is not a checkpoint of recur", path.string()));
  try {
    const h5::Id file = h5::open_file(path);
    const Values head = h5::read_attributes(file.get());
    const auto format = head.find("format");
    if (format == head.end() || format->second != Value(kCheckpointFormat))
      throw UserError(fmt::format("{}: is not a checkpoint of recur", path.string()));
    if (head.at("format_version") != Value(kFormatVersion))
      throw StoreError("written by another version of recur; run with --fresh");
    return read(file.get());
  } catch (const StoreError& error) {
    throw StoreError(fmt::format("{}: cannot be read: {}", path.string(), error.what()));
  }
}

}  // namespace recur::store
