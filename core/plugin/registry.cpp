#include "recur/plugin/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "cache.hpp"
#include "discovery.hpp"
#include "elf_stamp.hpp"
#include "probe.hpp"
#include "recur/error/error.hpp"
#include "recur/error/suggest.hpp"

namespace recur::plugin {
namespace {

using Files = std::map<std::string, std::filesystem::path>;  // id -> file

struct Scanned {
  FoundFile found;
  std::optional<FileIdentity> identity;
  FileReport report;
  bool tried = false;  // in this scan
};

class Scan {
 public:
  explicit Scan(const ScanOptions& options)
      : options_(options), cache_(options.cache ? *options.cache : default_cache_file()) {
    for (FoundFile& found : discover(options)) files_.push_back({std::move(found), {}, {}, false});
    for (Scanned& file : files_) look(&file, {});
    retry_those_made_of_others();
    for (const Scanned& file : files_)
      if (file.tried && file.identity) cache_.put(*file.identity, file.report);
    cache_.save();
  }

  std::vector<Row> rows() const {
    std::vector<Row> rows;
    std::map<std::string, std::filesystem::path> offered;
    for (const Scanned& file : files_) {
      if (!file.report.problem.empty()) rows.push_back({file.found.file, {}, file.report.problem, "", ""});
      for (const CellReport& cell : file.report.cells) {
        Row row{file.found.file, cell.info, cell.problem, file.report.sdk_version, file.report.build_stamp};
        if (row.problem.empty()) {
          const auto [first, is_new] = offered.try_emplace(cell.info.id, file.found.file);
          if (!is_new)
            row.problem = fmt::format("duplicate id '{}': {} offers it and was found first; rename one or take one away", cell.info.id,
                                      first->second.string());
        }
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

  int probed() const { return probed_; }

 private:
  void look(Scanned* file, const Files& others) {
    if (!file->found.problem.empty()) {
      file->report.problem = file->found.problem;
      return;
    }
    file->identity = identify(file->found.file);
    if (file->identity && !options_.rescan && others.empty()) {
      if (const FileReport* known = cache_.find(*file->identity)) {
        file->report = *known;
        return;
      }
    }
    file->tried = true;
    file->report = {};
    file->report.problem = stamp_problem(file->found.file);
    if (!file->report.problem.empty()) return;
    ++probed_;
    file->report = probe_file(probe(), file->found.file, others, options_.time_limit);
  }

  // Cells made of cells of other files: tried again with those at hand, which may ask for yet others.
  void retry_those_made_of_others() {
    constexpr int kRounds = 8;
    for (int round = 0; round < kRounds; ++round) {
      const Files offered = offered_cells();
      bool progress = false;
      for (Scanned& file : files_) {
        const bool can_go_on = std::any_of(file.report.cells.begin(), file.report.cells.end(), [&](const CellReport& cell) {
          return !cell.needs.empty() && offered.contains(cell.needs) && offered.at(cell.needs) != file.found.file;
        });
        if (!can_go_on) continue;
        look(&file, offered);
        progress = true;
      }
      if (!progress) return;
    }
  }

  Files offered_cells() const {
    Files offered;
    for (const Scanned& file : files_)
      for (const CellReport& cell : file.report.cells)
        if (cell.problem.empty()) offered.try_emplace(cell.info.id, file.found.file);
    return offered;
  }

  const std::filesystem::path& probe() {
    if (probe_.empty()) {
      probe_ = options_.probe.empty() ? tree_probe() : options_.probe;
      std::error_code failed;
      if (probe_.empty() || !std::filesystem::exists(probe_, failed))
        throw UserError(fmt::format("recur-probe, which tries new plugins, is not {}; build or install recur whole",
                                    probe_.empty() ? "beside the program" : "at " + probe_.string()));
    }
    return probe_;
  }

  const ScanOptions& options_;
  Cache cache_;
  std::vector<Scanned> files_;
  std::filesystem::path probe_;
  int probed_ = 0;
};

}  // namespace

struct Registry::Impl {
  std::vector<Row> rows;
  int probed = 0;
  mutable std::mutex mutex;  // of what follows
  mutable std::map<std::filesystem::path, LoadedPlugin> loaded;

  const Row& describe(std::string_view id) const;
  const LoadedCell& find(std::string_view id) const;
};

const Row& Registry::Impl::describe(std::string_view id) const {
  const Row* broken = nullptr;
  std::vector<std::string> names;
  for (const Row& row : rows) {
    if (row.problem.empty()) {
      if (row.cell.id == id) return row;
      names.push_back(row.cell.id);
    } else if (row.cell.id == id && broken == nullptr) {
      broken = &row;
    }
  }
  if (broken != nullptr) throw UserError(Place{broken->file.string()}, fmt::format("cell '{}' cannot be used: {}", id, broken->problem));
  std::string message = fmt::format("unknown cell '{}'{}", id, suggestion(id, names));
  const auto failed = std::count_if(rows.begin(), rows.end(), [](const Row& row) { return !row.problem.empty(); });
  if (names.empty() && failed == 0) message += "; no plugin was found, RECUR_PLUGIN_PATH names directories of them";
  if (failed > 0) message += fmt::format(" ({} found that cannot be used, see recur cells)", failed);
  throw UserError(message);
}

const LoadedCell& Registry::Impl::find(std::string_view id) const {
  const Row& row = describe(id);
  const std::lock_guard lock(mutex);
  auto found = loaded.find(row.file);
  if (found == loaded.end()) found = loaded.emplace(row.file, load_plugin(row.file)).first;
  for (const LoadedCell& cell : found->second.cells)
    if (cell.info.id == id) return cell;
  throw UserError(Place{row.file.string()}, fmt::format("does not offer '{}' any more; it has changed since it was found, start again", id));
}

Registry::Registry(const ScanOptions& options) : impl_(std::make_unique<Impl>()) {
  const Scan scan(options);
  impl_->rows = scan.rows();
  impl_->probed = scan.probed();
}

Registry::~Registry() = default;
Registry::Registry(Registry&&) noexcept = default;
Registry& Registry::operator=(Registry&&) noexcept = default;

const std::vector<Row>& Registry::rows() const { return impl_->rows; }
int Registry::probed() const { return impl_->probed; }
const Row& Registry::describe(std::string_view id) const { return impl_->describe(id); }
const LoadedCell& Registry::find(std::string_view id) const { return impl_->find(id); }

std::vector<std::string> Registry::ids() const {
  std::vector<std::string> ids;
  for (const Row& row : impl_->rows)
    if (row.problem.empty()) ids.push_back(row.cell.id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

CellInstance Registry::make(std::string_view id, int64_t input, int64_t hidden, const HyperValues& hypers) const {
  // The instance looks inner cells up only while it is made, so the registry need not outlive it.
  return CellInstance(find(id), input, hidden, hypers, [impl = impl_.get()](std::string_view inner) -> const LoadedCell& { return impl->find(inner); });
}

}  // namespace recur::plugin
