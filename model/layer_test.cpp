// A layer is made from Keras' config keys, checks them, and is written back with the same ones.
#include "revive/model/layer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "revive/model/config.h"
#include "revive/model/registry.h"
#include "revive/model/sequential.h"

namespace revive {
namespace {

Error error_of(const Result<Layer>& layer) {
  EXPECT_FALSE(layer.has_value());
  return layer ? Error{} : layer.error();
}

TEST(Layer, IsMadeFromConfigKeysAndWrittenInKerasOrder) {
  const auto layer = make_layer("Dense", {{"activation", "swish"}, {"units", 3}, {"name", "d"}});
  ASSERT_TRUE(layer) << layer.error().text();
  const Value::Object expected{{"name", "d"}, {"trainable", true},    {"dtype", "float32"},
                               {"units", 3},  {"activation", "silu"}, {"use_bias", true}};
  EXPECT_EQ(Value(write_config(*layer)), Value(expected));
}

TEST(Layer, NamesTheKeyAndWhatWasFound) {
  struct Row {
    Value::Object config;
    ErrorCode code;
    std::string text;
  };
  const Row rows[] = {
      {{{"units", -3}}, ErrorCode::config_value, "Dense/units: expected a positive integer, found -3"},
      {{{"units", 2.0}}, ErrorCode::config_type, "Dense/units: expected a positive integer, found a float 2.0"},
      {{{"units", true}}, ErrorCode::config_type, "Dense/units: expected a positive integer, found a bool true"},
      {{{"units", 2}, {"use_bias", 1}},
       ErrorCode::config_type,
       "Dense/use_bias: expected true or false, found an int 1"},
      {{{"units", 2}, {"activation", "rleu"}},
       ErrorCode::config_value,
       "Dense/activation: expected the name of an activation, found \"rleu\""},
      {{{"units", 2}, {"dtype", "int8_from_float32"}},
       ErrorCode::config_unsupported,
       "Dense/dtype: expected a dtype policy of float32, float64, float16, bfloat16, mixed_float16, mixed_bfloat16, "
       "found "
       "\"int8_from_float32\""},
      {{{"units", 2}, {"unit", 2}}, ErrorCode::config_unknown_key, "Dense/unit: Dense has no such field"},
      {{{"units", 2}, {"activation", Value::Object{{"class_name", "Foo"}}}},
       ErrorCode::config_unsupported,
       "Dense/activation: expected the name of an activation, found an object {\"class_name\": \"Foo\"}"},
      {{{"units", 2}, {"activation", Value::Object{{"class_name", "__lambda__"}}}},
       ErrorCode::config_bytecode,
       "Dense/activation: expected the name of an activation, found an object {\"class_name\": \"__lambda__\"}"},
      {{{"name", "d"}}, ErrorCode::config_missing_key, "Dense: expected the key \"units\", which Dense requires"},
      {{{"units", 2}, {"quantization_config", Value::Object{}}},
       ErrorCode::config_unsupported,
       "Dense/quantization_config: expected null, the only value supported, found {}"},
  };
  for (const Row& row : rows) {
    const Error error = error_of(make_layer("Dense", row.config));
    EXPECT_EQ(error.text(), row.text);
    EXPECT_EQ(name_of(error.code), name_of(row.code));
  }
}

TEST(Layer, AKeyWithOneValueMayBeNull) {
  for (const Value& value : {Value(false), Value()}) {
    EXPECT_TRUE(make_layer("LSTM", {{"units", 2}, {"time_major", value}})) << value.brief();
  }
  EXPECT_FALSE(make_layer("LSTM", {{"units", 2}, {"time_major", true}}));
}

TEST(Layer, IsTrainableUnlessItsConfigSaysOtherwise) {
  EXPECT_TRUE(make_layer("ReLU", {})->trainable());
  EXPECT_TRUE(make_layer("ReLU", {{"trainable", true}})->trainable());
  EXPECT_FALSE(make_layer("ReLU", {{"trainable", false}})->trainable());
}

TEST(Layer, AnAxisMayBeEmptyButNotNegative) {
  EXPECT_TRUE(make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 0, 2}}}));
  EXPECT_FALSE(make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, -1, 2}}}));
}

// Older readers refuse it.
TEST(Layer, AYoungKeyIsWrittenWhereItHoldsNoDefault) {
  for (const bool renorm : {false, true}) {
    const auto layer = make_layer("BatchNormalization", {{"renorm", renorm}});
    ASSERT_TRUE(layer);
    const Value written(write_config(*layer));
    const Value* const found = written.find("renorm");
    EXPECT_EQ(found != nullptr, renorm);
    if (found != nullptr) {
      EXPECT_EQ(*found, Value(true));
    }
    EXPECT_NE(written.find("epsilon"), nullptr);
  }
}

TEST(Layer, KeepsTrainingOnlyKeysAsTheyWere) {
  const Value initializer = Value::Object{{"class_name", "Zeros"}, {"config", Value::Object{}}};
  const auto layer = make_layer("Dense", {{"units", 1}, {"bias_initializer", initializer}});
  ASSERT_TRUE(layer);
  EXPECT_EQ(Value(layer->training_only()), Value(Value::Object{{"bias_initializer", initializer}}));
  EXPECT_EQ(write_config(*layer).back().second, initializer);
}

TEST(Layer, ACellIsNoLayerOfAStack) {
  const auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}});
  const auto cell = make_layer("LSTMCell", {{"units", 2}});
  ASSERT_TRUE(input && cell);
  const auto model = Sequential::make("m", {*input, *cell});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().text(),
            "/layers/1: expected a layer, found the cell LSTMCell 'lstm_cell', which takes its steps inside of another "
            "layer");
}

TEST(Layer, HasTheKeysOfItsCellAsItsOwn) {
  auto lstm = make_layer("LSTM", {{"units", 3}, {"go_backwards", true}});
  ASSERT_TRUE(lstm) << lstm.error().text();
  EXPECT_EQ(write_field(*lstm->field("units")), Value(3));
  EXPECT_FALSE(lstm->field("reset_after"));
  ASSERT_TRUE(lstm->build({kUnknown, 4, 2}, DType::float32, Limits{}));
  EXPECT_EQ(lstm->variables().size(), 3U);
  EXPECT_EQ(lstm->weight_elements(), 2 * 12 + 3 * 12 + 12);
}

TEST(Layer, CopiesDoNotShareTheirConfig) {
  auto layer = *make_layer("Dense", {{"units", 1}});
  const Layer copy = layer;
  **std::get_if<std::int64_t*>(&static_cast<const FieldRef&>(layer.ref(*layer.layer_class().field("units")))) = 7;
  EXPECT_EQ(Value(write_config(copy)).find("units")->as_int(), 1);
}

TEST(Layer, BecomesAnotherByAssignmentAndStaysItselfByItsOwn) {
  auto layer = *make_layer("Dense", {{"units", 1}, {"name", "one"}});
  auto other = *make_layer("ReLU", {{"max_value", 2.0}, {"name", "two"}, {"trainable", false}});
  ASSERT_TRUE(other.build({kUnknown, 3}, DType::float32, Limits{}));
  layer = other;
  EXPECT_EQ(Value(write_config(layer)), Value(write_config(other)));
  EXPECT_EQ(layer.layer_class().name, "ReLU");
  EXPECT_TRUE(layer.built());
  const Layer& itself = layer;
  layer = itself;
  EXPECT_EQ(Value(write_config(layer)), Value(write_config(other)));
  EXPECT_EQ(Value(write_config(other)).find("max_value")->as_real(), 2.0);
}

TEST(SnakeCase, IsThatOfKeras) {
  const std::pair<const char*, const char*> rows[] = {{"ReLU", "re_lu"},
                                                      {"LeakyReLU", "leaky_re_lu"},
                                                      {"ELU", "elu"},
                                                      {"RNN", "rnn"},
                                                      {"SimpleRNN", "simple_rnn"},
                                                      {"RMSNormalization", "rms_normalization"},
                                                      {"Conv1D", "conv1d"},
                                                      {"ConvLSTM2D", "conv_lstm2d"},
                                                      {"MaxPooling1D", "max_pooling1d"},
                                                      {"UpSampling2D", "up_sampling2d"},
                                                      {"STFTSpectrogram", "stft_spectrogram"},
                                                      {"Sequential", "sequential"},
                                                      {"DepthwiseConv1D", "depthwise_conv1d"},
                                                      {"StackedRNNCells", "stacked_rnn_cells"}};
  for (const auto& [name, expected] : rows) EXPECT_EQ(snake_case(name), expected);
}

}  // namespace
}  // namespace revive
