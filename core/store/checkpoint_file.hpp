// Checkpoints on the disk. To be called on the disk thread only.
#pragma once

#include <filesystem>
#include <span>

#include "recur/store/checkpoint.hpp"

namespace recur::store {

// The rows are given apart because the trial's record owns them. Throws StoreError; the old checkpoint then stays.
void replace_checkpoint(const std::filesystem::path& file, const Checkpoint& state, const Series& epochs,
                        const Series& steps, std::span<const Array> states);

Checkpoint load_checkpoint(const std::filesystem::path& file);

}  // namespace recur::store
