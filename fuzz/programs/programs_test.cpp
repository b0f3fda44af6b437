#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "revive/fuzz/seeds/seeds.h"
#include "revive/properties/process/child_process.h"
#include "revive/serializer/keras_archive.h"
#include "revive_build/source_dir.h"

namespace revive::fuzz {
namespace {

namespace fs = std::filesystem;
using properties::ChildEnd;
using testing::ContainsRegex;
using testing::HasSubstr;

ChildEnd run(const std::vector<std::string>& command) {
  const auto end = properties::run_child(command, {.wall_seconds = 120});
  EXPECT_TRUE(end) << end.error().text();
  return end.value_or(ChildEnd{});
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
void write(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

class Programs : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("fuzz_programs_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string in_folder(const std::string& name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

std::string seed_of(const std::string& target, const std::string& name) {
  return REVIVE_FUZZ_DIR "/seeds/" + target + "/" + name;
}
std::string probe(const std::string& target) {
  return REVIVE_PROGRAMS_DIR "/" + target + "_probe";
}

TEST_F(Programs, ArchiveFuzzerMutatesRunsAndPrintsWhatItDid) {
  const ChildEnd end =
      run({probe("archive_fuzzer"), seed_of("archive_fuzzer", "keras_stack_text.keras"), "40", "131072"});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_THAT(end.out,
              ContainsRegex("returned 0\n40 mutants, (3[0-9]|40) unlike, 0 refused, 0 beyond, 1?[1-9] by the engine"));
  EXPECT_THAT(end.err, ContainsRegex("runs +41 "));
  EXPECT_THAT(end.err, ContainsRegex("structured mutants +[23][0-9] "));
  const ChildEnd bad = run({probe("archive_fuzzer"), in_folder("nothing"), "0", "100"});
  EXPECT_THAT(bad.err, ContainsRegex("runs +1 +0.0 % load"));
}

TEST_F(Programs, BytecodeFuzzerMutatesRunsAndPrintsWhatItDid) {
  const ChildEnd end =
      run({probe("bytecode_fuzzer"), seed_of("bytecode_fuzzer", "python3.11_arithmetic_6"), "80", "1024"});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_THAT(
      end.out,
      ContainsRegex("returned 0\n80 mutants, [678][0-9] unlike, [1-9][0-9]* refused, 0 beyond, 1?[1-9] by the engine"));
  EXPECT_THAT(end.err, ContainsRegex("runs +81 "));
  EXPECT_THAT(end.err, ContainsRegex("seed +1 "));
}

TEST_F(Programs, ModelFuzzerMutatesAndRuns) {
  const ChildEnd end = run({probe("model_fuzzer"), seed_of("model_fuzzer", "choices_1"), "20", "4096"});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_THAT(end.out,
              ContainsRegex("returned 0\n20 mutants, (1[0-9]|20) unlike, 0 refused, 0 beyond, 1?[1-9] by the engine"));
}

TEST_F(Programs, LambdaFuzzerRunsWhatItIsGiven) {
  const ChildEnd end = run({probe("lambda_fuzzer"), seed_of("lambda_fuzzer", "lambda_0"), "20", "512"});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_EQ(end.out, "returned 0\nno mutator\n");
}

TEST_F(Programs, ReplayRunsFilesAndFoldersInOrder) {
  const std::string replay = REVIVE_PROGRAMS_DIR "/replay_probe";
  write(folder_ / "some/b", "two");
  write(folder_ / "some/a", "one");
  write(folder_ / "some/inner/c", "three");
  write(folder_ / "file", "four");
  const ChildEnd end = run({replay, "-runs=1", in_folder("some"), in_folder("file")});
  EXPECT_TRUE(end.exited_with(0)) << end.err;
  EXPECT_EQ(end.out, "<one>\n<two>\n<three>\n<four>\n");
  EXPECT_THAT(end.err, HasSubstr("ignored without a fuzzing engine: -runs=1\n"));
  EXPECT_THAT(end.err, HasSubstr("Running: " + in_folder("some/a") + " (3 bytes)\n"));
  EXPECT_THAT(end.err, HasSubstr("4 inputs run, 0 unreadable\n"));
}

TEST_F(Programs, ReplaySaysWhatCannotBeRead) {
  const std::string replay = REVIVE_PROGRAMS_DIR "/replay_probe";
  write(folder_ / "file", "four");
  const ChildEnd end = run({replay, in_folder("nothing"), in_folder("file")});
  EXPECT_TRUE(end.exited_with(1));
  EXPECT_EQ(end.out, "<four>\n");
  EXPECT_THAT(end.err, HasSubstr(in_folder("nothing") + ": cannot be read\n"));
  EXPECT_THAT(end.err, HasSubstr("1 inputs run, 1 unreadable\n"));
  fs::create_directories(folder_ / "empty");
  const ChildEnd empty = run({replay, in_folder("empty")});
  EXPECT_TRUE(empty.exited_with(1));
  EXPECT_THAT(empty.err, HasSubstr("0 inputs run, 0 unreadable\n"));
}

TEST_F(Programs, ReplayWithoutInputsSaysHowItIsCalled) {
  const std::string replay = REVIVE_PROGRAMS_DIR "/replay_probe";
  for (const std::vector<std::string>& command : {std::vector{replay}, std::vector{replay, std::string("-runs=0")}}) {
    const ChildEnd end = run(command);
    EXPECT_TRUE(end.exited_with(2));
    EXPECT_THAT(end.err, HasSubstr("usage: " + replay + " FILE_OR_FOLDER..."));
  }
}

TEST_F(Programs, AFindingEndsTheReplayAfterItsName) {
  write(folder_ / "a", "crash");
  write(folder_ / "b", "never");
  const ChildEnd end = run({REVIVE_PROGRAMS_DIR "/replay_probe", folder_.string()});
  EXPECT_EQ(end.how, ChildEnd::How::signalled);
  EXPECT_EQ(end.out, "<crash>\n");
  EXPECT_THAT(end.err, testing::EndsWith("Running: " + in_folder("a") + " (5 bytes)\n"));
}

// What an engine's main brings: its mutator, which here changes nothing, and what the sanitizer does by default.
TEST_F(Programs, WithoutAnEngineNothingIsMutated) {
  write(folder_ / "mutate", "mutate");
  write(folder_ / "options", "options");
  const ChildEnd end = run({REVIVE_PROGRAMS_DIR "/replay_probe", in_folder("mutate"), in_folder("options")});
  EXPECT_EQ(end.out, "<mutate>\n3\n<options>\nmalloc_context_size=1\n");
}

ChildEnd make_seeds(const fs::path& corpus, const fs::path& dictionary, const fs::path& out) {
  return run({REVIVE_MAKE_SEEDS, corpus.string(), dictionary.string(), out.string()});
}

TEST_F(Programs, MakeSeedsWritesWhatTheTargetsStartFrom) {
  const fs::path corpus = REVIVE_SOURCE_DIR "/corpus";
  const fs::path dictionary = REVIVE_SOURCE_DIR "/fuzz/archive_fuzzer.dict";
  write(folder_ / "seeds/archive_fuzzer/older", "of an older generator");
  const ChildEnd end = make_seeds(corpus, dictionary, folder_);
  EXPECT_TRUE(end.exited_with(0)) << end.err;

  std::map<std::string, std::string> expected;
  for (const std::string_view name : keras_seed_names()) {
    const std::string file = std::string(name) + ".keras";
    expected["archive_fuzzer/keras_" + file] = read(corpus / "keras" / file);
  }
  for (const GeneratedSeed& seed : generated_seeds()) {
    const auto archive = save_bytes(seed.model);
    expected["archive_fuzzer/generated_" + std::to_string(seed.seed) + ".keras"] = {
        reinterpret_cast<const char*>(archive->bytes().data()), archive->size()};
  }
  const auto add_numbered = [&](const std::string& name, const std::vector<std::vector<std::uint8_t>>& seeds) {
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      expected[name + "_" + std::to_string(i)] = {seeds[i].begin(), seeds[i].end()};
    }
  };
  add_numbered("model_fuzzer/choices", choice_seeds());
  add_numbered("lambda_fuzzer/lambda", lambda_seeds());
  std::size_t versions = 0;
  for (const auto& entry : fs::directory_iterator(corpus / "lambdas")) {
    const std::string version = entry.path().stem().string();
    if (!version.starts_with("python") || entry.path().extension() != ".json") continue;
    ++versions;
    const auto seeds = bytecode_seeds(read(entry.path()));
    ASSERT_TRUE(seeds);
    for (const BytecodeSeed& seed : *seeds) {
      expected["bytecode_fuzzer/" + version + "_" + seed.name] = {reinterpret_cast<const char*>(seed.bytes.data()),
                                                                  seed.bytes.size()};
    }
  }
  EXPECT_GE(versions, 8U);

  std::map<std::string, std::string> made;
  for (const auto& entry : fs::recursive_directory_iterator(folder_ / "seeds")) {
    if (entry.is_regular_file()) made[fs::relative(entry.path(), folder_ / "seeds").string()] = read(entry.path());
  }
  std::set<std::string> names;
  for (const auto& [name, bytes] : made) names.insert(name);
  std::set<std::string> expected_names;
  for (const auto& [name, bytes] : expected) expected_names.insert(name);
  EXPECT_EQ(names, expected_names);
  for (const auto& [name, bytes] : expected) EXPECT_TRUE(made[name] == bytes) << name;
  EXPECT_EQ(read(folder_ / "archive_fuzzer.dict"), read(dictionary) + declared_dictionary());
  EXPECT_EQ(read(folder_ / "lambda_fuzzer.dict"), lambda_dictionary());
}

TEST_F(Programs, MakeSeedsSaysWhatItLacks) {
  const fs::path corpus = REVIVE_SOURCE_DIR "/corpus";
  const fs::path dictionary = REVIVE_SOURCE_DIR "/fuzz/archive_fuzzer.dict";
  const ChildEnd called_wrong = run({REVIVE_MAKE_SEEDS, "corpus"});
  EXPECT_TRUE(called_wrong.exited_with(2));
  EXPECT_THAT(called_wrong.err, HasSubstr("CORPUS_FOLDER DICTIONARY OUT"));
  const ChildEnd no_dictionary = make_seeds(corpus, folder_ / "none.dict", folder_ / "out");
  EXPECT_TRUE(no_dictionary.exited_with(1));
  EXPECT_THAT(no_dictionary.err, HasSubstr("none.dict: cannot be read"));
  const ChildEnd no_archives = make_seeds(folder_ / "corpus", dictionary, folder_ / "out");
  EXPECT_TRUE(no_archives.exited_with(1));
  EXPECT_THAT(no_archives.err, HasSubstr("corpus/keras/"));
  // The archives are there, the lambdas are not those of Python.
  fs::create_directories(folder_ / "corpus/lambdas");
  fs::copy(corpus / "keras", folder_ / "corpus/keras");
  write(folder_ / "corpus/lambdas/python3.8.json", "{}");
  const ChildEnd no_lambdas = make_seeds(folder_ / "corpus", dictionary, folder_ / "out");
  EXPECT_TRUE(no_lambdas.exited_with(1));
  EXPECT_THAT(no_lambdas.err, HasSubstr("python3.8.json: fixtures: expected the code of identity"));
  // Other files beside them are not for it.
  fs::remove(folder_ / "corpus/lambdas/python3.8.json");
  write(folder_ / "corpus/lambdas/other.json", "{}");
  write(folder_ / "corpus/lambdas/python.txt", "{}");
  EXPECT_TRUE(make_seeds(folder_ / "corpus", dictionary, folder_ / "out").exited_with(0));
  // Where a dictionary cannot be written.
  fs::create_directories(folder_ / "full/archive_fuzzer.dict");
  const ChildEnd full = make_seeds(folder_ / "corpus", dictionary, folder_ / "full");
  EXPECT_TRUE(full.exited_with(1));
  EXPECT_THAT(full.err, HasSubstr("full/archive_fuzzer.dict: cannot be written"));
}

}  // namespace
}  // namespace revive::fuzz
