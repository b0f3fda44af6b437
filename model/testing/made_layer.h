// For tests: a layer of a config that is taken.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "revive/model/layer.h"

namespace revive::testing {

// Where the config is refused, the test fails with the sentence, and ends.
inline Layer layer(std::string_view class_name, const Value::Object& config, std::vector<Children> children = {}) {
  auto made = make_layer(class_name, config, std::move(children));
  if (!made) ADD_FAILURE() << made.error().text();
  return std::move(made).value();
}

}  // namespace revive::testing
