#include "cells.hpp"

#include <list>
#include <string>

#include "recur/error/error.hpp"

namespace recur::testing_cells {

const plugin::LoadedCell& find_cell(std::string_view id) {
  static const std::list<plugin::LoadedPlugin> plugins = [] {
    std::list<plugin::LoadedPlugin> loaded;
    for (const char* file : {RECUR_TEST_PLUGINS "/vanilla.so", RECUR_TEST_PLUGINS "/lstm.so", RECUR_TEST_PLUGINS "/gru.so",
                             RECUR_TEST_PLUGINS "/birnn.so", RECUR_TEST_PLUGINS "/ntm.so", RECUR_TEST_PLUGINS "/vrnn.so",
                             RECUR_TEST_PLUGINS "/hrnn.so", RECUR_TEST_PLUGINS "/hmlstm.so",
                             RECUR_TEST_FIXTURES "/mgu.so", RECUR_TEST_FIXTURES "/bidirectional.so",
                             RECUR_TEST_FIXTURES "/model/penalized.so"})
      loaded.push_back(plugin::load_plugin(file));
    return loaded;
  }();
  for (const plugin::LoadedPlugin& plugin : plugins)
    for (const plugin::LoadedCell& cell : plugin.cells)
      if (cell.info.id == id) return cell;
  throw UserError("unknown cell '" + std::string(id) + "'");
}

}  // namespace recur::testing_cells
