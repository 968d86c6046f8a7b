#include "usage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "recur/error/suggest.hpp"

namespace recur::tool {

std::vector<std::string> verbs(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) names.push_back(verb->get_name());
  return names;
}

std::vector<std::string> options(const CLI::App& verb) {
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::string unknown_verb(const CLI::App& app, const std::string& given) {
  return fmt::format("recur: unknown verb '{}'{}", given, suggestion(given, verbs(app)));
}

std::string explain(const CLI::ParseError& error, const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  const CLI::App& verb = chosen.empty() ? app : *chosen.back();
  const std::string name = chosen.empty() ? "recur" : "recur " + verb.get_name();
  const std::vector<std::string> rest = verb.remaining();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !rest.empty()) {
    const auto option = std::find_if(rest.begin(), rest.end(), [](const std::string& each) { return each.size() > 1 && each[0] == '-'; });
    if (option == rest.end()) return fmt::format("{}: unexpected argument '{}'; {} --help shows what it takes", name, rest.front(), name);
    const std::string given = option->substr(0, option->find('='));
    return fmt::format("{}: unknown option '{}'{}", name, given, suggestion(given, options(verb)));
  }
  std::string what = error.what();
  std::replace(what.begin(), what.end(), '\n', ' ');
  return fmt::format("{}: {}; {} --help shows what it takes", name, what, name);
}

}  // namespace recur::tool
