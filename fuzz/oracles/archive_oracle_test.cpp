#include "revive/fuzz/oracles/archive_oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "revive/fuzz/mutators/limited_archive.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/fuzz/oracles/each_leg.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/keras/training_code.h"

namespace revive::fuzz {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kUnits = 100;

Sequential dense(std::int64_t units, const Value::Array& batch_shape = {nullptr, 3}) {
  auto input = make_layer("InputLayer", {{"batch_shape", batch_shape}});
  auto layer = make_layer("Dense", {{"units", units}});
  auto model = Sequential::make("m", {*input, *layer});
  model->initialize(1);
  return *model;
}

// One with everything: an asset, a variable of an optimizer, a loss and an optimizer that are Python.
Sequential whole() {
  Sequential model = dense(kUnits);
  model.set_assets({{"assets/note.txt", {std::byte{1}}}});
  model.set_training_tensors({{"optimizer/vars/0", Tensor::from<float>({1}, {2})}});
  const auto python = [](const char* name) {
    return Value::Object{{"module", "my"}, {"class_name", name}, {"config", Value::Object{}}};
  };
  model.set_compile_config(Value::Object{{"loss", python("Loss")}, {"optimizer", python("Adam")}});
  return model;
}

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

std::string whole_archive() {
  return std::string(reinterpret_cast<const char*>(save_bytes(whole(), {.keep_training_code = true})->bytes().data()),
                     save_bytes(whole(), {.keep_training_code = true})->size());
}

// The calls, of which the n-th, counted from 1, is followed by `change`.
using LoadChange = std::function<void(Result<Sequential>&)>;
ArchiveCalls loads(int nth, const LoadChange& change) {
  ArchiveCalls calls;
  calls.load = [=, count = 0, load = calls.load](std::span<const std::byte> bytes, const LoadOptions& options) mutable {
    auto model = load(bytes, options);
    if (++count == nth) change(model);
    return model;
  };
  return calls;
}
using SaveChange = std::function<void(Result<Buffer>&)>;
ArchiveCalls saves(int nth, const SaveChange& change) {
  ArchiveCalls calls;
  calls.save = [=, count = 0, save = calls.save](const Sequential& model, const SaveOptions& options) mutable {
    auto archive = save(model, options);
    if (++count == nth) change(archive);
    return archive;
  };
  return calls;
}
using RunChange = std::function<void(Result<Tensor>&)>;
ArchiveCalls runs(int nth, const RunChange& change) {
  ArchiveCalls calls;
  calls.predict = [=, count = 0, predict = calls.predict](const Sequential& model, const Tensor& input) mutable {
    auto output = predict(model, input);
    if (++count == nth) change(output);
    return output;
  };
  return calls;
}

LoadChange models(const std::function<void(Sequential&)>& change) {
  return [=](Result<Sequential>& model) { change(*model); };
}
RunChange output(std::size_t at, const std::function<void(float&)>& change) {
  return [=](Result<Tensor>& made) { change(made->data<float>()[at]); };
}
template <typename T>
void fails(Result<T>& result) {
  result = fail(ErrorCode::config_rule, "place", "no more");
}
template <typename T>
auto refuses(const std::string& place, const std::string& message) {
  return [=](Result<T>& result) { result = fail(ErrorCode::config_rule, place, message); };
}

void add_units(Sequential& model) {
  // Another config and its weights, as a layer of other units has them.
  Sequential other = dense(kUnits + 1);
  other.set_assets(model.assets());
  other.set_training_tensors(model.training_tensors());
  other.set_compile_config(model.compile_config());
  model = other;
}

Buffer copy_of(const Buffer& buffer) {
  auto copy = Buffer::allocate(buffer.size());
  std::ranges::copy(buffer.bytes(), copy->bytes().begin());
  return std::move(*copy);
}

// A load that gives another model, and what hides it from the legs behind: the second save gives the bytes of the first
// one, the second run its output.
ArchiveCalls loads_another(const std::function<void(Sequential&)>& change) {
  ArchiveCalls calls = loads(2, models(change));
  calls.save = [first = std::shared_ptr<Buffer>(), save = calls.save](const Sequential& model,
                                                                      const SaveOptions& options) mutable {
    if (!options.keep_training_code) return save(model, options);
    if (first == nullptr) first = std::make_shared<Buffer>(*save(model, options));
    return Result<Buffer>(copy_of(*first));
  };
  calls.predict = [first = std::optional<Tensor>(), predict = calls.predict](const Sequential& model,
                                                                             const Tensor& input) mutable {
    if (!first) first = *predict(model, input);
    return Result<Tensor>(*first);
  };
  return calls;
}

// Weights, config and outputs are those of one load; what is loaded first, second (after the save) and third (after
// the save without code).
enum Load { kFirst = 1, kAgain = 2, kSafe = 3 };

std::vector<LegFault<ArchiveCalls>> faults() {
  const auto flip_bit = [](Sequential& model) {
    auto& number = model.layers()[1].weights()[0].data<float>()[2 * kUnits];
    number = std::nextafter(number, 2.0F);
  };
  // Two ways to write the place of a refusal leave the other half of it as it is.
  ArchiveCalls both_fail = runs(1, fails<Tensor>);
  both_fail.predict = [count = 0](const Sequential&, const Tensor&) mutable -> Result<Tensor> {
    return fail(ErrorCode::layer_input, "", ++count == 1 ? "too large" : "too small");
  };
  ArchiveCalls keeps_code;
  keeps_code.save = [](const Sequential& model, SaveOptions options) {
    options.keep_training_code = true;
    return save_bytes(model, options);
  };
  const auto rename_key = [](Sequential& model) {
    Value config = model.compile_config();
    config.as_object()[0].first = "metrics";
    model.set_compile_config(config);
  };
  return {
      {"refused_with_place", loads(kFirst, refuses<Sequential>("", "no")), "config_rule 'no'"},
      {"refused_with_sentence", loads(kFirst, refuses<Sequential>("config.json", "")), "config_rule 'config.json'"},
      {"saves", saves(1, fails<Buffer>), "a loaded model does not save: place: no more"},
      {"loads_again", loads(kAgain, fails<Sequential>), "what was saved does not load: place: no more"},
      {"same_version", loads_another([](Sequential& model) { model.set_keras_version("3.0.0"); }),
       "/keras_version: 3.15.1 here, 3.0.0 there"},
      {"same_config", loads_another([](Sequential& model) { model.layers()[1].set_trainable(false); }),
       "/config/layers/1/config/trainable: true here, false there"},
      {"same_config", loads_another([](Sequential& model) { model.layers()[1].set_name("other"); }), "other"},
      {"same_config", loads_another(rename_key), "/compile_config/loss"},
      {"same_weights", loads_another(flip_bit), "kernel of Dense 'dense')[200]"},
      {"same_weights",
       loads_another([](Sequential& model) { model.layers()[1].weights()[1].data<float>()[3] = -0.0F; }),
       "bias of Dense 'dense')[3]"},
      {"same_carried", loads_another([](Sequential& model) { model.set_assets({}); }), "/assets"},
      {"same_carried", loads_another([](Sequential& model) { model.set_training_tensors({}); }), "/optimizer/vars/0"},
      {"runs_alike", runs(2, fails<Tensor>), "predict: an output before, place: no more after"},
      {"runs_alike", runs(1, fails<Tensor>), "predict: place: no more before, an output after"},
      {"same_refusal_to_run", both_fail, "predict: 'too large' before, 'too small' after"},
      {"same_output", runs(2, output(65, [](float& value) { value = std::nextafter(value, 9.0F); })), "output[65]"},
      {"same_output", runs(2, output(0, [](float& value) { value = -value; })), "output[0]"},
      {"same_output", runs(2, output(2 * kUnits - 1, [](float& value) { value += 1; })), "output[199]"},
      {"same_output", runs(2, output(7, [](float& value) { value = std::numeric_limits<float>::quiet_NaN(); })),
       "output[7]"},
      {"same_output",
       runs(2,
            [](Result<Tensor>& made) {
              made = Tensor::from<float>({kUnits, 2}, {made->data<float>().begin(), made->data<float>().end()});
            }),
       "output: (2, 100) here, (100, 2) there"},
      {"saves_again", saves(2, fails<Buffer>), "a model that was saved before does not save: place: no more"},
      {"same_bytes_again", saves(2, [](Result<Buffer>& archive) { archive->bytes()[9] ^= std::byte{1}; }),
       "differs from byte 9 on"},
      {"same_bytes_again", saves(2, [](Result<Buffer>& archive) { archive->shrink(archive->size() - 1); }),
       "differs from byte"},
      {"saves_without_code", saves(3, fails<Buffer>), "without its training code: place: no more"},
      {"loads_without_code", loads(kSafe, fails<Sequential>), "without training code does not load: place: no more"},
      {"holds_no_code", keeps_code,
       "saved without training code, it has compile_config: loss: the class 'Loss' of 'my'"},
      {"same_but_for_code", loads(kSafe, models([](Sequential& model) { model.layers()[1].set_trainable(false); })),
       "saved without training code: /config/layers/1/config/trainable"},
      {"same_but_for_code", loads(kSafe, models(flip_bit)), "saved without training code: /layers/1/vars/0"},
      {"same_but_for_code", loads(kSafe, models([](Sequential& model) { model.set_assets({}); })),
       "saved without training code: /assets"},
  };
}

TEST(ArchiveOracle, EachLegFindsAFaultThatNoOtherFinds) {
  const std::string archive = whole_archive();
  expect_each_leg_finds("archive", archive_legs(), faults(),
                        [&](const ArchiveCalls& calls, std::span<const ArchiveLeg> legs) {
                          return judge_archive(bytes_of(archive), calls, legs).finding;
                        });
}

// It is the loaded model that runs and is saved again: where its weights alone are others, these two legs tell.
TEST(ArchiveOracle, WhatWasLoadedRunsAndIsSaved) {
  const ArchiveCalls calls = loads(kAgain, models([](Sequential& model) {
                                     for (float& number : model.layers()[1].weights()[0].data<float>()) number += 1;
                                   }));
  for (const std::string_view name : {"same_output", "same_bytes_again"}) {
    const auto leg = std::ranges::find(archive_legs(), name, &ArchiveLeg::name);
    const auto verdict = judge_archive(bytes_of(whole_archive()), ArchiveCalls(calls), std::span(&*leg, 1));
    ASSERT_TRUE(verdict.finding) << name;
    EXPECT_EQ(verdict.finding->leg, name);
  }
}

// A config that differs brings other weights, an output and bytes with it; the first thing is what is said.
TEST(ArchiveOracle, TheFirstObjectionIsTheOneThatCounts) {
  const auto verdict = judge_archive(bytes_of(whole_archive()), loads(kAgain, models(add_units)));
  ASSERT_TRUE(verdict.finding);
  EXPECT_EQ(verdict.finding->leg, "same_config");
}

ArchiveVerdict judge(const std::string& bytes, const ArchiveCalls& calls = {}) {
  return judge_archive(bytes_of(bytes), calls);
}

TEST(ArchiveOracle, AModelThatSurvivesIsRunAndIsNoFinding) {
  for (const std::string& archive : {*archive_of(dense(2)), whole_archive()}) {
    const ArchiveVerdict verdict = judge(archive);
    EXPECT_FALSE(verdict.refused);
    EXPECT_FALSE(verdict.finding) << verdict.finding->text;
    EXPECT_TRUE(verdict.ran);
  }
}

// As any machine would refuse it on both sides.
TEST(ArchiveOracle, AModelThatDoesNotRunInTheSameWordsIsNoFinding) {
  ArchiveCalls calls;
  calls.predict = [](const Sequential&, const Tensor&) -> Result<Tensor> {
    return fail(ErrorCode::limit_exceeded, "", "too large");
  };
  const ArchiveVerdict verdict = judge(whole_archive(), calls);
  EXPECT_FALSE(verdict.finding) << verdict.finding->text;
  EXPECT_TRUE(verdict.ran);
}

// What each call is given is part of what is asked.
TEST(ArchiveOracle, LoadsWithinTheFuzzersLimitsAndSavesAllAndThenWithoutCode) {
  std::vector<std::uint64_t> limits;
  std::vector<bool> keeps;
  ArchiveCalls calls;
  calls.load = [&](std::span<const std::byte> bytes, const LoadOptions& options) {
    limits.push_back(options.limits.archive_bytes);
    return load_bytes(bytes, options);
  };
  calls.save = [&](const Sequential& model, const SaveOptions& options) {
    keeps.push_back(options.keep_training_code);
    EXPECT_FALSE(options.verify);
    return save_bytes(model, options);
  };
  std::vector<std::size_t> inputs;
  calls.predict = [&](const Sequential& model, const Tensor& input) {
    inputs.push_back(input.size());
    return model.predict(input, kFuzzLimits);
  };
  EXPECT_FALSE(judge(whole_archive(), calls).finding);
  EXPECT_THAT(limits, testing::ElementsAre(kMostArchiveBytes, Limits{}.archive_bytes, Limits{}.archive_bytes));
  EXPECT_THAT(keeps, testing::ElementsAre(true, true, false));
  EXPECT_THAT(inputs, testing::ElementsAre(2 * 3, 2 * 3));
  keeps.clear();
  EXPECT_FALSE(judge(*archive_of(dense(2)), calls).finding);
  EXPECT_THAT(keeps, testing::ElementsAre(true, true)) << "there is no code to be left out";
}

TEST(ArchiveOracle, PredictsWithinTheFuzzersLimits) {
  const auto model = dense(2);
  const ArchiveCalls calls;
  EXPECT_TRUE(calls.predict(model, *properties::default_input(model)));
  const auto wide = dense(static_cast<std::int64_t>(kMostMultiplyAdds), {nullptr, 1});
  const auto refused = calls.predict(wide, *properties::default_input(wide));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::limit_exceeded);
}

TEST(ArchiveOracle, RunsWhatTakesAtMostAsManyElements) {
  constexpr auto kMost = static_cast<std::int64_t>(kMostActivationElements) / properties::kBatch;
  const auto ran = [](const Value::Array& batch_shape) -> testing::AssertionResult {
    auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", batch_shape}})});
    if (!model) return testing::AssertionFailure() << model.error().text();
    const ArchiveVerdict verdict = judge(*archive_of(*model));
    EXPECT_FALSE(verdict.refused) << verdict.refused->text();
    EXPECT_FALSE(verdict.finding) << verdict.finding->text;
    return verdict.ran ? testing::AssertionSuccess() : testing::AssertionFailure();
  };
  EXPECT_TRUE(ran({nullptr, kMost}));
  EXPECT_FALSE(ran({nullptr, kMost + 1}));
  // More elements than 64 bits count.
  EXPECT_FALSE(ran(Value::Array(32)));
  // Unknown axes count as they are run.
  EXPECT_TRUE(ran({nullptr, nullptr, kMost / properties::kUnknownAxisSize}));
  EXPECT_FALSE(ran({nullptr, nullptr, kMost / properties::kUnknownAxisSize + 1}));
}

TEST(ArchiveOracle, AModelWithoutInputIsNotRun) {
  auto model = Sequential::make("m", {*make_layer("Dense", {{"units", 2}})});
  ASSERT_FALSE(model->built());
  const auto archive = save_bytes(*model, {.verify = false});
  ASSERT_TRUE(archive) << archive.error().text();
  const ArchiveVerdict verdict = judge_archive(archive->bytes());
  EXPECT_FALSE(verdict.ran);
  EXPECT_FALSE(verdict.finding) << verdict.finding->text;
}

TEST(ArchiveOracle, TheStructureIsTheConfigAndNotTheWeights) {
  Sequential other_weights = dense(2);
  other_weights.layers()[1].weights()[0].data<float>()[0] = 7;
  const std::uint64_t structure = judge(*archive_of(dense(2))).structure;
  EXPECT_NE(structure, 0U);
  EXPECT_EQ(judge(*archive_of(other_weights)).structure, structure);
  EXPECT_NE(judge(*archive_of(dense(3))).structure, structure);
  Sequential other_training = dense(2);
  other_training.set_compile_config(Value::Object{{"loss", "mse"}});
  EXPECT_EQ(judge(*archive_of(other_training)).structure, structure);
}

TEST(ArchiveOracle, ACleanErrorIsNoFinding) {
  const ArchiveVerdict verdict = judge("no archive");
  ASSERT_TRUE(verdict.refused);
  EXPECT_EQ(verdict.refused->code, ErrorCode::archive_not_zip);
  EXPECT_FALSE(verdict.finding);
  EXPECT_FALSE(verdict.ran);
  EXPECT_EQ(verdict.structure, 0U);
}

TEST(ArchiveParts, WhatIsOpenedAndSealedIsTheSameArchive) {
  const std::string archive = *archive_of(dense(2));
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(archive.data());
  const auto parts = open_archive({bytes, archive.size()});
  ASSERT_TRUE(parts);
  EXPECT_EQ(repack_archive(*parts), archive);
}

}  // namespace
}  // namespace revive::fuzz
