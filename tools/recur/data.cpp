#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "data_files.hpp"
#include "options.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"
#include "recur/report/table.hpp"
#include "recur/sweep/definition.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const char* const kDefinitions = "experiments";

struct Arguments {
  std::string what;  // a set, a folder of sets, or a directory of definitions
  std::string definitions;
  Output output;
};

// A path that definitions name.
struct Use {
  Known known;
  FoundFile found;
  std::set<std::string> definitions;
};
using Uses = std::map<std::string, Use>;  // by path as written

// What is there of a set.
struct Stock {
  const DataSet* set = nullptr;
  std::vector<FoundFile> files;  // in the set's order
  std::set<std::string> definitions;

  size_t count(FileState state) const {
    return static_cast<size_t>(std::count_if(files.begin(), files.end(), [&](const FoundFile& file) { return file.state == state; }));
  }
  std::string state() const {
    if (count(FileState::differs) > 0) return "differs";
    if (count(FileState::missing) == files.size()) return "missing";
    return count(FileState::missing) > 0 ? "incomplete" : "verified";
  }
};

std::string folder_of(const DataSet& set) {
  const std::string path(set.files.front().path);
  return path.substr(0, path.find('/'));
}

// The set of a name, or all sets of a folder.
std::vector<const DataSet*> sets_named(const std::string& name) {
  std::vector<const DataSet*> sets;
  for (const DataSet& set : data_sets())
    if (set.name == name) return {&set};
  for (const DataSet& set : data_sets())
    if (folder_of(set) == name) sets.push_back(&set);
  return sets;
}

std::vector<fs::path> definitions_below(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory))
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// A file of a set is named as below a directory of RECUR_DATA, or, for those in the repository, by where it is beside the definition.
Known known_of(const std::string& written, const fs::path& beside, const fs::path& root) {
  if (const Known known = known_file(written); known.set != nullptr) return known;
  return known_file((beside / written).lexically_relative(root).generic_string());
}

Uses uses_below(const fs::path& root, DataFiles& files, const Output& output) {
  Uses uses;
  if (root.empty()) return uses;
  for (const fs::path& file : definitions_below(root)) {
    try {
      const sweep::Definition definition = sweep::load_definition(file.string(), {.find_files = false});
      data::for_each_data_file(definition.task, [&](const std::string&, const std::string& written) {
        if (written.empty()) return;
        const Known known = known_of(written, file.parent_path(), root);
        Use& use = uses[written];
        use.definitions.insert(file.string());
        if (use.found.state != FileState::missing) return;
        use.known = known;
        use.found = files.find(written, file.parent_path().string(), known.file,
                               data::data_may_be_folders(definition.task) ? config::DataPath::file_or_directory : config::DataPath::file);
      });
    } catch (const UserError& error) {
      say(output, fmt::format("Left out: {}", error.messages().front()));
    }
  }
  return uses;
}

std::string source_of(const Known& known) {
  return known.set == nullptr ? "put it beside the definition or into a directory of RECUR_DATA" : std::string(known.set->source);
}

json::object to_json(const std::string& path, const Use& use) {
  const bool present = use.found.state != FileState::missing;
  return {{"path", path},
          {"present", present},
          {"file", use.found.file},
          {"source", present ? "" : source_of(use.known)},
          {"definitions", json::array(use.definitions.begin(), use.definitions.end())},
          {"set", use.known.set == nullptr ? "" : use.known.set->name},
          {"state", to_string(use.found.state)}};
}

json::object to_json(const Stock& stock) {
  json::array files;
  for (size_t i = 0; i < stock.files.size(); ++i) {
    const FoundFile& found = stock.files[i];
    files.push_back(json::object{{"path", stock.set->files[i].path},
                                 {"present", found.state != FileState::missing},
                                 {"file", found.file},
                                 {"state", to_string(found.state)},
                                 {"sha256", stock.set->files[i].sha256},
                                 {"sha256_there", found.sha256}});
  }
  return {{"name", stock.set->name},       {"use", stock.set->use},
          {"about", stock.set->about},     {"state", stock.state()},
          {"licence", stock.set->licence}, {"doubt", stock.set->doubt},
          {"source", stock.set->source},   {"get", stock.set->get},
          {"files", std::move(files)},     {"definitions", json::array(stock.definitions.begin(), stock.definitions.end())}};
}

// One row a set, then what definitions name besides.
void print_list(const std::vector<Stock>& stocks, const Uses& uses) {
  report::Table table({{"set"}, {"state"}, {"files", report::Align::right}, {"where, or where to get it"}, {"licence"}, {"definitions", report::Align::right}});
  for (const Stock& stock : stocks) {
    const size_t missing = stock.count(FileState::missing);
    std::string where(stock.set->source);
    for (const FoundFile& found : stock.files)
      if (!found.file.empty()) where = fs::path(found.file).parent_path().string();
    table.add_row({std::string(stock.set->name), stock.state(),
                   missing == 0 ? std::to_string(stock.files.size()) : fmt::format("{} of {}", stock.files.size() - missing, stock.files.size()), where,
                   fmt::format("{}{}", stock.set->licence, stock.set->doubt.empty() ? "" : " (doubt)"),
                   stock.definitions.empty() ? "-" : std::to_string(stock.definitions.size())});
  }
  fmt::print("{}", table.text(whole_lines()));
  report::Table others({{"other data"}, {"state"}, {"where"}, {"used by"}});
  for (const auto& [path, use] : uses)
    if (use.known.set == nullptr)
      others.add_row({path, std::string(to_string(use.found.state)), use.found.file.empty() ? source_of(use.known) : use.found.file,
                      fmt::format("{}", fmt::join(use.definitions, ", "))});
  if (others.rows() > 0) fmt::print("\n{}", others.text(whole_lines()));
  fmt::print("\n`recur data NAME` tells of one set where it comes from, what its licence allows, and where each file is.\n");
}

void print_set(const Stock& stock) {
  const DataSet& set = *stock.set;
  fmt::print("{}: {}\n\n", set.name, set.about);
  report::Table facts({{"what"}, {"which"}});
  facts.add_row({"state", stock.state()});
  facts.add_row({"used for", std::string(set.use)});
  facts.add_row({"licence", std::string(set.licence)});
  if (!set.doubt.empty()) facts.add_row({"doubt", std::string(set.doubt)});
  facts.add_row({"source", std::string(set.source)});
  if (!set.get.empty()) facts.add_row({"made by", std::string(set.get)});
  if (!stock.definitions.empty()) facts.add_row({"used by", fmt::format("{}", fmt::join(stock.definitions, ", "))});
  fmt::print("{}\n", facts.text(whole_lines("  ")));
  report::Table files({{"file"}, {"state"}, {"where"}, {"sha256"}});
  for (size_t i = 0; i < stock.files.size(); ++i)
    files.add_row({std::string(set.files[i].path), std::string(to_string(stock.files[i].state)), stock.files[i].file.empty() ? "-" : stock.files[i].file,
                   std::string(set.files[i].sha256)});
  fmt::print("{}", files.text(whole_lines("  ")));
  if (stock.count(FileState::missing) > 0) fmt::print("\nPut what is missing, under these paths, into a directory of RECUR_DATA.\n");
  fmt::print("\n");
}

// A file in a known file's place that is another: results on it would not be comparable.
void refuse_others(const std::vector<Stock>& stocks, const Uses& uses) {
  std::map<std::string, std::string> wrong;  // by file
  const auto add = [&](const DataSet& set, const KnownFile& known, const FoundFile& found) {
    if (found.state == FileState::differs)
      wrong[found.file] = fmt::format("{}: is not {} of {}: its SHA-256 is {}, not {}; get it again, `recur data {}` tells where", found.file, known.path,
                                      set.name, found.sha256, known.sha256, set.name);
  };
  for (const Stock& stock : stocks)
    for (size_t i = 0; i < stock.files.size(); ++i) add(*stock.set, stock.set->files[i], stock.files[i]);
  for (const auto& [path, use] : uses)
    if (use.known.set != nullptr) add(*use.known.set, *use.known.file, use.found);
  std::vector<std::string> messages;
  for (const auto& [file, message] : wrong) messages.push_back(message);
  if (!messages.empty()) throw UserError(messages);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const DataSet& set : data_sets()) names.emplace_back(set.name);
  return names;
}

int data_verb(const Arguments& arguments) {
  std::vector<const DataSet*> chosen;
  fs::path root = arguments.definitions;
  if (!arguments.what.empty()) chosen = sets_named(arguments.what);
  if (chosen.empty() && !arguments.what.empty()) {
    if (!fs::is_directory(arguments.what))
      throw UserError(fmt::format("{}: no such directory, and no data set of that name{}", arguments.what, suggestion(arguments.what, names())));
    root = arguments.what;
  }
  if (!arguments.definitions.empty() && !fs::is_directory(root))
    throw UserError(fmt::format("{}: no such directory; name one that holds definitions", arguments.definitions));
  if (root.empty() && fs::is_directory(kDefinitions)) root = kDefinitions;

  DataFiles files({root.empty() ? "." : root.string()});
  Uses uses = uses_below(root, files, arguments.output);
  const bool all = chosen.empty();
  if (all)
    for (const DataSet& set : data_sets()) chosen.push_back(&set);
  std::erase_if(uses, [&](const auto& use) { return !all && std::find(chosen.begin(), chosen.end(), use.second.known.set) == chosen.end(); });
  std::vector<Stock> stocks;
  for (const DataSet* set : chosen) {
    Stock stock{set, {}, {}};
    for (const KnownFile& file : set->files) stock.files.push_back(files.find(file));
    for (const auto& [path, use] : uses)
      if (use.known.set == set) stock.definitions.insert(use.definitions.begin(), use.definitions.end());
    stocks.push_back(std::move(stock));
  }

  if (arguments.output.json) {
    json::array data, sets;
    for (const auto& [path, use] : uses) data.push_back(to_json(path, use));
    for (const Stock& stock : stocks) sets.push_back(to_json(stock));
    print(json::object{{"data", std::move(data)}, {"sets", std::move(sets)}});
  } else if (all) {
    print_list(stocks, uses);
  } else {
    for (const Stock& stock : stocks) print_set(stock);
  }
  refuse_others(stocks, uses);
  return kOk;
}

}  // namespace

void add_data(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("data", "the known data sets: present and as they should be, or missing and where to get them");
  verb->add_option("WHAT", arguments->what, "a data set or a folder of them, told in full; or a directory of definitions in place of experiments");
  verb->add_option("--definitions", arguments->definitions, "where definitions that use the sets are looked for (default: experiments)")->type_name("DIR");
  add_output(*verb, arguments->output);
  verb->footer("Nothing is fetched. A file whose SHA-256 is not the known one is told, with exit code 2.\n\n"
               "Example:\n  recur data\n  recur data experiments\n  recur data tiny_shakespeare\n  recur data ucr");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return data_verb(*arguments); }; });
}

}  // namespace recur::tool
