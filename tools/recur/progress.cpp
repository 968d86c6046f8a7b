#include "progress.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <mutex>
#include <vector>

#include "progress_state.hpp"
#include "terminal.hpp"

namespace recur::tool {
namespace {

using sweep::EpochNews;
using sweep::TrialEnd;

std::string beginning(const ProgressState& state, const std::filesystem::path& directory, int64_t finished_before, int workers) {
  std::string text = fmt::format("{}: {} trial{}", state.plan().definition.name, state.total(), state.total() == 1 ? "" : "s");
  if (finished_before > 0) text += fmt::format(", {} finished before", finished_before);
  if (workers > 0) text += fmt::format(", {} at a time", workers);
  return text + ", in " + directory.string();
}

std::string ending(const ProgressState& state, size_t trial, const TrialEnd& end) {
  const std::string& name = state.plan().trials[trial].name;
  if (end.state == store::TrialState::stale) return fmt::format("{}: stopped after epoch {}, to be continued by the next run", name, end.epochs);
  std::string text = fmt::format("[{}/{}] {}: ", state.finished(), state.total(), name);
  if (end.state == store::TrialState::failed) return text + "failed: " + end.message;
  const std::string& metric = state.plan().objective.metric;
  if (const auto found = end.results.find(metric); found != end.results.end()) text += fmt::format("{} {}, ", metric, report::format_number(found->second));
  return text + fmt::format("{} epochs, {}", end.epochs, report::format_duration(end.seconds));
}

std::string epoch_line(const EpochNews& news) {
  std::string text = fmt::format("epoch {}/{}:", news.epoch + 1, news.planned);
  for (size_t i = 0; i < news.names.size(); ++i)
    if (news.names[i].find('/') == news.names[i].rfind('/'))  // not the single columns of a series
      text += fmt::format(" {} {},", news.names[i], report::format_number(news.metrics[i]));
  return text + " " + report::format_duration(news.seconds);
}

class Lines final : public sweep::Listener {
 public:
  Lines(const sweep::Plan& plan, bool epochs) : state_(plan), epochs_(epochs), single_(plan.trials.size() == 1) {}

  void warned(const std::string& text) override {
    const std::lock_guard lock(mutex_);
    line("warning: " + text);
  }
  void began(const std::filesystem::path& directory, const sweep::Plan&, int64_t finished_before, int workers) override {
    const std::lock_guard lock(mutex_);
    state_.began(finished_before);
    line(beginning(state_, directory, finished_before, workers));
  }
  void trial_epoch(size_t trial, const EpochNews& news) override {
    if (!epochs_ && !single_) return;
    const std::lock_guard lock(mutex_);
    line((single_ ? "" : state_.plan().trials[trial].name + ": ") + epoch_line(news));
  }
  void trial_log(size_t trial, store::Level level, const std::string& text) override {
    if (!epochs_) return;
    const bool grave = level == store::Level::warning || level == store::Level::error;
    spdlog::log(grave ? spdlog::level::warn : spdlog::level::info, "{}: {}", state_.plan().trials[trial].name, text);
  }
  void trial_ended(size_t trial, const TrialEnd& end) override {
    const std::lock_guard lock(mutex_);
    state_.trial_ended(trial, end);
    line(ending(state_, trial, end));
  }

 private:
  static void line(const std::string& text) { fmt::print(stderr, "{}\n", text); }

  std::mutex mutex_;
  ProgressState state_;
  bool epochs_;
  bool single_;
};

// A line a running trial and one for the whole, at the bottom of what was printed before.
class Display final : public sweep::Listener {
 public:
  explicit Display(const sweep::Plan& plan) : state_(plan) {}
  ~Display() override { erase(); }

  void warned(const std::string& text) override {
    const std::lock_guard lock(mutex_);
    above("warning: " + text);
  }
  void began(const std::filesystem::path& directory, const sweep::Plan&, int64_t finished_before, int workers) override {
    const std::lock_guard lock(mutex_);
    state_.began(finished_before);
    above(beginning(state_, directory, finished_before, workers));
  }
  void trial_began(size_t trial, int64_t epochs_before) override {
    const std::lock_guard lock(mutex_);
    state_.trial_began(trial, epochs_before);
    draw(true);
  }
  void trial_epoch(size_t trial, const EpochNews& news) override {
    const std::lock_guard lock(mutex_);
    state_.trial_epoch(trial, news);
    draw(false);
  }
  void trial_ended(size_t trial, const TrialEnd& end) override {
    const std::lock_guard lock(mutex_);
    state_.trial_ended(trial, end);
    if (end.state == store::TrialState::failed || end.state == store::TrialState::stale) above(ending(state_, trial, end));
    draw(true);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kBetweenDrawings{100};
  static constexpr int kBar = 24;
  static constexpr size_t kMostTrials = 12;

  static std::string bar(double share) {
    const int filled = static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * kBar));
    return fmt::format("[{:=<{}}{:{}}]", "", filled, "", kBar - filled);
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const auto& [trial, running] : state_.running()) {
      if (lines.size() == kMostTrials) {
        lines.push_back(fmt::format("  ... and {} more", state_.running().size() - kMostTrials));
        break;
      }
      const double share = running.planned > 0 ? static_cast<double>(running.epochs) / static_cast<double>(running.planned) : 0;
      std::string text = fmt::format("  {} epoch {:>4}/{:<4} {}", bar(share), running.epochs, running.planned, state_.plan().trials[trial].name);
      if (std::isfinite(running.objective)) text += fmt::format("  {} {}", state_.plan().objective.metric, report::format_number(running.objective));
      lines.push_back(std::move(text));
    }
    std::string whole = fmt::format("{} {}/{} trials", bar(static_cast<double>(state_.finished()) / static_cast<double>(state_.total())),
                                    state_.finished(), state_.total());
    if (state_.failed() > 0) whole += fmt::format(", {} failed", state_.failed());
    if (!state_.running().empty()) whole += fmt::format(", {} running", state_.running().size());
    if (const std::string best = state_.best(); !best.empty()) whole += ", " + best;
    if (const auto left = state_.seconds_left()) whole += fmt::format(", {} left", report::format_duration(*left));
    lines.push_back(std::move(whole));
    return lines;
  }

  void erase() {
    if (drawn_ > 0) fmt::print(stderr, "\x1b[{}A\x1b[J", drawn_);
    drawn_ = 0;
  }

  void above(const std::string& text) {
    erase();
    fmt::print(stderr, "{}\n", text);
  }

  void draw(bool now) {
    if (!now && Clock::now() - last_ < kBetweenDrawings) return;
    last_ = Clock::now();
    const int width = terminal_width(80) - 1;
    std::string frame;
    const std::vector<std::string> drawn = lines();
    for (const std::string& line : drawn) frame += report::cut_to_width(line, width) + "\n";
    erase();
    fmt::print(stderr, "{}", frame);
    drawn_ = drawn.size();
  }

  std::mutex mutex_;
  ProgressState state_;
  Clock::time_point last_{};
  size_t drawn_ = 0;  // lines on the terminal that are to be redrawn
};

}  // namespace

std::unique_ptr<sweep::Listener> make_progress(ProgressKind kind, const sweep::Plan& plan) {
  switch (kind) {
    case ProgressKind::kDisplay: return std::make_unique<Display>(plan);
    case ProgressKind::kLines: return std::make_unique<Lines>(plan, false);
    case ProgressKind::kEpochs: return std::make_unique<Lines>(plan, true);
    case ProgressKind::kNone: break;
  }
  return std::make_unique<sweep::Listener>();
}

}  // namespace recur::tool
