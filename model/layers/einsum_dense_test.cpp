// EinsumDense, against sums over named axes in double.
#include <map>

#include "revive/model/layers/testing.h"

namespace revive::testing {
namespace {

using Index = std::map<char, std::int64_t>;

// Calls visit for every way to number the letters.
template <typename Visit>
void each_index(const Index& lengths, Visit visit) {
  Index at;
  for (const auto& [letter, length] : lengths) at[letter] = 0;
  for (;;) {
    visit(at);
    auto next = at.begin();
    for (; next != at.end(); ++next) {
      if (++next->second < lengths.at(next->first)) break;
      next->second = 0;
    }
    if (next == at.end()) return;
  }
}

std::size_t offset(std::string_view letters, const Index& at, const Index& lengths) {
  std::int64_t offset = 0;
  for (const char letter : letters) offset = offset * lengths.at(letter) + at.at(letter);
  return static_cast<std::size_t>(offset);
}

struct Case {
  Value::Object config;
  // The same with "..." spelled out.
  std::string x, kernel, output, bias;
  Index lengths;
};

TEST(EinsumDense, SumsOverTheAxesThatTheOutputHasNot) {
  const auto list = [](std::initializer_list<Value> items) { return Value(Value::Array(items)); };
  const std::vector<Case> cases = {
      {{{"equation", "ab,bc->ac"}, {"output_shape", list({3})}, {"bias_axes", "c"}},
       "ab",
       "bc",
       "ac",
       "c",
       {{'a', 2}, {'b', 4}, {'c', 3}}},
      {{{"equation", "abc,cd->abd"}, {"output_shape", list({nullptr, 5})}},
       "abc",
       "cd",
       "abd",
       "",
       {{'a', 2}, {'b', 3}, {'c', 4}, {'d', 5}}},
      {{{"equation", "...x,xyz->...yz"}, {"output_shape", list({2, 3})}, {"bias_axes", "z"}},
       "abx",
       "xyz",
       "abyz",
       "z",
       {{'a', 2}, {'b', 3}, {'x', 4}, {'y', 2}, {'z', 3}}},
      {{{"equation", "...x,xyz->...yz"}, {"output_shape", list({2, 3})}, {"bias_axes", "y"}},
       "abx",
       "xyz",
       "abyz",
       "y",
       {{'a', 2}, {'b', 3}, {'x', 4}, {'y', 2}, {'z', 3}}},
      {{{"equation", "ab...,bc->ac..."}, {"output_shape", list({3})}, {"bias_axes", "c"}},
       "abx",
       "bc",
       "acx",
       "c",
       {{'a', 2}, {'b', 3}, {'x', 4}, {'c', 3}}},
      {{{"equation", "abc,cde->adeb"}, {"output_shape", list({3, 2, 5})}, {"bias_axes", "de"}},
       "abc",
       "cde",
       "adeb",
       "de",
       {{'a', 2}, {'b', 5}, {'c', 4}, {'d', 3}, {'e', 2}}},
  };
  Random random(1);
  for (const Case& each : cases) {
    Dims dims;
    for (const char letter : each.x) dims.push_back(each.lengths.at(letter));
    Shape shape(dims);
    shape[0] = kUnknown;
    const Layer layer = ready_layer("EinsumDense", each.config, shape, random);
    ASSERT_EQ(layer.variables().size(), each.bias.empty() ? 1U : 2U);
    const Tensor x = random_tensor(dims, random);
    Dims output_dims;
    for (const char letter : each.output) output_dims.push_back(each.lengths.at(letter));
    std::vector<double> sums(static_cast<std::size_t>(*element_count(output_dims)), 0.0);
    each_index(each.lengths, [&](const Index& at) {
      sums[offset(each.output, at, each.lengths)] +=
          static_cast<double>(x.data<float>()[offset(each.x, at, each.lengths)]) *
          static_cast<double>(layer.weights()[0].data<float>()[offset(each.kernel, at, each.lengths)]);
    });
    Tensor expected(DType::float32, output_dims);
    each_index(each.lengths, [&](const Index& at) {
      const std::size_t to = offset(each.output, at, each.lengths);
      const float bias = each.bias.empty() ? 0 : layer.weights()[1].data<float>()[offset(each.bias, at, each.lengths)];
      expected.data<float>()[to] = static_cast<float>(sums[to] + static_cast<double>(bias));
    });
    const Tensor y = run(layer, x);
    expect_near(y, expected);
    EXPECT_TRUE(layer.output_shape().admits(y.dims()));
    expect_batch_independent(layer, {x});
  }
}

TEST(EinsumDense, KeepsUnknownWhatItIsNotTold) {
  EXPECT_EQ(output_shape("EinsumDense", {{"equation", "abc,cd->abd"}, {"output_shape", Value::Array{nullptr, 5}}},
                         {kUnknown, 3, 4}),
            (Shape{kUnknown, kUnknown, 5}));
  EXPECT_EQ(
      output_shape("EinsumDense", {{"equation", "...x,xy->...y"}, {"output_shape", Value::Array{5}}}, {kUnknown, 3, 4}),
      (Shape{kUnknown, 3, 5}));
}

TEST(EinsumDense, TellsCapitalsFromLowerCase) {
  Random random(6);
  const Layer capitals =
      ready_layer("EinsumDense", {{"equation", "bA,Aa->ba"}, {"output_shape", Value::Array{3}}}, {kUnknown, 4}, random);
  Layer small = *make_layer("EinsumDense", {{"equation", "ab,bc->ac"}, {"output_shape", Value::Array{3}}});
  ASSERT_TRUE(small.build({kUnknown, 4}, DType::float32, Limits{}));
  ASSERT_TRUE(small.set_weights({capitals.weights()[0]}));
  const Tensor x = random_tensor({2, 4}, random);
  EXPECT_TRUE(same_bits(run(capitals, x), run(small, x)));
}

TEST(EinsumDense, MakesFeaturesOfScalars) {
  Random random(7);
  const Layer layer =
      ready_layer("EinsumDense", {{"equation", "i,d->id"}, {"output_shape", Value::Array{2}}}, {kUnknown}, random);
  EXPECT_EQ(layer.output_shape(), (Shape{kUnknown, 2}));
  const auto kernel = layer.weights()[0].data<float>();
  expect_near(run(layer, floats({2}, {2, -1})), floats({2, 2}, {2 * kernel[0], 2 * kernel[1], -kernel[0], -kernel[1]}));
}

// Keras takes no ellipsis, one in front of x and the output, or one behind the batch and another letter of x.
TEST(EinsumDense, HasOneOfThreeForms) {
  for (const char* const equation : {"...,c->...c",
                                     "...b,b->...",
                                     "a...b,bc->...c",
                                     "...b,bc->a...c",
                                     "a...b,bc->a...c",
                                     "a...,bc->ac...",
                                     "ab...,bc->...",
                                     "ab...c,cd->ad...",
                                     "ab...,bc->ac...d",
                                     "ab...c,cd->ad...c",
                                     "...ab,bc->ac",
                                     "ab,bc->...ac",
                                     "...b,b...->...",
                                     "...b,...bc->...c",
                                     ",bc->bc",
                                     "ab,ab->",
                                     "ab,->ab",
                                     "ab->ab",
                                     "ab,bc,cd->ad",
                                     "ab,bc",
                                     "...ab,bc->a...c",
                                     "abd...,bc->ac...d",
                                     "ab...,bc->ac",
                                     "...b,bc...->...c",
                                     "ab,bc->ac...",
                                     "...ab,bc->c",
                                     "",
                                     "a1,bc->ac",
                                     "ab,bc->"}) {
    EXPECT_EQ(build_error("EinsumDense", {{"equation", equation}, {"output_shape", Value::Array{3, 3}}}, {2, 3, 3}),
              "expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found \"" +
                  std::string(equation) + "\"");
  }
}

TEST(EinsumDense, SaysWhatDoesNotFit) {
  const auto error = [](std::string_view equation, Value::Array shape, const Shape& input, Value bias = nullptr) {
    return build_error("EinsumDense",
                       {{"equation", std::string(equation)}, {"output_shape", std::move(shape)}, {"bias_axes", bias}},
                       input);
  };
  EXPECT_EQ(error("ab,bc->ac", {3}, {kUnknown, 4}), "");
  EXPECT_EQ(error("ab,bac->ac", {3}, {2, 4}), "expected an equation that leaves the batch in front, found ab,bac->ac");
  EXPECT_EQ(error("ab,bc->ca", {3}, {kUnknown, 4}),
            "expected every axis of the kernel in ab,bc->ca to have a length in the output_shape or in the input, "
            "found none for c");
  EXPECT_EQ(error("ab->ba", {3}, {kUnknown, 4}),
            "expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found \"ab->ba\"");
  EXPECT_EQ(error("ab,bc", {3}, {kUnknown, 4}),
            "expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found \"ab,bc\"");
  EXPECT_EQ(error("a...b,bc->a...c", {3}, {kUnknown, 4, 4}),
            "expected an equation such as ab,bc->ac or ...x,xy->...y or ab...,bc->ac..., found \"a...b,bc->a...c\"");
  EXPECT_EQ(
      error("ab,bc->ac", {3, 3}, {kUnknown, 4}),
      "expected an output_shape that makes a shape of 2 axes for the equation ab,bc->ac, found one of (None, 3, 3)");
  EXPECT_EQ(error("ab,bc->ac", {nullptr}, {kUnknown, 4}),
            "expected every axis of the kernel in ab,bc->ac to have a length in the output_shape or in the input, "
            "found none for c");
  EXPECT_EQ(error("abc,bcd->abd", {7, 5}, {kUnknown, 3, 4}),
            "the equation abc,bcd->abd gives one letter to axes of 3 and of 7");
  EXPECT_EQ(error("ab,bc->ac", {3}, {kUnknown, 4}, "b"),
            "expected bias_axes among the letters of the output ac, found \"b\"");
  EXPECT_EQ(error("ab,bc->ac", {3}, {kUnknown, 4}, "a"), "expected bias_axes of known length, found a of (None, 3)");
  EXPECT_EQ(error("ab,bc->ca", {2}, {2, 4}), "expected an equation that leaves the batch in front, found ab,bc->ca");
  EXPECT_EQ(error("ab,bcz->ac", {3}, {kUnknown, 4}),
            "expected every axis of the kernel in ab,bcz->ac to have a length in the output_shape or in the input, "
            "found none for z");
  // The output_shape may know what the input does not.
  EXPECT_EQ(error("abc,bcd->abd", {7, 5}, {kUnknown, kUnknown, 4}), "");
  EXPECT_EQ(error("abc,bcd->abd", {7, 5}, {kUnknown, 7, 4}), "");
  EXPECT_EQ(error("ab,bc->ac", {3}, {kUnknown, 4}, ""),
            "expected bias_axes among the letters of the output ac, found \"\"");
}

// As many axes as the letters, or more under "...", which in front of the letters has the batch.
TEST(EinsumDense, TakesInputsOfAsManyAxesAsItsLetters) {
  const auto given = [](std::string_view equation, Value::Array shape, const Shape& input) {
    auto layer = *make_layer("EinsumDense", {{"equation", std::string(equation)}, {"output_shape", std::move(shape)}});
    const Status built = layer.build(input, DType::float32, {});
    return built ? to_string(layer.output_shape()) + " of " + to_string(layer.variables()[0].dims)
                 : built.error().text();
  };
  const auto misfit = [](std::string_view equation, const Shape& input) {
    return "the equation " + std::string(equation) + " does not fit an input of shape " + to_string(input);
  };
  constexpr std::string_view kNone = "ab,bc->ac";
  EXPECT_EQ(given(kNone, {3}, {kUnknown, 4}), "(None, 3) of (4, 3)");
  EXPECT_EQ(given(kNone, {3}, {4}), misfit(kNone, {4}));
  EXPECT_EQ(given(kNone, {3}, {kUnknown, 5, 4}), misfit(kNone, {kUnknown, 5, 4}));
  constexpr std::string_view kLeft = "...x,xy->...y";
  EXPECT_EQ(given(kLeft, {3}, {4}), misfit(kLeft, {4}));
  EXPECT_EQ(given(kLeft, {3}, {kUnknown, 4}), "(None, 3) of (4, 3)");
  EXPECT_EQ(given(kLeft, {3}, {kUnknown, 6, 5, 4}), "(None, 6, 5, 3) of (4, 3)");
  constexpr std::string_view kLeftOfTwo = "...xy,xyz->...z";
  EXPECT_EQ(given(kLeftOfTwo, {3}, {4}), misfit(kLeftOfTwo, {4}));
  EXPECT_EQ(given(kLeftOfTwo, {3}, {5, 4}), misfit(kLeftOfTwo, {5, 4}));
  EXPECT_EQ(given(kLeftOfTwo, {3}, {kUnknown, 5, 4}), "(None, 3) of (5, 4, 3)");
  constexpr std::string_view kRight = "ab...,bc->ac...";
  EXPECT_EQ(given(kRight, {3}, {4}), misfit(kRight, {4}));
  EXPECT_EQ(given(kRight, {3}, {kUnknown, 4}), "(None, 3) of (4, 3)");
  EXPECT_EQ(given(kRight, {3}, {kUnknown, 4, 5, 6}), "(None, 3, 5, 6) of (4, 3)");
}

// A bias along several letters has an axis of 1 for what stands between them, and for each axis under a "..." behind.
TEST(EinsumDense, ABiasGoesOnToTheLastAxis) {
  const auto dims = [](std::string_view equation, Value::Array shape, std::string_view bias, const Shape& input) {
    auto layer = *make_layer(
        "EinsumDense",
        {{"equation", std::string(equation)}, {"output_shape", std::move(shape)}, {"bias_axes", std::string(bias)}});
    const Status built = layer.build(input, DType::float32, {});
    return built ? to_string(layer.variables()[1].dims) : built.error().text();
  };
  const Shape input{kUnknown, 5, 4};
  EXPECT_EQ(dims("abc,cde->adeb", {3, 2, 5}, "d", input), "(3, 1, 1)");
  EXPECT_EQ(dims("abc,cde->adeb", {3, 2, 5}, "e", input), "(2, 1)");
  EXPECT_EQ(dims("abc,cde->adeb", {3, 2, 5}, "db", input), "(3, 1, 5)");
  EXPECT_EQ(dims("abc,cde->adeb", {3, 2, 5}, "bd", input), "(3, 1, 5)");
  EXPECT_EQ(dims("ab...,bc->ac...", {3}, "c", input), "(3, 1)");
  EXPECT_EQ(dims("ab...,bc->ac...", {3}, "c", {kUnknown, 5}), "(3,)");
  EXPECT_EQ(dims("abd...,bc->adc...", {4, 3}, "c", {kUnknown, 5, 4, 6}), "(3, 1)");
  EXPECT_EQ(dims("abd...,bc->adc...", {4, 3}, "dc", {kUnknown, 5, 4, 6, 7}), "(4, 3, 1, 1)");
  EXPECT_EQ(dims("...x,xyz->...yz", {2, 3}, "yz", input), "(2, 3)");
  EXPECT_EQ(dims("abc,cd->abd", {nullptr, 3}, "b", input),
            "expected bias_axes of known length, found b of (None, None, 3)");
  EXPECT_EQ(dims("abc,cd->abd", {5, 3}, "b", input), "(5, 1)");
  EXPECT_EQ(dims("abc,cd->abd", {5, 3}, "bq", input),
            "expected bias_axes among the letters of the output abd, found \"bq\"");
}

// In float16, 2048 + 0.75 is 2048 and 8 + 0.003 is 8, but exp(8.003) is not exp(8).
TEST(EinsumDense, RoundsTheProductAndThenTheSum) {
  const auto computed = [](std::string_view activation, float first, float second, float bias) {
    auto layer = *make_layer("EinsumDense", {{"equation", "ab,bc->ac"},
                                             {"output_shape", Value::Array{1}},
                                             {"bias_axes", "c"},
                                             {"activation", activation},
                                             {"dtype", "float16"}});
    EXPECT_TRUE(layer.build({kUnknown, 2}, DType::float16, {}));
    const auto half = [](Dims dims, std::vector<float> values) {
      return cast(floats(std::move(dims), std::move(values)), DType::float16);
    };
    EXPECT_TRUE(layer.set_weights({half({2, 1}, {first, second}), half({1}, {bias})}));
    return cast(run(layer, half({1, 2}, {1, 1})), DType::float32).data<float>()[0];
  };
  EXPECT_EQ(computed("linear", 2048, 0.75F, 0.75F), 2048);
  EXPECT_EQ(computed("linear", 2048, 0.75F, 1.5F), 2050);
  EXPECT_EQ(computed("exponential", 8, 0, 0.003F), 2980);
}

// A graph has no more axes, and a last one that is not known can be the batch alone.
TEST(EinsumDense, TakesUpTo32Axes) {
  const Value::Object config{{"equation", "...x,xy->...y"}, {"output_shape", Value::Array{3}}};
  Shape shape{kUnknown};
  for (int i = 0; i < 30; ++i) shape.push_back(1);
  shape.push_back(4);
  Shape output = shape;
  output[31] = 3;
  EXPECT_EQ(output_shape("EinsumDense", config, shape), output);
  shape.push_back(4);
  EXPECT_EQ(build_error("EinsumDense", config, shape),
            "EinsumDense expects an input of rank 1 to 32 whose last axis is known or the batch, found the shape " +
                to_string(shape));
}

}  // namespace
}  // namespace revive::testing
