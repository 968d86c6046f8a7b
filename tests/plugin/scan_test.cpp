// Each wrong plugin becomes one clear row, and the scan goes on.
#include "scanning.hpp"

namespace recur::plugin {
namespace {

using testing::HasSubstr;

// All that is wrong, and mgu before it.
const Registry& everything() {
  static const Registry registry(scan_of({kFixtures / "mgu.so", kHostile}));
  return registry;
}

std::vector<const Row*> rows_of(const std::string& file) {
  std::vector<const Row*> rows;
  for (const Row& row : everything().rows())
    if (row.file.filename() == file) rows.push_back(&row);
  return rows;
}

struct WrongFile {
  const char* file;
  const char* problem;
};

class WrongFileTest : public testing::TestWithParam<WrongFile> {};

TEST_P(WrongFileTest, IsOneRowWithTheReason) {
  const std::vector<const Row*> rows = rows_of(GetParam().file);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0]->cell.id, "");
  EXPECT_THAT(rows[0]->problem, HasSubstr(GetParam().problem));
  EXPECT_EQ(rows[0]->problem.find('\n'), std::string::npos);
}
INSTANTIATE_TEST_SUITE_P(Hostile, WrongFileTest, testing::Values(
    WrongFile{"no_symbol.so", "exports no recur_plugin_entry_v1"},
    WrongFile{"wrong_major.so", "made for plugin ABI 2.0, this recur has 1.1: build the plugin again"},
    WrongFile{"short_struct.so", "recur_plugin of 16 bytes; ABI 1.0 has 40: build the plugin again"},
    WrongFile{"no_description.so", "recur_plugin_entry_v1 returned no description"},
    WrongFile{"aborts_loading.so", "crashed while loading (SIGABRT)"},
    WrongFile{"exits_loading.so", "ended the program while loading (status 0)"},
    WrongFile{"crashes_recording.so", "crashed while recording 'crashes' (SIGSEGV)"}),
    [](const auto& param) { return fs::path(param.param.file).stem().string(); });

TEST(HangingFileTest, IsStoppedAtTheTimeLimit) {
  ScanOptions options = scan_of({kFixtures / "hanging", kFixtures / "mgu.so"});
  options.time_limit = std::chrono::milliseconds(1000);
  const Registry registry(options);
  ASSERT_EQ(registry.rows().size(), 2u);
  EXPECT_THAT(registry.rows()[0].problem, HasSubstr("did not come to an end within 1 s"));
  EXPECT_EQ(registry.ids(), std::vector<std::string>{"mgu"});
}

struct WrongCell {
  const char* id;
  const char* problem;
};

class WrongCellTest : public testing::TestWithParam<WrongCell> {};

TEST_P(WrongCellTest, IsARowOfItsOwn) {
  int found = 0;
  for (const Row& row : everything().rows()) {
    if (row.cell.id != GetParam().id) continue;
    ++found;
    EXPECT_THAT(row.problem, HasSubstr(GetParam().problem));
  }
  EXPECT_EQ(found, 1);
}
INSTANTIATE_TEST_SUITE_P(Hostile, WrongCellTest, testing::Values(
    WrongCell{"throws", "step: the author forgot something"},
    WrongCell{"throws-int", "step: threw something that is not a std::exception"},
    WrongCell{"nan-weight", "weight 'W': its initial value (a) is nan"},
    WrongCell{"nan-default", "hyper-parameter 'scale': its default nan is not a finite number"},
    WrongCell{"nan-start", "state 'h': its start is nan"},
    WrongCell{"nan-constant", "given a number that is NaN"},
    WrongCell{"bad-version", "its version 'one' is not of the form 1.2.3"},
    WrongCell{"default-outside", "its default 2 is out of range; expected a number from 0 to 1"},
    WrongCell{"nameless-hyper", "the name of a hyper-parameter is null"},
    WrongCell{"no-step", "a cell without record_step"},
    WrongCell{"no-output", "step: gave no output"},
    WrongCell{"wrong-shape", "step: add"},
    WrongCell{"wrong-state", "state 'h' is [N, 8], but its next value is [N, 16]"},
    WrongCell{"forgotten-state", "state 'c' gets no next value"},
    WrongCell{"unknown-state", "there is no state 'c'; declared: h"},
    WrongCell{"twice", "weight 'b' is declared twice"},
    WrongCell{"wrong-lowering", "whose weights_layer is [8, 24], but 'W' is [8, 8]"},
    WrongCell{"asks-for-nobody", "asks for cell 'nobody', which no plugin offers"},
    WrongCell{"asks-for-itself", "'asks-for-itself' is made of itself"},
    WrongCell{"missing-column", "models its input in columns 8 and 9 of 9, behind the 8 of the input"}),
    [](const auto& param) {
      std::string name = param.param.id;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(ScanTest, ReadsUnsoundDescriptorsWithoutFallingOverThem) {
  std::string problems;
  for (const Row* row : rows_of("unsound_cells.so")) problems += row->problem + "\n";
  EXPECT_THAT(problems, HasSubstr("a cell's id is null"));
  EXPECT_THAT(problems, HasSubstr("the id 'Bad Id' may hold lower case letters"));
  EXPECT_THAT(problems, HasSubstr("recur_cell_descriptor of 64 bytes; ABI 1.0 has 112"));
  EXPECT_THAT(problems, HasSubstr("a cell's descriptor is null"));
}

TEST(ScanTest, GivesADuplicateIdToTheFirstFound) {
  const std::vector<const Row*> rows = rows_of("duplicate_id.so");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_THAT(rows[0]->problem, HasSubstr("duplicate id 'mgu': " + (kFixtures / "mgu.so").string()));
  EXPECT_EQ(everything().describe("mgu").cell.version, "1.0.0");
}

TEST(ScanTest, GoesOn) {
  EXPECT_EQ(everything().ids(), (std::vector<std::string>{"mgu", "sound-beside-throws"}));
  EXPECT_EQ(everything().make("sound-beside-throws", 3, 5).output(), 5);
}

TEST(ScanTest, TellsWhyAKnownCellCannotBeUsed) {
  EXPECT_EQ(message_of([] { everything().find("throws"); }),
            (kHostile / "throws_recording.so").string() + ": cell 'throws' cannot be used: step: the author forgot something");
}

TEST(ScanTest, SuggestsTheNearestCell) {
  EXPECT_THAT(message_of([] { everything().find("mgru"); }), HasSubstr("unknown cell 'mgru'; did you mean 'mgu'?"));
}

TEST(ScanTest, DescribesACellWithoutLoadingIt) {
  const Row& row = everything().describe("mgu");
  EXPECT_EQ(row.cell.summary, "Minimal gated unit");
  EXPECT_THAT(row.cell.citation, HasSubstr("Zhou"));
  EXPECT_THAT(row.cell.source, HasSubstr("mgu.cpp"));
  EXPECT_EQ(row.sdk_version, "1.0.0");
  ASSERT_EQ(row.cell.weights.size(), 4u);
  EXPECT_EQ(row.cell.weights[0].name, "W");
  EXPECT_EQ(row.cell.weights[0].layout, "[I, 2H]");
  EXPECT_EQ(row.cell.weights[0].gates, "f c");
  ASSERT_EQ(row.cell.states.size(), 1u);
  EXPECT_EQ(row.cell.states[0].layout, "[N, H]");
}

TEST(ScanTest, FindsTheCellsThatOthersAreMadeOf) {
  const Registry registry(scan_of({kFixtures / "bidirectional.so", kFixtures / "mgu.so"}));
  EXPECT_EQ(registry.ids(), (std::vector<std::string>{"bidirectional", "mgu", "zoneout"}));
  EXPECT_EQ(registry.make("bidirectional", 3, 5).output(), 10);
  const Registry alone(scan_of({kFixtures / "bidirectional.so"}));
  EXPECT_TRUE(alone.ids().empty());
  EXPECT_THAT(alone.rows().at(0).problem, HasSubstr("asks for cell 'mgu', which no plugin offers"));
}

TEST(ScanTest, NeedsItsProbe) {
  ScanOptions options = scan_of({kFixtures / "mgu.so"});
  options.probe = "/nowhere/recur-probe";
  EXPECT_THAT(message_of([&] { Registry registry(options); }), HasSubstr("recur-probe, which tries new plugins, is not at /nowhere/recur-probe"));
}

}  // namespace
}  // namespace recur::plugin
