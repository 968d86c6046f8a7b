#include "show_states.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>

#include "recur/data/task.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"
#include "recur/report/heatmap.hpp"
#include "recur/train/trace.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace json = boost::json;

// Up to so many places of a state's first axis have a picture each, such as the heads of a memory; beyond, all are one picture.
constexpr int64_t kApart = 8;

// The task, and which of its sequences: with a length of its own one that is generated of that length.
data::TaskOptions task_with(const StatesArguments& arguments, const Trained& trained, train::TraceOptions& which) {
  data::TaskOptions options = find_data(trained);
  if (arguments.length == 0) return options;
  if (options.kind != "algorithm") throw UserError(fmt::format("--length is for generated sequences, and the trial is of kind {}; --sequence chooses one of its data", options.kind));
  if (which.part != data::Part::test) throw UserError("--length is of a test sequence; leave out --part");
  options.algorithm.test_lengths = {std::to_string(arguments.length)};
  options.algorithm.test = std::max(options.algorithm.test, which.sequence + 1);
  which.group = 1;  // the further length
  return options;
}

// What the trial kept after an epoch, counted from 1.
std::vector<train::Trace> kept(const StatesArguments& arguments, const Trained& trained) {
  const std::vector<store::Array>& states = trained.record.states;
  if (states.empty()) throw UserError(fmt::format("{}: has logged no states; a definition's log.states names those to be", trained.record.spec.name));
  const int64_t epochs = states.front().shape.front();
  if (arguments.epoch > epochs) throw UserError(fmt::format("{}: has states of {} epochs, not of epoch {}", trained.record.spec.name, epochs, arguments.epoch));
  std::vector<std::string> known;
  for (const store::Array& state : states) known.push_back(state.name);
  std::vector<train::Trace> traces;
  for (const std::string& name : arguments.names) {
    const size_t before = traces.size();
    for (const store::Array& state : states) {
      if (!train::is_meant(name, state.name)) continue;
      const size_t size = state.values.size() / static_cast<size_t>(epochs);
      const auto from = state.values.begin() + static_cast<std::ptrdiff_t>(size * static_cast<size_t>(arguments.epoch - 1));
      traces.push_back({state.name, {state.shape.begin() + 2, state.shape.end()}, {from, from + static_cast<std::ptrdiff_t>(size)}});
    }
    if (traces.size() == before) throw UserError(fmt::format("{}: has not logged '{}'{}", trained.record.spec.name, name, suggestion(name, known)));
  }
  return traces;
}

// What the trial's weights hold now.
std::vector<train::Trace> looked_at(const StatesArguments& arguments, const Trained& trained) {
  train::TraceOptions which{.part = data::part_named(arguments.part), .sequence = arguments.sequence};
  const data::TaskOptions options = task_with(arguments, trained, which);
  const std::shared_ptr<const data::Task> task = data::make_task(options);
  if (!(task->encoding() == trained.encoding)) throw UserError("the data have changed since the trial was trained on them, so its weights do not fit them");
  exec::PathMemory paths(path_memory_file());
  return train::trace(*task, trained.network, trained.weights, arguments.names, which, paths);
}

std::vector<report::Heatmap> pictures(const train::Trace& trace) {
  const int64_t apart = trace.dims.size() > 1 && trace.dims[0] <= kApart ? trace.dims[0] : 1;
  const int64_t rows = trace.size() / apart;
  std::vector<report::Heatmap> maps;
  for (int64_t a = 0; a < apart; ++a) {
    report::Heatmap map{apart > 1 ? fmt::format("{} {}", trace.name, a) : trace.name, rows, {}};
    for (int64_t t = 0; t < trace.steps(); ++t) {
      const auto from = trace.values.begin() + static_cast<std::ptrdiff_t>(t * trace.size() + a * rows);
      map.values.insert(map.values.end(), from, from + static_cast<std::ptrdiff_t>(rows));
    }
    maps.push_back(std::move(map));
  }
  return maps;
}

// The place of a value within a step, as "2 17".
std::string place(const train::Trace& trace, int64_t at) {
  std::vector<int64_t> index(trace.dims.size());
  for (size_t axis = trace.dims.size(); axis-- > 0; at /= trace.dims[axis]) index[axis] = at % trace.dims[axis];
  return fmt::format("{}", fmt::join(index, " "));
}

std::string as_csv(const std::vector<train::Trace>& traces) {
  std::string out = "state,step,index,value\n";
  for (const train::Trace& trace : traces)
    for (size_t i = 0; i < trace.values.size(); ++i) {
      const auto at = static_cast<int64_t>(i);
      out += fmt::format("{},{},{},{}\n", trace.name, at / trace.size() + 1, place(trace, at % trace.size()), trace.values[i]);
    }
  return out;
}

json::object as_json(const train::Trace& trace) {
  json::array steps;
  for (int64_t t = 0; t < trace.steps(); ++t) {
    json::array values;
    for (int64_t i = 0; i < trace.size(); ++i) values.push_back(number(static_cast<double>(trace.values[static_cast<size_t>(t * trace.size() + i)])));
    steps.push_back(std::move(values));
  }
  return {{"name", trace.name}, {"dims", json::array(trace.dims.begin(), trace.dims.end())}, {"values", std::move(steps)}};
}

void write(const std::filesystem::path& file, const std::string& text, const Output& output) {
  std::ofstream out(file, std::ios::binary);
  if (!(out << text << std::flush)) throw UserError(fmt::format("{}: cannot be written; give another path", file.string()));
  say(output, fmt::format("Written to {}", file.string()));
}

}  // namespace

void add_states(CLI::App& verb, StatesArguments& arguments) {
  CLI::Option* names = verb.add_option("--states", arguments.names,
                                       "what a trained model holds step by step while it reads one sequence: names of states (`recur cells ID` lists those of a "
                                       "cell), input, prediction, target; separated by commas")
                           ->delimiter(',')
                           ->type_name("NAME,...");
  verb.add_option("--part", arguments.part, "with --states: train, valid or test (default)")->check(CLI::IsMember({"train", "valid", "test"}))->type_name("PART")->needs(names);
  verb.add_option("--sequence", arguments.sequence, "with --states: which of the part, from 0 (default)")->check(CLI::NonNegativeNumber)->type_name("N")->needs(names);
  verb.add_option("--length", arguments.length, "with --states: of a sequence that is generated, where the task generates them")
      ->check(CLI::PositiveNumber)
      ->type_name("N")
      ->needs(names);
  verb.add_option("--weights", arguments.weights, "with --states: best (default) or last")->check(CLI::IsMember({"best", "last"}))->type_name("WHICH")->needs(names);
  verb.add_option("--epoch", arguments.epoch, "with --states: as the run logged them after this epoch, from 1 (log.states of the definition)")
      ->check(CLI::PositiveNumber)
      ->type_name("N")
      ->needs(names);
  verb.add_option("--svg", arguments.svg, "with --states: the pictures as a file")->type_name("FILE")->needs(names);
  verb.add_option("--csv", arguments.csv, "with --states: the numbers as a file: state, step, index, value")->type_name("FILE")->needs(names);
}

int show_states(TrainedArguments from, StatesArguments arguments) {
  from.weights = arguments.weights;
  const plugin::Registry registry = open_registry(from.plugins);
  const Trained trained = load_trained(from, registry);
  const std::vector<train::Trace> traces = arguments.epoch > 0 ? kept(arguments, trained) : looked_at(arguments, trained);
  if (arguments.epoch > 0 && trained.definition.log) {
    arguments.part = trained.definition.log->part;
    arguments.sequence = trained.definition.log->sequence;
  }
  std::vector<report::Heatmap> maps;
  for (const train::Trace& trace : traces)
    for (report::Heatmap& map : pictures(trace)) maps.push_back(std::move(map));
  if (!arguments.svg.empty()) write(arguments.svg, report::svg(maps), from.output);
  if (!arguments.csv.empty()) write(arguments.csv, as_csv(traces), from.output);
  const int64_t steps = traces.front().steps();
  if (from.output.json) {
    json::array states;
    for (const train::Trace& trace : traces) states.push_back(as_json(trace));
    print(json::object{{"trial", trained.record.spec.name}, {"epoch", arguments.epoch}, {"part", arguments.part}, {"sequence", arguments.sequence},
                       {"steps", steps}, {"states", std::move(states)}});
    return kOk;
  }
  fmt::print("{}: sequence {} of the {} part, {} steps, {}\n", trained.record.spec.name, arguments.sequence, arguments.part, steps,
             arguments.epoch > 0 ? fmt::format("after epoch {}", arguments.epoch) : arguments.weights + " weights");
  for (const report::Heatmap& map : maps) fmt::print("\n{}", report::shades(map, {.width = terminal_width(100), .height = 40}));
  return kOk;
}

}  // namespace recur::tool
