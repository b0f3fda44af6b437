// What every class declares beside what it draws and builds: its keys and their spellings, what is carried for
// training alone, and what is said where an input or a config does not fit. declared.txt and defaults.txt have a line
// for each class, rewritten with REVIVE_WRITE_SENTENCES=1.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "revive/model/config.h"
#include "revive/model/field.h"
#include "revive/model/layer_class.h"
#include "revive/model/layers/input_layer.h"
#include "revive/model/registry.h"
#include "revive/model/testing/recorded.h"

namespace revive {
namespace {

std::string told(const Field& field) {
  std::string text = field.name;
  for (const LegacyKey& spelling : field.legacy_keys)
    text += fmt::format(" or {} until {}", spelling.key, spelling.until);
  if (!field.since.empty()) text += fmt::format(" since {}", field.since);
  return text + (field.required ? " required" : "");
}

std::string told(const FixedKey& fixed) {
  return fmt::format("{}={}{}", fixed.key, fixed.value.brief(), fixed.written ? " written" : "");
}

std::string told(const ChildSlot& slot) {
  std::string text = slot.key;
  if (slot.group() != slot.key) text += fmt::format(" as {}", slot.group());
  text += fmt::format(" form {}", static_cast<int>(slot.form));
  if (slot.is_list) text += " list";
  if (slot.may_be_null) text += " or null";
  return text + (slot.takes_cells ? " cells" : "");
}

template <typename Items>
std::string all(std::string_view name, const Items& items) {
  std::vector<std::string> texts;
  for (const auto& item : items) texts.push_back(told(item));
  return texts.empty() ? "" : fmt::format("; {}: {}", name, fmt::join(texts, ", "));
}

std::string flags(const LayerClass& of) {
  const std::pair<bool, std::string_view> rows[] = {
      {of.has_policy, "policy"},       {of.has_trainable, "trainable"},
      {of.reads_mask, "reads_mask"},   {of.is_stack, "stack"},
      {of.is_drawn, "drawn"},          {of.repeats_kernel, "repeats_kernel"},
      {of.holds_lambda, "lambda"},     {of.is_input, "input"},
      {of.keeps_dtype, "keeps_dtype"}, {of.chooses_dtype, "chooses_dtype"},
      {of.autocasts, "autocasts"},     {of.autocasts_variables, "autocasts_variables"},
      {of.is_cell(), "cell"},          {of.gives_mask != nullptr, "gives_mask"}};
  std::vector<std::string_view> set;
  for (const auto& [is_set, name] : rows) {
    if (is_set) set.push_back(name);
  }
  return fmt::format("; flags: {}", fmt::join(set, " "));
}

std::string declared(const LayerClass& of) {
  std::string text = fmt::format("{} {}, mask rule {}, weights {}", of.module, name_of(of.family),
                                 static_cast<int>(of.mask_rule), of.group_class());
  if (!of.aliases.empty()) text += fmt::format("; also {}", fmt::join(of.aliases, ", "));
  text += all("fields", of.fields) + all("layers", of.slots) + all("fixed", of.fixed);
  if (!of.training_only.empty()) text += fmt::format("; training: {}", fmt::join(of.training_only, ", "));
  if (!of.ids_field.empty()) text += fmt::format("; ids below {}", of.ids_field);
  text += fmt::format("; expects {}", of.expects);
  for (const Rule& rule : of.rules) text += "; rule: " + rule.sentence;
  return text + flags(of);
}

TEST(Declared, EveryClassIsRecorded) {
  Recorded said;
  for (const LayerClass* const of : layer_classes()) said[of->name] = declared(*of);
  expect_recorded_if_there("model/layers/declared.txt", std::move(said));
}

// What a field is while nothing sets it, and whether such a layer gives a mask.
TEST(Declared, EveryDefaultIsRecorded) {
  Recorded said;
  for (const LayerClass* const of : layer_classes()) {
    if (of->is_container() || of->holds_lambda) continue;
    const Layer layer(*of);
    std::vector<std::string> texts;
    for (const Field& field : of->fields)
      texts.push_back(fmt::format("{}={}", field.name, write_field(layer.ref(field)).brief()));
    said[of->name] = fmt::format("{}; mask of a mask: {}, of none: {}", fmt::join(texts, ", "), layer.gives_mask(true),
                                 layer.gives_mask(false));
  }
  expect_recorded_if_there("model/layers/defaults.txt", std::move(said));
}

TEST(Declared, EveryClassIsFoundByEachOfItsNames) {
  // What is recorded under a name that no class has any more would otherwise be held to nothing.
  for (const auto& [name, line] : read_recorded("model/layers/declared.txt")) {
    EXPECT_NE(find_layer_class(name), nullptr) << name;
  }
  for (const LayerClass* const of : layer_classes()) {
    EXPECT_EQ(find_layer_class(of->name), of) << of->name;
    for (const std::string_view alias : of->aliases) EXPECT_EQ(find_layer_class(alias), of) << alias;
  }
  EXPECT_EQ(find_layer_class(""), nullptr);
  EXPECT_EQ(find_layer_class("dense"), nullptr);
  EXPECT_TRUE(stack_class().is_stack);
  EXPECT_EQ(stack_class().name, "Sequential");
  EXPECT_EQ(lambda_layer_class().name, "Lambda");
}

TEST(Declared, AnInputLayerIsMadeOfWhatItIsTold) {
  const Layer input = make_input_layer({kUnknown, 3}, DType::int32, "in");
  EXPECT_EQ(input.name(), "in");
  EXPECT_EQ(declared_shape(input), (Shape{kUnknown, 3}));
  EXPECT_EQ(declared_dtype(input), DType::int32);
  EXPECT_TRUE(is_input_layer(input));
}

}  // namespace
}  // namespace revive
