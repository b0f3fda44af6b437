// batch_is_independent and predict_is_pure, with runtimes that break them.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "revive/properties/checks/checks.h"
#include "revive/properties/testing/broken.h"

namespace revive::properties {
namespace {

using testing::expect_found;

// revive's subject with `change` applied to every output.
Subject predicts_with(const std::function<void(const Loaded&, Tensor&)>& change) {
  Subject subject = revive_subject();
  subject.predict = [change](const Loaded& loaded, const Tensor& input) -> Result<Tensor> {
    auto output = loaded.model->predict(input);
    if (output) change(loaded, *output);
    return output;
  };
  return subject;
}

void add_to_first(Tensor& tensor, float number) {
  if (tensor.dtype() == DType::float32 && tensor.size() > 0) tensor.data<float>()[0] += number;
}

TEST(BatchIsIndependent, FindsWhatDependsOnTheSizeOfTheBatch) {
  const Subject subject = predicts_with([](const Loaded&, Tensor& output) {
    if (output.dim(0) == 1) add_to_first(output, 1);
  });
  expect_found("batch_is_independent", subject, "sample 0 of 2 alone: output[0]");
}

TEST(BatchIsIndependent, FindsWhatDependsOnTheOrderOfTheBatch) {
  const Subject subject = predicts_with([](const Loaded&, Tensor& output) { add_to_first(output, 1); });
  expect_found("batch_is_independent", subject, "the batch reversed: output[0]");
}

TEST(BatchIsIndependent, FindsWhatGoesWrongInLargeBatchesAlone) {
  const Subject subject = predicts_with([](const Loaded&, Tensor& output) {
    if (output.dim(0) > 16) add_to_first(output, 1);
  });
  expect_found("batch_is_independent", subject, "a batch of 19 made of these samples: output[0]");
}

TEST(PredictIsPure, FindsOutputsThatDriftFromCallToCall) {
  const auto calls = std::make_shared<std::atomic<int>>(0);
  const Subject subject =
      predicts_with([calls](const Loaded&, Tensor& output) { add_to_first(output, static_cast<float>(++*calls)); });
  expect_found("predict_is_pure", subject, "the second output[0]");
}

TEST(PredictIsPure, FindsWhatTheInputBeforeLeavesBehind) {
  Subject subject = revive_subject();
  subject.predict = [previous = std::make_shared<std::optional<Tensor>>()](const Loaded& loaded,
                                                                           const Tensor& input) -> Result<Tensor> {
    auto output = loaded.model->predict(input);
    if (output && *previous && !same_bits(**previous, input)) add_to_first(*output, 1);
    *previous = input;
    return output;
  };
  subject.concurrent = false;
  expect_found("predict_is_pure", subject, "the output after another input[0]");
}

TEST(PredictIsPure, FindsAModelThatPredictingChanges) {
  const Subject subject = predicts_with([](const Loaded& loaded, Tensor&) {
    auto& model = const_cast<Sequential&>(*loaded.model);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    model.layers().front().set_name(model.layers().front().name() + "x");
  });
  expect_found("predict_is_pure", subject, "predicting changed the weights or the config");
}

TEST(PredictIsPure, FindsWhatOneThreadAloneCanRun) {
  const auto owner = std::this_thread::get_id();
  Subject subject = predicts_with([owner](const Loaded&, Tensor& output) {
    if (std::this_thread::get_id() != owner) add_to_first(output, 1);
  });
  expect_found("predict_is_pure", subject, "output in two threads[0]");
  subject.concurrent = false;
  EXPECT_EQ(testing::find("predict_is_pure", subject).message, "");
}

// For ThreadSanitizer, which sees what the outputs may hide.
TEST(PredictIsPure, FourThreadsShareAModel) {
  constexpr int kCases = 40;
  constexpr int kThreads = 4;
  constexpr int kCalls = 5;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    Choices choices = Choices::random(seed, Choices::kFullSize);
    const auto made = generate_case(choices);
    ASSERT_TRUE(made) << made.error().text();
    const auto expected = made->model.predict(made->input);
    ASSERT_TRUE(expected) << expected.error().text();
    std::atomic<int> same = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
          for (int call = 0; call < kCalls; ++call) {
            const auto found = made->model.predict(made->input);
            if (found && same_bits(*expected, *found)) ++same;
          }
        });
      }
    }
    EXPECT_EQ(same, kThreads * kCalls) << "seed " << seed;
  }
}

}  // namespace
}  // namespace revive::properties
