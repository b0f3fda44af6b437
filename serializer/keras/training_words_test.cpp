// Every word of the tables of training state, and the first Keras that has it where that is not the oldest: those of
// settings are from the signatures of stock Keras 3.15. Whoever adds a word adds its line to training_words.txt.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "revive/model/testing/recorded.h"
#include "revive/serializer/keras/layer_settings.h"
#include "revive/serializer/keras/training_classes.h"
#include "revive/serializer/keras/training_code.h"

namespace revive {
namespace {

Value object(std::string_view module, std::string_view class_name, Value::Object config) {
  return Value(Value::Object{{"module", module}, {"class_name", class_name}, {"config", Value(std::move(config))}});
}

struct Line {
  std::string kind;
  std::string of;
  std::string name;
  std::string argument;
  std::string since;
};

std::vector<Line> lines() {
  std::vector<Line> made;
  for (const auto& [name, since] : read_recorded("serializer/keras/training_words.txt")) {
    std::istringstream words(name);
    Line& line = made.emplace_back();
    line.since = since;
    words >> line.kind >> line.of >> line.name >> line.argument;
  }
  return made;
}

std::string first_of(const std::vector<NewerPart>& parts) {
  return parts.empty() ? "" : std::string(parts.back().since);
}

// What a line says, from our tables; a question mark where they do not have it.
std::string since_of(const Line& line) {
  if (line.kind == "function") return std::string(find_function_of_training(line.of).value_or("?"));
  if (line.kind == "argument") return unsafe_part(object(line.of, "Adam", {{line.name, 1}}));
  if (line.kind == "class") {
    if (!unsafe_part(object(line.of, line.name, {})).empty()) return "?";
    std::string since = "?";
    for (const ModuleClasses& row : training_classes()) {
      if (row.module == line.of) since = find_word(row.classes, line.name).value_or("?");
    }
    return since;
  }
  const std::string key = "kernel_" + line.of;
  if (line.kind == "name") {
    std::string wrong = wrong_setting(key, Value(line.name));
    return wrong.empty() ? first_of(newer_setting_parts(key, Value(line.name))) : wrong;
  }
  const std::string module = fmt::format("keras.{}s", line.of);
  if (!is_setting_class(module, line.name) || !wrong_setting(key, Value(line.name)).empty()) return "?";
  if (line.argument.empty()) return first_of(newer_setting_parts(key, object(module, line.name, {})));
  const Value with_argument = object(module, line.name, {{line.argument, 1}});
  std::string wrong = wrong_setting(key, with_argument);
  if (wrong.contains("has no")) return wrong;
  const auto parts = newer_setting_parts(key, with_argument);
  return parts.empty() || !parts.back().what.starts_with(line.argument + " of ") ? "" : std::string(parts.back().since);
}

TEST(TrainingWords, AreWhatKerasHas) {
  for (const Line& line : lines()) {
    EXPECT_EQ(since_of(line), line.since) << line.kind << " " << line.of << " " << line.name << " " << line.argument;
  }
}

TEST(TrainingWords, OfModulesAreNoMore) {
  const Recorded recorded = read_recorded("serializer/keras/training_words.txt");
  for (const ModuleClasses& row : training_classes()) {
    std::istringstream words{std::string(row.classes)};
    for (std::string word; words >> word;) {
      const std::string name = word.substr(0, word.find('='));
      EXPECT_TRUE(recorded.contains(fmt::format("class {} {}", row.module, name))) << row.module << " " << name;
    }
  }
}

TEST(TrainingWords, OptimizersAreFoundInAnyCase) {
  for (const Line& line : lines()) {
    if (line.kind != "class" || line.of != "keras.optimizers") continue;
    std::string other = line.name;
    for (char& c : other)
      c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    EXPECT_EQ(find_optimizer(other).value_or("?"), line.since) << other;
  }
  EXPECT_EQ(find_optimizer("Adam_"), std::nullopt);
  EXPECT_EQ(find_optimizer("Ada"), std::nullopt);
}

}  // namespace
}  // namespace revive
