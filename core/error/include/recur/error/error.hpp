// The two kinds of failure, kept apart.
//
// UserError: something the user wrote or gave is wrong (a definition, a data file, a plugin, the command line).
// Its message is one line a mistake, each with place and remedy; the program prints it and exits with 2.
// InvariantError: recur itself is wrong. Thrown by RECUR_CHECK, whose message prints the values; exit code 1.
//
// Threading: values; no shared state.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace recur {

// Where a mistake stands. line and column count from 1; 0 means unknown and is not printed.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

// "file:line:column", leaving out what is unknown; "" for an empty place.
std::string to_string(const Place& place);

class UserError : public std::runtime_error {
 public:
  // message: what is wrong and what to do about it, one line, no full stop at the end.
  explicit UserError(std::string message);
  // Printed as "file:line:column: message".
  UserError(const Place& place, const std::string& message);
  // Several mistakes at once; each becomes a line. Requires at least one message.
  explicit UserError(const std::vector<std::string>& messages);

  const std::vector<std::string>& messages() const { return messages_; }

 private:
  std::vector<std::string> messages_;
};

class InvariantError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void fail_invariant(const char* file, int line, const char* condition, const std::string& values);

}  // namespace recur

// RECUR_CHECK(n == m, "n {} m {}", n, m): throws InvariantError with the values where the condition is false.
#define RECUR_CHECK(condition, ...)                                                               \
  do {                                                                                            \
    if (!(condition)) ::recur::fail_invariant(__FILE__, __LINE__, #condition, fmt::format(__VA_ARGS__)); \
  } while (false)
