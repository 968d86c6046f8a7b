// Replacing a file so that at every moment, also after a power cut, the old or the new one is there, whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace recur::store {

// "x.h5" -> "x.h5.tmp", in the same directory. What a killed process left there is removed.
std::filesystem::path begin_replacing(const std::filesystem::path& file);

// What the new file must outlive to be worth its cost: syncing takes milliseconds, and what can be made again
// needs none.
enum class Outlives { kill, power_cut };

// Renames the temporary file over `file`; to outlive a power cut, syncs the file before and the directory after.
// Throws StoreError.
void commit_replacing(const std::filesystem::path& temporary, const std::filesystem::path& file,
                      Outlives what = Outlives::power_cut);

// Both, for text. Throws StoreError.
void replace_text(const std::filesystem::path& file, std::string_view text);

// The whole of a file. Throws StoreError.
std::string read_file(const std::filesystem::path& file);

}  // namespace recur::store
