// Bounds of what checks take and draw: tolerances, changed bytes, needs of properties. What is drawn is in sampled.txt;
// after a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Sampled.*:Needs.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

#include "revive/model/testing/recorded.h"
#include "revive/properties/allocation/allocation_meter.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"
#include "revive/properties/checks/corruption.h"
#include "revive/properties/checks/legs_testing.h"
#include "revive/properties/property.h"
#include "revive/properties/testing/models_made_by_hand.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties {
namespace {

const std::string kFile = "properties/checks/sampled.txt";

Tensor one(float value) {
  return Tensor::from<float>({1}, {value});
}

bool near(const Tensor& expected, const Tensor& found, double tolerance) {
  Subject subject = revive_subject();
  subject.tolerance = tolerance;
  return !compare_tensors(expected, found, "output", subject);
}

TEST(Tolerances, AreOfBothKindsAndOfTheExpected) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  // 0.5 + 0.5 * |expected|.
  EXPECT_TRUE(near(one(2), one(3.5F), 0.5));
  EXPECT_TRUE(near(one(2), one(0.5F), 0.5));
  EXPECT_FALSE(near(one(2), one(3.5001F), 0.5));
  EXPECT_FALSE(near(one(2), one(0.4999F), 0.5));
  EXPECT_TRUE(near(one(-2), one(-3.5F), 0.5));
  EXPECT_TRUE(near(one(-2), one(-0.5F), 0.5));
  EXPECT_FALSE(near(one(-2), one(-3.5001F), 0.5));
  EXPECT_TRUE(near(one(0), one(0.5F), 0.5));
  EXPECT_FALSE(near(one(0), one(0.5001F), 0.5));
  // Of the expected one's size, not of the found one's.
  EXPECT_FALSE(near(one(1), one(2.5F), 0.5));
  EXPECT_TRUE(near(one(2.5F), one(1), 0.5));
  EXPECT_TRUE(near(one(kNan), one(kNan), 0.5));
  EXPECT_FALSE(near(one(kNan), one(1), 0.5));
  EXPECT_FALSE(near(one(1), one(kNan), 0.5));
  EXPECT_FALSE(near(one(kNan), one(kInfinity), 0.5));
  EXPECT_TRUE(near(one(kInfinity), one(kInfinity), 0.5));
  EXPECT_FALSE(near(one(kInfinity), one(-kInfinity), 0.5));
  EXPECT_FALSE(near(one(kInfinity), one(3e38F), 0.5));
  EXPECT_FALSE(near(one(3e38F), one(kInfinity), 0.5));
  // By bits where there is none; and the last of several counts as the first.
  EXPECT_FALSE(near(one(0), one(-0.0F), 0));
  EXPECT_TRUE(near(one(0), one(-0.0F), 1e-9));
  EXPECT_FALSE(near(Tensor::from<float>({2}, {1, 1}), Tensor::from<float>({2}, {1, 9}), 0.5));
  EXPECT_FALSE(near(Tensor::from<float>({2}, {1, 1}), Tensor::from<float>({2}, {9, 1}), 0.5));
  // Of floats of one shape and dtype alone.
  EXPECT_FALSE(near(Tensor::from<std::int32_t>({1}, {1}), Tensor::from<std::int32_t>({1}, {2}), 5));
  EXPECT_FALSE(near(Tensor::from<float>({1, 1}, {1}), one(1), 0.5));
  EXPECT_FALSE(near(one(1), cast(one(1), DType::float64), 0.5));
  EXPECT_TRUE(near(cast(one(1), DType::float16), cast(one(1.25F), DType::float16), 0.5));
}

TEST(Altered, NoNameMeansWhatItMeant) {
  const Environment before = {{"one", Value(1)},    {"two", Value(2)},    {"eighth", Value(0.125)},
                              {"half", Value(0.5)}, {"text", Value("a")}, {"flag", Value(true)},
                              {"array", one(3)},    {"none", Value()},    {"f", Function{"lambda y: y"}}};
  const Environment after = altered(before);
  EXPECT_EQ(after.size(), 5U);
  EXPECT_EQ(std::get<Value>(after.at("one")), Value(2));
  EXPECT_EQ(std::get<Value>(after.at("two")), Value(1));
  EXPECT_EQ(std::get<Value>(after.at("eighth")), Value(0.5));
  EXPECT_EQ(std::get<Value>(after.at("half")), Value(0.125));
  EXPECT_TRUE(same_bits(std::get<Tensor>(after.at("array")), Tensor(DType::float32, {1})));
}

TEST(Violations, SayWhereWhatAndOfWhichKind) {
  const Violation of_error = *violation("load failed", Error{ErrorCode::archive_crc, "a.keras", "bad"});
  EXPECT_EQ(of_error.message, "load failed: a.keras: bad");
  EXPECT_EQ(of_error.kind, "load failed archive_crc");
  const Violation of_difference = *violation(Difference{"/x", "1", "2"});
  EXPECT_EQ(of_difference.message, "/x: 1 before, 2 after");
  EXPECT_EQ(of_difference.difference->path, "/x");
  EXPECT_EQ(violation(std::optional<Difference>()), std::nullopt);
  const Case made = lambda_and_dense(2);
  EXPECT_FALSE(about(made.model, "nested", std::nullopt));
  const Verdict told = about(made.model, "nested", of_difference);
  EXPECT_EQ(told->message, "nested: /x: 1 before, 2 after");
  EXPECT_TRUE(told->varied);
}

std::vector<std::byte> counting(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 16);
  return bytes;
}

TEST(Sampled, ChangesAreAsRecorded) {
  constexpr std::uint64_t kSeeds = 8;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{17}, std::size_t{300}}) {
    for (const std::vector<std::size_t>& boundaries :
         {std::vector<std::size_t>{}, std::vector<std::size_t>{0}, std::vector<std::size_t>{5, 150, 299}}) {
      for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
        Random random(seed);
        const auto bytes = counting(size);
        std::string text;
        for (const Corruption& each : sample_corruptions(bytes, boundaries, 4, random)) {
          const auto changed = corrupted(bytes, each);
          const std::string_view view(reinterpret_cast<const char*>(changed.data()), changed.size());
          text +=
              fmt::format("{}, {} bytes {}; ", to_string(each, bytes), changed.size(), sha256_hex(view).substr(0, 6));
        }
        expect_recorded(kFile, fmt::format("changes of {} bytes, {} boundaries, {}", size, boundaries.size(), seed),
                        text + fmt::format("then {}", random.below(1000)));
      }
    }
  }
}

TEST(Sampled, AllChangesAreAsRecorded) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{16}, std::size_t{17}, std::size_t{50}}) {
    for (const std::size_t stride : {std::size_t{1}, std::size_t{2}, std::size_t{16}, std::size_t{1000}}) {
      for (const bool is_zero : {false, true}) {
        const auto bytes = is_zero ? std::vector<std::byte>(size) : counting(size);
        std::size_t count = 0;
        std::string all;
        for_each_corruption(bytes, stride, [&](const Corruption& each, std::span<const std::byte> changed) {
          ++count;
          all += to_string(each, bytes);
          all.append(reinterpret_cast<const char*>(changed.data()), changed.size());
        });
        expect_recorded(kFile,
                        fmt::format("all changes of {} {}, stride {}", size, is_zero ? "zeros" : "bytes", stride),
                        fmt::format("{}, {}", count, sha256_hex(all).substr(0, 12)));
      }
    }
  }
}

TEST(Sampled, WhoAsksForAllWaysGetsThemInOrder) {
  std::vector<Layer> layers = {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 2}}})};
  for (std::size_t i = 0; i <= kSmallCaseLayers; ++i) layers.push_back(*make_layer("ReLU", {}));
  auto model = Sequential::make("tall", std::move(layers)).value();
  model.set_keras_version("3.0.1");
  const Case tall{model, Tensor(DType::float32, {1, 2}), {}};
  ASSERT_FALSE(is_small(tall));
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Random random(seed);
    for (const std::size_t drawn : {std::size_t{3}, std::size_t{4}}) {
      EXPECT_EQ(sample_ways(tall, 3, drawn, random), (std::vector<std::size_t>{0, 1, 2}));
    }
  }
  EXPECT_EQ(rebuild_stack(model, flattened(model))->keras_version(), "3.0.1");
}

TEST(Sampled, WaysAndRowsAreAsRecorded) {
  for (const std::string_view theme : {"archives", "structure"}) {
    for (const auto& [name, the_case] : models_of(theme)) {
      Random random = random_of(the_case);
      std::string text = fmt::format("{}:", is_small(the_case) ? "small" : "large");
      for (const std::size_t drawn : {0U, 1U, 3U, 9U, 10U, 11U}) {
        text += " (";
        for (const std::size_t way : sample_ways(the_case, 10, drawn, random)) text += fmt::format(" {}", way);
        text += ")";
      }
      text += fmt::format(" then {}", random.below(1000));
      for (const std::size_t count : {2U, 3U}) {
        const auto repeated = repeat_layer(the_case, count, random);
        text += repeated ? fmt::format(", {}", digest(*repeated).substr(0, 8)) : std::string(", none");
      }
      text += ", flat";
      for (const Layer& layer : flattened(the_case.model)) text += " " + layer.layer_class().name + layer.name();
      expect_recorded(kFile, fmt::format("ways of {} {}", theme, name), text);
    }
  }
}

TEST(Needs, ThatAreNotMetAreSaid) {
  struct Lacking {
    std::string_view what;
    void (*change)(Subject& subject);
  };
  constexpr Lacking kAll[] = {
      {"nothing", [](Subject&) {}},
      {"of its own", [](Subject& subject) { subject.foreign = false; }},
      {"save", [](Subject& subject) { subject.save = nullptr; }},
      {"load", [](Subject& subject) { subject.load = nullptr; }},
      {"predict", [](Subject& subject) { subject.predict = nullptr; }},
      {"describe", [](Subject& subject) { subject.describes = false; }},
      {"predict and describe",
       [](Subject& subject) {
         subject.predict = nullptr;
         subject.describes = false;
       }},
      {"archives", [](Subject& subject) { subject.keras_archives = false; }},
      {"process", [](Subject& subject) { subject.in_process = false; }},
  };
  for (const Property& property : all_properties()) {
    // Not every program measures.
    if (includes(property.needs, Need::allocation_meter) && allocation_meter() == nullptr) continue;
    std::string text(property.sentence);
    for (const Lacking& each : kAll) {
      Subject subject = revive_subject();
      subject.foreign = true;
      each.change(subject);
      const auto reason = reason_to_skip(property, subject);
      EXPECT_EQ(applies(property, subject), !reason);
      if (reason) text += fmt::format(" | {}: {}", each.what, *reason);
    }
    expect_recorded(kFile, fmt::format("needs of {}", property.name), text);
  }
  EXPECT_EQ(find_property("no such property"), nullptr);
}

}  // namespace
}  // namespace revive::properties
