// A checkpoint: everything with which a training goes on to the same bits as if it had never stopped.
//
// The trainer fills arrays, scalars and numbers under names of its own choice; the TrialWriter adds the rows of
// metrics up to this moment. Written to a file beside its final place, synced, and renamed, so that at every
// moment, also after a power cut, the file is whole: the previous checkpoint or this one.
//
// Threading: values. read_checkpoint may be called from any thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "recur/store/values.hpp"

namespace recur::store {

struct Checkpoint {
  std::vector<Array> arrays = {};  // "weights/W", "best/W", "adam.m/W", ...: unique names
  Values scalars = {};             // epoch, step, positions of streams, counters, scheduler state
  std::map<std::string, std::vector<double>> numbers = {};  // doubles in a row, where a scalar does not do

  // Filled by TrialWriter::checkpoint; what was appended before it.
  Series epochs = {};
  Series steps = {};
  std::vector<Array> states = {};

  // Throw StoreError naming what is missing or has another type.
  const Array& array(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  bool flag(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  bool has(std::string_view scalar) const;
};

// Throws UserError for a path that is no checkpoint, StoreError for one that is damaged.
Checkpoint read_checkpoint(const std::filesystem::path& file);

}  // namespace recur::store
