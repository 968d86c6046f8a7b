#include <fmt/format.h>

#include <memory>

#include "options.hpp"
#include "recur/sweep/registry_cells.hpp"
#include "verb.hpp"

namespace recur::tool {

void add_schema(CLI::App& app, Action& chosen) {
  auto plugins = std::make_shared<std::vector<std::string>>();
  CLI::App* verb = app.add_subcommand("schema", "the JSON schema of definitions, with the hyper-parameters of every cell found");
  add_plugins(*verb, *plugins);
  verb->footer("Example:\n  recur schema > recur.schema.json\n\n"
               "An editor with a YAML language server checks and completes definitions that begin with\n"
               "  # yaml-language-server: $schema=recur.schema.json");
  verb->callback([plugins, &chosen] {
    chosen = [plugins] {
      fmt::print("{}", sweep::definition_schema(*sweep::cells_of(open_registry(*plugins))));
      return kOk;
    };
  });
}

}  // namespace recur::tool
