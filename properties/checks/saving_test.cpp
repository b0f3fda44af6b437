// what_builds_can_be_saved, with serializers that cannot save everything.
#include <gtest/gtest.h>

#include <algorithm>

#include "revive/model/lambda/lambda_function.h"
#include "revive/properties/testing/broken.h"

namespace revive::properties {
namespace {

using testing::expect_found;
using testing::loads_with;

// revive's subject, which refuses to save the models that have a layer, the model itself among them, of this kind.
Subject cannot_save(const std::function<bool(const Layer&)>& is_bad) {
  Subject subject = revive_subject();
  subject.save = [save = subject.save, is_bad](const Sequential& model,
                                               const Environment& environment) -> Result<Bytes> {
    bool bad = false;
    visit_layers(model.root(), [&](const std::string&, const Layer& layer) { bad = bad || is_bad(layer); });
    if (bad) return fail(ErrorCode::file_unwritable, "", "expected something usual");
    return save(model, environment);
  };
  return subject;
}

// The subject fails where the value of a capture is such.
Subject cannot_save_capture(const std::function<bool(const Capture&)>& is_bad) {
  return cannot_save([is_bad](const Layer& layer) {
    const LambdaFunction* const lambda = layer.lambda();
    if (lambda == nullptr || !lambda->annotation) return false;
    return std::ranges::any_of(lambda->annotation->captures,
                               [&](const auto& capture) { return is_bad(capture.second); });
  });
}

template <typename Is>
auto value_is(Is is) {
  return [is](const Capture& capture) {
    const Value* const value = std::get_if<Value>(&capture);
    return value != nullptr && is(*value);
  };
}

TEST(WhatBuildsCanBeSaved, FindsNamesThatCannotBeSaved) {
  expect_found("what_builds_can_be_saved", cannot_save([](const Layer& layer) { return layer.name().size() > 255; }),
               " odd name");
  expect_found("what_builds_can_be_saved", cannot_save([](const Layer& layer) { return layer.name() == ".."; }),
               ": save failed");
}

TEST(WhatBuildsCanBeSaved, FindsCapturesThatCannotBeSaved) {
  expect_found(
      "what_builds_can_be_saved",
      cannot_save_capture(value_is([](const Value& value) { return value.is_int() && value.as_int() > INT32_MAX; })),
      ": save failed");
  expect_found("what_builds_can_be_saved", cannot_save_capture(value_is([](const Value& value) {
                 return value.is_string() && value.as_string().find('\0') != std::string::npos;
               })),
               ": save failed");
  expect_found("what_builds_can_be_saved", cannot_save_capture(value_is([](const Value& value) {
                 return value.is_array() && !value.as_array().empty() && value.as_array().back().is_array();
               })),
               "a captured tuple: save failed");
  expect_found("what_builds_can_be_saved", cannot_save_capture([](const Capture& capture) {
                 const Tensor* const array = std::get_if<Tensor>(&capture);
                 return array != nullptr && array->size() == 0;
               }),
               "a captured array: save failed");
  expect_found("what_builds_can_be_saved",
               cannot_save_capture([](const Capture& capture) { return std::holds_alternative<Function>(capture); }),
               "a captured function: save failed");
}

TEST(WhatBuildsCanBeSaved, FindsCapturesThatBecomeOthers) {
  const Subject subject = loads_with([](Sequential& model) {
    visit_layers(model.root(), [](const std::string&, Layer& layer) {
      if (layer.lambda() == nullptr || !layer.lambda()->annotation) return;
      for (auto& [name, capture] : layer.lambda()->annotation->captures) {
        const Value* const value = std::get_if<Value>(&capture);
        if (value != nullptr && value->is_bool()) capture = Value(std::int64_t{value->as_bool()});
      }
    });
  });
  expect_found("what_builds_can_be_saved", subject, "/captures/");
}

}  // namespace
}  // namespace revive::properties
