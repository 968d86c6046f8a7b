// Where data sets that are too large or not free enough for the repository come from.
#pragma once

#include <array>
#include <string_view>

namespace recur::tool {

struct DataSource {
  std::string_view path;  // as definitions name it
  std::string_view where;
};

inline constexpr std::array kDataSources{
    DataSource{"tiny_shakespeare/input.txt",
               "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt, saved as tiny_shakespeare/input.txt in a "
               "directory of RECUR_DATA"},
};

}  // namespace recur::tool
