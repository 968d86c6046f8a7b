#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "generate_music.hpp"
#include "recur/error/error.hpp"
#include "recur/train/generator.hpp"
#include "trained.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

struct Arguments {
  TrainedArguments trained;
  std::string prompt;
  std::optional<int64_t> length;
  double temperature = 1;
  uint64_t seed = 1;
  std::optional<int64_t> top_k;
  std::optional<double> top_p;
  MusicArguments music;
};

constexpr int64_t kLengthOfText = 500, kLengthOfPiece = 64;

int generate_text(const Arguments& arguments, const Trained& trained) {
  if (const std::string option = arguments.music.given(); !option.empty())
    throw UserError(fmt::format("{} is for music, and the trial is of kind {}; leave it out", option, trained.encoding.kind));
  train::SamplingOptions sampling{.temperature = arguments.temperature, .seed = arguments.seed};
  sampling.top_k = arguments.top_k.value_or(sampling.top_k);
  sampling.top_p = arguments.top_p.value_or(sampling.top_p);
  train::check(sampling);
  exec::PathMemory paths(path_memory_file());
  train::Generator generator(trained.network, trained.weights, trained.encoding, paths);
  const bool json = arguments.trained.output.json;
  if (!json) fmt::print("{}", arguments.prompt);
  const train::GeneratedText text = generator.generate(arguments.prompt, arguments.length.value_or(kLengthOfText), sampling, [&](std::string_view piece) {
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

int generate(const Arguments& arguments) {
  const plugin::Registry registry = open_registry(arguments.trained.plugins);
  const Trained trained = load_trained(arguments.trained, registry);
  if (!train::gives_pieces(trained.encoding)) return generate_text(arguments, trained);
  if (arguments.top_k || arguments.top_p)
    throw UserError(fmt::format("{} is for text, and the trial is one of music; leave it out", arguments.top_k ? "--top-k" : "--top-p"));
  return generate_music(arguments.music, arguments.prompt, arguments.length.value_or(kLengthOfPiece),
                        {.temperature = arguments.temperature, .seed = arguments.seed}, trained, arguments.trained.output);
}

}  // namespace

void add_generate(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("generate", "text from a trained language model, pieces from one of music or of its density");
  add_trained(*verb, arguments->trained);
  verb->add_option("--prompt", arguments->prompt, "text to go on from (default: as after a line end); of music a MIDI file (default: silence)")
      ->type_name("TEXT");
  verb->add_option("--length", arguments->length, "characters or words (default: 500), or steps of music (default: 64), to generate")
      ->check(CLI::Range(int64_t{1}, int64_t{100'000'000}))
      ->type_name("N");
  verb->add_option("--temperature", arguments->temperature, "below 1: likelier, 0: always the most probable (default: 1)")->type_name("X");
  verb->add_option("--top-k", arguments->top_k, "text: only the k most probable; 0: all (default)")->type_name("K");
  verb->add_option("--top-p", arguments->top_p, "text: of these the fewest that sum to p (default: 1)")->type_name("P");
  verb->add_option("--seed", arguments->seed, "the same seed gives the same (default: 1)")->type_name("N");
  add_music(*verb, arguments->music);
  verb->footer("Example:\n  recur generate shakespeare --prompt 'ROMEO:' --length 300 --temperature 0.8\n"
               "  recur generate jsb --prompt-piece 3 --prompt-steps 16 --count 2 --midi chorale.mid");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return generate(*arguments); }; });
}

}  // namespace recur::tool
