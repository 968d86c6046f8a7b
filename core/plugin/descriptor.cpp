#include "descriptor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "abi_struct.hpp"
#include "recur/error/error.hpp"
#include "recur/plugin/hypers.hpp"

namespace recur::plugin {
namespace {

std::string required(const char* text, const char* what) {
  if (text == nullptr) throw UserError(fmt::format("{} is null", what));
  if (*text == 0) throw UserError(fmt::format("{} is empty", what));
  return text;
}
std::string optional(const char* text) { return text == nullptr ? "" : text; }

// 1.2.3, and after it -rc.1 or +build (semver.org, 2.0.0).
bool is_semantic(std::string_view version) {
  const auto digits = [](char c) { return c >= '0' && c <= '9'; };
  for (int part = 0; part < 3; ++part) {
    const size_t count = static_cast<size_t>(std::find_if_not(version.begin(), version.end(), digits) - version.begin());
    if (count == 0) return false;
    version.remove_prefix(count);
    if (part == 2) break;
    if (!version.starts_with('.')) return false;
    version.remove_prefix(1);
  }
  if (version.empty()) return true;
  const auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '+'; };
  return version.size() > 1 && (version[0] == '-' || version[0] == '+') && std::all_of(version.begin(), version.end(), fits);
}

HyperInfo read_hyper(const recur_hyper& given) {
  HyperInfo hyper;
  hyper.name = required(given.name, "the name of a hyper-parameter");
  const std::string of = fmt::format("hyper-parameter '{}'", hyper.name);
  if (!id_problem(hyper.name).empty()) throw UserError(of + ": " + id_problem(hyper.name));
  hyper.help = optional(given.help);
  if (given.type > RECUR_CHOICE) throw UserError(fmt::format("{} has the unknown type {}", of, given.type));
  hyper.type = static_cast<recur_type>(given.type);
  if (given.fallback.type != given.type) throw UserError(of + ": its default has another type than it");
  hyper.min = given.min;
  hyper.max = given.max;
  for (uint32_t i = 0; i < given.choice_count; ++i) hyper.choices.push_back(required(given.choices[i], "a choice"));
  switch (hyper.type) {
    case RECUR_BOOL: hyper.fallback = given.fallback.integer != 0; break;
    case RECUR_INT: hyper.fallback = given.fallback.integer; break;
    case RECUR_REAL: hyper.fallback = given.fallback.real; break;
    case RECUR_CHOICE: hyper.fallback = required(given.fallback.text, "the default of a choice"); break;
  }
  const bool numeric = hyper.type == RECUR_INT || hyper.type == RECUR_REAL;
  if (numeric && !(hyper.min <= hyper.max)) throw UserError(fmt::format("{}: its range from {} to {} is empty", of, hyper.min, hyper.max));
  CellInfo alone;
  alone.hypers = {hyper};
  const std::vector<HyperMistake> mistakes = check_hypers(alone, {{hyper.name, hyper.fallback}});
  if (!mistakes.empty()) throw UserError(fmt::format("{}: its default {}", of, mistakes[0].message));
  return hyper;
}

void read_hypers(const recur_cell_descriptor& descriptor, CellInfo* info) {
  if (descriptor.hyper_count > 0 && descriptor.hypers == nullptr) throw UserError("its list of hyper-parameters is null");
  const auto* at = reinterpret_cast<const std::byte*>(descriptor.hypers);
  for (uint32_t i = 0; i < descriptor.hyper_count; ++i) {
    const auto* given = reinterpret_cast<const recur_hyper*>(at);
    if (given->struct_size < kHyperSizeV1) throw UserError(fmt::format("recur_hyper of {} bytes; ABI 1.0 has {}", given->struct_size, kHyperSizeV1));
    info->hypers.push_back(read_hyper(read_struct(given)));
    for (size_t k = 0; k + 1 < info->hypers.size(); ++k)
      if (info->hypers[k].name == info->hypers.back().name)
        throw UserError(fmt::format("hyper-parameter '{}' is declared twice", info->hypers.back().name));
    at += descriptor.hypers->struct_size;
  }
}

// Fills what can be read before it throws, so that a row can name the cell.
void read_cell(const recur_cell_descriptor* given, LoadedCell* cell) {
  if (given == nullptr) throw UserError("a cell's descriptor is null");
  if (given->struct_size < kDescriptorSizeV1)
    throw UserError(fmt::format("recur_cell_descriptor of {} bytes; ABI 1.0 has {}: build the plugin again", given->struct_size, kDescriptorSizeV1));
  cell->descriptor = read_struct(given);
  const recur_cell_descriptor& descriptor = cell->descriptor;
  CellInfo& info = cell->info;
  const std::string id = required(descriptor.id, "a cell's id");
  if (!id_problem(id).empty()) throw UserError(fmt::format("the id '{}' {}", id, id_problem(id)));
  info.id = id;
  info.version = required(descriptor.version, "its version");
  if (!is_semantic(info.version)) throw UserError(fmt::format("its version '{}' is not of the form 1.2.3", info.version));
  info.summary = required(descriptor.summary, "its summary");
  info.citation = optional(descriptor.citation);
  info.source = optional(descriptor.source);
  info.notes = optional(descriptor.notes);
  if (descriptor.kind > RECUR_LAYER) throw UserError(fmt::format("it has the unknown kind {}", descriptor.kind));
  info.kind = static_cast<recur_kind>(descriptor.kind);
  if (descriptor.create == nullptr || descriptor.destroy == nullptr) throw UserError("it lacks create or destroy");
  if (info.kind == RECUR_CELL && descriptor.record_step == nullptr) throw UserError("it is a cell without record_step");
  if (info.kind == RECUR_LAYER && descriptor.record_sequence == nullptr) throw UserError("it is a layer without record_sequence");
  read_hypers(descriptor, &info);
}

}  // namespace

std::string id_problem(const std::string& id) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  if (!std::all_of(id.begin(), id.end(), fits)) return "may hold lower case letters, digits, '_' and '-' only";
  return "";
}

LoadedPlugin read_plugin(const recur_plugin* given, const std::filesystem::path& file) {
  if (given == nullptr) throw UserError(RECUR_PLUGIN_ENTRY " returned no description");
  constexpr uint32_t kWithVersion = 8;  // struct_size, abi_major, abi_minor
  if (given->struct_size >= kWithVersion && given->abi_major != RECUR_ABI_MAJOR)
    throw UserError(fmt::format("made for plugin ABI {}.{}, this recur has {}.{}: build the plugin again against this recur's SDK",
                                given->abi_major, given->abi_minor, RECUR_ABI_MAJOR, RECUR_ABI_MINOR));
  if (given->struct_size < kPluginSizeV1)
    throw UserError(fmt::format("recur_plugin of {} bytes; ABI 1.0 has {}: build the plugin again", given->struct_size, kPluginSizeV1));
  const recur_plugin plugin = read_struct(given);
  if (plugin.cells == nullptr || plugin.cell_count == 0) throw UserError("it offers no cell");
  LoadedPlugin loaded;
  loaded.sdk_version = optional(plugin.sdk_version);
  loaded.build_stamp = optional(plugin.build_stamp);
  loaded.abi_major = plugin.abi_major;
  loaded.abi_minor = plugin.abi_minor;
  for (uint32_t i = 0; i < plugin.cell_count; ++i) {
    LoadedCell cell;
    cell.file = file;
    try {
      read_cell(plugin.cells[i], &cell);
      loaded.cells.push_back(std::move(cell));
    } catch (const UserError& error) {
      loaded.unsound.push_back(std::move(cell.info));
      loaded.problems.emplace_back(error.what());
    }
  }
  return loaded;
}

}  // namespace recur::plugin
