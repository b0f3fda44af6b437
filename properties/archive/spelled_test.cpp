// Archives and JSON spelled otherwise, in spelled.txt: each way, of the same chance. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Spelled.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "revive/model/testing/recorded.h"
#include "revive/properties/archive/archive_parts.h"
#include "revive/properties/archive/equivalent_encodings.h"
#include "revive/properties/testing/models_made_by_hand.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties {
namespace {

const std::string kFile = "properties/archive/spelled.txt";

TEST(Spelled, ArchivesAreAsRecorded) {
  constexpr std::uint64_t kSeeds = 3;
  for (const auto& [name, the_case] : models_of("archives")) {
    const Bytes archive = *revive_subject().save(the_case.model, the_case.environment);
    for (std::size_t way = 0; way < kSpellings.size(); ++way) {
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        Random random(seed);
        const auto spelled = encode_otherwise(archive, static_cast<EquivalentEncoding>(way), random);
        ASSERT_TRUE(spelled) << spelled.error().text();
        const auto opened = open_archive(*spelled, {});
        ASSERT_TRUE(opened);
        std::string text;
        for (const Part& part : opened->parts) {
          text += fmt::format("{}{}{} {}", text.empty() ? "" : ", ", part.name, part.deflated ? " (deflated)" : "",
                              sha256_hex(part.bytes).substr(0, 8));
        }
        text += fmt::format("; then {}", random.below(1000));
        expect_recorded(kFile, fmt::format("{} {} {}", name, kSpellings[way], seed), text);
      }
    }
  }
}

// What is deflated already stays so or is stored, as chance decides.
TEST(Spelled, DeflatedMembersAreSpelledAgain) {
  const auto the_case = models_of("archives")[0].second;
  Random random(3);
  Bytes archive = *revive_subject().save(the_case.model, the_case.environment);
  std::string text;
  for (int again = 0; again < 6; ++again) {
    archive = encode_otherwise(archive, EquivalentEncoding::deflated, random).value();
    const auto opened = open_archive(archive, {});
    ASSERT_TRUE(opened);
    for (const Part& part : opened->parts) text += part.deflated ? 'd' : 's';
    text += ' ';
  }
  expect_recorded(kFile, "deflated again and again", text);
}

TEST(Spelled, NoArchiveIsAnError) {
  Random random(0);
  for (std::size_t way = 0; way < kSpellings.size(); ++way) {
    const auto spelled = encode_otherwise(Bytes(100), static_cast<EquivalentEncoding>(way), random);
    ASSERT_FALSE(spelled);
    EXPECT_EQ(spelled.error().code, ErrorCode::archive_not_zip);
    EXPECT_EQ(spelled.error().text(), "expected an archive that can be taken apart");
  }
}

TEST(Spelled, TextsAreAsRecorded) {
  constexpr std::uint64_t kSeeds = 4;
  const Value values[] = {
      Value(0),
      Value(7),
      Value(std::numeric_limits<std::int64_t>::min()),
      Value(0.0),
      Value(-0.0),
      Value(0.1),
      Value(1e300),
      Value(123456.0),
      Value(std::numeric_limits<double>::infinity()),
      Value(std::numeric_limits<double>::quiet_NaN()),
      Value(true),
      Value(),
      Value("a/b \"q\" \\ \n \x1f \x7f"),
      Value("\u00e9 \u5c64 \uffff \U00010000 \U0001F98A \U0010FFFF"),
      Value(Value::Array{}),
      Value(Value::Array{1, 2.5, "x", Value::Array{nullptr}}),
      Value(Value::Object{}),
      Value(Value::Object{{"a", 0}, {"b/c", Value::Object{{"d", 0.5}}}}),
  };
  for (std::size_t way = 0; way < kSpellings.size(); ++way) {
    for (std::size_t i = 0; i < std::size(values); ++i) {
      std::string text;
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        Random random(seed);
        for (const char c : print_json_otherwise(values[i], static_cast<EquivalentEncoding>(way), random)) {
          text += c == '\r' ? "(CR)" : c == '\t' ? "(TAB)" : std::string(1, c);
        }
        text += fmt::format(" then {}; ", random.below(1000));
      }
      expect_recorded(kFile, fmt::format("value {} {}", i, kSpellings[way]), text);
    }
  }
}

}  // namespace
}  // namespace revive::properties
