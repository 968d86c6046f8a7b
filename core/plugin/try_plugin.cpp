#include <fmt/format.h>

#include <memory>
#include <optional>

#include "descriptor.hpp"
#include "probe.hpp"
#include "recur/error/error.hpp"
#include "recur/plugin/cell_instance.hpp"

namespace recur::plugin {
namespace {

// The sizes a cell is made with: the first is shown; the others tell how its shapes depend on I and H.
struct Sizes {
  int64_t input, hidden;
};
constexpr Sizes kShown{8, 8}, kWider{16, 8}, kDeeper{8, 24}, kCheck{32, 16};

// a I + b H + c as people write it: "4H", "I+H", "3". nullopt where the dimension is not of that form.
std::optional<std::string> dimension(int64_t shown, int64_t wider, int64_t deeper, int64_t check) {
  const int64_t per_input = (wider - shown) / (kWider.input - kShown.input);
  const int64_t per_hidden = (deeper - shown) / (kDeeper.hidden - kShown.hidden);
  const int64_t rest = shown - per_input * kShown.input - per_hidden * kShown.hidden;
  const auto at = [&](Sizes sizes) { return per_input * sizes.input + per_hidden * sizes.hidden + rest; };
  if (per_input < 0 || per_hidden < 0 || rest < 0) return std::nullopt;
  if (at(kWider) != wider || at(kDeeper) != deeper || at(kCheck) != check) return std::nullopt;
  std::string text;
  const auto add = [&text](int64_t factor, const char* of) {
    if (factor == 0) return;
    if (!text.empty()) text += "+";
    if (factor != 1 || *of == 0) text += std::to_string(factor);
    text += of;
  };
  add(per_input, "I");
  add(per_hidden, "H");
  add(rest, "");
  return text;
}

std::string layout(const std::string& lead, const ir::Shape& shown, const ir::Shape& wider, const ir::Shape& deeper, const ir::Shape& check) {
  if (wider.size() != shown.size() || deeper.size() != shown.size() || check.size() != shown.size()) return "";
  std::string text = lead;
  for (size_t i = 0; i < shown.size(); ++i) {
    const std::optional<std::string> part = dimension(shown[i], wider[i], deeper[i], check[i]);
    if (!part) return "";
    text += (text.empty() ? "" : ", ") + *part;
  }
  return "[" + text + "]";
}

// Layouts are for people: a cell that cannot be made with the other sizes is sound all the same.
void add_layouts(CellInfo* info, const LoadedCell& cell, const FindCell& find) {
  try {
    const CellInstance wider(cell, kWider.input, kWider.hidden, {}, find), deeper(cell, kDeeper.input, kDeeper.hidden, {}, find),
        check(cell, kCheck.input, kCheck.hidden, {}, find);
    for (const CellInstance* other : {&wider, &deeper, &check})
      if (other->weights().size() != info->weights.size() || other->states().size() != info->states.size()) return;
    for (size_t i = 0; i < info->weights.size(); ++i)
      info->weights[i].layout = layout("", info->weights[i].dims, wider.weights()[i].dims, deeper.weights()[i].dims, check.weights()[i].dims);
    for (size_t i = 0; i < info->states.size(); ++i)
      info->states[i].layout = layout("N", info->states[i].dims, wider.states()[i].dims, deeper.states()[i].dims, check.states()[i].dims);
  } catch (const UserError&) {
  }
}

// In every phase, with everything that a layer may be given.
void record_fully(const CellInstance& instance) {
  for (const recur_phase phase : {RECUR_TRAIN, RECUR_EVALUATE, RECUR_GENERATE}) {
    ir::Builder builder;
    LayerInputs inputs;
    inputs.x = builder.input("x", {ir::kTime, ir::kBatch, instance.input()});
    inputs.lengths = builder.input("lengths", {ir::kBatch});
    inputs.resets = builder.input("resets", {ir::kTime, ir::kBatch});
    inputs.phase = phase;
    inputs.weights = [&](const std::string& name) {
      for (const WeightInfo& weight : instance.weights())
        if (weight.name == name) return builder.input(name, weight.dims);
      throw InvariantError("no weight " + name);
    };
    inputs.segments = segment_inputs(builder, instance.levels());
    inputs.updates = builder.input("updates", {});
    instance.record_layer(builder, inputs);
  }
}

// What was thrown, without the file and the cell, which the report names anyway.
std::string without_place(std::string message, const LoadedCell& cell) {
  const std::string prefix = fmt::format("{}: {} '{}': ", cell.file.string(), cell.info.kind == RECUR_CELL ? "cell" : "layer", cell.info.id);
  return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
}

class Others {
 public:
  explicit Others(const std::map<std::string, std::filesystem::path>& files) : files_(files) {}

  void add(const LoadedPlugin& plugin) {
    for (const LoadedCell& cell : plugin.cells) cells_.try_emplace(cell.info.id, std::make_unique<LoadedCell>(cell));
  }
  const LoadedCell& find(const std::string& id) {
    const auto file = files_.find(id);
    if (!cells_.contains(id) && file != files_.end()) add(open_plugin(file->second));
    const auto found = cells_.find(id);
    if (found != cells_.end()) return *found->second;
    missing_ = id;
    throw UserError(fmt::format("asks for cell '{}', which no plugin offers", id));
  }
  std::string take_missing() { return std::exchange(missing_, ""); }

 private:
  const std::map<std::string, std::filesystem::path>& files_;
  std::map<std::string, std::unique_ptr<LoadedCell>> cells_;
  std::string missing_;
};

}  // namespace

FileReport try_plugin(const std::filesystem::path& file, const std::map<std::string, std::filesystem::path>& others_files,
                      void (*enter)(const std::string& stage)) {
  FileReport report;
  enter("while loading");
  LoadedPlugin plugin;
  try {
    plugin = open_plugin(file);
  } catch (const UserError& error) {
    report.problem = error.what();
    return report;
  }
  report.sdk_version = plugin.sdk_version;
  report.build_stamp = plugin.build_stamp;
  Others others(others_files);
  others.add(plugin);
  const FindCell find = [&others](std::string_view id) -> const LoadedCell& { return others.find(std::string(id)); };

  for (const LoadedCell& cell : plugin.cells) {
    CellReport& to = report.cells.emplace_back();
    to.info = cell.info;
    try {
      enter(fmt::format("while recording '{}'", cell.info.id));
      const CellInstance instance(cell, kShown.input, kShown.hidden, {}, find);
      to.info.weights = instance.weights();
      to.info.states = instance.states();
      to.info.lowers_to = instance.lowers_to();
      record_fully(instance);
      add_layouts(&to.info, cell, find);
    } catch (const UserError& error) {
      to.problem = without_place(error.what(), cell);
      to.needs = others.take_missing();
    }
  }
  for (size_t i = 0; i < plugin.unsound.size(); ++i) report.cells.push_back({plugin.unsound[i], plugin.problems[i], ""});
  return report;
}

}  // namespace recur::plugin
