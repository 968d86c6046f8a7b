#include <boost/json/object.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>

#include "options.hpp"
#include "recur/exec/machine.hpp"
#include "recur/report/table.hpp"
#include "recur/store/provenance.hpp"
#include "terminal.hpp"
#include "verb.hpp"

namespace recur::tool {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path root;
  Output output;
};

// The nearest directory above that exists: where results would be made.
fs::path existing(fs::path path) {
  std::error_code ignored;
  path = fs::absolute(path);
  while (!path.empty() && path != path.root_path() && !fs::is_directory(path, ignored)) path = path.parent_path();
  return path;
}

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  ~Descriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string reason() { return std::strerror(errno); }

// Tries what results need: a file that is made, locked, synced and renamed over another. "" where all of it works.
std::string problem_of(const fs::path& directory) {
  const fs::path first = directory / fmt::format(".recur-doctor-{}", getpid()), second = first.string() + ".new";
  struct Remove {
    const fs::path &a, &b;
    ~Remove() {
      std::error_code ignored;
      fs::remove(a, ignored);
      fs::remove(b, ignored);
    }
  } const remove{first, second};
  const Descriptor file(open(first.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (file.get() < 0) return "no file can be made: " + reason();
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) return "files cannot be locked: " + reason();
  const Descriptor again(open(first.c_str(), O_RDWR | O_CLOEXEC));
  if (again.get() >= 0 && flock(again.get(), LOCK_EX | LOCK_NB) == 0) return "a lock is given twice";
  const Descriptor other(open(second.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  if (other.get() < 0 || write(other.get(), "x", 1) != 1) return "no file can be written: " + reason();
  if (fsync(other.get()) != 0) return "files cannot be synced: " + reason();
  if (rename(second.c_str(), first.c_str()) != 0) return "a file cannot be renamed over another: " + reason();
  return "";
}

std::string memory() {
  std::ifstream in("/proc/meminfo");
  std::string name;
  double kilobytes = 0;
  in >> name >> kilobytes;
  return name == "MemTotal:" ? fmt::format("{:.1f} GB", kilobytes / 1e6) : "";
}

int doctor(const Arguments& arguments) {
  const store::Provenance here = store::here();
  const exec::Machine machine = exec::machine();
  const plugin::Registry registry{plugin::ScanOptions{}};
  const auto broken = std::count_if(registry.rows().begin(), registry.rows().end(), [](const plugin::Row& row) { return !row.problem.empty(); });
  const fs::path results = existing(arguments.root);
  const std::string problem = problem_of(results);
  std::error_code ignored;
  const double free_gb = static_cast<double>(fs::space(results, ignored).available) / 1e9;

  if (arguments.output.json) {
    print(boost::json::object{{"recur", here.recur_version},
                              {"commit", here.git_commit},
                              {"build_type", here.build_type},
                              {"compiler", here.compiler},
                              {"processor", here.processor},
                              {"cores", std::thread::hardware_concurrency()},
                              {"simd", machine.simd},
                              {"onednn", machine.onednn},
                              {"highway", machine.highway},
                              {"hdf5", here.libraries.at("hdf5")},
                              {"system", here.system},
                              {"cells", registry.ids().size()},
                              {"broken_plugins", broken},
                              {"cache", cache_directory().string()},
                              {"results", results.string()},
                              {"results_problem", problem},
                              {"results_free_gb", free_gb}});
    return problem.empty() ? kOk : kUserError;
  }
  report::Table table({{"what"}, {"here"}});
  table.add_row({"recur", fmt::format("{} {} ({}, {})", here.recur_version, here.git_commit, here.build_type, here.compiler)});
  table.add_row({"processor", here.processor});
  table.add_row({"cores", std::to_string(std::thread::hardware_concurrency())});
  table.add_row({"memory", memory()});
  table.add_row({"instructions", machine.simd});
  table.add_row({"oneDNN", machine.onednn});
  table.add_row({"HDF5", here.libraries.at("hdf5")});
  table.add_row({"system", here.system});
  table.add_row({"cells", fmt::format("{} can be used, {} cannot{}", registry.ids().size(), broken, broken > 0 ? " (recur cells says why)" : "")});
  table.add_row({"cache", cache_directory().string()});
  table.add_row({"results", problem.empty() ? fmt::format("{}: locks and renames work, {:.1f} GB free", results.string(), free_gb)
                                            : fmt::format("{}: {}; give another directory with --results", results.string(), problem)});
  fmt::print("{}", table.text());
  return problem.empty() ? kOk : kUserError;
}

}  // namespace

void add_doctor(CLI::App& app, Action& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* verb = app.add_subcommand("doctor", "what this machine has, and whether the file system can keep results safely");
  add_results(*verb, arguments->root);
  add_output(*verb, arguments->output);
  verb->footer("Example:\n  recur doctor --results /scratch/results");
  verb->callback([arguments, &chosen] { chosen = [arguments] { return doctor(*arguments); }; });
}

}  // namespace recur::tool
