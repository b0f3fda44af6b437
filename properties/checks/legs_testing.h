// One small case and subjects broken in one way each, for the tests that turn legs off one by one.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "revive/model/lambda/lambda_function.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/subject.h"

namespace revive::properties {

// A lambda that captured k, and a Dense of so many units, for two samples.
inline Case lambda_and_dense(std::int64_t units) {
  auto lambda = make_expression("lambda x: x * k", {{"k", 2}}, Limits{});
  Layer layer = *make_layer("Lambda", {});
  *layer.lambda() = *lambda;
  auto model = Sequential::make("m", {*make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 3}}}), layer,
                                      *make_layer("Dense", {{"units", units}})});
  EXPECT_TRUE(model) << model.error().text();
  model->initialize(1);
  Tensor input = *default_input(*model);
  return {*model, std::move(input), {{"k", Value(2)}}};
}

using Change = std::function<void(Sequential&)>;
inline Subject loads(const Change& change) {
  Subject subject = revive_subject();
  subject.load = [=, load = subject.load](std::span<const std::byte> archive,
                                          const Environment& environment) -> Result<Loaded> {
    auto loaded = load(archive, environment);
    if (loaded) change(*loaded->model);
    return loaded;
  };
  return subject;
}

// What it says of what it loaded is wrong; what it runs is not.
inline Subject describes(const Change& change) {
  Subject subject = revive_subject();
  subject.load = [=, load = subject.load](std::span<const std::byte> archive,
                                          const Environment& environment) -> Result<Loaded> {
    auto loaded = load(archive, environment);
    if (!loaded) return loaded;
    loaded->handle = std::make_shared<const Sequential>(*loaded->model);
    change(*loaded->model);
    return loaded;
  };
  subject.predict = [](const Loaded& loaded, const Tensor& input) {
    return static_cast<const Sequential*>(loaded.handle.get())->predict(input);
  };
  return subject;
}

inline Subject predicts(const std::function<void(Tensor&)>& change, double tolerance = 0) {
  Subject subject = revive_subject();
  subject.tolerance = tolerance;
  subject.predict = [=, predict = subject.predict](const Loaded& loaded, const Tensor& input) {
    auto output = predict(loaded, input);
    change(*output);
    return output;
  };
  return subject;
}
inline Subject at_element(std::size_t at, float (*change)(float), double tolerance = 0) {
  return predicts([=](Tensor& output) { output.data<float>()[at] = change(output.data<float>()[at]); }, tolerance);
}

inline std::unexpected<Error> never() {
  return fail(ErrorCode::config_rule, "", "never");
}
inline Subject saves(std::function<Result<Bytes>(const Sequential&, const Environment&)> save) {
  Subject subject = revive_subject();
  subject.save = std::move(save);
  return subject;
}

}  // namespace revive::properties
