#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <memory>

#include "evaluate_input.hpp"
#include "recur/data/task.hpp"
#include "recur/error/error.hpp"
#include "recur/report/table.hpp"
#include "recur/sweep/plan.hpp"
#include "recur/train/evaluation.hpp"
#include "terminal.hpp"
#include "trained.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

struct Arguments {
  TrainedArguments trained;
  std::string input;
  std::string part = "test";
};

std::vector<data::Part> parts_of(const std::string& name) {
  std::vector<data::Part> parts;
  for (const data::Part part : data::kParts)
    if (name == "all" || name == data::to_string(part)) parts.push_back(part);
  return parts;
}

// The parts of the data set that the trial was trained on.
Metrics on_own_data(const Arguments& arguments, const Trained& trained, exec::PathMemory& paths, std::string& file) {
  const data::TaskOptions options = data::of_replicate(find_data(trained), trained.record.spec.replicate);
  file = sweep::data_file(options);
  const std::shared_ptr<const data::Task> task = data::make_task(options);
  if (!(task->encoding() == trained.encoding))
    throw UserError(fmt::format("{}: has changed since the trial was trained on it; give it with --input to measure on all of it", file));
  Metrics metrics;
  for (const data::Part part : parts_of(arguments.part))
    metrics.merge(train::evaluate(*task, part, trained.network, trained.weights, trained.definition.train.batch, paths));
  return metrics;
}

int evaluate(const Arguments& arguments) {
  const plugin::Registry registry = open_registry(arguments.trained.plugins);
  const Trained trained = load_trained(arguments.trained, registry);
  exec::PathMemory paths(path_memory_file());
  std::string file = arguments.input;
  const Metrics metrics = file.empty() ? on_own_data(arguments, trained, paths, file) : evaluate_input(file, trained, paths);
  if (arguments.trained.output.json) {
    boost::json::object values;
    for (const auto& [metric, value] : metrics) values[metric] = number(value);
    print(boost::json::object{{"trial", trained.record.spec.name}, {"input", file}, {"metrics", std::move(values)}});
    return kOk;
  }
  report::Table table({{"metric"}, {trained.record.spec.variant, report::Align::right}});
  for (const auto& [metric, value] : metrics) table.add_row({metric, report::format_number(value)});
  say(arguments.trained.output, fmt::format("{} on {}", trained.record.spec.name, file));
  fmt::print("{}", table.text(table_style()));
  return kOk;
}

}  // namespace

void add_evaluate(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("evaluate", "measure trained weights on a part of their data, or on a new file");
  add_trained(*verb, arguments->trained);
  verb->add_option("--part", arguments->part, "train, valid, test (default) or all; of the data that it was trained on")
      ->check(CLI::IsMember({"train", "valid", "test", "all"}))
      ->type_name("PART");
  verb->add_option("--input", arguments->input, "a new CSV or text file, all of which is measured, with the scales or the vocabulary of the training")
      ->type_name("FILE");
  verb->footer("Example:\n  recur evaluate quickstart --part all");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return evaluate(*arguments); }; });
}

}  // namespace recur::tool
