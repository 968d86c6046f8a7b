// What is wrong with a command line, in one line with the nearest name.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace recur::tool {

// The names of the verbs, in their order.
std::vector<std::string> verbs(const CLI::App& app);
// The long options of a verb: "--jobs".
std::vector<std::string> options(const CLI::App& verb);

std::string unknown_verb(const CLI::App& app, const std::string& given);
std::string explain(const CLI::ParseError& error, const CLI::App& app);

}  // namespace recur::tool
