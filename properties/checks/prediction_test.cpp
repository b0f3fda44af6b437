// batch_is_independent and predict_is_pure, with runtimes that break them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "revive/properties/checks/checks.h"
#include "revive/properties/testing/broken.h"
#include "revive/properties/testing/models_made_by_hand.h"

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

Case of_model(std::string_view shape, std::string_view layers, Tensor input) {
  const std::string text = fmt::format(R"({{"shape": {}, "layers": [{}]}})", shape, layers);
  Case made = case_of("m", parse_json(text, {}, "a model").value());
  made.input = std::move(input);
  return made;
}

// Which NaN comes out, the size of a batch may decide; in any dtype.
TEST(BatchIsIndependent, TakesANanForAnyOther) {
  const Case made = of_model("[null, 1]", R"(["ReLU", {}])", Tensor::from<float>({2, 1}, {1, 2}));
  const Property& property = *find_property("batch_is_independent");
  for (const DType dtype : {DType::float16, DType::bfloat16, DType::float32, DType::float64}) {
    for (const bool is_nan : {true, false}) {
      Subject subject = revive_subject();
      subject.predict = [&](const Loaded&, const Tensor& input) -> Result<Tensor> {
        Tensor output(dtype, {input.dim(0)});
        // The quiet NaNs of each dtype, and its subnormals.
        const std::size_t size = size_of(dtype);
        for (std::size_t i = 0; i < output.size(); ++i) {
          output.bytes()[size * i] = static_cast<std::byte>(input.dim(0));
          if (!is_nan) continue;
          output.bytes()[size * i + size - 1] = std::byte{0x7F};
          output.bytes()[size * i + size - 2] = std::byte{0xFF};
        }
        return output;
      };
      EXPECT_EQ(check_case(property, made, subject).has_value(), !is_nan) << name_of(dtype) << is_nan;
    }
  }
}

TEST(BatchIsIndependent, AsksNothingOfLayersThatWorkAlongTheBatch) {
  const Tensor numbers = Tensor::from<float>({2}, {1, 2});
  const Property& property = *find_property("batch_is_independent");
  Subject subject = revive_subject();
  int runs = 0;
  subject.predict = [&](const Loaded& loaded, const Tensor& input) {
    ++runs;
    return loaded.model->predict(input);
  };
  EXPECT_FALSE(
      check_case(property, of_model("[null]", R"(["Activation", {"activation": "softmax"}])", numbers), subject));
  EXPECT_EQ(runs, 0);
  EXPECT_FALSE(check_case(property, of_model("[null]", R"(["Lambda", "lambda x: x * 2", {}])", numbers), subject));
  EXPECT_EQ(runs, 5);
  runs = 0;
  EXPECT_FALSE(check_case(
      property, of_model("[null, 1]", R"(["Activation", {"activation": "softmax"}])", Tensor(DType::float32, {2, 1})),
      subject));
  EXPECT_EQ(runs, 5);
  // A batch of nobody has no sample to be alone.
  runs = 0;
  EXPECT_FALSE(check_case(property, of_model("[null, 1]", R"(["ReLU", {}])", Tensor(DType::float32, {0, 1})), subject));
  EXPECT_EQ(runs, 2);
}

TEST(PredictIsPure, FindsWhatOneThreadAloneDoesNotRefuse) {
  const auto owner = std::this_thread::get_id();
  Subject subject = revive_subject();
  subject.predict = [owner](const Loaded& loaded, const Tensor& input) -> Result<Tensor> {
    if (std::this_thread::get_id() != owner) return fail(ErrorCode::layer_input, "", "not from here");
    return loaded.model->predict(input);
  };
  expect_found("predict_is_pure", subject, "the model could not run in two threads: not from here");
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
