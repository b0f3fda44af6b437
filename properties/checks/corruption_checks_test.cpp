// no_silent_corruption and sealed_corruption_is_explained find subjects that believe what they read, and archives as
// small as they come keep both when every so many bytes are changed.
#include <gtest/gtest.h>

#include <cctype>

#include "revive/properties/archive/archive_parts.h"
#include "revive/properties/checks/corruption_judge.h"
#include "revive/properties/testing/broken.h"
#include "revive/serializer/zip/zip_layout.h"

namespace revive::properties {
namespace {

// Reads what is at the offsets that the headers tell, and no CRC.
Result<Loaded> load_unchecked(std::span<const std::byte> archive, const Environment& environment) {
  const auto envelope = check_zip_layout(archive, {});
  if (!envelope) return std::unexpected(envelope.error());
  ArchiveParts parts;
  for (const ZipMember& member : envelope->members) {
    const auto bytes = archive.subspan(member.data_offset, member.stored_size);
    parts.parts.push_back({member.name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}});
  }
  const std::string sealed = repack_archive(parts);
  return revive_subject().load(std::as_bytes(std::span(sealed)), environment);
}

TEST(NoSilentCorruption, FindsAReaderThatChecksNoCrc) {
  Subject subject = revive_subject();
  subject.load = load_unchecked;
  testing::expect_found("no_silent_corruption", subject, ": it loads as another model: ");
}

TEST(NoSilentCorruption, FindsItByOutputsWhereTheSubjectOnlyPredicts) {
  Subject subject = revive_subject();
  subject.describes = false;
  subject.load = [](std::span<const std::byte> archive, const Environment& environment) -> Result<Loaded> {
    auto loaded = load_unchecked(archive, environment);
    if (!loaded) return loaded;
    Loaded engine;
    engine.handle = std::make_shared<const Sequential>(std::move(*loaded->model));
    return engine;
  };
  subject.predict = [](const Loaded& loaded, const Tensor& input) {
    return static_cast<const Sequential*>(loaded.handle.get())->predict(input);
  };
  testing::expect_found("no_silent_corruption", subject, ": it loads as another model: ");
}

Subject refusing_with(std::function<Error(Error)> change) {
  Subject subject = revive_subject();
  subject.load = [change = std::move(change)](std::span<const std::byte> archive,
                                              const Environment& environment) -> Result<Loaded> {
    auto loaded = revive_subject().load(archive, environment);
    if (!loaded) return std::unexpected(change(loaded.error()));
    return loaded;
  };
  return subject;
}

TEST(SealedCorruptionIsExplained, FindsRefusalsWithoutPlaceOrSentence) {
  testing::expect_found("sealed_corruption_is_explained",
                        refusing_with([](const Error& error) { return Error{error.code, "", error.message}; }),
                        ": refused without a place: ");
  testing::expect_found("sealed_corruption_is_explained",
                        refusing_with([](const Error& error) { return Error{error.code, error.place, "bad file"}; }),
                        ": refused without a sentence: ");
}

TEST(SealedCorruptionIsExplained, FindsAModelThatLoadsAndDoesNotComeBack) {
  // Stores plain names alone; a changed byte of config.json makes others.
  const auto plain = [](std::string name) {
    for (char& c : name) {
      if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    }
    return name;
  };
  Subject subject = revive_subject();
  subject.save = [plain](const Sequential& model, const Environment& environment) {
    Sequential other = model;
    visit_layers(other.root(), [&](const std::string&, Layer& layer) { layer.set_name(plain(layer.name())); });
    return revive_subject().save(other, environment);
  };
  testing::expect_found("sealed_corruption_is_explained", subject, " does not come back: ");
}

TEST(CorruptionJudge, AsksErrorsForAPlaceAndASentence) {
  EXPECT_FALSE(unexplained({ErrorCode::usage, "config.json", "expected a name, found 3"}));
  EXPECT_TRUE(unexplained({ErrorCode::usage, "", "expected a name, found 3"}));
  EXPECT_TRUE(unexplained({ErrorCode::usage, "config.json", "invalid literal"}));
  EXPECT_FALSE(unexplained({ErrorCode::usage, "config.json", "a short sentence"}));
}

// Outputs are asked for where they are all there is.
TEST(CorruptionJudge, RunsOnlyWhatSaysNothingOfItself) {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  const Case made = *generate_case(choices);
  for (const bool describes : {true, false}) {
    int runs = 0;
    Subject subject = revive_subject();
    subject.load = [&, load = subject.load](std::span<const std::byte> archive,
                                            const Environment& environment) -> Result<Loaded> {
      auto loaded = load(archive, environment);
      if (loaded && !describes) {
        loaded->handle = std::make_shared<const Sequential>(*loaded->model);
        loaded->model.reset();
      }
      return loaded;
    };
    subject.predict = [&](const Loaded&, const Tensor& input) -> Result<Tensor> {
      ++runs;
      return input;
    };
    const Bytes archive = subject.save(made.model, {}).value();
    const auto judge = CorruptionJudge::make(subject, archive, {}, &made.input, {});
    ASSERT_TRUE(judge) << judge.error().text();
    EXPECT_EQ(judge->silent(archive).fate, CorruptionOutcome::identical);
    EXPECT_EQ(runs, describes ? 0 : 2);
  }
}

// A foreign subject may say of one archive what it loads as, and not of the other. Models are compared where it says it
// of both; outputs where it says nothing of the untouched one.
TEST(CorruptionJudge, ComparesWhatTheSubjectSaysOfBoth) {
  Choices choices = Choices::replay(std::vector<std::uint64_t>{});
  const Case made = *generate_case(choices);
  const Bytes archive = revive_subject().save(made.model, {}).value();
  struct Row {
    bool describes_first = false;
    bool describes_second = false;
    // Of the second, how its name and its output are not those of the first.
    std::string name;
    float more = 0;
    CorruptionOutcome fate = CorruptionOutcome::identical;
    std::string message;
  };
  using enum CorruptionOutcome;
  const std::string moved = "it loads as another model: output[0]: ";
  const Row rows[] = {{true, true, "", 0, identical, ""},
                      {true, true, "other", 0, different, "it loads as another model: /config/name: "},
                      {true, true, "", 1, identical, ""},
                      {true, false, "other", 1, identical, ""},
                      {false, true, "other", 0, identical, ""},
                      {false, true, "", 1, different, moved},
                      {false, false, "", 0, identical, ""},
                      {false, false, "", 1, different, moved}};
  for (const Row& row : rows) {
    int loads = 0;
    Subject subject = revive_subject();
    subject.load = [&](std::span<const std::byte>, const Environment&) -> Result<Loaded> {
      const bool first = loads++ == 0;
      Sequential model = made.model;
      if (!first && !row.name.empty()) model.root().set_name(row.name);
      Loaded loaded;
      loaded.handle = std::make_shared<const float>(first ? 0.0F : row.more);
      if (first ? row.describes_first : row.describes_second) loaded.model = std::move(model);
      return loaded;
    };
    subject.predict = [](const Loaded& loaded, const Tensor&) -> Result<Tensor> {
      Tensor output(DType::float32, {1});
      output.data<float>()[0] = *static_cast<const float*>(loaded.handle.get());
      return output;
    };
    const auto judge = CorruptionJudge::make(subject, archive, {}, &made.input, {});
    ASSERT_TRUE(judge) << judge.error().text();
    const Trial trial = judge->silent(archive);
    EXPECT_EQ(trial.fate, row.fate) << trial.message;
    EXPECT_TRUE(trial.message.starts_with(row.message)) << trial.message;
    EXPECT_EQ(trial.message.empty(), row.message.empty()) << trial.message;
  }
}

}  // namespace
}  // namespace revive::properties
