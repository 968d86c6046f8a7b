// `recur generate` for models of music.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "recur/train/piece_generator.hpp"
#include "trained.hpp"

namespace recur::tool {

// What is asked of music alone.
struct MusicArguments {
  std::optional<int64_t> prompt_piece, prompt_steps, count, steps_per_quarter;
  std::optional<double> tempo;
  std::filesystem::path midi;
  // The options that were given, as they are written; "" where none was.
  std::string given() const;
};

void add_music(CLI::App& verb, MusicArguments& arguments);

// prompt: a MIDI file, or "". length: steps after the prompt.
int generate_music(const MusicArguments& arguments, const std::string& prompt, int64_t length, const train::KeySampling& sampling,
                   const Trained& trained, const Output& output);

}  // namespace recur::tool
