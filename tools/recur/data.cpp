#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "data_sources.hpp"
#include "options.hpp"
#include "recur/config/data_path.hpp"
#include "recur/error/error.hpp"
#include "recur/report/table.hpp"
#include "recur/sweep/plan.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct Arguments {
  fs::path directory = "experiments";
  Output output;
};

struct DataSet {
  std::string file;  // where it is; "" where it is missing
  std::set<std::string> definitions;
};

std::vector<fs::path> definitions_below(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory))
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string where_to_get(const std::string& path) {
  for (const DataSource& source : kDataSources)
    if (source.path == path) return std::string(source.where);
  return "put it beside the definition or into a directory of RECUR_DATA";
}

int data_sets(const Arguments& arguments) {
  if (!fs::is_directory(arguments.directory)) throw UserError(fmt::format("{}: no such directory; name one that holds definitions", arguments.directory.string()));
  std::map<std::string, DataSet> sets;  // by path as written
  for (const fs::path& file : definitions_below(arguments.directory)) {
    try {
      const sweep::Definition definition = sweep::load_definition(file.string(), {.find_files = false});
      const std::string& written = sweep::data_file(definition.task);
      DataSet& set = sets[written];
      set.definitions.insert(file.string());
      if (set.file.empty()) set.file = config::find_data_file(written, {file.parent_path().string(), "."});
    } catch (const UserError&) {
      // A definition that cannot be read, or data that are not there: the one is told by `run`, the other in the table.
    }
  }
  json::array all;
  report::Table table({{"data"}, {"state"}, {"where"}, {"used by"}});
  for (const auto& [written, set] : sets) {
    const bool present = !set.file.empty();
    const std::vector<std::string> users(set.definitions.begin(), set.definitions.end());
    all.push_back(json::object{{"path", written}, {"present", present}, {"file", set.file}, {"source", present ? "" : where_to_get(written)},
                               {"definitions", json::array(users.begin(), users.end())}});
    table.add_row({written, present ? "present" : "missing", present ? set.file : where_to_get(written), fmt::format("{}", fmt::join(users, ", "))});
  }
  if (arguments.output.json) print(json::object{{"data", std::move(all)}});
  else fmt::print("{}", table.text(whole_lines()));
  return kOk;
}

}  // namespace

void add_data(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("data", "the data sets that definitions refer to: present or missing, and where to get them");
  verb->add_option("DIR", arguments->directory, "where definitions are looked for (default: experiments)");
  add_output(*verb, arguments->output);
  verb->footer("Example:\n  recur data experiments");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return data_sets(*arguments); }; });
}

}  // namespace recur::tool
