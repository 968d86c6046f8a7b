// HDF5's C API as owned ids and exceptions, and the few shapes of data that recur's files are made of.
// To be called on the disk thread only.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "recur/store/values.hpp"

namespace recur::store::h5 {

// Throws StoreError: "`doing`: why", with the system's own words ("No space left on device") where there are any.
[[noreturn]] void fail(const std::string& doing);

// An id that closes what it names.
class Id {
 public:
  Id() = default;
  Id(hid_t id, herr_t (*closer)(hid_t), const std::string& doing);  // throws where id is an error
  Id(Id&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Id& operator=(Id&& other) noexcept;
  ~Id();

  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  // Closes now. For files, whose data may be written only here; throws where that fails.
  void close(const std::string& doing);
  // Never closes it.
  void abandon() { id_ = -1; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

inline void check(herr_t status, const std::string& doing) {
  if (status < 0) fail(doing);
}

// A new file; refuses one that exists. `live` is the format that single-writer-multiple-readers mode needs,
// else the oldest format that holds the data, which the most programs read.
Id create_file(const std::filesystem::path& path, bool live);
// Opens for reading, also what another process is writing or was killed over. Throws StoreError.
Id open_file(const std::filesystem::path& path);
// False for what is missing or not HDF5.
bool is_hdf5(const std::filesystem::path& path);

Id create_group(hid_t at, const std::string& name);
Id open_group(hid_t at, const std::string& name);
bool exists(hid_t at, const std::string& name);  // one link, no path

// Attributes: bool as h5py stores it (an enum FALSE, TRUE of int8), int64, double, UTF-8 text.
void write_attribute(hid_t at, const std::string& name, const Value& value);
void write_attribute(hid_t at, const std::string& name, const std::vector<std::string>& texts);
void write_attributes(hid_t at, const Values& values);
Values read_attributes(hid_t at);  // scalars only
std::vector<std::string> read_attribute_texts(hid_t at, const std::string& name);

void write_text(hid_t at, const std::string& name, const std::string& text);  // scalar
std::string read_text(hid_t at, const std::string& name);
void write_texts(hid_t at, const std::string& name, const std::vector<std::string>& texts);  // [n]
std::vector<std::string> read_texts(hid_t at, const std::string& name);

void write_doubles(hid_t at, const std::string& name, std::span<const double> values,
                   const std::vector<hsize_t>& shape);
void write_integers(hid_t at, const std::string& name, std::span<const int64_t> values);
std::vector<double> read_doubles(hid_t at, const std::string& name);
std::vector<int64_t> shape_of(hid_t dataset);
std::vector<std::string> dataset_names(hid_t at);  // paths of all datasets below a group

// A dataset [rows, columns] with the attribute "columns".
void write_series(hid_t at, const std::string& name, const Series& series);
Series read_series(hid_t at, const std::string& name);

// The attribute of an array that keeps its place among those of its group.
inline constexpr const char* kOrder = "order";

// Arrays below the group `at`, each under its name; the attribute "order" keeps their order.
void write_arrays(hid_t at, std::span<const Array> arrays);
std::vector<Array> read_arrays(hid_t at);

}  // namespace recur::store::h5
