// What the program does with what is wrong: one sentence with its place, exit code 1 (2 for a wrong call), no output
// file, and an existing file at the target as it was.
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/corpus/manifest.h"
#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

class BadInput : public FolderTest {};
class WrongCall : public FolderTest {};

TEST_F(BadInput, EveryRefusalOfTheCorpusIsOneSentenceAndNoFile) {
  const auto manifest = Manifest::read(corpus("manifest.json"));
  ASSERT_TRUE(manifest.has_value());
  const std::string kept = in_folder("kept.keras");
  write_text(kept, "as it was");
  int refused = 0;
  for (const ManifestEntry& entry : manifest->entries()) {
    if (entry.verdict.kind != Verdict::Kind::refused) continue;
    ++refused;
    const std::string path = manifest->path_of(entry.file);
    expect_refusal(revive({"check", path, "--output", in_folder("new.keras")}), path + ": ");
    if (refused % 10 == 0) expect_refusal(revive({"check", path, "--output", kept}), path + ": ");
  }
  EXPECT_GE(refused, 60);
  EXPECT_EQ(files(), std::vector<std::string>{"kept.keras"});
  EXPECT_EQ(read_text(kept), "as it was");
}

TEST_F(BadInput, APathThatCannotBeRead) {
  const std::string nowhere = in_folder("nowhere.keras");
  for (const char* command : {"show", "check", "repro"}) {
    expect_refusal(revive({command, nowhere}), nowhere + ": cannot ");
    expect_refusal(revive({command, in_folder("")}), in_folder("") + ": ");
  }
  expect_refusal(revive({"diff", corpus("keras/dense.keras"), nowhere}), nowhere + ": ");
  expect_refusal(revive({"replay", nowhere}), nowhere + ": ");
  expect_refusal(revive({"replay", "--manifest", nowhere}), nowhere + ": ");
}

TEST_F(BadInput, AFullDisk) {
  const std::string kept = in_folder("kept.keras");
  write_text(kept, "as it was");
  constexpr std::uint64_t kRoom = 1024;
  expect_refusal(revive({"check", corpus("keras/dense.keras"), "--output", kept}, {.file_bytes = kRoom}), kept + ": ");
  EXPECT_EQ(read_text(kept), "as it was");
  const std::string fresh = in_folder("new.keras");
  expect_refusal(revive({"check", corpus("keras/dense.keras"), "--output", fresh}, {.file_bytes = kRoom}),
                 fresh + ": ");
  EXPECT_EQ(files(), std::vector<std::string>{"kept.keras"});
}

TEST_F(BadInput, AFolderThatCannotBeWritten) {
  const std::string target = in_folder("missing/new.keras");
  expect_refusal(revive({"check", corpus("keras/dense.keras"), "--output", target}), target + ": ");
  expect_refusal(revive({"generate", "-n", "1", "--out", "/proc/revive"}), "/proc/revive: ");
}

TEST_F(BadInput, StandardOutputThatCannotBeWritten) {
  const auto end = properties::run_child(
      {"/bin/sh", "-c", std::string(REVIVE_PROGRAM) + " show " + corpus("keras/dense.keras") + " > /dev/full"}, {});
  ASSERT_TRUE(end.has_value());
  expect_refusal(*end, "standard output: ");
}

TEST_F(BadInput, AnInputTheModelCannotTake) {
  const std::string dense = corpus("keras/dense.keras");
  const std::string output = in_folder("y.npy");
  const auto run = [&](const std::string& input) {
    return revive({"run", dense, "--input", input, "--output", output});
  };
  const std::string not_npy = in_folder("not.npy");
  write_text(not_npy, "not an array");
  expect_refusal(run(not_npy), not_npy + ": ");
  expect_refusal(run(corpus("keras/conv1d_causal.input.npy")), dense + ": ");
  expect_refusal(run(in_folder("nowhere.npy")), in_folder("nowhere.npy") + ": ");
  EXPECT_FALSE(std::filesystem::exists(output));
}

TEST_F(BadInput, MoreThanTheMemoryThereIs) {
  if (!properties::applies_memory_limits()) GTEST_SKIP() << "a sanitizer lifts the limit";
  constexpr std::int64_t kRows = 1 << 24;
  const std::string input = in_folder("x.npy");
  ASSERT_TRUE(write_array(input, Tensor(DType::float32, {kRows, 4})));
  // Room for the rows and a copy of them, and not for an output of each row.
  constexpr std::uint64_t kRoom = std::uint64_t{640} << 20;
  const auto end = revive({"run", corpus("keras/dense.keras"), "--input", input, "--output", in_folder("y.npy")},
                          {.memory_bytes = kRoom});
  expect_refusal(end, "this machine has too little memory");
  EXPECT_EQ(files(), std::vector<std::string>{"x.npy"});
}

TEST_F(BadInput, AnOutputThatIsNotTheRecordedOne) {
  for (const char* part : {".keras", ".input.npy"}) {
    std::filesystem::copy_file(corpus(std::string("keras/dense") + part), in_folder(std::string("d") + part));
  }
  const std::string archive = in_folder("d.keras");
  EXPECT_TRUE(revive({"check", archive}).exited_with(0));
  std::string recorded = read_text(corpus("keras/dense.output.npy"));
  recorded.back() = static_cast<char>(recorded.back() ^ 0x40);
  write_text(in_folder("d.output.npy"), recorded);
  expect_refusal(revive({"check", archive, "--output", in_folder("new.keras")}), archive + ": output: ");
  EXPECT_FALSE(std::filesystem::exists(in_folder("new.keras")));
}

TEST_F(WrongCall, IsOneSentenceAndExitCodeTwo) {
  const std::string dense = corpus("keras/dense.keras");
  const std::vector<std::vector<std::string>> calls = {
      {},
      {"revive"},
      {"show"},
      {"show", dense, "--colour"},
      {"check"},
      {"check", dense, dense, "--output", in_folder("new.keras")},
      {"run", dense},
      {"generate", "-n", "0", "--out", in_folder("models")},
      {"generate", "--profile", "calm", "--out", in_folder("models")},
      {"properties", "outputs_live"},
      {"properties", "--subject", "nobody"},
      {"properties", "--cases", "-1"},
      {"replay", in_folder("crash-1234")},
      {"replay", "--subject", "nobody"},
      {"promote", dense},
      {"promote", in_folder("crash-1234"), "--reason", "it is right", "--manifest", corpus("manifest.json")},
      {"fuzz", "--time", "soon"},
  };
  write_text(in_folder("crash-1234"), "found by a fuzzer");
  for (const auto& call : calls) {
    const properties::ChildEnd end = revive(call);
    EXPECT_TRUE(end.exited_with(2)) << testing::PrintToString(call) << to_string(end);
    EXPECT_EQ(end.out, "");
    EXPECT_EQ(std::ranges::count(end.err, '\n'), 1) << end.err;
    EXPECT_TRUE(end.err.starts_with("revive")) << end.err;
    EXPECT_TRUE(end.err.ends_with("--help` says what it takes\n")) << end.err;
  }
  EXPECT_EQ(files(), std::vector<std::string>{"crash-1234"});
}

}  // namespace
}  // namespace revive::tools
