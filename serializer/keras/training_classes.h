// The classes and functions of training state that stock Keras 3.15 has, and the first Keras that has each.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/base/value.h"
#include "revive/model/layer.h"

namespace revive {

// By module, in one text of words; those of a layer's settings are in layer_settings.cpp. Behind a word stands the
// first Keras that has it where kOldestKeras has it not.
struct ModuleClasses {
  std::string_view module;
  std::string_view classes;
  // What one or another of their constructors takes, where they refuse what they do not know.
  std::string_view arguments = {};
};
std::span<const ModuleClasses> training_classes();

// What stands behind the word, which may be nothing; no value where the text does not have it.
template <typename Same = std::equal_to<>>
std::optional<std::string_view> find_word(std::string_view words, std::string_view wanted, Same same = {}) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    const std::string_view word = words.substr(0, end);
    const std::size_t name_end = std::min(word.find('='), end);
    if (std::ranges::equal(word.substr(0, name_end), wanted, same)) return word.substr(std::min(name_end + 1, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return std::nullopt;
}

// The first Keras (as above) that finds an activation, a loss or a metric by its name alone, and an optimizer by its
// name in any case; no value where none does.
std::optional<std::string_view> find_function_of_training(std::string_view name);
std::optional<std::string_view> find_optimizer(std::string_view name);

// The string under a key of an object; empty where there is none.
std::string_view text_of(const Value& object, std::string_view key);
// "/layers/1 (Dense 'dense'): kernel_initializer".
std::string place_of(const std::string& path, const Layer& layer, std::string_view key);

}  // namespace revive
