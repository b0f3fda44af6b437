// Each leg of the properties of survival (legs.txt) has a fault that it finds, on one small case: without the leg the
// fault passes, and the other properties pass it by where they should. What other checks compare is held by the tests
// beside them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/testing/recorded.h"
#include "revive/properties/checks/checks.h"
#include "revive/properties/checks/legs.h"
#include "revive/properties/checks/legs_testing.h"
#include "revive/properties/checks/survival_legs.h"
#include "revive/properties/faults/fault.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/scenario.h"
#include "revive_build/source_dir.h"

namespace revive::properties {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kUnits = 70;

// 140 outputs.
Case small_case() {
  Case made = lambda_and_dense(kUnits);
  // Whose sign no output shows.
  made.model.layers()[2].weights()[1].data<float>()[69] = 0.0F;
  return made;
}

struct LegFault {
  std::string_view property;
  // The leg that is there to find it, and what it says, in part.
  std::string_view leg;
  std::string_view words;
  Subject subject;
  // The properties of survival that see it as well.
  std::set<std::string_view> seen_by = {};
};

void set_lambda(Sequential& model, std::string_view text) {
  model.layers()[1].lambda()->graph = make_expression(text, {}, Limits{})->graph;
}

std::vector<LegFault> faults() {
  const auto own_save = revive_subject().save;
  const auto own_load = revive_subject().load;
  const auto own_predict = revive_subject().predict;
  const auto bit = [](float value) { return std::nextafter(value, 9.0F); };
  const auto nan = [](float) { return std::numeric_limits<float>::quiet_NaN(); };
  const auto infinite = [](float) { return std::numeric_limits<float>::infinity(); };
  const std::set<std::string_view> all = {"outputs_survive", "weights_survive", "config_survives", "bytes_are_stable",
                                          "captures_are_values"};
  Subject loads_nothing = revive_subject();
  loads_nothing.load = [](std::span<const std::byte>, const Environment&) -> Result<Loaded> { return never(); };
  Subject loads_with_names = revive_subject();
  loads_with_names.load = [=](std::span<const std::byte> archive, const Environment& names) -> Result<Loaded> {
    return names.empty() ? Result<Loaded>(never()) : own_load(archive, names);
  };
  Subject runs_nothing = revive_subject();
  runs_nothing.predict = [](const Loaded&, const Tensor&) -> Result<Tensor> { return never(); };
  Subject before_differs = revive_subject();
  before_differs.tolerance = 1;
  before_differs.before = [](const Sequential& model, const Tensor& input) {
    auto output = model.predict(input);
    output->data<float>()[139] += 1e-3F;
    return output;
  };
  Subject before_fails = revive_subject();
  before_fails.before = [](const Sequential&, const Tensor&) -> Result<Tensor> { return never(); };
  // Of a subject that gives no model, outputs are all there is.
  Subject says_nothing = loads([](Sequential& model) { set_lambda(model, "x * 3"); });
  says_nothing.load = [load = says_nothing.load](std::span<const std::byte> archive,
                                                 const Environment& names) -> Result<Loaded> {
    auto loaded = load(archive, names);
    Loaded handle;
    handle.handle = std::make_shared<Sequential>(*loaded->model);
    return handle;
  };
  says_nothing.describes = false;
  says_nothing.predict = [](const Loaded& loaded, const Tensor& input) {
    return static_cast<const Sequential*>(loaded.handle.get())->predict(input);
  };
  const auto read_k = [](const Environment& names) {
    const auto found = names.find("k");
    return found == names.end() ? std::int64_t{0} : std::get<Value>(found->second).as_int();
  };
  return {
      {"outputs_survive", "saves", "save failed: never",
       saves([](const auto&, const auto&) -> Result<Bytes> { return never(); }), all},
      {"outputs_survive", "loads", "load failed: never", loads_nothing, all},
      {"outputs_survive",
       "runs_after",
       "the model could not run after it was loaded: never",
       runs_nothing,
       {"captures_are_values"}},
      {"outputs_survive",
       "runs_before",
       "the model could not run before it was saved: never",
       before_fails,
       {"captures_are_values"}},
      {"outputs_survive", "same_output", "output[0]", at_element(0, bit), {"captures_are_values"}},
      {"outputs_survive", "same_output", "output[65]", at_element(65, bit), {"captures_are_values"}},
      {"outputs_survive", "same_output", "output[139]", at_element(139, bit), {"captures_are_values"}},
      {"outputs_survive", "same_output", "output[1]", at_element(1, nan), {"captures_are_values"}},
      {"outputs_survive", "same_output", "output[1]", at_element(1, nan, 0.5), {"captures_are_values"}},
      {"outputs_survive", "same_output", "output[1]", at_element(1, infinite, 0.5), {"captures_are_values"}},
      {"outputs_survive",
       "same_output",
       "output[1]",
       at_element(
           1, [](float value) { return value + 2; }, 0.5),
       {"captures_are_values"}},
      {"outputs_survive",
       "same_output",
       "output: (2, 70) before, (70, 2) after",
       predicts(
           [](Tensor& output) {
             output = Tensor::from<float>({kUnits, 2}, {output.data<float>().begin(), output.data<float>().end()});
           },
           1e9),
       {"captures_are_values"}},
      {"outputs_survive",
       "same_output",
       "output: float32 before, float64 after",
       predicts([](Tensor& output) { output = cast(output, DType::float64); }, 1e9),
       {"captures_are_values"}},
      {"outputs_survive", "same_output", "output[139]", before_differs, {"captures_are_values"}},
      {"outputs_survive", "same_output", "output[0]", says_nothing, {"captures_are_values"}},
      {"weights_survive",
       "same_weights",
       "(bias of Dense 'dense')[69]",
       loads([](Sequential& model) { model.layers()[2].weights()[1].data<float>()[69] = -0.0F; }),
       {"bytes_are_stable"}},
      {"config_survives",
       "same_config",
       "/trainable: true before, false after",
       loads([](Sequential& model) { model.layers()[2].set_trainable(false); }),
       {"bytes_are_stable"}},
      {"bytes_are_stable",
       "saves_again",
       "saving the loaded model failed: never",
       saves([=](const Sequential& model, const Environment& names) -> Result<Bytes> {
         return read_k(names) == 2 ? own_save(model, names) : Result<Bytes>(never());
       }),
       {"captures_are_values"}},
      {"bytes_are_stable",
       "same_bytes_again",
       "saved again, the archive differs from byte 7 on",
       saves([=](const Sequential& model, const Environment& names) {
         auto archive = own_save(model, names);
         if (read_k(names) != 2) (*archive)[7] ^= std::byte{1};
         return archive;
       }),
       // It cannot be read with that.
       {"captures_are_values"}},
      {"captures_are_values", "loads", "load failed: never", loads_with_names},
      {"captures_are_values",
       "as_many_lambdas",
       "1 lambdas before, 2 after",
       loads([](Sequential& model) {
         Layer identity = *make_layer("Lambda", {});
         *identity.lambda() = *make_expression("lambda x: x", {}, Limits{});
         model = *Sequential::make("m", {model.layers()[0], model.layers()[1], identity, model.layers()[2]});
       }),
       {"weights_survive", "config_survives", "bytes_are_stable"}},
      {"captures_are_values",
       "same_lambdas",
       "lambda 0 was (x * 2) and became (x * 2.0)",
       loads([](Sequential& model) { set_lambda(model, "x * 2.0"); }),
       {"config_survives", "bytes_are_stable"}},
      // Outputs alone say it.
      {"captures_are_values", "same_output", "output[0]", at_element(0, bit), {"outputs_survive"}},
  };
}

TEST(Legs, EachFindsItsFaultAndNoOtherDoes) {
  const Case the_case = small_case();
  // "property.leg"
  std::set<std::string> held;
  std::map<std::string, int> said;
  for (const LegFault& fault : faults()) {
    SCOPED_TRACE(std::string(fault.property) + ": " + std::string(fault.words));
    for (const SurvivalProperty& property : survival_properties()) {
      const bool is_own = property.name == fault.property;
      if (!is_own && !applies(*find_property(property.name), fault.subject)) continue;
      const auto found = first_objection(property, property.legs, the_case, fault.subject);
      EXPECT_EQ(found.has_value(), is_own || fault.seen_by.contains(property.name)) << property.name;
      if (!found) continue;
      if (is_own) {
        EXPECT_EQ(found->leg, fault.leg);
        EXPECT_THAT(found->violation.message, HasSubstr(std::string(fault.words)));
        const std::string name = fmt::format("{}.{}", fault.property, fault.leg);
        expect_recorded("properties/checks/said.txt", fmt::format("{} survives {}", name, ++said[name]),
                        fmt::format("{} ({})", found->violation.message, found->violation.kind));
      }
      held.insert(std::string(property.name) + '.' + std::string(found->leg));
      std::vector<SurvivalLeg> others(property.legs.begin(), property.legs.end());
      EXPECT_EQ(std::erase_if(others, [&](const SurvivalLeg& leg) { return leg.name == found->leg; }), 1U);
      const auto without = first_objection(property, others, the_case, fault.subject);
      EXPECT_FALSE(without) << property.name << " finds it by " << without->leg << " as well";
    }
  }
  for (const SurvivalProperty& property : survival_properties()) {
    for (const SurvivalLeg& leg : property.legs) {
      const std::string name = std::string(property.name) + '.' + std::string(leg.name);
      EXPECT_TRUE(held.contains(name)) << name << " has no fault that it finds";
    }
  }
  for (const Property& property : all_properties()) {
    if (!applies(property, revive_subject())) continue;
    const auto found = check_case(property, the_case, revive_subject());
    EXPECT_FALSE(found) << property.name << ": " << found->message;
  }
}

TEST(Legs, AreListedWithWhatTheyPromise) {
  std::string lines;
  for (const SurvivalProperty& property : survival_properties()) {
    EXPECT_NE(find_property(property.name), nullptr) << property.name;
    for (const SurvivalLeg& leg : property.legs) {
      lines += std::string(property.name) + '.' + std::string(leg.name) + ": " + std::string(leg.promise) + '\n';
    }
  }
  for (const PropertyOnLegs& property : properties_on_legs()) {
    EXPECT_NE(find_property(property.name), nullptr) << property.name;
    for (const Leg& leg : property.legs) {
      lines += std::string(property.name) + '.' + std::string(leg.name) + ": " + std::string(leg.promise) + '\n';
    }
  }
  EXPECT_EQ(survival_properties().size() + properties_on_legs().size(), all_properties().size());
  std::ifstream file(REVIVE_SOURCE_DIR "/properties/checks/legs.txt");
  const std::string listed((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(listed, lines);
}

// What is off by no more than the subject allows itself.
TEST(Legs, ATolerancePassesWhatIsNear) {
  const Case the_case = small_case();
  const auto holds = [&](const Subject& subject) {
    return !check_case(*find_property("outputs_survive"), the_case, subject);
  };
  EXPECT_TRUE(holds(at_element(65, [](float value) { return value + 0.1F; }, 0.5)));
  EXPECT_FALSE(holds(at_element(65, [](float value) { return value + 0.1F; }, 0.0)));
  // In proportion to what is expected, and to one where that is small.
  const auto compare = [](const Tensor& expected, const Tensor& found, double tolerance) {
    Subject subject;
    subject.tolerance = tolerance;
    return !compare_tensors(expected, found, "output", subject);
  };
  const auto one = [](float value) { return Tensor::from<float>({1}, {value}); };
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(compare(one(100), one(125), 0.25));
  EXPECT_TRUE(compare(one(100), one(125.25F), 0.25));
  EXPECT_FALSE(compare(one(100), one(125.5F), 0.25));
  EXPECT_FALSE(compare(one(100), one(74.5F), 0.25));
  EXPECT_TRUE(compare(one(-100), one(-125), 0.25));
  EXPECT_TRUE(compare(one(0), one(0.25F), 0.25));
  EXPECT_FALSE(compare(one(0), one(0.3F), 0.25));
  EXPECT_TRUE(compare(one(kNan), one(-kNan), 0.25)) << "any NaN";
  EXPECT_FALSE(compare(one(kNan), one(1), 0.25));
  EXPECT_FALSE(compare(one(1), one(kNan), 0.25));
  EXPECT_TRUE(compare(one(kInfinity), one(kInfinity), 0.25));
  EXPECT_FALSE(compare(one(kInfinity), one(-kInfinity), 0.25));
  EXPECT_FALSE(compare(one(1), one(kInfinity), 0.25));
  EXPECT_FALSE(compare(Tensor::from<std::int32_t>({1}, {1}), Tensor::from<std::int32_t>({1}, {2}), 5)) << "no float";
}

TEST(Legs, LoopVariablesAreFoundByTheirLambda) {
  const Case the_case = small_case();
  const Property& property = *find_property("loop_variables_are_values");
  const auto found = check_case(property, the_case, loads([](Sequential& model) {
                                  if (model.name() == "loop") set_lambda(model, "x[:, -1:] + 1");
                                }));
  ASSERT_TRUE(found);
  EXPECT_THAT(found->message, HasSubstr("lambdas made in a loop: the lambda made with i = 3 became"));
  const auto gone = check_case(property, the_case, loads([](Sequential& model) {
                                 if (model.name() != "loop") return;
                                 std::vector<Layer> layers(model.layers().begin(), model.layers().end());
                                 layers[2] = *make_layer("ReLU", {});
                                 model = *Sequential::make("loop", layers);
                               }));
  ASSERT_TRUE(gone);
  EXPECT_THAT(gone->message, HasSubstr("became another layer"));
  Subject refuses = revive_subject();
  refuses.save = [save = refuses.save](const Sequential& model, const Environment& names) -> Result<Bytes> {
    return names.contains("i") ? Result<Bytes>(never()) : save(model, names);
  };
  EXPECT_THAT(check_case(property, the_case, refuses)->message, HasSubstr("save failed: never"));
  EXPECT_FALSE(check_case(*find_property("outputs_survive"), the_case, refuses));
}

// What a lambda was written as, where it is no longer what it is.
TEST(Legs, LoweringIsAskedOfTheTextOfEachLambda) {
  Case the_case = small_case();
  const Property& property = *find_property("lowering_is_exact");
  EXPECT_FALSE(check_case(property, the_case, revive_subject()));
  LambdaFunction& lambda = *the_case.model.layers()[1].lambda();
  lambda.annotation = make_expression("lambda x: x * k", {{"k", 3}}, Limits{})->annotation;
  auto found = check_case(property, the_case, revive_subject());
  ASSERT_TRUE(found);
  EXPECT_THAT(found->message, HasSubstr("/layers/1: lowered from its text again: (x * 2) became (x * 3)"));
  lambda.annotation->text = "lambda x: )";
  found = check_case(property, the_case, revive_subject());
  ASSERT_TRUE(found);
  EXPECT_THAT(found->message, HasSubstr("lowered from its text again: "));
  lambda.annotation.reset();
  EXPECT_FALSE(check_case(property, the_case, revive_subject()));
}

TEST(Legs, ALambdaThatIsRightHidesNoOther) {
  Case the_case = small_case();
  const auto layers = the_case.model.layers();
  Layer second = layers[1];
  second.set_name("second");
  the_case.model = Sequential::make("m", {layers[0], layers[1], second}).value();
  LambdaFunction& first = *the_case.model.layers()[1].lambda();
  first.annotation = make_expression("lambda x: x * k", {{"k", 3}}, Limits{})->annotation;
  const auto found = check_case(*find_property("lowering_is_exact"), the_case, revive_subject());
  ASSERT_TRUE(found);
  EXPECT_THAT(found->message, HasSubstr("/layers/1: lowered from its text again: (x * 2) became (x * 3)"));
}

// Lowerings of other authors, which take a captured value for something else than the literal.
TEST(Legs, LoweringIsAskedWhatItMakesOfCaptures) {
  const Case the_case = small_case();
  const auto of = [&](Lower lower) {
    const auto found = literal_equals_capture_by(lower, the_case, {});
    return found ? found->message : "";
  };
  EXPECT_EQ(of([](const Tree& tree, const Captures& captures) { return make_expression(tree, captures); }), "");
  EXPECT_THAT(of([](const Tree& tree, Captures const& captures) {
                Captures floats = captures;
                for (auto& [name, value] : floats) value = Value(static_cast<double>(std::get<Value>(value).as_int()));
                return make_expression(tree, floats);
              }),
              HasSubstr("/layers/1: with every constant captured: (x * 2) became (x * 2.0)"));
  EXPECT_THAT(of([](const Tree& tree, const Captures&) { return make_expression(tree, Captures()); }),
              HasSubstr("/layers/1: with every constant captured: "));
  EXPECT_THAT(of([](const Tree&, const Captures&) { return make_expression("lambda x: x", {}, Limits{}); }),
              HasSubstr("(x * 2) became x"));
}

// A name means another number later, and nothing where it was something else.
TEST(Legs, TheEnvironmentIsAltered) {
  const Environment other = altered({{"one", Value(1)},
                                     {"many", Value(7)},
                                     {"eighth", Value(0.125)},
                                     {"real", Value(2.5)},
                                     {"text", Value("word")},
                                     {"array", Tensor::from<float>({2}, {1, 2})},
                                     {"f", Function{"lambda v: v"}}});
  std::vector<std::string> names;
  for (const auto& [name, value] : other) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("array", "eighth", "many", "one", "real"));
  EXPECT_EQ(std::get<Value>(other.at("one")), Value(2));
  EXPECT_EQ(std::get<Value>(other.at("many")), Value(1));
  EXPECT_EQ(std::get<Value>(other.at("eighth")), Value(0.5));
  EXPECT_EQ(std::get<Value>(other.at("real")), Value(0.125));
  EXPECT_TRUE(same_bits(std::get<Tensor>(other.at("array")), Tensor::from<float>({2}, {0, 0})));
}

// Each property is the one that is there to find a fault of the list, or is held by a test: here, or beside its check.
TEST(Legs, EveryPropertyHasAFault) {
  std::set<std::string_view> held = {"loop_variables_are_values", "lowering_is_exact", "literal_equals_capture"};
  for (const LegFault& fault : faults()) held.insert(fault.property);
  // naming_test.cpp, prediction_test.cpp, training_state_test.cpp, refusal_test.cpp.
  held.insert({"tall_stacks_keep_their_order", "predict_is_pure", "what_is_written_is_safe", "refusals_are_early"});
  std::set<std::string_view> found_by;
  for (const Fault& fault : all_faults()) found_by.insert(fault.expected.found_by);
  for (const Property& property : all_properties()) {
    EXPECT_TRUE(held.contains(property.name) || found_by.contains(property.name)) << property.name;
  }
  for (const std::string_view name : held) EXPECT_NE(find_property(name), nullptr) << name;
  for (const Scenario& scenario : all_scenarios()) EXPECT_TRUE(found_by.contains(scenario.name)) << scenario.name;
}

}  // namespace
}  // namespace revive::properties
