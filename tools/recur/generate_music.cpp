#include "generate_music.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "piano_plot.hpp"
#include "recur/data/midi.hpp"
#include "recur/data/music.hpp"
#include "recur/error/error.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr double kTempo = 120;  // MIDI's own
constexpr int kPlotWidth = 100;

// Number `number`, counted from 1, of those of the test part that are longer than a step.
data::Piece piece_of_test(const Trained& trained, int64_t number) {
  const data::TaskOptions found = find_data(trained);
  data::MusicOptions options = found.music;
  if (found.kind == "density") options.json = found.density.json;
  const data::MusicTask task(options);
  const data::Sequences& sequences = task.sequences(data::Part::test);
  if (number > sequences.size())
    throw UserError(fmt::format("--prompt-piece: the test part has {} pieces, so there is no piece {}", sequences.size(), number));
  data::Piece piece;
  for (int64_t step = sequences.begin[static_cast<size_t>(number - 1)]; step < sequences.begin[static_cast<size_t>(number)]; ++step) {
    data::Chord chord;
    for (int64_t key = 0; key < data::kKeys; ++key)
      if (sequences.values[static_cast<size_t>(step * data::kKeys + key)] > 0) chord.push_back(static_cast<uint8_t>(key));
    piece.push_back(std::move(chord));
  }
  return piece;
}

// "x.mid" for one piece, else "x-1.mid", "x-2.mid", ...
fs::path file_of(const fs::path& file, int64_t number, int64_t count) {
  if (count == 1) return file;
  fs::path name = file.stem();
  name += fmt::format("-{}", number);
  name += file.extension();
  return file.parent_path() / name;
}

json::array pitches(const data::Piece& piece) {
  json::array steps;
  for (const data::Chord& chord : piece) {
    json::array& step = steps.emplace_back(json::array()).as_array();
    for (const uint8_t key : chord) step.push_back(key + data::kLowestPitch);
  }
  return steps;
}

}  // namespace

std::string MusicArguments::given() const {
  if (prompt_piece) return "--prompt-piece";
  if (prompt_steps) return "--prompt-steps";
  if (count) return "--count";
  if (steps_per_quarter) return "--steps-per-quarter";
  if (tempo) return "--tempo";
  return midi.empty() ? "" : "--midi";
}

void add_music(CLI::App& verb, MusicArguments& arguments) {
  const auto at_least_one = CLI::Range(int64_t{1}, int64_t{1'000'000});
  verb.add_option("--prompt-piece", arguments.prompt_piece, "music: the piece of the test part to go on from, counted from 1")
      ->check(at_least_one)
      ->type_name("N");
  verb.add_option("--prompt-steps", arguments.prompt_steps, "music: so many of the prompt's first steps (default: all)")
      ->check(at_least_one)
      ->type_name("N");
  verb.add_option("--count", arguments.count, "music: pieces to generate (default: 1)")->check(at_least_one)->type_name("N");
  verb.add_option("--midi", arguments.midi, "music: the MIDI file to write, of several pieces FILE-1.mid and so on (default: a plot on stdout)")
      ->type_name("FILE");
  verb.add_option("--tempo", arguments.tempo, "music: quarter notes a minute (default: the prompt's, else 120)")
      ->check(CLI::Range(4.0, 1000.0))
      ->type_name("X");
  verb.add_option("--steps-per-quarter", arguments.steps_per_quarter,
                  "music: steps of a quarter note in MIDI files (default: as trained, else 1)")
      ->check(CLI::Range(int64_t{1}, int64_t{96}))
      ->type_name("N");
}

int generate_music(const MusicArguments& arguments, const std::string& prompt_file, int64_t length, const train::KeySampling& sampling,
                   const Trained& trained, const Output& output) {
  if (!prompt_file.empty() && arguments.prompt_piece) throw UserError("--prompt and --prompt-piece: give one of them");
  const data::MusicOptions& task = trained.definition.task.music;
  const int64_t steps_per_quarter = arguments.steps_per_quarter.value_or(task.format == "midi" ? task.steps_per_quarter : 1);
  exec::PathMemory paths(path_memory_file());
  train::PieceGenerator generator(trained.network, trained.weights, trained.encoding, paths);

  data::Piece prompt;
  double tempo = arguments.tempo.value_or(kTempo);
  if (!prompt_file.empty()) {
    data::MidiPiece read = data::read_midi(prompt_file, steps_per_quarter);
    prompt = std::move(read.piece);
    if (!arguments.tempo) tempo = read.tempo;
  } else if (arguments.prompt_piece) {
    prompt = piece_of_test(trained, *arguments.prompt_piece);
  }
  if (arguments.prompt_steps) prompt.resize(std::min(prompt.size(), static_cast<size_t>(*arguments.prompt_steps)));

  json::array pieces;
  const int64_t count = arguments.count.value_or(1);
  for (int64_t number = 1; number <= count; ++number) {
    data::Piece piece = prompt;
    const data::Piece rest = generator.generate(prompt, length, sampling, static_cast<uint64_t>(number - 1));
    piece.insert(piece.end(), rest.begin(), rest.end());
    const std::string file = arguments.midi.empty() ? "" : file_of(arguments.midi, number, count).string();
    if (!file.empty()) data::write_midi(file, piece, steps_per_quarter, tempo);
    if (output.json) {
      pieces.push_back(json::object{{"file", file}, {"steps", pitches(piece)}});
    } else if (!file.empty()) {
      fmt::print("{}\n", file);
    } else {
      if (number > 1) fmt::print("\n");
      if (count > 1) fmt::print("piece {}\n", number);
      fmt::print("{}", plot_piece(piece, terminal_width(kPlotWidth)));
    }
  }
  if (output.json)
    print(json::object{{"trial", trained.record.spec.name}, {"prompt_steps", prompt.size()}, {"steps_per_quarter", steps_per_quarter},
                       {"tempo", tempo}, {"pieces", std::move(pieces)}});
  else if (!prompt.empty()) say(output, fmt::format("The first {} steps are the prompt", prompt.size()));
  return kOk;
}

}  // namespace recur::tool
