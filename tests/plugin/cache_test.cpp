// What the scan remembers, and when it forgets.
#include "cache.hpp"

#include <boost/json.hpp>

#include "scanning.hpp"

namespace recur::plugin {
namespace {

class CacheTest : public testing::Test {
 protected:
  CacheTest() {
    fs::create_directory(plugins_);
    fs::copy_file(kFixtures / "mgu.so", plugins_ / "mgu.so");
    fs::copy_file(kHostile / "aborts_loading.so", plugins_ / "aborts.so");
    fs::copy_file(kHostile / "no_symbol.so", plugins_ / "none.so");
    options_ = scan_of({plugins_});
    options_.cache = cache_;
  }
  int probed() const { return Registry(options_).probed(); }

  TemporaryDirectory directory_;
  fs::path plugins_ = directory_.path() / "plugins", cache_ = directory_.path() / "cache" / "recur" / "plugins.json";
  ScanOptions options_;
};

TEST_F(CacheTest, SparesTheSecondScanEveryChild) {
  const Registry first(options_);
  EXPECT_EQ(first.probed(), 2);  // none.so is told by its symbols
  options_.probe = "/nowhere/recur-probe";
  const Registry second(options_);
  EXPECT_EQ(second.probed(), 0);
  ASSERT_EQ(second.rows().size(), first.rows().size());
  for (size_t i = 0; i < first.rows().size(); ++i) {
    EXPECT_EQ(second.rows()[i].file, first.rows()[i].file);
    EXPECT_EQ(second.rows()[i].problem, first.rows()[i].problem);
    EXPECT_EQ(second.rows()[i].cell.id, first.rows()[i].cell.id);
    EXPECT_EQ(second.rows()[i].cell.weights.size(), first.rows()[i].cell.weights.size());
  }
  EXPECT_EQ(second.make("mgu", 3, 4).output(), 4);
}

TEST_F(CacheTest, ForgetsAFileThatChanged) {
  EXPECT_EQ(probed(), 2);
  fs::last_write_time(plugins_ / "mgu.so", fs::last_write_time(plugins_ / "mgu.so") + std::chrono::seconds(5));
  EXPECT_EQ(probed(), 1);
  fs::copy_file(kFixtures / "mgu.so", plugins_ / "aborts.so", fs::copy_options::overwrite_existing);
  EXPECT_EQ(probed(), 1);
  EXPECT_EQ(probed(), 0);
}

TEST_F(CacheTest, TriesEverythingAgainWhenAsked) {
  probed();
  options_.rescan = true;
  EXPECT_EQ(probed(), 2);
}

TEST_F(CacheTest, MayBeDamagedOrLost) {
  probed();
  for (const char* text : {"", "{", "[]", R"({"version": "0 abi 1.0", "files": []})"}) {
    write(cache_, text);
    EXPECT_EQ(probed(), 2) << text;
    EXPECT_EQ(probed(), 0) << text;
  }
  fs::remove_all(cache_.parent_path());
  EXPECT_EQ(probed(), 2);
}

TEST_F(CacheTest, MayBeUnwritable) {
  write(directory_.path() / "file", "in the way");
  options_.cache = directory_.path() / "file" / "plugins.json";
  EXPECT_EQ(probed(), 2);
  EXPECT_EQ(probed(), 2);
}

TEST_F(CacheTest, KeepsOtherScansFilesAndDropsThoseThatAreGone) {
  probed();
  ScanOptions other = scan_of({kFixtures / "mgu.so"});
  other.cache = cache_;
  EXPECT_EQ(Registry(other).probed(), 1);
  fs::remove(plugins_ / "aborts.so");
  fs::last_write_time(plugins_ / "mgu.so", fs::last_write_time(plugins_ / "mgu.so") + std::chrono::seconds(5));
  EXPECT_EQ(probed(), 1);
  EXPECT_EQ(Registry(other).probed(), 0);
  std::ifstream in(cache_);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(text.find("aborts.so"), std::string::npos);
  int left = 0;
  for (const auto& entry : fs::directory_iterator(cache_.parent_path())) left += entry.path() != cache_;
  EXPECT_EQ(left, 0) << "temporary files were left behind";
}

TEST_F(CacheTest, RemembersACellThatWaitsForAnotherAndTriesItWhenThatComes) {
  fs::copy_file(kFixtures / "bidirectional.so", plugins_ / "bidirectional.so");
  fs::remove(plugins_ / "mgu.so");
  EXPECT_EQ(probed(), 2);
  EXPECT_EQ(probed(), 0);
  fs::copy_file(kFixtures / "mgu.so", plugins_ / "mgu.so");
  const Registry now(options_);
  EXPECT_EQ(now.probed(), 2);
  EXPECT_EQ(now.ids(), (std::vector<std::string>{"bidirectional", "mgu", "zoneout"}));
  EXPECT_EQ(probed(), 0);
}

TEST(ReportTest, ReadsBackWhatItWrites) {
  FileReport report;
  report.sdk_version = "1.0.0";
  CellReport& cell = report.cells.emplace_back();
  cell.info.id = "x";
  cell.info.kind = RECUR_LAYER;
  const double open = std::numeric_limits<double>::infinity();
  cell.info.hypers = {{"rate", "help \"quoted\"\n", RECUR_REAL, 1.0, -open, open, {}},
                      {"heads", "", RECUR_INT, int64_t{3}, 1, 8, {}},
                      {"on", "", RECUR_BOOL, true, 0, 0, {}},
                      {"kind", "", RECUR_CHOICE, std::string("a"), 0, 0, {"a", "b"}}};
  cell.info.weights = {{"W", {8, 32}, "[I, 4H]", "i f c o", RECUR_ROLE_INPUT, RECUR_INIT_NORMAL, 0.5, 1e-3, {{8, 16, 1.0}}}};
  cell.info.states = {{"h", {8}, "[N, H]", 0.25, "h.start"}};
  cell.problem = "none";
  cell.needs = "gru";
  const FileReport back = report_from_json(boost::json::parse(boost::json::serialize(to_json(report))));
  ASSERT_EQ(back.cells.size(), 1u);
  const CellInfo& info = back.cells[0].info;
  EXPECT_EQ(info.kind, RECUR_LAYER);
  ASSERT_EQ(info.hypers.size(), 4u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(info.hypers[i].fallback, cell.info.hypers[i].fallback);
  EXPECT_EQ(info.hypers[0].max, open);
  EXPECT_EQ(info.hypers[0].help, cell.info.hypers[0].help);
  EXPECT_EQ(info.hypers[3].choices, cell.info.hypers[3].choices);
  EXPECT_EQ(info.weights[0].dims, (ir::Shape{8, 32}));
  EXPECT_EQ(info.weights[0].b, 1e-3);
  EXPECT_EQ(info.weights[0].segments.at(0).end, 16);
  EXPECT_EQ(info.states[0].start_weight, "h.start");
  EXPECT_EQ(back.cells[0].needs, "gru");
}

}  // namespace
}  // namespace recur::plugin
