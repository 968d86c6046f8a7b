// The program recur: reads the command line, runs the verb, and turns what went wrong into a message and an exit code.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>

#include "recur/error/error.hpp"
#include "recur/store/values.hpp"
#include "usage.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

constexpr const char* kExamples =
    "Example:\n"
    "  recur run experiments/quickstart.yaml      train and compare three cells\n"
    "  recur compare quickstart                   the comparison again\n"
    "  recur VERB --help                          what a verb takes, with an example";

void add_verbs(CLI::App& app, Action& chosen) {
  add_run(app, chosen);
  add_compare(app, chosen);
  add_list(app, chosen);
  add_show(app, chosen);
  add_cells(app, chosen);
  add_generate(app, chosen);
  add_predict(app, chosen);
  add_evaluate(app, chosen);
  add_export(app, chosen);
  add_data(app, chosen);
  add_schema(app, chosen);
  add_doctor(app, chosen);
  add_completion(app, chosen);
}

int run(int argc, char** argv) {
  CLI::App app("A research platform for recurrent networks.", "recur");
  Action chosen;
  app.set_version_flag("--version", "recur " RECUR_VERSION, "print the version");
  app.get_formatter()->column_width(34);
  app.footer(kExamples);
  add_verbs(app, chosen);
  if (argc < 2) {
    fmt::print(stderr, "{}", app.help());
    return kUserError;
  }
  const std::string first = argv[1];
  const std::vector<std::string> known = verbs(app);
  if (!first.starts_with('-') && std::find(known.begin(), known.end(), first) == known.end()) {
    fmt::print(stderr, "{}\n", unknown_verb(app, first));
    return kUserError;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "{}\n", explain(error, app));
    return kUserError;
  }
  if (!chosen) {  // options without a verb
    fmt::print(stderr, "{}", app.help());
    return kUserError;
  }
  return chosen();
}

}  // namespace
}  // namespace recur::tool

int main(int argc, char** argv) {
  using namespace recur;
  try {
    const int code = tool::run(argc, argv);
    // A full disk or a closed pipe shows here at the latest.
    if (std::fflush(stdout) != 0) {
      fmt::print(stderr, "recur: the output could not be written\n");
      return tool::kInternalError;
    }
    return code;
  } catch (const UserError& error) {
    for (const std::string& message : error.messages()) fmt::print(stderr, "{}\n", message);
    return tool::kUserError;
  } catch (const store::StoreError& error) {
    fmt::print(stderr, "recur: {}\n", error.what());
    return tool::kInternalError;
  } catch (const std::exception& error) {
    fmt::print(stderr, "recur: internal error: {}\nPlease report this with the command, the definition and what `recur doctor` prints.\n",
               error.what());
    return tool::kInternalError;
  }
}
