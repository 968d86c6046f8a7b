// From a bound program to something that runs: differentiated where asked, optimised, and compiled in the form that is faster
// here: as recorded, or with its scans replaced by oneDNN's primitives where cells say that they equal one.
//
// Both forms compute the same function, but not the same bits. The primitive is taken where it is clearly faster. That is
// measured once for each program and remembered in a PathMemory, so that all trials of a process, and later processes
// that load the same memory, take the same form.
//
// Errors: InvariantError. Threading: functions may run on several threads with one PathMemory.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "recur/exec/native.hpp"
#include "recur/ir/program.hpp"

namespace recur::exec {

enum class Path { kRecorded, kLowered };
std::string_view to_string(Path path);

// What was found out about programs, by their fingerprint.
class PathMemory {
 public:
  PathMemory() = default;
  // Kept in a file as well: read now, written (whole, by rename) after each new decision. A file that cannot be read or written is no error.
  explicit PathMemory(std::filesystem::path file);

  // What is remembered for the fingerprint, or what `measure` returns; one measurement at a time in the process.
  Path decide(const std::string& fingerprint, const std::function<Path()>& measure);
  std::map<std::string, Path> decisions() const;

 private:
  mutable std::mutex mutex_;
  std::filesystem::path file_;
  std::map<std::string, Path> decisions_;
};

// Forces a path (benchmarks, conformance, --engine); none: the faster one.
using PathChoice = std::optional<Path>;

struct Engine {
  Native native;
  Path path;
};

// Outputs of the program as they are, then the gradients of output `loss` by each of the parameters and then of the further inputs, in
// their order. The parameters are weights: bind their memory with bind_input.
Engine compile_training(const ir::Program& bound, size_t loss, const std::vector<std::string>& parameters, PathMemory& memory,
                        PathChoice choice = {}, const std::vector<std::string>& further_inputs = {});
Engine compile_inference(const ir::Program& bound, const std::vector<std::string>& parameters, PathMemory& memory,
                         PathChoice choice = {});

}  // namespace recur::exec
