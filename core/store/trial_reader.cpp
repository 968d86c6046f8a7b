#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "directory_lock.hpp"
#include "recur/error/error.hpp"
#include "trial_file.hpp"

namespace recur::store {
namespace {

constexpr std::array kStates = {TrialState::queued, TrialState::running, TrialState::stale,
                                TrialState::failed, TrialState::pruned,  TrialState::done};
constexpr std::array kLevels = {Level::debug, Level::info, Level::warning, Level::error};

TrialState state_of(std::string_view text) {
  for (const TrialState state : kStates)
    if (to_string(state) == text) return state;
  throw StoreError(fmt::format("unknown state '{}'", text));
}

Level level_of(std::string_view text) {
  for (const Level level : kLevels)
    if (to_string(level) == text) return level;
  return Level::info;
}

// A value that is missing or of another type is one that a later or earlier version did not write.
template <class T>
T get(const Values& values, const std::string& name, T otherwise = {}) {
  const auto it = values.find(name);
  if (it == values.end()) return otherwise;
  const T* value = std::get_if<T>(&it->second);
  return value == nullptr ? otherwise : *value;
}

Values group_values(hid_t at, const std::string& name) {
  if (!h5::exists(at, name)) return {};
  return h5::read_attributes(h5::open_group(at, name).get());
}

std::vector<DataFile> read_data_files(hid_t provenance, const Values& attributes) {
  std::vector<DataFile> files;
  if (!h5::exists(provenance, layout::kData)) {
    if (std::string file = get<std::string>(attributes, "data_file"); !file.empty())
      files.push_back({"", std::move(file), get<std::string>(attributes, "data_hash")});
    return files;
  }
  const h5::Id group = h5::open_group(provenance, layout::kData);
  const std::vector<std::string> keys = h5::read_texts(group.get(), "key"), paths = h5::read_texts(group.get(), "file");
  const std::vector<std::string> hashes = h5::read_texts(group.get(), "hash");
  for (size_t i = 0; i < std::min({keys.size(), paths.size(), hashes.size()}); ++i) files.push_back({keys[i], paths[i], hashes[i]});
  return files;
}

Provenance read_provenance(hid_t file) {
  if (!h5::exists(file, "provenance")) return {};
  const h5::Id group = h5::open_group(file, "provenance");
  const Values v = h5::read_attributes(group.get());
  const auto text = [&](const char* name) { return get<std::string>(v, name); };
  Provenance p{text("recur_version"), text("git_commit"), text("compiler"), text("build_type"), text("plugin_file"), text("plugin_hash"),
               read_data_files(group.get(), v), text("processor"), text("system"), text("host"), {}};
  for (const auto& [name, value] : group_values(group.get(), "libraries")) p.libraries[name] = to_string(value);
  return p;
}

std::vector<Baseline> read_baselines(hid_t file) {
  if (!h5::exists(file, "baselines")) return {};
  const Series table = h5::read_series(file, "baselines");
  const h5::Id set(H5Dopen2(file, "baselines", H5P_DEFAULT), H5Dclose, "baselines");
  std::vector<Baseline> baselines;
  for (const std::string& name : h5::read_attribute_texts(set.get(), "names")) {
    Baseline baseline{name, {}};
    const auto row = static_cast<int64_t>(baselines.size());
    for (size_t column = 0; row < table.rows() && column < table.columns.size(); ++column)
      if (const double value = table.at(row, column); !std::isnan(value)) baseline.metrics[table.columns[column]] = value;
    baselines.push_back(std::move(baseline));
  }
  return baselines;
}

std::vector<Event> read_log(hid_t file) {
  const h5::Id group = h5::open_group(file, layout::kLog);
  const std::vector<double> times = h5::read_doubles(group.get(), "time");
  const std::vector<std::string> levels = h5::read_texts(group.get(), "level");
  const std::vector<std::string> texts = h5::read_texts(group.get(), "text");
  std::vector<Event> events;
  for (size_t i = 0; i < std::min({times.size(), levels.size(), texts.size()}); ++i)
    events.push_back({times[i], level_of(levels[i]), texts[i]});
  return events;
}

std::string read_bytes(hid_t at, const std::string& name) {
  const h5::Id set(H5Dopen2(at, name.c_str(), H5P_DEFAULT), H5Dclose, name);
  std::string bytes(static_cast<size_t>(h5::shape_of(set.get()).at(0)), '\0');
  if (!bytes.empty())
    h5::check(H5Dread(set.get(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), name);
  return bytes;
}

// The first column counts epochs or steps and is never NaN in a row that was written: a kill between growing a
// dataset and filling it leaves fill values.
void drop_unfilled(Series& series) {
  while (series.rows() > 0 && std::isnan(series.at(series.rows() - 1, 0)))
    series.values.resize(series.values.size() - series.columns.size());
}

void read_live(hid_t file, TrialRecord& record, const ReadOptions& options) {
  const h5::Id live = h5::open_group(file, layout::kLive);
  drop_unfilled(record.epochs);
  drop_unfilled(record.steps);
  if (options.log) record.log = parse_log(read_bytes(live.get(), layout::kLiveLog));
  Outcome& outcome = record.outcome;
  if (const std::string state = h5::read_text(live.get(), layout::kLiveState); !state.empty()) {
    outcome.state = state_of(state);
    outcome.message = h5::read_text(live.get(), layout::kLiveMessage);
    return;
  }
  const Values writer = group_values(file, "process");
  const ProcessId process{get<std::string>(writer, "host"), get<std::string>(writer, "boot"),
                          get<int64_t>(writer, "pid"), get<int64_t>(writer, "started")};
  const Life life = life_of(process);
  // Of a process on another machine nothing is known but whether its experiment is locked.
  if (life == Life::gone || (life == Life::elsewhere && !DirectoryLock::held(record.file.parent_path()))) {
    outcome.state = TrialState::stale;
    outcome.message = fmt::format("process {} on {} is gone", process.pid, process.host);
  }
}

TrialRecord read_open(hid_t file, const std::filesystem::path& path, const ReadOptions& options) {
  const Values head = h5::read_attributes(file);
  if (get<int64_t>(head, "format_version") > kFormatVersion)
    throw StoreError(fmt::format("written by a later version of recur (format {}, this one reads {})",
                                 get<int64_t>(head, "format_version"), kFormatVersion));
  TrialRecord record;
  record.file = path;
  TrialSpec& spec = record.spec;
  spec.name = get<std::string>(head, "name");
  spec.definition = h5::read_text(file, "definition");
  if (h5::exists(file, "encoding")) spec.encoding = h5::read_text(file, "encoding");
  spec.variant = get<std::string>(head, "variant");
  spec.point = group_values(file, "point");
  spec.seed = static_cast<uint64_t>(get<int64_t>(head, "seed"));
  spec.replicate = get<int64_t>(head, "replicate");
  spec.objective = {get<std::string>(head, "objective_metric"), get<std::string>(head, "objective_goal") != "max"};
  spec.parameters = get<int64_t>(head, "parameters");
  spec.flops_per_step = get<double>(head, "flops_per_step");
  spec.planned_epochs = get<int64_t>(head, "planned_epochs");
  spec.provenance = read_provenance(file);
  record.started = get<double>(head, "started");
  record.ended = get<double>(head, "ended");

  Outcome& outcome = record.outcome;
  outcome.state = state_of(get<std::string>(head, "state"));
  outcome.message = get<std::string>(head, "message");
  outcome.best_epoch = get<int64_t>(head, "best_epoch", -1);
  for (const auto& [metric, value] : group_values(file, "results"))
    if (const double* number = std::get_if<double>(&value)) outcome.results[metric] = *number;
  outcome.baselines = read_baselines(file);
  if (h5::exists(file, layout::kDetails)) {
    const h5::Id details = h5::open_group(file, layout::kDetails);
    for (const std::string& part : h5::dataset_names(details.get())) outcome.details[part] = h5::read_text(details.get(), part);
  }

  const h5::Id metrics = h5::open_group(file, layout::kMetrics);
  record.epochs = h5::read_series(metrics.get(), layout::kEpochs);
  const h5::Id steps(H5Dopen2(metrics.get(), layout::kSteps, H5P_DEFAULT), H5Dclose, layout::kSteps);
  if (options.steps) {
    record.steps = h5::read_series(metrics.get(), layout::kSteps);
  } else {
    record.steps.columns = h5::read_attribute_texts(steps.get(), "columns");
  }
  if (h5::exists(file, layout::kLive)) {
    read_live(file, record, options);
  } else if (options.log) {
    record.log = read_log(file);
  }
  if (record.epochs.columns.size() < 3 || record.steps.columns.size() < 3)
    throw StoreError("the metrics lack the columns epoch, step and seconds");
  spec.epoch_metrics.assign(record.epochs.columns.begin() + 3, record.epochs.columns.end());
  spec.step_metrics.assign(record.steps.columns.begin() + 3, record.steps.columns.end());
  record.epochs_done = record.epochs.rows();
  record.steps_logged = options.steps ? record.steps.rows() : h5::shape_of(steps.get()).at(0);
  if (record.epochs_done > 0) record.seconds = record.epochs.at(record.epochs_done - 1, 2);

  if (options.states && h5::exists(file, layout::kStates)) {
    record.states = h5::read_arrays(h5::open_group(file, layout::kStates).get());
    for (const Array& state : record.states) spec.states.push_back({state.name, {state.shape.begin() + 1, state.shape.end()}});
  }
  if (options.weights && h5::exists(file, "weights")) {
    const h5::Id weights = h5::open_group(file, "weights");
    outcome.last = h5::read_arrays(h5::open_group(weights.get(), "last").get());
    outcome.best = h5::read_arrays(h5::open_group(weights.get(), "best").get());
  }
  return record;
}

}  // namespace

std::string_view to_string(TrialState state) {
  switch (state) {
    case TrialState::queued: return "queued";
    case TrialState::running: return "running";
    case TrialState::stale: return "stale";
    case TrialState::failed: return "failed";
    case TrialState::pruned: return "pruned";
    case TrialState::done: return "done";
  }
  return "stale";
}

// Tabs part the fields and a line ends an event, so both are escaped within a text.
std::string log_line(const Event& event) {
  std::string line = fmt::format("{:.6f}\t{}\t", event.time, to_string(event.level));
  for (const char c : event.text) {
    if (c == '\n') line += "\\n";
    else if (c == '\\') line += "\\\\";
    else line += c;
  }
  return line + '\n';
}

std::vector<Event> parse_log(std::string_view lines) {
  std::vector<Event> events;
  for (size_t end; (end = lines.find('\n')) != std::string_view::npos; lines.remove_prefix(end + 1)) {
    const std::string_view line = lines.substr(0, end);
    const size_t first = line.find('\t');
    const size_t second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    if (second == std::string_view::npos) continue;  // torn by a kill
    Event event{std::strtod(std::string(line.substr(0, first)).c_str(), nullptr),
                level_of(line.substr(first + 1, second - first - 1)), ""};
    for (size_t i = second + 1; i < line.size(); ++i) {
      if (line[i] == '\\' && i + 1 < line.size()) event.text += line[++i] == 'n' ? '\n' : line[i];
      else event.text += line[i];
    }
    events.push_back(std::move(event));
  }
  return events;
}

TrialRecord load_trial(const std::filesystem::path& path, const ReadOptions& options) {
  std::error_code missing;
  if (!std::filesystem::exists(path, missing)) throw UserError(fmt::format("{}: no such file", path.string()));
  try {
    const h5::Id file = h5::open_file(path);
    if (get<std::string>(h5::read_attributes(file.get()), "format") != kTrialFormat)
      throw UserError(fmt::format("{}: is not a trial file of recur", path.string()));
    return read_open(file.get(), path, options);
  } catch (const StoreError& error) {
    if (!h5::is_hdf5(path)) throw UserError(fmt::format("{}: is not a trial file of recur", path.string()));
    throw StoreError(fmt::format("{}: cannot be read: {}", path.string(), error.what()));
  }
}

}  // namespace recur::store
