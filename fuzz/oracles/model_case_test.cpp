#include "revive/fuzz/oracles/model_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>
#include <vector>

#include "revive/fuzz/seeds/seeds.h"
#include "revive/properties/choices/recording.h"

namespace revive::fuzz {
namespace {

using properties::Case;
using properties::Need;
using properties::Property;
using properties::Subject;
using properties::Violation;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

using Bytes = std::vector<std::uint8_t>;

// Which of the toy properties were asked; which of them does not hold.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): a property is a plain function.
std::vector<std::size_t> asked;
std::size_t broken = SIZE_MAX;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

template <std::size_t kNumber>
std::optional<Violation> check(const Case& the_case, const Subject& subject) {
  EXPECT_FALSE(the_case.model.layers().empty());
  EXPECT_EQ(subject.name, properties::kOwnSubject);
  asked.push_back(kNumber);
  return broken == kNumber ? std::optional(Violation{.message = "it is broken"}) : std::nullopt;
}

// Five that are always asked, of which the second takes what no fuzzer has, and three in turn.
constexpr std::array kToys = {
    Property{"a", "A holds.", Need::load, check<0>}, Property{"b", "B holds.", Need::allocation_meter, check<1>},
    Property{"c", "C holds.", Need::load, check<2>}, Property{"d", "D holds.", Need::load, check<3>},
    Property{"e", "E holds.", Need::load, check<4>}, Property{"f", "F holds.", Need::load, check<5>},
    Property{"g", "G holds.", Need::load, check<6>}, Property{"h", "H holds.", Need::load, check<7>},
};

std::optional<std::string> violation(const Bytes& bytes, std::size_t broken_one = SIZE_MAX) {
  ModelCalls calls;
  calls.table = kToys;
  asked.clear();
  broken = broken_one;
  return model_violation(bytes, calls);
}

TEST(ModelCase, AsksTheFirstPropertiesAlwaysAndTheOthersInTurn) {
  std::map<std::size_t, int> turns;
  constexpr int kInputs = 90;
  for (int i = 0; i < kInputs; ++i) {
    const Bytes bytes = {static_cast<std::uint8_t>(i), 7, 0};
    EXPECT_EQ(violation(bytes), std::nullopt);
    ASSERT_EQ(asked.size(), 5U);
    EXPECT_THAT(std::vector(asked.begin(), asked.end() - 1), ElementsAre(0, 2, 3, 4));
    EXPECT_EQ(asked.back(), 5 + turn_of(bytes, 3));
    ++turns[asked.back()];
  }
  ASSERT_EQ(turns.size(), 3U);
  for (const auto& [number, times] : turns) EXPECT_GT(times, kInputs / 6) << number;
}

TEST(ModelCase, EachPropertyThatIsAskedIsHeard) {
  for (const std::size_t number : {0U, 2U, 3U, 4U}) {
    const auto said = violation({1, 2, 3}, number);
    ASSERT_TRUE(said) << number;
    EXPECT_THAT(*said, StartsWith(std::string(kToys[number].sentence) + "\nit is broken\nchoices: "));
    EXPECT_EQ(asked.back(), number) << "nothing is asked after it";
  }
  EXPECT_EQ(violation({1, 2, 3}, 1), std::nullopt) << "it does not apply";
  for (const std::size_t number : {5U, 6U, 7U}) {
    std::size_t heard = 0;
    for (std::uint8_t i = 0; i < 40; ++i) {
      const Bytes bytes = {i, 1};
      const auto said = violation(bytes, number);
      EXPECT_EQ(said.has_value(), 5 + turn_of(bytes, 3) == number);
      heard += said ? 1 : 0;
    }
    EXPECT_GT(heard, 4U) << number;
  }
}

// Every byte counts, and so does their number.
TEST(ModelCase, TheTurnIsAHashOfTheBytes) {
  constexpr std::size_t kMany = 1 << 30;
  std::set<std::size_t> turns;
  for (const Bytes& bytes : {Bytes{}, Bytes{0}, Bytes{0, 0}, Bytes{1, 0}, Bytes{0, 1}, Bytes{1, 1}}) {
    turns.insert(turn_of(bytes, kMany));
    EXPECT_EQ(turn_of(bytes, kMany), turn_of(bytes, kMany));
    EXPECT_EQ(turn_of(bytes, 1), 0U);
  }
  EXPECT_EQ(turns.size(), 6U);
}

TEST(ModelCase, ACaseThatIsNoModelIsAFinding) {
  ModelCalls calls;
  calls.generate = [](properties::Choices&) -> Result<Case> { return fail(ErrorCode::config_rule, "", "no model"); };
  const auto said = model_violation(Bytes{}, calls);
  ASSERT_TRUE(said);
  EXPECT_THAT(*said, StartsWith("The generator makes valid models only.\nno model\nchoices: "));
}

TEST(ModelCase, SaysTheChoicesThatTheCaseWasMadeOf) {
  const Bytes bytes = choice_seeds().back();
  const auto said = violation(bytes, 0);
  auto choices = properties::Choices::from_fuzz(bytes);
  ASSERT_TRUE(ModelCalls().generate(choices));
  EXPECT_THAT(*said, testing::EndsWith("choices: " + properties::to_hex(choices.recording().values())));
}

TEST(ModelCase, SurvivalAndCapturesAreAlwaysAskedAndRevivesOwnSeedsHold) {
  std::vector<std::string_view> always;
  for (const Property& property : ModelCalls().table.first(kAlwaysAsked)) always.push_back(property.name);
  EXPECT_THAT(always, ElementsAre("outputs_survive", "weights_survive", "config_survives", "bytes_are_stable",
                                  "captures_are_values"));
  EXPECT_EQ(ModelCalls().table.size(), properties::all_properties().size());
  const Bytes bytes = choice_seeds().back();
  EXPECT_LE(bytes.size(), kMostChoiceBytes);
  EXPECT_EQ(model_violation(bytes), std::nullopt);
}

// A subject that forgets is found by what is asked of every input.
TEST(ModelCase, FindsABrokenSubject) {
  ModelCalls calls;
  calls.subject.load = [load = calls.subject.load](std::span<const std::byte> archive,
                                                   const properties::Environment& environment) {
    auto loaded = load(archive, environment);
    loaded->model->layers().back().set_name("other");
    return loaded;
  };
  const auto said = model_violation(choice_seeds().back(), calls);
  ASSERT_TRUE(said);
  EXPECT_THAT(*said, StartsWith("After save and load, every config value is the same, by kind and by bits.\n"));
  EXPECT_THAT(*said, HasSubstr("/name"));
}

}  // namespace
}  // namespace revive::fuzz
