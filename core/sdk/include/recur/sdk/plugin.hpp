// RECUR_CELL and RECUR_PLUGIN: the descriptor and the entry point of a plugin. Every call of the host enters through a
// function here that is noexcept and turns exceptions into a status with a message.
#pragma once

#include <recur/sdk/cell.hpp>
#include <recur/sdk/layer.hpp>

#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <type_traits>

#define RECUR_SDK_VERSION "1.0.0"

namespace recur {
namespace detail {

template <class F>
recur_status guarded(const recur_host* host, F function) noexcept {
  try {
    function();
    return RECUR_OK;
  } catch (const HostRefused&) {
    return RECUR_ERROR;  // the host has said why
  } catch (const std::exception& error) {
    host->set_error(error.what());
  } catch (...) {
    host->set_error("threw something that is not a std::exception");
  }
  return RECUR_ERROR;
}

template <class T>
struct Trampolines {
  static recur_status create(const recur_host* host, recur_recorder* recorder, const recur_config* config,
                             void** instance) noexcept {
    return guarded(host, [&] {
      if (host->struct_size < offsetof(recur_host, updates)) throw Error("needs a newer recur than this one");  // what 1.1 added is asked for where used
      Build build{.host = host, .recorder = recorder, .config = config, .input = config->input, .hidden = config->hidden, .hypers = {}};
      const BuildScope scope(build);
      auto made = std::make_unique<T>();
      made->ready();
      made->declare_to(host, recorder);
      *instance = made.release();
    });
  }

  static void destroy(void* instance) noexcept { delete static_cast<T*>(instance); }

  static recur_status record_step(void* instance, const recur_host* host, recur_recorder* recorder, recur_var x,
                                  const recur_var* states, uint32_t count, recur_var* output, recur_var* next) noexcept {
    return guarded(host, [&] {
      const CallScope scope(host, recorder);
      static_cast<T*>(instance)->record(Var::from_id(x), states, count, output, next);
    });
  }

  static recur_status record_sequence(void* instance, const recur_host* host, recur_recorder* recorder, recur_var x,
                                      const recur_var* states, uint32_t count, recur_var lengths, recur_var resets,
                                      recur_var* y, recur_var* final_states) noexcept {
    return guarded(host, [&] {
      const CallScope scope(host, recorder);
      static_cast<T*>(instance)->record(Var::from_id(x), states, count, Var::from_id(lengths), Var::from_id(resets), y,
                                        final_states);
    });
  }

  static uint32_t lowering(void* instance, recur_lowering* out) noexcept {
    const std::optional<LoweringSpec>& spec = static_cast<T*>(instance)->lowering();
    if (!spec || out->struct_size < sizeof(recur_lowering)) return 0;
    *out = {out->struct_size, spec->primitive, spec->layer, spec->iter, spec->bias};
    return 1;
  }

  static uint32_t levels(void* instance) noexcept
    requires std::is_base_of_v<Layer, T>
  {
    return static_cast<T*>(instance)->Layer::levels();  // T may have members of that name
  }

  static uint32_t density(void* instance, recur_density* out) noexcept
    requires std::is_base_of_v<Cell, T>
  {
    const std::optional<recur_density>& given = static_cast<T*>(instance)->Cell::density();
    if (!given || out->struct_size < sizeof(recur_density)) return 0;
    *out = *given;
    return 1;
  }

  static const void* get_extension(const char* id) noexcept {
    static constexpr recur_lowering_extension extension{sizeof(recur_lowering_extension), &lowering};
    if (std::strcmp(id, RECUR_EXTENSION_LOWERING) == 0) return &extension;
    if constexpr (std::is_base_of_v<Layer, T>) {
      static constexpr recur_segments_extension segments{sizeof(recur_segments_extension), &levels};
      if (std::strcmp(id, RECUR_EXTENSION_SEGMENTS) == 0) return &segments;
    } else {
      static constexpr recur_density_extension densities{sizeof(recur_density_extension), &density};
      if (std::strcmp(id, RECUR_EXTENSION_DENSITY) == 0) return &densities;
    }
    return nullptr;
  }
};

// A descriptor and what its pointers point at.
struct Description {
  recur_cell_descriptor descriptor{};
  std::vector<HyperSpec> specs;
  std::vector<std::vector<const char*>> choices;
  std::vector<recur_hyper> hypers;
};

inline void fill_hypers(Description& to) {
  to.choices.reserve(to.specs.size());
  for (const HyperSpec& spec : to.specs) {
    std::vector<const char*>& choices = to.choices.emplace_back();
    for (const std::string& choice : spec.choices) choices.push_back(choice.c_str());
    recur_hyper hyper{};
    hyper.struct_size = sizeof(hyper);
    hyper.type = static_cast<uint32_t>(spec.type);
    hyper.name = spec.name.c_str();
    hyper.help = spec.help.c_str();
    hyper.fallback = {static_cast<uint32_t>(spec.type), spec.integer, spec.real, spec.text.c_str()};
    hyper.min = spec.range.min;
    hyper.max = spec.range.max;
    hyper.choices = choices.empty() ? nullptr : choices.data();
    hyper.choice_count = static_cast<uint32_t>(choices.size());
    to.hypers.push_back(hyper);
  }
  to.descriptor.hypers = to.hypers.data();
  to.descriptor.hyper_count = static_cast<uint32_t>(to.hypers.size());
}

// The hyper-parameters are known from an instance made without a host. One that refuses the sizes of the description
// (64, 64) still has declared what came before; the host meets the refusal itself when it makes one.
template <class T>
std::vector<HyperSpec> collect_hypers() {
  Build build;
  const BuildScope scope(build);
  try {
    const T scratch;
  } catch (const std::exception&) {
  }
  return std::move(build.hypers);
}

}  // namespace detail

// One cell or layer that a plugin offers. Texts are literals.
template <class T>
std::unique_ptr<detail::Description> offer(const char* id, const char* version, const char* summary,
                                           const char* citation = "", const char* notes = nullptr) {
  static_assert(std::is_base_of_v<Cell, T> || std::is_base_of_v<Layer, T>, "derive from recur::Cell or recur::Layer");
  auto made = std::make_unique<detail::Description>();
  made->specs = detail::collect_hypers<T>();
  recur_cell_descriptor& d = made->descriptor;
  d.struct_size = sizeof(d);
  d.kind = T::kKind;
  d.id = id;
  d.version = version;
  d.summary = summary;
  d.citation = citation;
  d.notes = notes;
  d.create = &detail::Trampolines<T>::create;
  d.destroy = &detail::Trampolines<T>::destroy;
  d.get_extension = &detail::Trampolines<T>::get_extension;
  if constexpr (std::is_base_of_v<Cell, T>) {
    d.record_step = &detail::Trampolines<T>::record_step;
  } else {
    d.record_sequence = &detail::Trampolines<T>::record_sequence;
  }
  detail::fill_hypers(*made);
  return made;
}

namespace detail {

struct PluginDescription {
  std::vector<std::unique_ptr<Description>> cells;
  std::vector<const recur_cell_descriptor*> pointers;
  recur_plugin plugin{};
};

template <class... Offers>
PluginDescription describe(const char* source, Offers... offers) {
  PluginDescription made;
  (made.cells.push_back(std::move(offers)), ...);
  for (const std::unique_ptr<Description>& cell : made.cells) {
    cell->descriptor.source = source;
    made.pointers.push_back(&cell->descriptor);
  }
  made.plugin = {sizeof(recur_plugin), RECUR_ABI_MAJOR, RECUR_ABI_MINOR, RECUR_SDK_VERSION,
                 "g++ " __VERSION__ ", " __DATE__, made.pointers.data(), static_cast<uint32_t>(made.pointers.size())};
  return made;
}

}  // namespace detail
}  // namespace recur

// RECUR_PLUGIN(recur::offer<A>("a", "1.0.0", "summary", "citation"), recur::offer<B>(...)): a plugin's cells. Once a plugin.
#define RECUR_PLUGIN(...)                                                                                     \
  extern "C" __attribute__((visibility("default"))) const recur_plugin* recur_plugin_entry_v1(void) noexcept { \
    try {                                                                                                     \
      static const ::recur::detail::PluginDescription made = ::recur::detail::describe(__FILE__, __VA_ARGS__); \
      return &made.plugin;                                                                                    \
    } catch (...) {                                                                                           \
      return nullptr;                                                                                         \
    }                                                                                                         \
  }

// RECUR_CELL(Type, "id", "version", "summary", "citation"): a plugin of one cell; RECUR_LAYER of one layer.
#define RECUR_CELL(Type, ...) RECUR_PLUGIN(::recur::offer<Type>(__VA_ARGS__))
#define RECUR_LAYER(Type, ...) RECUR_PLUGIN(::recur::offer<Type>(__VA_ARGS__))
