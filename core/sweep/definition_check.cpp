#include "definition_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <utility>

#include "definition_keys.hpp"
#include "recur/config/data_path.hpp"
#include "recur/config/document.hpp"
#include "recur/config/reader.hpp"
#include "recur/data/algorithm.hpp"
#include "recur/data/classification.hpp"
#include "recur/data/density.hpp"
#include "recur/error/suggest.hpp"
#include "recur/model/network.hpp"

namespace recur::sweep {
namespace {

using config::Mistakes;
using config::Value;

constexpr size_t kLongestName = 100;

// A cell that can model its own input does so where the task asks for its density, unless the definition says otherwise. The network chooses the
// same where a hyper-parameter is not given; here each has its default already.
void choose_density(Definition& definition, const Value& tree, const Cells* cells) {
  if (cells == nullptr || (definition.task.kind != "density" && definition.task.kind != "anomaly")) return;
  const bool bernoulli = definition.task.kind == "density" && definition.task.density.format == "music";
  const auto cell = std::find_if(cells->begin(), cells->end(), [&](const Cell& each) { return each.id == definition.model.cell; });
  if (cell == cells->end()) return;
  using Distribution = data::OutputSpec::Distribution;
  for (const model::DensityHyper& wanted : model::density_hypers(bernoulli ? Distribution::bernoulli : Distribution::gaussian))
    for (const Hyper& hyper : cell->hyper)
      if (wanted.offered_by(hyper.name, hyper.field.choices) && tree.at("model.hyper." + hyper.name) == nullptr) definition.model.hyper[wanted.name] = wanted.value;
}

double valid_share(const data::TaskOptions& task) {
  if (task.kind == "language_model") return task.language_model.split.valid;
  if (task.kind == "classification") return task.classification.valid;
  if (task.kind == "tagging") return task.tagging.valid.empty() ? 0 : 1;
  if (task.kind == "music") return task.music.format == "midi" && task.music.valid.empty() ? 0 : 1;
  if (task.kind == "density") {
    const data::DensityOptions& density = task.density;
    return density.format == "music" ? 1 : density.valid_share;
  }
  if (task.kind == "anomaly") return task.anomaly.valid_share;
  if (task.kind == "algorithm") return static_cast<double>(task.algorithm.valid);
  return task.forecast.split.valid;
}

class Checker {
 public:
  Checker(Definition& definition, const Value& tree, const std::string& file, Mistakes& mistakes)
      : d_(definition), tree_(tree), file_(file), mistakes_(mistakes) {}

  void all(const Cells* cells) {
    name();
    if (cells != nullptr && cells->empty())
      wrong("model.cell", "no cell can be used; `recur cells` tells where plugins were looked for and why they did not load");
    if (d_.task.kind == "forecast") split(d_.task.forecast.split);
    if (d_.task.kind == "language_model") split(d_.task.language_model.split);
    if (d_.task.kind == "algorithm")
      for (const data::OptionMistake& mistake : data::mistakes_of(d_.task.algorithm)) wrong(mistake.key, mistake.what);
    if (d_.task.kind == "density") density(d_.task.density);
    if (d_.task.kind == "classification") fold(d_.task.classification);
    if (d_.task.kind == "classification")
      for (const data::OptionMistake& mistake : data::mistakes_of(d_.task.classification)) wrong(mistake.key, mistake.what);
    readout();
    if (d_.model.characters.hidden > 0 && !d_.task.kind.empty()) characters(cells);
    if (d_.model.dropout.words > 0) words();
    if (d_.model.crf && !d_.task.kind.empty() && d_.task.kind != "tagging")
      wrong("model.crf", fmt::format("is for tasks that tag every word of a sentence, and task.kind is {}; leave it out", d_.task.kind));
    if (d_.task.kind == "classification" && d_.task.classification.format == "documents") documents(d_.task.classification);
    if (d_.train.optimizer.kind == "sgd" && d_.train.optimizer.nesterov && d_.train.optimizer.momentum == 0)
      wrong("train.optimizer.nesterov", "needs train.optimizer.momentum above 0, such as 0.9");
    if (d_.train.early_stopping) metric("train.early_stopping.metric", d_.train.early_stopping->metric);
    if (d_.sweep) objective(d_.sweep->objective);
    if (const Value::Entry* hidden = tree_.at("model.hidden"); hidden != nullptr && d_.budget && hidden->place.file == config::kCommandLine.file)
      wrong("model.hidden", "budget.params decides the hidden size; add budget=null to choose it yourself");
  }

 private:
  void wrong(const std::string& path, const std::string& what) { mistakes_.add(place_in(tree_, file_, path), path, what); }

  // The name becomes a directory's.
  void name() {
    if (tree_.entry("name") == nullptr || d_.name.empty()) return;
    const auto allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    };
    if (!std::all_of(d_.name.begin(), d_.name.end(), allowed) || d_.name.front() == '.' || d_.name.front() == '-')
      wrong("name", fmt::format("'{}' cannot name a directory; use letters, digits, '-', '_' and '.', a letter or digit first", d_.name));
    else if (d_.name.size() > kLongestName)
      wrong("name", fmt::format("{} letters; use at most {}", d_.name.size(), kLongestName));
  }

  void split(const data::Split& split) {
    constexpr double kRounding = 1e-9;
    const double sum = split.train + split.valid + split.test;
    if (sum > 1 + kRounding)
      wrong("task.split", fmt::format("train, valid and test are {:.6g} + {:.6g} + {:.6g} = {:.6g}; they may sum to at most 1", split.train,
                                      split.valid, split.test, sum));
  }

  void density(const data::DensityOptions& o) {
    for (const data::OptionMistake& mistake : data::mistakes_of(o)) wrong(mistake.key, mistake.what);
    constexpr double kRounding = 1e-9;
    const double sum = o.train_share + o.valid_share + o.test_share;
    if (o.format == "csv" && sum > 1 + kRounding)
      wrong("task.data", fmt::format("train_share, valid_share and test_share sum to {:.6g}; they may sum to at most 1", sum));
    if (o.format == "csv" && o.importance_samples > 1 && o.warm_up > 0)
      wrong("task.importance_samples", "weighs whole sequences, but those of task.data.warm_up begin with steps that do not count; leave out one of them");
  }

  void fold(const data::ClassificationOptions& o) {
    if (o.folds == 1) wrong("task.split.folds", "one fold would leave nothing to learn from; give at least 2, or 0 for none");
    if (o.folds > 0 && o.fold > o.folds)
      wrong("task.split.fold", fmt::format("{} of {} folds; give 1 to {}", o.fold, o.folds, o.folds));
    if (o.folds == 0 && o.fold == 0) wrong("task.split.fold", "0 gives each replicate a fold of its own, but task.split.folds is 0; say how many folds there are");
    if (data::folds_are_replicates(d_.task) && d_.replicates > o.folds)
      wrong("replicates", fmt::format("{} replicates, but task.split.fold 0 gives each a fold of its own and there are {}; give 1 to {}", d_.replicates, o.folds, o.folds));
    if (o.folds > 0 && o.train_rows + o.test_rows > 0)
      wrong("task.split.folds", "takes the test part from all rows; leave out train_rows and test_rows, or folds");
    if (o.folds > 0 && (o.format == "ucr" || o.format == "idx"))
      wrong("task.split.folds", fmt::format("{} has a test file of its own; leave out folds", o.format));
  }

  void readout() {
    const bool one_output = d_.task.kind == "forecast" || d_.task.kind == "classification" ||
                            (d_.task.kind == "algorithm" && d_.task.algorithm.problem == "adding");
    if (d_.model.readout == "mean" && !one_output)
      wrong("model.readout", fmt::format("a {} has an output at every step; leave readout out", d_.task.kind));
  }

  void words() {
    const std::string& kind = d_.task.kind;
    const std::string& format = d_.task.classification.format;
    if (kind == "forecast" || kind == "music" || kind == "algorithm" || kind == "density" || kind == "anomaly")
      wrong("model.dropout.words", fmt::format("takes tokens for <unk>, and a task of kind {} has none; leave it out", kind));
    else if (kind == "classification" && (format == "ucr" || format == "idx" || format == "audio"))
      wrong("model.dropout.words", fmt::format("takes tokens for <unk>, and sequences of format {} are values; leave it out", format));
  }

  void characters(const Cells* cells) {
    if (d_.task.kind != "tagging")
      wrong("model.characters", fmt::format("is for tasks whose tokens are words of which the spelling is told, and task.kind is {}; leave it out", d_.task.kind));
    else if (d_.task.tagging.characters.length == 0)
      wrong("model.characters", "needs to know how words are spelled; set task.characters, such as task.characters=16");
    if (cells == nullptr) return;
    std::vector<std::string> ids;
    for (const Cell& cell : *cells) ids.push_back(cell.id);
    if (std::find(ids.begin(), ids.end(), d_.model.characters.cell) == ids.end())
      wrong("model.characters.cell", fmt::format("unknown cell '{}'{}", d_.model.characters.cell, suggestion(d_.model.characters.cell, ids)));
  }

  void documents(const data::ClassificationOptions& o) {
    for (const auto& [key, pattern] : {std::pair{"task.data.class_pattern", o.class_pattern}, std::pair{"task.data.fold_pattern", o.fold_pattern}}) {
      try {
        const std::regex expression(pattern);
      } catch (const std::regex_error& error) {
        wrong(key, fmt::format("'{}' is no regular expression: {}", pattern, error.what()));
      }
    }
    if (!o.fold_pattern.empty() && o.folds == 0) wrong("task.data.fold_pattern", "needs task.split.folds, the number of folds; give it, or leave the pattern out");
  }

  // A metric that decides something.
  bool metric(const std::string& path, const std::string& given) {
    const std::vector<std::string> names = metric_names(d_.task);
    if (names.empty() || given.empty()) return false;  // the task's kind is wrong, or the key: told already
    const size_t slash = given.find('/');
    const std::string part = given.substr(0, slash);
    const std::string name = slash == std::string::npos ? "" : given.substr(slash + 1);
    const bool known = std::find(names.begin(), names.end(), name) != names.end();
    if (part == "test") {
      wrong(path, fmt::format("'{}' would let the test part choose; use valid/{}", given, known ? name : names.front()));
      return false;
    }
    if ((part == "valid" || part == "train") && known) {
      if (part == "valid" && valid_share(d_.task) == 0)
        wrong(path, d_.task.kind == "tagging" || d_.task.kind == "music"
                        ? fmt::format("'{}' needs a validation part; give task.data.valid or use train/{}", given, name)
                    : d_.task.kind == "density" || d_.task.kind == "anomaly"
                        ? fmt::format("'{}' needs a validation part, but task.data.valid_share is 0; raise it or use train/{}", given, name)
                    : d_.task.kind == "algorithm"
                        ? fmt::format("'{}' needs a validation part, but task.sequences.valid is 0; raise it or use train/{}", given, name)
                        : fmt::format("'{}' needs a validation part, but task.split.valid is 0; raise it or use train/{}", given, name));
      return true;
    }
    std::vector<std::string> candidates;
    for (const char* each : {"valid/", "train/"})
      for (const std::string& metric_name : names) candidates.push_back(each + metric_name);
    const bool bare = std::find(names.begin(), names.end(), given) != names.end();
    wrong(path, fmt::format("unknown metric '{}'{}", given,
                            bare ? fmt::format("; did you mean 'valid/{}'?", given) : suggestion(given, candidates)));
    return false;
  }

  void objective(ObjectiveOptions& objective) {
    if (objective.metric.empty()) objective.metric = valid_share(d_.task) > 0 ? "valid/loss" : "train/loss";
    if (!metric("sweep.objective.metric", objective.metric)) return;
    const std::string natural = larger_is_better(objective.metric) ? "max" : "min";
    if (objective.goal.empty()) objective.goal = natural;
    if (objective.goal != natural)
      wrong("sweep.objective.goal", fmt::format("{} of {} would choose the worst; write {} or leave goal out", objective.goal,
                                                objective.metric, natural));
  }

  Definition& d_;
  const Value& tree_;
  const std::string& file_;
  Mistakes& mistakes_;
};

}  // namespace

void check(Definition& definition, const Value& tree, const std::string& file, const Cells* cells, Mistakes& mistakes) {
  choose_density(definition, tree, cells);
  Checker(definition, tree, file, mistakes).all(cells);
}

void find_files(Definition& definition, const Value& tree, const std::string& file, Mistakes& mistakes) {
  const auto directory = [](const std::string& of) {
    const std::string parent = std::filesystem::path(of).parent_path().string();
    return parent.empty() ? std::string(".") : parent;
  };
  const auto kind = data::data_may_be_folders(definition.task) ? config::DataPath::file_or_directory : config::DataPath::file;
  const auto look = [&](const std::string& path, std::string& value) {
    const Value::Entry* entry = tree.at(path);
    if (entry == nullptr || value.empty()) return;
    // A path on the command line starts where the command is given, one in a file beside that file.
    const bool in_file = entry->value.place.line > 0;
    std::vector<std::string> first{in_file ? directory(entry->value.place.file) : "."};
    if (const std::string beside = directory(file); beside != first.front()) first.push_back(beside);
    try {
      value = config::find_data_file(value, first, kind);
    } catch (const UserError& error) {
      for (const std::string& message : error.messages()) mistakes.add(entry->value.place, path, message);
    }
  };
  data::for_each_data_file(definition.task, look);
}

Place place_in(const Value& tree, const std::string& file, const std::string& path) {
  if (const Value::Entry* entry = tree.at(path))
    return entry->value.kind == Value::Kind::map ? entry->place : entry->value.place;
  for (size_t dot = path.rfind('.'); dot != std::string::npos && dot > 0; dot = path.rfind('.', dot - 1))
    if (const Value::Entry* group = tree.at(path.substr(0, dot))) return group->place;
  return {file};
}

std::vector<std::string> metric_names(const data::TaskOptions& task) {
  if (task.kind == "forecast") return {"loss", "rmse", "mae", "mase"};
  if (task.kind == "language_model")
    return {"loss", task.language_model.unit == "word" ? "bits_per_word" : "bits_per_character", "perplexity", "accuracy"};
  if (task.kind == "classification") return {"loss", "accuracy", "error", "macro_f1"};
  if (task.kind == "algorithm") {
    if (task.algorithm.problem == "adding") return {"loss", "mse"};
    if (task.algorithm.problem == "copy_memory" || task.algorithm.problem == "reber") return {"loss", "accuracy"};
    if (task.algorithm.problem == "addition") return {"loss", "sequence_accuracy", "digit_accuracy"};
    return {"loss", "bits_per_sequence", "accuracy"};
  }
  if (task.kind == "music") return {"loss", "nll", "frame_accuracy"};
  if (task.kind == "density" && task.density.importance_samples > 1) return {"loss", "nll", "importance_nll"};
  if (task.kind == "density" || task.kind == "anomaly") return {"loss", "nll"};
  if (task.kind == "tagging" && task.tagging.entities) return {"loss", "accuracy", "entity_precision", "entity_recall", "entity_f1"};
  if (task.kind == "tagging") return {"loss", "accuracy"};
  return {};
}

bool larger_is_better(const std::string& metric) {
  // A part may stand before the name, and what it was measured on behind it: test/accuracy/60.
  std::string name = metric;
  for (const char* part : {"train/", "valid/", "test/"})
    if (metric.starts_with(part)) name = metric.substr(std::string_view(part).size());
  name = name.substr(0, name.find('/'));
  for (const char* better : {"accuracy", "sequence_accuracy", "digit_accuracy", "frame_accuracy", "macro_f1", "f1", "precision", "recall", "roc_auc",
                             "average_precision", "threshold", "entity_precision", "entity_recall", "entity_f1"})
    if (name == better) return true;
  return false;
}

}  // namespace recur::sweep
