#include "live_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

#include "atomic_file.hpp"
#include "process.hpp"
#include "trial_file.hpp"

namespace recur::store {
namespace {

constexpr hsize_t kEpochChunk = 64, kStepChunk = 512, kLogChunk = 4096;

// A dataset whose first dimension grows, empty.
h5::Id make_growing(hid_t at, const std::string& name, hid_t type, const std::vector<hsize_t>& row, hsize_t chunk_rows, const void* fill) {
  const auto rank = static_cast<int>(row.size() + 1);
  const auto rows = [&](hsize_t number) {
    std::vector<hsize_t> shape{number};
    shape.insert(shape.end(), row.begin(), row.end());
    return shape;
  };
  const std::vector<hsize_t> now = rows(0), most = rows(H5S_UNLIMITED), chunk = rows(chunk_rows);
  const h5::Id space(H5Screate_simple(rank, now.data(), most.data()), H5Sclose, name);
  const h5::Id how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, name);
  h5::check(H5Pset_chunk(how.get(), rank, chunk.data()), name);
  h5::check(H5Pset_fill_value(how.get(), type, fill), name);
  const h5::Id links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, name);
  h5::check(H5Pset_create_intermediate_group(links.get(), 1), name);
  return h5::Id(H5Dcreate2(at, name.c_str(), type, space.get(), links.get(), how.get(), H5P_DEFAULT), H5Dclose, name);
}

void make_table(hid_t at, const char* name, const std::vector<std::string>& columns, hsize_t chunk) {
  const double fill = std::nan("");
  const h5::Id set = make_growing(at, name, H5T_IEEE_F64LE, {columns.size()}, chunk, &fill);
  h5::write_attribute(set.get(), "columns", columns);
}

// In the form in which arrays are read: in groups by name, with their order.
void make_states(hid_t file, const std::vector<Array>& states) {
  if (states.empty()) return;
  const h5::Id group = h5::create_group(file, layout::kStates);
  const float fill = std::nanf("");
  int64_t order = 0;
  for (const Array& state : states) {
    const h5::Id set = make_growing(group.get(), state.name, H5T_IEEE_F32LE, {state.shape.begin() + 1, state.shape.end()}, 1, &fill);
    h5::write_attribute(set.get(), h5::kOrder, order++);
  }
}

// A text of fixed size that has its place in the file from the beginning; returns where.
haddr_t reserve(hid_t at, const char* name, size_t bytes) {
  const h5::Id type(H5Tcopy(H5T_C_S1), H5Tclose, name);
  h5::check(H5Tset_size(type.get(), bytes), name);
  h5::check(H5Tset_cset(type.get(), H5T_CSET_UTF8), name);
  const h5::Id space(H5Screate(H5S_SCALAR), H5Sclose, name);
  const h5::Id how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, name);
  h5::check(H5Pset_alloc_time(how.get(), H5D_ALLOC_TIME_EARLY), name);
  const h5::Id set(H5Dcreate2(at, name, type.get(), space.get(), H5P_DEFAULT, how.get(), H5P_DEFAULT), H5Dclose, name);
  const std::string empty(bytes, '\0');
  h5::check(H5Dwrite(set.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, empty.data()), name);
  return H5Dget_offset(set.get());
}

}  // namespace

LiveFile::LiveFile(const TrialRecord& record) : path_(record.file) {
  const std::filesystem::path temporary = begin_replacing(path_);
  try {
    file_ = h5::create_file(temporary, true);
    make(file_.get(), record);
    h5::check(H5Fstart_swmr_write(file_.get()), temporary.string());
    open(file_.get(), record);
    if (std::rename(temporary.c_str(), path_.c_str()) != 0) throw StoreError(std::strerror(errno));
  } catch (const StoreError& error) {
    close();
    begin_replacing(path_);
    throw StoreError(fmt::format("{}: cannot be begun: {}", path_.string(), error.what()));
  }
}

void LiveFile::make(hid_t file, const TrialRecord& record) {
  write_head(file, record, this_process());
  const h5::Id metrics = h5::create_group(file, layout::kMetrics);
  make_table(metrics.get(), layout::kEpochs, record.epochs.columns, kEpochChunk);
  make_table(metrics.get(), layout::kSteps, record.steps.columns, kStepChunk);
  make_states(file, record.states);
  const h5::Id live = h5::create_group(file, layout::kLive);
  const uint8_t blank = 0;
  make_growing(live.get(), layout::kLiveLog, H5T_STD_U8LE, {}, kLogChunk, &blank);
  state_at_ = reserve(live.get(), layout::kLiveState, layout::kStateBytes);
  message_at_ = reserve(live.get(), layout::kLiveMessage, layout::kMessageBytes);
}

void LiveFile::open(hid_t file, const TrialRecord& record) {
  const auto dataset = [&](const char* group, const std::string& name, std::vector<hsize_t> row, hid_t type) {
    const std::string path = fmt::format("{}/{}", group, name);
    return Dataset{h5::Id(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose, path), 0, std::move(row), type};
  };
  epochs_ = dataset(layout::kMetrics, layout::kEpochs, {record.epochs.columns.size()}, H5T_NATIVE_DOUBLE);
  steps_ = dataset(layout::kMetrics, layout::kSteps, {record.steps.columns.size()}, H5T_NATIVE_DOUBLE);
  log_ = dataset(layout::kLive, layout::kLiveLog, {}, H5T_NATIVE_UINT8);
  for (const Array& state : record.states) {
    states_.push_back(dataset(layout::kStates, state.name, {state.shape.begin() + 1, state.shape.end()}, H5T_NATIVE_FLOAT));
    append(states_.back(), state.values.data(), state.values.size());
  }
  append_epochs(record.epochs.values);
  append_steps(record.steps.values);
  std::string lines;
  for (const Event& event : record.log) lines += log_line(event);
  append_log(lines);
}

void LiveFile::append_states(std::span<const float> values) {
  size_t at = 0;
  for (Dataset& state : states_) {
    append(state, values.data() + at, state.row_size());
    at += state.row_size();
  }
}

size_t LiveFile::Dataset::row_size() const { return std::accumulate(row.begin(), row.end(), size_t{1}, std::multiplies<>()); }

void LiveFile::append(Dataset& set, const void* values, size_t count) {
  if (count == 0) return;
  const hsize_t added = count / set.row_size();
  std::vector<hsize_t> size{set.rows + added}, block{added}, from(set.row.size() + 1, 0);
  size.insert(size.end(), set.row.begin(), set.row.end());
  block.insert(block.end(), set.row.begin(), set.row.end());
  from[0] = set.rows;
  h5::check(H5Dset_extent(set.id.get(), size.data()), "append");
  const h5::Id in_file(H5Dget_space(set.id.get()), H5Sclose, "append");
  const h5::Id in_memory(H5Screate_simple(static_cast<int>(block.size()), block.data(), nullptr), H5Sclose, "append");
  h5::check(H5Sselect_hyperslab(in_file.get(), H5S_SELECT_SET, from.data(), nullptr, block.data(), nullptr), "append");
  h5::check(H5Dwrite(set.id.get(), set.type, in_memory.get(), in_file.get(), H5P_DEFAULT, values), "append");
  h5::check(H5Dflush(set.id.get()), "append");
  set.rows += added;
}

void LiveFile::close() {
  epochs_.id = h5::Id();
  steps_.id = h5::Id();
  log_.id = h5::Id();
  states_.clear();
  file_ = h5::Id();
}

void LiveFile::leave_as(TrialState state, const std::string& message) {
  for (h5::Id* id : {&epochs_.id, &steps_.id, &log_.id, &file_}) id->abandon();
  for (Dataset& state : states_) state.id.abandon();
  const int fd = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  std::string reason = message.substr(0, layout::kMessageBytes - 1);
  // Not to end within a character of UTF-8.
  while (reason.size() < message.size() && !reason.empty() &&
         (static_cast<unsigned char>(message[reason.size()]) & 0xC0U) == 0x80U)
    reason.pop_back();
  const std::string text(to_string(state));
  // The message first: a state without its message would say less than it should.
  if (pwrite(fd, reason.data(), reason.size(), static_cast<off_t>(message_at_)) >= 0 &&
      pwrite(fd, text.data(), text.size(), static_cast<off_t>(state_at_)) >= 0)
    fsync(fd);
  ::close(fd);
}

}  // namespace recur::store
