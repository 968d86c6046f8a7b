// plugins/README.md is true: its project builds outside the tree, and every cell in it can be used.
#include <cstdlib>
#include <sstream>

#include "scanning.hpp"

namespace recur::plugin {
namespace {

// The blocks of the guide between ```language and ```.
std::vector<std::string> snippets(const std::string& language) {
  std::ifstream in(fs::path(RECUR_SOURCE_DIR) / "plugins" / "README.md");
  std::vector<std::string> blocks;
  std::string line;
  bool inside = false;
  while (std::getline(in, line)) {
    if (line.starts_with("```")) {
      inside = line == "```" + language;
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back() += line + "\n";
    }
  }
  return blocks;
}

int run(const std::string& command) { return std::system(command.c_str()); }

TEST(GuideTest, ItsProjectBuildsOutsideTheTreeAndItsCellsCanBeUsed) {
  const TemporaryDirectory directory;
  const std::vector<std::string> sources = snippets("cpp"), projects = snippets("cmake");
  ASSERT_EQ(projects.size(), 1u);
  ASSERT_GE(sources.size(), 2u);
  write(directory.path() / "mgu.cpp", sources[0]);
  std::ostringstream project;
  project << projects[0];
  for (size_t i = 1; i < sources.size(); ++i) {
    write(directory.path() / ("snippet" + std::to_string(i) + ".cpp"), sources[i]);
    project << "recur_add_plugin(snippet" << i << " snippet" << i << ".cpp)\n";
  }
  write(directory.path() / "CMakeLists.txt", project.str());

  const std::string build = (directory.path() / "build").string(), log = (directory.path() / "log").string();
  const auto shown = [&] {
    std::ifstream in(log);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  ASSERT_EQ(run(std::string(RECUR_CMAKE) + " -G '" RECUR_GENERATOR "' -S " + directory.path().string() + " -B " + build +
                " -Drecur_DIR=" RECUR_BINARY_DIR " -DCMAKE_CXX_COMPILER=" RECUR_CXX " -DCMAKE_CXX_FLAGS='-Wall -Wextra -Wpedantic -Werror' > " + log + " 2>&1"), 0)
      << shown();
  ASSERT_EQ(run(std::string(RECUR_CMAKE) + " --build " + build + " > " + log + " 2>&1"), 0) << shown();

  const Registry registry(scan_of({build, kShipped}));
  for (const Row& row : registry.rows()) EXPECT_EQ(row.problem, "") << row.file << " " << row.cell.id;
  EXPECT_THAT(registry.ids(), testing::Contains("mgu"));
}

}  // namespace
}  // namespace recur::plugin
