#include "audio_files.hpp"

#include <map>
#include <optional>

#include "archive.hpp"
#include "audio_features.hpp"
#include "name_pattern.hpp"
#include "recur/error/error.hpp"
#include "sound.hpp"

namespace recur::data {
namespace {

const std::vector<std::string_view> kEndings{".wav", ".flac", ".WAV", ".FLAC"};
constexpr const char* kName = "task.data.name";

std::vector<Fact> facts_of(const Sequences& sequences, int64_t rate, int64_t samples, const std::map<int64_t, int64_t>& channels) {
  std::vector<Fact> facts{{"recordings", fmt::format("{}, {:.1f} s in all, {} samples a second", sequences.size(), static_cast<double>(samples) / static_cast<double>(rate), rate)},
                          {"frames", fmt::format("{} of {} values", sequences.begin.back(), sequences.features)}};
  for (const auto& [count, recordings] : channels)
    if (count > 1) facts.push_back({"mixed down", fmt::format("{} recordings of {} channels, to their mean", recordings, count)});
  return facts;
}

}  // namespace

std::vector<OptionMistake> audio_mistakes(const RecordingOptions& o) {
  std::vector<OptionMistake> mistakes;
  const auto note = [&](const std::string& key, const auto& action) {
    try {
      action();
      return true;
    } catch (const UserError& error) {
      mistakes.push_back({key, error.what()});
      return false;
    }
  };
  std::optional<NamePattern> pattern;
  if (!o.name.empty() && note(kName, [&] { pattern.emplace(o.name, o.labelled); }) && !o.test_where.empty()) note(o.test_where_key, [&] { FieldRule(o.test_where, *pattern); });
  if (o.name.empty() && !o.test_where.empty())
    mistakes.push_back({o.test_where_key, "picks by what the files' names tell; say it with task.data.name, such as '{speaker}_{index}'"});
  const AudioFeatureOptions& features = o.features;
  if (features.kind == "mfcc" && features.coefficients > features.filters)
    mistakes.push_back({"task.data.features.coefficients", fmt::format("{} of {} filters; ask for at most as many as there are filters", features.coefficients, features.filters)});
  return mistakes;
}

LabelledSequences read_audio(const RecordingOptions& o) {
  std::optional<NamePattern> pattern;
  if (!o.name.empty()) pattern.emplace(o.name, o.labelled);
  std::optional<FieldRule> rule;
  if (!o.test_where.empty()) rule.emplace(o.test_where, *pattern);
  const bool tells_label = pattern && pattern->has("label");

  LabelledSequences out{.file = o.file, .sequences = {}, .labels = {}, .lines = {}};
  std::optional<AudioFeatures> features;
  int64_t rate = 0, samples = 0;
  std::string first;  // that was read
  std::map<int64_t, int64_t> channels;
  for (const ArchiveFile& file : read_archive(o.file, kEndings)) {
    const auto values = pattern ? pattern->match(file.name) : std::vector<std::string>{};
    if (!values) throw UserError(Place{o.file}, fmt::format("{} is not named like task.data.name, '{}'; rename it or correct the pattern", file.name, o.name));
    const Sound sound = read_sound(file.bytes, o.file, file.name);
    if (!features) {
      rate = sound.rate;
      first = file.name;
      features.emplace(o.features, rate);
    }
    if (sound.rate != rate)
      throw UserError(Place{o.file}, fmt::format("{} has {} samples a second, but {} has {}; bring all recordings to one rate", file.name, sound.rate, first, rate));
    ++channels[sound.channels];
    samples += std::ssize(sound.samples);
    features->append(sound.samples, out.sequences.values);
    out.sequences.begin.push_back(out.sequences.begin.back() + features->frames(std::ssize(sound.samples)));
    if (rule && rule->picks(*values)) out.test_rows.push_back(static_cast<uint32_t>(out.labels.size()));
    out.labels.push_back(tells_label ? (*values)[pattern->index("label")] : "");
  }
  if (rule) rule->require_all_seen(o.test_where_key);
  out.columns = features->columns();
  out.sequences.features = std::ssize(out.columns);
  out.facts = facts_of(out.sequences, rate, samples, channels);
  return out;
}

}  // namespace recur::data
