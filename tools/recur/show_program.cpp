#include "show_program.hpp"

#include <fmt/format.h>

#include <map>

#include "load_definition.hpp"
#include "options.hpp"
#include "recur/data/task.hpp"
#include "recur/error/error.hpp"
#include "recur/exec/engine.hpp"
#include "recur/ir/adjoint.hpp"
#include "recur/ir/passes.hpp"
#include "recur/model/network.hpp"
#include "recur/store/experiment.hpp"
#include "recur/sweep/encoding_text.hpp"
#include "recur/sweep/plan.hpp"
#include "recur/sweep/registry_cells.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

struct Subject {
  sweep::Definition definition;  // of one trial
  data::TaskSpec spec;
  data::BatchShape usual;  // of a batch
};

// Where neither the task nor --time says.
constexpr int64_t kUsualTime = 64;
constexpr int64_t kUsualSegment = 8;  // of the level below

data::BatchShape usual_shape(int64_t time, const data::TaskSpec& spec) {
  data::BatchShape shape{.time = time};
  for (int64_t l = 0, below = time; l < spec.levels; ++l)
    shape.segments[static_cast<size_t>(l)] = below = (below + kUsualSegment - 1) / kUsualSegment;
  return shape;
}

std::map<int64_t, int64_t> symbols_of(int64_t batch, int64_t time, const data::BatchShape& usual) {
  std::map<int64_t, int64_t> symbols{{ir::kBatch, batch}, {ir::kTime, time}};
  for (size_t l = 0; l < usual.segments.size(); ++l)
    if (usual.segments[l] > 0) symbols[RECUR_DIM_SEGMENTS(static_cast<int64_t>(l) + 1)] = usual.segments[l];
  return symbols;
}

// A definition's first point, with its data; a result's trial, with the encoding that it keeps.
Subject find_subject(const std::string& text, const std::filesystem::path& root, const ProgramArguments& arguments, const plugin::Registry& registry) {
  const std::filesystem::path path(text);
  if (path.extension() == ".yaml" || path.extension() == ".yml") {
    const sweep::Definition whole = load_definition(text, arguments.overrides, registry);
    const sweep::Definition trial = sweep::apply(whole, sweep::points(whole).front());
    // An override wins over the space: it is what was asked for.
    const sweep::Definition chosen = arguments.overrides.empty() ? trial : sweep::apply(whole, {});
    const std::shared_ptr<const data::Task> task = data::make_task(data::of_replicate(chosen.task, 0));
    return {chosen, task->spec(), task->batches(data::Part::train, chosen.train.batch)->shape(0)};
  }
  const store::ResultPath result = store::find_result(root, text);
  std::filesystem::path file = result.trial;
  if (file.empty()) {
    const store::ExperimentRecord experiment = store::read_experiment(result.directory);
    if (experiment.trials.empty()) throw UserError(fmt::format("{}: has no trial yet", result.directory.string()));
    file = experiment.trials.front().file;
  }
  const store::TrialRecord record = store::read_trial(file, store::kSummary);
  if (record.spec.encoding.empty()) throw UserError(fmt::format("{}: has not begun yet", file.string()));
  const sweep::Definition definition = sweep::parse_definition(record.spec.definition, file.string(), {.overrides = arguments.overrides, .cells = sweep::cells_of(registry), .find_files = false});
  // The data set itself is not needed: what it was is in the encoding.
  const data::Encoding encoding = sweep::read_encoding(record.spec.encoding);
  const int64_t time = encoding.kind == "forecast" ? encoding.window : encoding.kind == "language_model" ? definition.task.language_model.steps : kUsualTime;
  const data::TaskSpec spec = model::task_spec(encoding);
  return {definition, spec, usual_shape(time, spec)};
}

model::Purpose purpose_of(const std::string& phase) {
  if (phase == "train") return model::Purpose::kTrain;
  if (phase == "evaluate") return model::Purpose::kEvaluate;
  return phase == "predict" ? model::Purpose::kPredict : model::Purpose::kStep;
}

void print(const std::string& title, const std::string& listing) { fmt::print("==== {}\n{}\n", title, listing); }

}  // namespace

void add_program(CLI::App& verb, ProgramArguments& arguments) {
  verb.add_option("key=value", arguments.overrides, "with --program: keys of the definition that are set to another value");
  verb.add_option("--phase", arguments.phase, "of the program: train (default), evaluate, predict or step")
      ->check(CLI::IsMember({"train", "evaluate", "predict", "step"}))
      ->type_name("PHASE");
  verb.add_option("--pass", arguments.pass, "all (default): after every pass; before: as recorded; after: what runs, and its instructions")
      ->check(CLI::IsMember({"all", "before", "after"}))
      ->type_name("WHICH");
  verb.add_option("--batch", arguments.batch, "sequences, N (default: train.batch)")->check(CLI::PositiveNumber)->type_name("N");
  verb.add_option("--time", arguments.time, "steps, T (default: the window or steps of the task)")->check(CLI::PositiveNumber)->type_name("T");
  add_engine(verb, arguments.engine);
  add_plugins(verb, arguments.plugins);
}

int show_program(const std::string& subject, const std::filesystem::path& root, const ProgramArguments& arguments) {
  const plugin::Registry registry = open_registry(arguments.plugins);
  const Subject found = find_subject(subject, root, arguments, registry);
  const model::Network network(found.definition.model, found.spec, registry);
  const model::Purpose purpose = purpose_of(arguments.phase);
  const int64_t batch = arguments.batch > 0 ? arguments.batch : purpose == model::Purpose::kStep ? 1 : found.definition.train.batch;
  const int64_t time = arguments.time > 0 ? arguments.time : found.usual.time;
  const ir::Program bound = ir::bind(network.program(purpose), symbols_of(batch, time, found.usual));
  const bool all = arguments.pass == "all";
  if (arguments.pass != "after") print(fmt::format("recorded, N = {}, T = {}, {:.4g} FLOPs", batch, time, ir::flops(bound)), ir::print(bound));
  if (arguments.pass == "before") return kOk;

  const std::vector<std::string> parameters = network.layout()->names();
  const bool training = purpose == model::Purpose::kTrain;
  exec::PathMemory paths(path_memory_file());
  const exec::PathChoice choice = engine_choice(arguments.engine);
  const exec::Engine engine = training ? exec::compile_training(bound, 0, parameters, paths, choice) : exec::compile_inference(bound, parameters, paths, choice);

  ir::Program program = ir::clone(bound);
  if (engine.path == exec::Path::kLowered) {
    program = ir::lower(std::move(program), training);
    if (all) print("lowered to oneDNN's primitives", ir::print(program));
  }
  if (training) {
    program = ir::differentiate(program, 0, parameters);
    if (all) print("differentiated", ir::print(program));
  }
  std::vector<ir::PassResult> steps;
  program = ir::optimize(std::move(program), &steps);
  if (all)
    for (const ir::PassResult& step : steps) print("after " + step.name, ir::print(step.program));
  else print(fmt::format("after all passes, {:.4g} FLOPs", ir::flops(program)), ir::print(program));
  print(fmt::format("instructions, {} form, {} floats of memory", exec::to_string(engine.path), engine.native.arena_floats()), engine.native.listing());
  return kOk;
}

}  // namespace recur::tool
