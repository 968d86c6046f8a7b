#include "recur/store/checkpoint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checkpoint_file.hpp"
#include "disk_thread.hpp"

namespace recur::store {
namespace {

template <class T>
const T& scalar(const Values& scalars, std::string_view name, std::string_view type) {
  const auto it = scalars.find(std::string(name));
  if (it == scalars.end()) throw StoreError(fmt::format("the checkpoint lacks '{}'", name));
  const T* value = std::get_if<T>(&it->second);
  if (value == nullptr)
    throw StoreError(fmt::format("the checkpoint's '{}' is {}, not {}", name, to_string(it->second), type));
  return *value;
}

}  // namespace

const Array& Checkpoint::array(std::string_view name) const {
  const auto it = std::find_if(arrays.begin(), arrays.end(), [&](const Array& array) { return array.name == name; });
  if (it == arrays.end()) throw StoreError(fmt::format("the checkpoint lacks the array '{}'", name));
  return *it;
}

int64_t Checkpoint::integer(std::string_view name) const { return scalar<int64_t>(scalars, name, "an integer"); }
double Checkpoint::real(std::string_view name) const { return scalar<double>(scalars, name, "a real number"); }
bool Checkpoint::flag(std::string_view name) const { return scalar<bool>(scalars, name, "true or false"); }
const std::string& Checkpoint::text(std::string_view name) const {
  return scalar<std::string>(scalars, name, "a text");
}
bool Checkpoint::has(std::string_view name) const { return scalars.contains(std::string(name)); }

Checkpoint read_checkpoint(const std::filesystem::path& file) {
  return DiskThread::instance().run([&] { return load_checkpoint(file); });
}

}  // namespace recur::store
