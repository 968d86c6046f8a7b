// The names of an experiment's files, and its index.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "recur/store/experiment.hpp"

namespace recur::store {

inline constexpr const char* kDefinitionFile = "definition.yaml";
inline constexpr const char* kIndexFile = "index.h5";
inline constexpr std::string_view kTrialSuffix = ".h5";
inline constexpr std::string_view kCheckpointSuffix = ".ckpt.h5";

// The trial files of a directory, by name.
std::vector<std::filesystem::path> trial_files(const std::filesystem::path& directory);

// Disk thread. Replaces the index by one of the given trials.
void replace_index(const std::filesystem::path& directory, const std::vector<TrialRecord>& trials);

}  // namespace recur::store
