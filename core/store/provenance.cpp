#include "recur/store/provenance.hpp"

#include <fmt/format.h>
#include <hdf5.h>
#include <sys/utsname.h>

#include <fstream>

#include "recur_build.hpp"

namespace recur::store {
namespace {

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name"))
      if (const size_t colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "";
}

constexpr std::string_view compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace

Provenance here() {
  Provenance p;
  p.recur_version = kRecurVersion;
  p.git_commit = kGitCommit;
  p.build_type = kBuildType;
  p.compiler = compiler();
  p.processor = processor();
  utsname system{};
  if (uname(&system) == 0) {
    p.system = fmt::format("{} {} {}", system.sysname, system.release, system.machine);
    p.host = system.nodename;
  }
  p.libraries["hdf5"] = H5_VERS_INFO + std::string_view("HDF5 library version: ").size();
  return p;
}

std::string trial_name(std::string_view definition, int64_t replicate) {
  return content_hash(fmt::format("{}\nreplicate {}\n", definition, replicate)).substr(0, 16);
}

}  // namespace recur::store
