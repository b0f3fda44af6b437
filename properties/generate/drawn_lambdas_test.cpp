// What is drawn of lambdas, in lambdas.txt: their texts, what they capture, and the models of lambdas alone. A weight
// or a bound that is off still draws lambdas that fit. Each new op changes what chance makes of a seed, so that lines
// are of as many ops as there were; with others nothing is compared until somebody removes the file and writes it anew:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='DrawnLambdas.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/graph/op.h"
#include "revive/model/testing/recorded.h"
#include "revive/properties/generate/graph.h"
#include "revive/properties/generate/lambda.h"
#include "revive/properties/generate/profiles.h"
#include "revive/properties/testing/one_line.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties {
namespace {

const std::string kFile = "properties/generate/lambdas.txt";

class DrawnLambdas : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string ops = fmt::format("{} ops", all_ops().size());
    if (!is_recorded(kFile, ops)) GTEST_SKIP() << "recorded with other ops";
    expect_recorded(kFile, ops, "are what these lines were drawn from");
  }
};

struct Input {
  std::string_view name;
  DType dtype;
  DrawContext context;
};

std::vector<Input> inputs() {
  const auto context = [](Shape shape) {
    Dims probe = shape.concrete(kBatch, kUnknownAxisSize);
    return DrawContext{.shape = std::move(shape), .probe = std::move(probe)};
  };
  return {{"numbers", DType::float32, context({kUnknown})},
          {"features", DType::float32, context({kUnknown, 4})},
          {"steps", DType::float32, context({kUnknown, 3, 2})},
          {"square", DType::float32, context({kBatch, 3, 3})},
          {"image", DType::float32, context({kUnknown, 3, 3, 2})},
          {"open", DType::float32, context({kUnknown, kUnknown, 2})},
          {"ints", DType::int32, context({kUnknown, 4})},
          {"large", DType::float32, context({kUnknown, 33, 16})},
          {"large ints", DType::int32, context({kUnknown, 33, 16})},
          {"of six axes", DType::float32, context({kUnknown, 1, 1, 2, 2, 2})}};
}

// Long ones by their digest behind what they begin with.
std::string shortened(const std::string& text) {
  constexpr std::size_t kMost = 160;
  return text.size() <= kMost ? text : text.substr(0, kMost) + "... " + sha256_hex(text).substr(0, 12);
}

// Three lambdas of one generator: the later ones may have the text of an earlier one and other captures.
std::string drawn_text(Profile profile, const Input& input, std::uint64_t seed) {
  Choices choices = Choices::random(seed);
  LambdaGenerator generator(choices, profile);
  std::string text;
  for (const bool exact : {true, false, false}) {
    LambdaFunction lambda;
    const Status drawn = generator.draw(lambda, input.dtype, input.context, exact);
    EXPECT_TRUE(drawn) << drawn.error().text();
    text += fmt::format("{}{}; ", testing::one_line(lambda), generator.exact() ? " (exact)" : "");
  }
  return text + fmt::format("{} draws, {} names", choices.recording().values().size(), generator.environment().size());
}

TEST_F(DrawnLambdas, AreAsRecorded) {
  constexpr std::uint64_t kSeeds = 14;
  for (const auto& [name, profile] : kProfiles) {
    for (const Input& input : inputs()) {
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        expect_recorded(kFile, fmt::format("{} of {} {:02}", name, input.name, seed),
                        shortened(drawn_text(profile, input, seed)));
      }
    }
  }
}

// What seldom comes up is in the digest of many.
TEST_F(DrawnLambdas, OfManySeedsAreAsRecorded) {
  constexpr std::uint64_t kFirst = 100;
  constexpr std::uint64_t kSeeds = 80;
  for (const auto& [name, profile] : kProfiles) {
    for (const Input& input : inputs()) {
      std::string all;
      for (std::uint64_t seed = kFirst; seed < kFirst + kSeeds; ++seed) all += drawn_text(profile, input, seed);
      expect_recorded(kFile, fmt::format("{} of {}, many", name, input.name), sha256_hex(all).substr(0, 12));
    }
  }
}

TEST_F(DrawnLambdas, StandInModelsAsRecorded) {
  constexpr std::uint64_t kSeeds = 40;
  for (const auto& [name, profile] : kProfiles) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      Choices choices = Choices::random(seed, static_cast<int>(seed * 7 % Choices::kFullSize) + 1);
      const auto made = generate_case(choices, {.profile = profile, .lambdas_only = true});
      ASSERT_TRUE(made) << made.error().text();
      expect_recorded(
          kFile, fmt::format("{} alone {:02}", name, seed),
          shortened(fmt::format("{} draws: {}", choices.recording().values().size(), testing::one_line(*made))));
    }
  }
}

TEST_F(DrawnLambdas, ArraysAreAsRecorded) {
  constexpr std::uint64_t kSeeds = 8;
  for (const auto& [name, profile] : kProfiles) {
    for (const DType dtype : {DType::float32, DType::float64, DType::int32, DType::boolean}) {
      for (const Dims& dims : {Dims{}, Dims{3}, Dims{2, 3}, Dims{7}, Dims{0}}) {
        std::string text;
        for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
          Choices choices = Choices::random(seed);
          text += python_array(draw_array(choices, profile, dtype, dims)) + "; ";
          text += fmt::format("{} draws; ", choices.recording().values().size());
        }
        expect_recorded(kFile, fmt::format("{} array of {} {}", name, name_of(dtype), to_string(dims)),
                        shortened(text));
      }
    }
  }
}

}  // namespace
}  // namespace revive::properties
