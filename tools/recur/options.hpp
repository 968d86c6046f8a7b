// Options that several verbs have in common, and what they come to.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json/value.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include "recur/exec/engine.hpp"
#include "recur/plugin/registry.hpp"

namespace recur::tool {

struct Output {
  bool json = false;   // one JSON document on stdout in place of text
  bool quiet = false;  // no messages on stderr but errors
};

void add_output(CLI::App& verb, Output& output);
void add_results(CLI::App& verb, std::filesystem::path& root);
void add_plugins(CLI::App& verb, std::vector<std::string>& plugins);
void add_engine(CLI::App& verb, std::string& engine);

// A line on stderr, unless quiet.
void say(const Output& output, const std::string& text);
// A JSON document on stdout, with a line end.
void print(const boost::json::value& document);
// JSON has no NaN: null.
boost::json::value number(double value);

// Scans. A plugin file that was named on the command line has to load: UserError.
plugin::Registry open_registry(const std::vector<std::string>& plugins);

// $XDG_CACHE_HOME/recur or ~/.cache/recur, made if need be; "" where there is none.
std::filesystem::path cache_directory();
// What was measured about programs on this machine, by earlier runs too.
std::filesystem::path path_memory_file();
// "recorded", "lowered"; none for "faster".
exec::PathChoice engine_choice(const std::string& engine);

}  // namespace recur::tool
