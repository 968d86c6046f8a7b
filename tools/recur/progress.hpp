// What is shown while trials run, on stderr: a few lines that are redrawn on a terminal, else a line an event.
#pragma once

#include <memory>

#include "recur/sweep/runner.hpp"

namespace recur::tool {

enum class ProgressKind {
  kNone,
  kLines,    // a line for each trial that ends, and for each epoch of a single training
  kEpochs,   // also for each epoch of every trial, and what trials log
  kDisplay,  // redrawn in place
};

// plan: must outlive the listener.
std::unique_ptr<sweep::Listener> make_progress(ProgressKind kind, const sweep::Plan& plan);

}  // namespace recur::tool
