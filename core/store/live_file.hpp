// A trial's file while the trial runs: HDF5 in single-writer-multiple-readers mode.
//
// In that mode nothing but rows can be added, so every object is made first, in a file beside the final place, which is
// renamed only once the mode is on: what is visible under the trial's name is readable at every instant.
// To be called on the disk thread only.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hdf5.hpp"
#include "recur/store/trial.hpp"

namespace recur::store {

class LiveFile {
 public:
  // Begins with the rows and the log of the record. Throws StoreError.
  explicit LiveFile(const TrialRecord& record);

  // values: whole rows. Flushed when this returns. Throw StoreError.
  void append_epochs(std::span<const double> values) { append(epochs_, values.data(), values.size()); }
  void append_steps(std::span<const double> values) { append(steps_, values.data(), values.size()); }
  // One row of every state, one state after the other.
  void append_states(std::span<const float> values);
  void append_log(std::string_view lines) { append(log_, lines.data(), lines.size()); }

  // Best effort, never throws: what could be written is there already.
  void close();
  // For a file that could not be written: leaves it as a kill would, and writes how the trial ended into the
  // bytes reserved for it, which needs no room on the disk. HDF5 keeps the file open to the end of the process, because
  // closing it would write once more, and in part, to a disk that is full.
  void leave_as(TrialState state, const std::string& message);

 private:
  struct Dataset {
    h5::Id id;
    hsize_t rows = 0;
    std::vector<hsize_t> row{};  // shape of a row; empty: a list
    hid_t type = -1;

    size_t row_size() const;  // values of a row
  };

  void make(hid_t file, const TrialRecord& record);
  void open(hid_t file, const TrialRecord& record);
  static void append(Dataset& set, const void* values, size_t count);

  std::filesystem::path path_;
  h5::Id file_;
  Dataset epochs_, steps_, log_;
  std::vector<Dataset> states_;
  haddr_t state_at_ = HADDR_UNDEF;
  haddr_t message_at_ = HADDR_UNDEF;
};

}  // namespace recur::store
