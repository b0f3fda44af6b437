// What would mix, move, cut or add samples, or has no shape, is refused with a sentence that says why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/testing/recorded.h"

namespace revive {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t kHuge = std::int64_t{1} << 62;

TEST(Refusals, OfOpsNameTheTrouble) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      // The batch axis.
      {"ops.sum(x)", "name the axes"},
      {"ops.sum(x, axis=0)", "the samples of a batch"},
      {"ops.mean(x, axis=-3)", "axis -3 of a tensor of 3 axes is the batch"},
      {"ops.max(x, axis=(1, 0))", "the samples of a batch"},
      {"ops.argmax(x)", "name the axes"},
      {"ops.cumsum(x)", "name the axes"},
      {"ops.sort(x, axis=0)", "the samples of a batch"},
      {"ops.diff(x, axis=0)", "the samples of a batch"},
      {"ops.reshape(x, (12, -1))", "does not keep the batch axis"},
      {"ops.transpose(x)", "away from the front"},
      {"ops.transpose(x, (1, 0, 2))", "away from the front"},
      {"ops.transpose(x, (-2, 0, 2))", "away from the front"},
      {"ops.swapaxes(x, 0, 1)", "the samples of a batch"},
      {"ops.moveaxis(x, -3, 1)", "is the batch"},
      {"ops.flip(x)", "name the axes"},
      {"ops.roll(x, 1, axis=0)", "the samples of a batch"},
      {"ops.expand_dims(x, 0)", "the samples of a batch"},
      {"ops.squeeze(x, 0)", "the samples of a batch"},
      {"ops.tile(x, (2, 1, 1))", "repeat samples"},
      {"ops.tile(x, (1, 1, 1, 1))", "repeat samples"},
      {"ops.repeat(x, 2, axis=0)", "the samples of a batch"},
      {"ops.broadcast_to(x, (2, 3, 4))", "does not keep the batch axis"},
      {"ops.concatenate([x, x])", "the samples of a batch"},
      {"ops.concatenate([x, a], axis=1)", "no constant beside a tensor"},
      {"ops.stack([x, x])", "the samples of a batch"},
      {"ops.pad(x, 1)", "add samples"},
      {"ops.take(x, [0], axis=0)", "the samples of a batch"},
      {"ops.take(x, ops.argsort(x), axis=1)", "mix the samples"},
      {"ops.tril(x[:, 0])", "samples that are matrices"},
      // Shapes and indices.
      {"ops.sum(x, axis=3)", "axis 3 is out of range"},
      {"ops.sum(x, axis=(1, -2))", "found axis 1 twice"},
      {"ops.max(x[:, :0], axis=1)", "which is empty"},
      {"ops.reshape(x, (-1, 5))", "cannot be reshaped to"},
      {"ops.transpose(x, (0, 1))", "each axis of"},
      {"ops.squeeze(x, 1)", "of length 1"},
      {"ops.repeat(x, -1, axis=1)", "0 repeats or more"},
      {"ops.diff(x, n=-1)", "0 or more"},
      {"ops.concatenate([x, x[:, :2]], axis=2)", "does not fit"},
      {"ops.stack([x, x[:, 0]], axis=1)", "does not fit"},
      {"ops.pad(x, ((0, 0), (3, 0), (0, 0)), mode='reflect')", "reaches 3 elements"},
      {"ops.pad(x, ((0, 0), (1, 0)))", "2 pairs of widths"},
      {"ops.pad(x, ((0, 0), (1, 0), (0, 0)), mode='edge')", "\"symmetric\""},
      {"ops.take(x, [3], axis=1)", "index 3 is out of range for axis 1 of length 3"},
      {"ops.take(x, [0.5], axis=1)", "indices that are ints"},
      {"ops.roll(x, (1, 2), axis=1)", "2 shifts for 1 axes"},
      {"ops.max(ops.cast(x, 'int32'), axis=1, initial=0.5)", "takes no initial"},
      {"ops.full_like(x, 2.5, dtype='int32')", "cannot be an element of a tensor of int32"},
      {"ops.cast(x, 'uint64')", "a dtype other than uint64"},
      // Sizes.
      {"ops.tile(x, (1, n, 8))", "too long"},
      {"ops.repeat(x, n, axis=1)", "too long"},
      {"ops.pad(x, ((0, 0), (n, 0), (0, 0)))", "pair of widths"},
  };
  const Captures captures = {{"a", Tensor(DType::float32, {2, 3, 4})}, {"n", Value(kHuge)}};
  for (const auto& [text, sentence] : rows) {
    const auto made =
        make_expression(text, captures, {.input = TensorType{DType::float32, {kUnknown, 3, 4}}, .limits = {}});
    if (made) {
      ADD_FAILURE() << text << " gives " << made->graph.to_text();
      continue;
    }
    EXPECT_THAT(made.error().text(), HasSubstr(std::string(sentence))) << text;
    expect_recorded("model/ops/refusals.txt", std::string(text), made.error().text());
  }
}

// What is long and can be counted is a graph like any other. It is loaded, saved and compared, and does not run.
TEST(Refusals, OfLongValuesComeWithTheRun) {
  for (const char* text : {"ops.repeat(x, 1000000000, axis=1)", "ops.sum(ops.tile(x, (1, 3000, 3000)), axis=(1, 2))"}) {
    const auto made = make_expression(text, {}, {.input = TensorType{DType::float32, {kUnknown, 3, 4}}, .limits = {}});
    ASSERT_TRUE(made) << text << ": " << made.error().text();
    const auto output = made->graph.evaluate(Tensor(DType::float32, {2, 3, 4}));
    ASSERT_FALSE(output) << text;
    EXPECT_EQ(output.error().code, ErrorCode::limit_exceeded) << text;
    EXPECT_THAT(output.error().text(), HasSubstr("Limits::activation_elements")) << text;
  }
}

}  // namespace
}  // namespace revive
