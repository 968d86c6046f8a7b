// What trying one plugin file found out, and its form in JSON: what the child writes and the cache keeps.
//
// Threading: values.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <vector>

#include "recur/plugin/cell_info.hpp"

namespace recur::plugin {

struct CellReport {
  CellInfo info;
  std::string problem;  // "" for a sound cell
  std::string needs;    // the id of a cell that it asks for and that was not at hand; problem says so too
};

struct FileReport {
  std::string problem;  // of the file as a whole; then there are no cells
  std::string sdk_version, build_stamp;
  std::vector<CellReport> cells;
};

boost::json::value to_json(const FileReport& report);
// Throws std::exception where the value has another form.
FileReport report_from_json(const boost::json::value& value);

}  // namespace recur::plugin
