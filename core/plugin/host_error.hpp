// Errors on their way through the C boundary: a host function that fails keeps the reason for its thread, the plugin
// passes a status on, and whoever called the plugin throws.
#pragma once

#include <recur/abi.h>

#include <exception>
#include <string>
#include <utility>

#include "recur/error/error.hpp"

namespace recur::plugin {

struct HostError {
  std::string message;
  std::exception_ptr bug;  // anything but a UserError: it goes through unchanged
};
HostError& host_error();  // of the calling thread

// The body of a host function.
template <class F>
recur_status host_call(F function) noexcept {
  try {
    function();
    return RECUR_OK;
  } catch (const UserError& error) {
    host_error().message = error.what();
  } catch (...) {  // the boundary: nothing may be thrown through the plugin's frames
    host_error().bug = std::current_exception();
  }
  return RECUR_ERROR;
}

// Calls a function of a plugin that returns a status. where: "plugins/mgu.so: cell 'mgu': step".
template <class F>
void plugin_call(const std::string& where, F function) {
  host_error() = {};
  const recur_status status = function();
  if (status == RECUR_OK) return;
  HostError error = std::exchange(host_error(), {});
  if (error.bug) std::rethrow_exception(error.bug);
  throw UserError(where + ": " + (error.message.empty() ? "failed without saying why (status " + std::to_string(status) + ")" : error.message));
}

}  // namespace recur::plugin
