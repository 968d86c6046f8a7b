#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <utility>

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

namespace json = boost::json;

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

struct Measured {
  std::string input;  // the file; "" where sequences are generated
  Metrics metrics;
  std::map<std::string, std::string> details;  // by part
};

// The file that a part has to itself, else the main one; "" where sequences are generated.
std::string measured_file(const data::TaskOptions& task, const std::string& part) {
  std::string file = sweep::data_file(task);
  data::for_each_data_file(task, [&](const std::string& key, const std::string& path) {
    if (key == "task.data." + part && !path.empty()) file = path;
  });
  return file;
}

// The parts of the data set that the trial was trained on.
Measured on_own_data(const Arguments& arguments, const Trained& trained, exec::PathMemory& paths) {
  const data::TaskOptions options = find_data(trained);
  Measured measured{measured_file(options, arguments.part), {}, {}};
  const std::vector<std::string> changed = changed_data(trained, options);
  const std::shared_ptr<const data::Task> task = data::make_task(options);
  if (!(task->encoding() == trained.encoding))
    throw UserError(fmt::format("{}: has changed since the trial was trained on it; give it with --input to measure on all of it",
                                changed.empty() ? measured.input : changed.front()));
  for (const std::string& file : changed) say(arguments.trained.output, fmt::format("Note: {} has changed since the trial was trained on it", file));
  for (const data::Part part : parts_of(arguments.part)) {
    train::Evaluation of_part = train::evaluate(*task, part, trained.network, trained.weights, trained.definition.train.batch, paths, {},
                                                 trained.record.spec.seed, static_cast<uint64_t>(trained.record.spec.replicate));
    measured.metrics.merge(of_part.metrics);
    if (!of_part.details.empty()) measured.details[std::string(to_string(part))] = std::move(of_part.details);
  }
  return measured;
}

void print_text(const Measured& measured, const Trained& trained, const Output& output) {
  report::Table table({{"metric"}, {trained.record.spec.variant, report::Align::right}});
  for (const auto& [metric, value] : measured.metrics) table.add_row({metric, report::format_number(value)});
  say(output, fmt::format("{} on {}", trained.record.spec.name, measured.input.empty() ? "generated sequences" : measured.input));
  fmt::print("{}", table.text(table_style()));
  for (const auto& [part, text] : measured.details) fmt::print("\nIn detail, on the {} part\n{}", part, indented(text));
}

json::object to_json(const Measured& measured, const Trained& trained) {
  json::object metrics, details;
  for (const auto& [metric, value] : measured.metrics) metrics[metric] = number(value);
  for (const auto& [part, text] : measured.details) details[part] = text;
  return {{"trial", trained.record.spec.name}, {"input", measured.input}, {"metrics", std::move(metrics)}, {"details", std::move(details)}};
}

int evaluate(const Arguments& arguments) {
  const plugin::Registry registry = open_registry(arguments.trained.plugins);
  const Trained trained = load_trained(arguments.trained, registry);
  exec::PathMemory paths(path_memory_file());
  const std::string& input = arguments.input;
  const Measured measured = input.empty() ? on_own_data(arguments, trained, paths) : Measured{input, evaluate_input(input, trained, paths), {}};
  if (arguments.trained.output.json) print(to_json(measured, trained));
  else print_text(measured, trained, arguments.trained.output);
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
