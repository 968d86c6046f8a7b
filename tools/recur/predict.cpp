#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <memory>

#include "recur/data/csv.hpp"
#include "recur/error/error.hpp"
#include "recur/report/table.hpp"
#include "recur/sweep/plan.hpp"
#include "recur/train/forecaster.hpp"
#include "terminal.hpp"
#include "trained.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

struct Arguments {
  TrainedArguments trained;
  std::string input;
};

int predict(const Arguments& arguments) {
  const plugin::Registry registry = open_registry(arguments.trained.plugins);
  const Trained trained = load_trained(arguments.trained, registry);
  const data::Encoding& encoding = trained.encoding;
  if (encoding.kind != "forecast")
    throw UserError(fmt::format("{}: is of kind {}, and predict continues series; {}", trained.record.file.string(), encoding.kind,
                                encoding.kind == "language_model" || encoding.kind == "music" ? "recur generate goes on with a text or a piece"
                                                                                              : "recur evaluate measures it on its own data"));
  const std::string file = arguments.input.empty() ? sweep::data_file(find_data(trained)) : arguments.input;
  const data::NumericTable table = data::read_csv(file, encoding.columns);
  exec::PathMemory paths(path_memory_file());
  const std::vector<double> values = train::Forecaster(trained.network, trained.weights, encoding, paths).forecast(table.values);

  if (arguments.trained.output.json) {
    boost::json::array steps;
    for (size_t h = 0; h < static_cast<size_t>(encoding.horizon); ++h) {
      boost::json::object step{{"step", h + 1}};
      for (size_t c = 0; c < encoding.columns.size(); ++c) step[encoding.columns[c]] = number(values[h * encoding.columns.size() + c]);
      steps.push_back(std::move(step));
    }
    print(boost::json::object{{"trial", trained.record.spec.name}, {"input", file}, {"rows", table.rows}, {"forecast", std::move(steps)}});
    return kOk;
  }
  std::vector<report::Table::Column> columns{{"step", report::Align::right}};
  for (const std::string& column : encoding.columns) columns.push_back({column, report::Align::right});
  report::Table out(columns);
  for (size_t h = 0; h < static_cast<size_t>(encoding.horizon); ++h) {
    std::vector<std::string> cells{fmt::format("+{}", h + 1)};
    for (size_t c = 0; c < encoding.columns.size(); ++c) cells.push_back(report::format_number(values[h * encoding.columns.size() + c]));
    out.add_row(std::move(cells));
  }
  say(arguments.trained.output, fmt::format("After the last of {} rows of {}", table.rows, file));
  fmt::print("{}", out.text(table_style()));
  return kOk;
}

}  // namespace

void add_predict(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("predict", "the next steps of a series, by a trained forecaster, in the data's own units");
  add_trained(*verb, arguments->trained);
  verb->add_option("--input", arguments->input, "a CSV file with the same columns (default: the one that it was trained on)")->type_name("FILE");
  verb->footer("Example:\n  recur predict quickstart --input experiments/forecast/data/sunspots.csv");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return predict(*arguments); }; });
}

}  // namespace recur::tool
