// For tests: a config that is right but for one member.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/serializer/json/json.h"
#include "revive/serializer/keras/config_codec.h"

namespace revive::testing {

// The document with `json` at the pointer, or without the member there where `json` is empty. "-" is the place behind
// the last item of a list. REQUIRES: both texts are JSON, and what holds the member is there.
inline Value patched(std::string_view document, std::string_view pointer, std::string_view json) {
  Value made = *parse_json(document, {}, "document");
  Value* holder = nullptr;
  Value* at = &made;
  std::string key;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    key = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(key.size());
    holder = at;
    if (at->is_array()) {
      Value::Array& items = at->as_array();
      if (key == "-") key = std::to_string(items.size());
      items.resize(std::max(items.size(), std::stoul(key) + 1));
      at = &items[std::stoul(key)];
    } else {
      if (at->find(key) == nullptr) at->as_object().emplace_back(key, Value());
      at = at->find(key);
    }
  }
  if (!json.empty()) {
    *at = *parse_json(json, {}, "row");
  } else if (holder->is_array()) {
    holder->as_array().erase(holder->as_array().begin() + std::stol(key));
  } else {
    std::erase_if(holder->as_object(), [&](const Value::Member& member) { return member.first == key; });
  }
  return made;
}

// The names of the layers of the model that the config gives, or why it gives none.
inline std::string outcome(const Value& config) {
  const auto model = model_from_config(config);
  if (!model) return model.error().text();
  std::string names;
  for (const Layer& layer : model->layers()) names += (names.empty() ? "" : " ") + layer.name();
  return names;
}

// A document with one member changed.
struct PatchCase {
  std::string_view pointer;
  // What stands there instead; empty where the member is erased.
  std::string_view json;
  // The names of the layers, or the sentence.
  std::string_view expected;
};

inline void expect_each(std::string_view document, std::span<const PatchCase> cases) {
  for (const PatchCase& each : cases) {
    EXPECT_EQ(outcome(patched(document, each.pointer, each.json)), each.expected) << each.pointer << " " << each.json;
  }
}

}  // namespace revive::testing
