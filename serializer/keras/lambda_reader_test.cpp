#include "revive/serializer/keras/lambda_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"
#include "revive_build/source_dir.h"

namespace revive {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Sequential> rescue(const std::string& name, const LoadOptions& options = {}) {
  return load(std::string(REVIVE_SOURCE_DIR) + "/corpus/rescues/" + name + ".keras", options);
}

const LambdaFunction& lambda_of(const Sequential& model, std::size_t layer) {
  return *model.layers()[layer].lambda();
}

// A Lambda's config without bytecode, read with a text for its function.
Result<LambdaFunction> read(std::string_view config, const std::string& text, LoadOptions options = {}) {
  options.lambdas = {{"cut", text}};
  const auto value = parse_json(config, {}, "test");
  EXPECT_TRUE(value) << config;
  LambdaReader reader(options);
  return reader.read("cut", value->as_object(), "place", [] { return std::nullopt; });
}

TEST(LambdaReader, NamesThatNobodyGivesAreReportedForTheWholeModelAtOnce) {
  const auto model = rescue("two_layers_with_globals");
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::expression_free_name);
  EXPECT_THAT(model.error().place, HasSubstr("config.json: /config/layers/1/config/function"));
  EXPECT_THAT(model.error().message, HasSubstr("layer 'cut' is lambda x: x[:, WIDTH:] and reads WIDTH"));
  EXPECT_THAT(model.error().message, HasSubstr("layer 'shifted'"));
  EXPECT_THAT(model.error().message, HasSubstr("--bind WIDTH=VALUE --bind SHIFT=VALUE"));
}

TEST(LambdaReader, ABoundValueIsCapturedAndTheTextKept) {
  const auto model = rescue("last_steps", {.bind = {{"CONV_WIDTH", Value(3)}}});
  ASSERT_TRUE(model) << model.error().text();
  const LambdaFunction& lambda = lambda_of(*model, 1);
  const auto expected = make_expression("lambda x: x[:, -3:, :]", {});
  EXPECT_EQ(lambda, *expected) << lambda.graph.to_text();
  ASSERT_TRUE(lambda.annotation.has_value());
  EXPECT_EQ(lambda.annotation->text, "lambda x: x[:, -CONV_WIDTH:, :]");
  ASSERT_EQ(lambda.annotation->captures.size(), 1U);
  EXPECT_EQ(lambda.annotation->captures[0].first, "CONV_WIDTH");
  EXPECT_EQ(std::get<Value>(lambda.annotation->captures[0].second), Value(3));
}

TEST(LambdaReader, WhatNoLambdaReadsIsWarnedOf) {
  std::vector<std::string> warnings;
  const auto model = rescue("last_steps", {.warn = [&](std::string_view text) { warnings.emplace_back(text); },
                                           .bind = {{"CONV_WIDTH", Value(3)}, {"CONV_WITDH", Value(4)}}});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_THAT(warnings, ElementsAre("no lambda reads the value given for CONV_WITDH"));
}

TEST(LambdaReader, ANameIsWhatStockKerasTakesItForOrAskedFor) {
  std::vector<std::string> warnings;
  const LoadOptions warned = {.warn = [&](std::string_view text) { warnings.emplace_back(text); }};
  const auto activation = rescue("named_keras_activation_gelu", warned);
  ASSERT_TRUE(activation) << activation.error().text();
  EXPECT_EQ(lambda_of(*activation, 1), *make_expression("lambda x: ops.gelu(x, approximate=False)", {}));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("taken for keras.activations.gelu")));

  const auto unknown = rescue("function_of_the_user");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::expression_free_name);
  EXPECT_THAT(unknown.error().message, HasSubstr("layer 'scaled' calls the function `scaled`"));
  EXPECT_THAT(unknown.error().message, HasSubstr("--lambda scaled='lambda x: ...'"));
  const auto bound = rescue("function_of_the_user", {.bind = {{"scaled", Function{"lambda t: t * 3.0 - 1.0"}}}});
  ASSERT_TRUE(bound) << bound.error().text();
  EXPECT_EQ(lambda_of(*bound, 1), *make_expression("lambda x: x * 3.0 - 1.0", {}));

  const auto registered = rescue("named_registered_function");
  ASSERT_FALSE(registered);
  EXPECT_THAT(registered.error().message, HasSubstr("calls the function `my>my_act`"));
}

// What a Lambda's config gives whose function is a name.
Result<LambdaFunction> read_name(std::string_view config, const LoadOptions& options = {}) {
  const auto value = parse_json(config, {}, "test");
  EXPECT_TRUE(value) << config;
  LambdaReader reader(options);
  auto made = reader.read("cut", value->as_object(), "place", [] { return std::nullopt; });
  if (const Status status = reader.finish(); made && !status) return std::unexpected(status.error());
  return made;
}

std::string function_named(const std::string& module, const std::string& name, const std::string& arguments = "{}") {
  return R"({"function": {"class_name": "function", "module": ")" + module + R"(", "config": ")" + name +
         R"("}, "arguments": )" + arguments + "}";
}

TEST(LambdaReader, NamesOfFunctionsThatAreNoActivationsAreAskedFor) {
  for (const std::string name : {"square", "normalize", "tanh_", "abs", "x", "ops", "get", "my>relu", "mean"}) {
    const auto asked = read_name(function_named("builtins", name));
    ASSERT_FALSE(asked) << name;
    EXPECT_EQ(asked.error().code, ErrorCode::expression_free_name) << name;
    EXPECT_THAT(asked.error().message, HasSubstr("the function `" + name + "`")) << name;
    const auto given = read_name(function_named("builtins", name), {.bind = {{name, Function{"lambda t: t + 1.0"}}}});
    ASSERT_TRUE(given) << name << ": " << given.error().text();
    EXPECT_EQ(*given, *make_expression("lambda x: x + 1.0", {})) << name;
  }
  // Keras 2 knows no function by its name alone, and a module of the user's is not that of Keras.
  EXPECT_FALSE(read_name(R"({"function": "relu"})"));
  EXPECT_FALSE(read_name(function_named("my_module", "relu")));
}

TEST(LambdaReader, WhatIsNoNameOfAFunctionIsRefused) {
  for (const std::string name : {"", "x * 0 + ops.tanh", "ops.tanh", "tanh)(x) + (x", "lambda x: x", "my>", "2x"}) {
    const auto refused = read_name(function_named("builtins", name));
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().code, ErrorCode::config_unsupported) << name;
  }
  const auto argument = read_name(function_named("builtins", "relu", R"({"x) + (x": 1})"));
  ASSERT_FALSE(argument);
  EXPECT_EQ(argument.error().code, ErrorCode::config_unsupported);
}

TEST(LambdaReader, ANamedFunctionTakesTheArgumentsOfTheLayer) {
  const auto activation = read_name(function_named("builtins", "leaky_relu", R"({"negative_slope": 0.5})"));
  ASSERT_TRUE(activation) << activation.error().text();
  EXPECT_EQ(*activation, *make_expression("lambda x: ops.leaky_relu(x, negative_slope=0.5)", {}));
  // The layer's arguments may be called as the tensor or the function are.
  const auto given = read_name(function_named("builtins", "scaled", R"({"scaled": 2.0})"),
                               {.bind = {{"scaled", Function{"lambda t, scaled: t * scaled"}}}});
  ASSERT_TRUE(given) << given.error().text();
  EXPECT_EQ(*given, *make_expression("lambda x: x * 2.0", {}));
}

TEST(LambdaReader, AGivenFunctionComesBeforeTheOneOfKeras) {
  const auto given = rescue("named_keras_activation_gelu", {.bind = {{"gelu", Function{"lambda t: t + 1.0"}}}});
  ASSERT_TRUE(given) << given.error().text();
  EXPECT_EQ(lambda_of(*given, 1), *make_expression("lambda x: x + 1.0", {}));
}

TEST(LambdaReader, ATextStandsInForTheFunctionOfItsLayerAlone) {
  const auto model = rescue("function_of_the_user", {.lambdas = {{"scaled", "lambda x: x - 1.0"}}});
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(lambda_of(*model, 1), *make_expression("lambda x: x - 1.0", {}));
  const auto nowhere = rescue("named_keras_activation_gelu", {.lambdas = {{"scaled", "lambda x: x"}}});
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::usage);
  EXPECT_THAT(nowhere.error().message, HasSubstr("'scaled'"));
}

TEST(LambdaReader, AShapeTheLambdaAsksForIsThatOfItsInput) {
  const auto model = rescue("shape_of_the_input");
  ASSERT_TRUE(model) << model.error().text();
  EXPECT_EQ(model->output_shape(), Shape({kUnknown, 10, 2}));
}

TEST(LambdaReader, ArgumentsOfTheLayerComeBeforeDefaultsAndValuesThatAreGiven) {
  const auto lambda = read(R"({"function": null, "arguments": {"k": 3}})", "lambda x, k=2: x * k");
  ASSERT_TRUE(lambda) << lambda.error().text();
  EXPECT_EQ(*lambda, *make_expression("lambda x: x * 3", {}));
}

TEST(LambdaReader, AFunctionRunsForInference) {
  const auto lambda = read(R"({"function": null})", "lambda x, training: x if training else -x");
  ASSERT_TRUE(lambda) << lambda.error().text();
  EXPECT_EQ(*lambda, *make_expression("lambda x: -x", {}));
}

TEST(LambdaReader, MasksAreRefused) {
  const auto own = read(R"({"function": null, "mask": {"class_name": "__tensor__"}})", "lambda x: x");
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, ErrorCode::config_unsupported);
  EXPECT_EQ(own.error().place, "place/mask");
}

TEST(LambdaReader, TheMaskIsNoneWhereNoLayerMakesOne) {
  const auto with_mask = [](const std::string& text, bool made, std::string_view config = R"({"function": null})") {
    const auto value = parse_json(config, {}, "test");
    const LoadOptions options{.lambdas = {{"cut", text}}};
    LambdaReader reader(options);
    if (made) reader.mask_is_made();
    return reader.read("cut", value->as_object(), "place", [] { return std::nullopt; });
  };
  const std::string reads = "lambda x, mask: x * 2.0 if mask is None else x";
  const auto none = with_mask(reads, false);
  ASSERT_TRUE(none) << none.error().text();
  EXPECT_EQ(*none, *make_expression("lambda x: x * 2.0", {}));
  const auto some = with_mask(reads, true);
  ASSERT_FALSE(some);
  EXPECT_EQ(some.error().code, ErrorCode::config_unsupported);
  EXPECT_TRUE(with_mask("lambda x, mask: x * 2.0", true));
  // One that the layer's arguments give is no mask of a layer.
  const auto own = with_mask(reads, true, R"({"function": null, "arguments": {"mask": null}})");
  ASSERT_TRUE(own) << own.error().text();
  EXPECT_EQ(*own, *make_expression("lambda x: x * 2.0", {}));
}

// As stock Keras does: x[:] is x on JAX, and another tensor without a mask on TensorFlow and NumPy.
TEST(LambdaReader, AMaskThatDependsOnTheBackendIsAskedFor) {
  const std::string sliced = std::string(REVIVE_SOURCE_DIR) + "/corpus/refusals/mask_at_a_whole_slice.keras";
  const auto model = load(sliced);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::expression_type);
  EXPECT_THAT(model.error().message, HasSubstr("whether the mask of a layer before it goes along depends on"));
  LoadOptions options;
  options.lambdas = {{"lambda", "lambda x: x"}};
  EXPECT_TRUE(load(sliced, options));
  // A text is revive's own, whose x[:] is x.
  options.lambdas = {{"lambda", "lambda x: x[:]"}};
  EXPECT_TRUE(load(sliced, options));
  for (const char* const name : {"mask_through_tf_cast", "mask_ends_at_tf_identity", "mask_ends_at_tf_stop_gradient"}) {
    const auto rescued = rescue(name);
    EXPECT_TRUE(rescued) << name << ": " << rescued.error().text();
  }
}

TEST(LambdaReader, AnActivationThatIsCodeStandsBehindItsLayer) {
  const auto model = rescue("dense_activation_lambda");
  ASSERT_TRUE(model) << model.error().text();
  ASSERT_EQ(model->layers().size(), 3U);
  EXPECT_EQ(lambda_of(*model, 2), *make_expression("lambda t: t * 2", {}));
  EXPECT_EQ(model->layers()[2].name(), model->layers()[1].name() + "_activation");
}

TEST(LambdaReader, AFunctionHasToBeThere) {
  const auto nothing = read(R"({"arguments": {}})", "lambda x: x");
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::config_missing_key);
}

TEST(LambdaReader, WhatIsNoLambdaIsRefusedWithItsLayerItsTextAndItsPlace) {
  const auto refused = read(R"({"function": null})", "lambda x: x if x else -x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::expression_type);
  EXPECT_EQ(refused.error().place, "place/function");
  EXPECT_THAT(refused.error().message, HasSubstr("in layer 'cut', lambda x: x if x else -x"));
}

}  // namespace
}  // namespace revive
