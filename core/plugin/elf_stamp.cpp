// Reads the dynamic symbols of an ELF file (System V ABI, chapters 4 and 5).
#include "elf_stamp.hpp"

#include <elf.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include <recur/abi.h>

namespace recur::plugin {
namespace {

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#else
#error "which EM_ value stands for this machine in elf.h?"
#endif

constexpr std::string_view kEntryStem = "recur_plugin_entry_v";

// count elements of T at offset, or nothing where the file is shorter.
template <class T>
std::vector<T> read_at(std::ifstream& in, uint64_t offset, uint64_t count) {
  constexpr uint64_t kSane = uint64_t{1} << 28;
  if (count > kSane / sizeof(T)) return {};
  std::vector<T> data(count);
  in.clear();
  in.seekg(static_cast<std::streamoff>(offset));
  in.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(count * sizeof(T)));
  if (!in) data.clear();
  return data;
}

// The names of the functions and data that the library defines for others and that begin like an entry point.
std::vector<std::string> exported_entries(std::ifstream& in, const Elf64_Ehdr& header) {
  std::vector<std::string> names;
  const std::vector<Elf64_Shdr> sections = read_at<Elf64_Shdr>(in, header.e_shoff, header.e_shnum);
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNSYM || section.sh_link >= sections.size()) continue;
    const Elf64_Shdr& strings = sections[section.sh_link];
    const std::vector<char> text = read_at<char>(in, strings.sh_offset, strings.sh_size);
    for (const Elf64_Sym& symbol : read_at<Elf64_Sym>(in, section.sh_offset, section.sh_size / sizeof(Elf64_Sym))) {
      if (symbol.st_shndx == SHN_UNDEF || symbol.st_name >= text.size()) continue;
      const char* begin = text.data() + symbol.st_name;
      const std::string_view name(begin, strnlen(begin, text.size() - symbol.st_name));
      if (name.starts_with(kEntryStem)) names.emplace_back(name);
    }
  }
  return names;
}

}  // namespace

std::string stamp_problem(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fmt::format("cannot be read: {}", std::strerror(errno));
  const std::vector<Elf64_Ehdr> headers = read_at<Elf64_Ehdr>(in, 0, 1);
  if (headers.empty() || std::memcmp(headers[0].e_ident, ELFMAG, SELFMAG) != 0 || headers[0].e_ident[EI_CLASS] != ELFCLASS64 ||
      headers[0].e_type != ET_DYN)
    return "is no shared library";
  if (headers[0].e_machine != kMachine) return "was built for another kind of processor";
  const std::vector<std::string> entries = exported_entries(in, headers[0]);
  for (const std::string& name : entries)
    if (name == RECUR_PLUGIN_ENTRY) return "";
  if (!entries.empty())
    return fmt::format("made for plugin ABI {}, this recur has {}: build the plugin again against this recur's SDK",
                       entries[0].substr(kEntryStem.size()), RECUR_ABI_MAJOR);
  return "exports no " RECUR_PLUGIN_ENTRY ": is it a plugin? RECUR_CELL or RECUR_PLUGIN makes that function";
}

}  // namespace recur::plugin
