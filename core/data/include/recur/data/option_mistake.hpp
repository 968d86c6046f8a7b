// What ties options of a definition together and is wrong, though each by itself is as described.
#pragma once

#include <string>

namespace recur::data {

struct OptionMistake {
  std::string key;   // of the definition: task.split.fold
  std::string what;  // and the remedy
};

}  // namespace recur::data
