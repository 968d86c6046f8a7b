#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "recur/train/generator.hpp"
#include "trained.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

struct Arguments {
  TrainedArguments trained;
  std::string prompt;
  int64_t length = 500;
  train::SamplingOptions sampling;
};

int generate(const Arguments& arguments) {
  train::check(arguments.sampling);
  const plugin::Registry registry = open_registry(arguments.trained.plugins);
  const Trained trained = load_trained(arguments.trained, registry);
  exec::PathMemory paths(path_memory_file());
  train::Generator generator(trained.network, trained.weights, trained.encoding, paths);
  const bool json = arguments.trained.output.json;
  if (!json) fmt::print("{}", arguments.prompt);
  const train::GeneratedText text = generator.generate(arguments.prompt, arguments.length, arguments.sampling, [&](std::string_view piece) {
    if (json) return;
    fmt::print("{}", piece);
    std::fflush(stdout);  // to be read as it comes
  });
  if (json) {
    print(boost::json::object{{"trial", trained.record.spec.name}, {"prompt", arguments.prompt}, {"text", text.text},
                              {"tokens", text.tokens}, {"unknown_tokens", text.unknown_tokens}});
  } else {
    fmt::print("\n");
  }
  if (text.unknown_tokens > 0)
    say(arguments.trained.output, fmt::format("Note: {} of the prompt's {}s are not in the vocabulary", text.unknown_tokens, trained.encoding.unit));
  return kOk;
}

}  // namespace

void add_generate(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("generate", "text from a trained language model");
  add_trained(*verb, arguments->trained);
  verb->add_option("--prompt", arguments->prompt, "text to go on from (default: as after a line end)")->type_name("TEXT");
  verb->add_option("--length", arguments->length, "characters or words to generate (default: 500)")->check(CLI::Range(int64_t{1}, int64_t{100'000'000}))->type_name("N");
  verb->add_option("--temperature", arguments->sampling.temperature, "below 1: likelier text, 0: always the most probable (default: 1)")->type_name("X");
  verb->add_option("--top-k", arguments->sampling.top_k, "only the k most probable; 0: all (default)")->type_name("K");
  verb->add_option("--top-p", arguments->sampling.top_p, "of these the fewest that sum to p (default: 1)")->type_name("P");
  verb->add_option("--seed", arguments->sampling.seed, "the same seed gives the same text (default: 1)")->type_name("N");
  verb->footer("Example:\n  recur generate shakespeare --prompt 'ROMEO:' --length 300 --temperature 0.8");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return generate(*arguments); }; });
}

}  // namespace recur::tool
