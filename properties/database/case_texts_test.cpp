// What a case file looks like, whole, and every sentence that one is refused with, in refusals.txt.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/testing/recorded.h"
#include "revive/properties/database/case_file.h"
#include "revive/properties/testing/models_made_by_hand.h"
#include "revive/serializer/json/json.h"

namespace revive::properties {
namespace {

const std::string kFile = "properties/database/refusals.txt";

StoredCase small_case() {
  const Value text = parse_json(R"({"shape": [null, 2], "layers": [["Dense", {"units": 1}], ["ReLU", {}],
                                    ["Lambda", "lambda x: x * k", {"k": 2}], ["Dense", {"units": 1}]]})",
                                {}, "a model")
                         .value();
  Case made = case_of("small", text);
  Tensor array(DType::int32, {2});
  array.data<std::int32_t>()[1] = 7;
  made.environment = {{"array", array}, {"function", Function{"tf.nn.relu"}}, {"k", Value(2)}, {"s", Value(0.5)}};
  return {.property = "outputs_survive",
          .subject = "somebody",
          .message = "it \"differs\"",
          .choices = "",
          .declarations = "of today",
          .the_case = std::move(made),
          .profile = Profile::specials,
          .seed = UINT64_MAX,
          .repeats = false};
}

TEST(CaseTexts, ThatAreNoJsonAreRefusedAsACase) {
  const auto cut = parse_case("{");
  ASSERT_FALSE(cut);
  EXPECT_TRUE(cut.error().place.starts_with("case")) << cut.error().text();
}

TEST(CaseTexts, AreAsRecorded) {
  StoredCase stored = small_case();
  expect_recorded(kFile, "a case", print_case(stored));
  const auto again = parse_case(print_case(stored));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(print_case(*again), print_case(stored));
  stored.seed.reset();
  stored.repeats = true;
  const std::string text = print_case(stored);
  EXPECT_EQ(text.find("\"seed\""), std::string::npos);
  EXPECT_EQ(text.find("\"repeats\""), std::string::npos);
}

std::string outcome(const Value& document) {
  const auto stored = parse_case(print_json(document) + "\n\n");
  return stored ? "is read" : fmt::format("({}) {}", name_of(stored.error().code), stored.error().text());
}

TEST(CaseTexts, NeedEveryMember) {
  const Value whole =
      parse_json(print_case(small_case()).substr(0, print_case(small_case()).size() - 1), {}, "").value();
  EXPECT_EQ(outcome(whole), "is read");
  for (std::size_t i = 0; i < whole.as_object().size(); ++i) {
    const std::string key = whole.as_object()[i].first;
    Value without = whole;
    without.as_object().erase(without.as_object().begin() + static_cast<std::ptrdiff_t>(i));
    expect_recorded(kFile, fmt::format("a case without {}", key), outcome(without));
    for (const Value& other : {Value(3), Value("other"), Value(Value::Array{}), Value(Value::Object{})}) {
      Value changed = whole;
      *changed.find(key) = other;
      expect_recorded(kFile, fmt::format("a case whose {} is {}", key, print_json(other)), outcome(changed));
    }
  }
}

struct Row {
  const char* what;
  void (*change)(Value& weights, Value& environment);
};

Value::Array& list(Value& value) {
  return value.as_array();
}

constexpr Row kRows[] = {
    {"weights of another layer", [](Value& weights, Value&) { *list(weights)[0].find("layer") = Value("/layers/9"); }},
    {"weights without a layer",
     [](Value& weights, Value&) { list(weights)[0].as_object().erase(list(weights)[0].as_object().begin()); }},
    {"weights without variables", [](Value& weights, Value&) { list(weights)[1].as_object().pop_back(); }},
    {"variables that are no list", [](Value& weights, Value&) { *list(weights)[1].find("variables") = Value(3); }},
    {"a variable that is no tensor",
     [](Value& weights, Value&) { list(*list(weights)[1].find("variables"))[0] = Value(3); }},
    {"a layer less", [](Value& weights, Value&) { list(weights).pop_back(); }},
    {"a layer more", [](Value& weights, Value&) { list(weights).push_back(list(weights)[1]); }},
    {"the first layer less", [](Value& weights, Value&) { list(weights).erase(list(weights).begin()); }},
    {"two layers in another order", [](Value& weights, Value&) { std::swap(list(weights)[0], list(weights)[1]); }},
    {"a variable less", [](Value& weights, Value&) { list(*list(weights)[0].find("variables")).pop_back(); }},
    {"an array that is no tensor",
     [](Value&, Value& environment) { environment.find("array")->as_object().pop_back(); }},
    {"a function of another kind",
     [](Value&, Value& environment) { *environment.find("function") = Value(Value::Object{{"lambda", 3}}); }},
    {"nothing wrong in a case", [](Value&, Value&) {}},
};

TEST(CaseTexts, SayWhatIsWrongInThem) {
  const std::string text = print_case(small_case());
  for (const Row& row : kRows) {
    Value document = parse_json(text.substr(0, text.size() - 1), {}, "").value();
    row.change(*document.find("weights"), *document.find("environment"));
    expect_recorded(kFile, row.what, outcome(document));
  }
}

}  // namespace
}  // namespace revive::properties
