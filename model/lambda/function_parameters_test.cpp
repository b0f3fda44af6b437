// A parameter that a function declares is used or refused: of two values that it may have, at least one changes what
// comes out, or is refused. What the real function ignores as well is named beside its declaration
// (function_examples.cpp), and must not change anything here either.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>

#include "revive/model/lambda/calls_testing.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/ops/operand.h"

namespace revive::testing {
namespace {

using ::testing::IsEmpty;

Tensor example_input(const ExampleInput& input) {
  using Kind = ExampleInput::Kind;
  Tensor x = Tensor::uninitialized(type_of(input).dtype, input.shape);
  ops::with_element_type(x.dtype(), [&]<typename T>(T) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      // -8 to 8 in an order without a pattern.
      const double step = static_cast<double>((i * 7 + 3) % 17) - 8;
      const double value = input.kind == Kind::unit       ? step / 9
                           : input.kind == Kind::positive ? step / 4 + 2.25
                           : input.kind == Kind::any      ? step / 4
                           : input.kind == Kind::ints     ? std::trunc(step / 2)
                                                          : static_cast<double>(step > 0);
      x.data<T>()[i] = static_cast<T>(value);
    }
  });
  return x;
}

// What the call gives on x: the bits of the result, or nothing for one that is refused.
std::optional<Tensor> result_of(const std::string& call, const ExampleInput& input, const Tensor& x) {
  const TensorType type = type_of(input);
  for (const std::string_view result : kResults) {
    const std::string text = fmt::format(fmt::runtime(result), call);
    const auto made = make_expression(text, {}, LoweringOptions{.input = type, .limits = {}});
    if (!made) continue;
    if (auto output = made->graph.evaluate(x)) return *std::move(output);
  }
  return std::nullopt;
}

enum class Effect : std::uint8_t { used, refused, none };

bool same_tensor(const Tensor& a, const Tensor& b) {
  return a.dtype() == b.dtype() && a.dims() == b.dims() && same_bits(a, b);
}

// Others of its parameters may have to be away from their fallbacks or first examples for one to matter, as
// pad_to_aspect_ratio for fill_value; they are given in turn.
Effect effect_of(const FunctionSignature& function, const FunctionParameter& parameter) {
  // Whether a value is refused where another is taken, and whether any is taken at all.
  bool told_apart = false;
  bool taken = false;
  std::vector<std::optional<Given>> others = {std::nullopt};
  for (const FunctionParameter& other : function.parameters) {
    if (other.name == parameter.name || other.gone) continue;
    const std::size_t first = other.required ? 1 : 0;
    for (std::size_t i = first; i < other.examples.size(); ++i) others.push_back(Given{other.name, other.examples[i]});
  }
  for (const std::optional<Given>& beside : others) {
    for (const ExampleInput& input : function.inputs) {
      const Tensor x = example_input(input);
      std::optional<Tensor> first;
      bool refused = false;
      for (const std::string& example : parameter.examples) {
        std::vector<Given> given = {{parameter.name, example}};
        if (beside) given.push_back(*beside);
        auto result = result_of(call_with(function, given), input, x);
        if (!result) {
          refused = true;
        } else if (!first) {
          first = std::move(result);
        } else if (!same_tensor(*first, *result)) {
          return Effect::used;
        }
      }
      taken = taken || first;
      told_apart = told_apart || (first && refused);
    }
  }
  return told_apart || !taken ? Effect::refused : Effect::none;
}

TEST(FunctionParameters, AreUsedOrRefused) {
  std::map<Effect, int> count;
  int without_effect = 0;
  std::vector<std::string> ignored;
  std::vector<std::string> without_examples;
  for (const FunctionSignature& function : function_signatures()) {
    const std::size_t known = without_examples.size();
    for (const FunctionParameter& parameter : function.parameters) {
      if (parameter.examples.size() < 2) without_examples.push_back(function.path + "." + parameter.name);
    }
    if (without_examples.size() > known) continue;
    for (const FunctionParameter& parameter : function.parameters) {
      const std::string name = function.path + "." + parameter.name;
      const Effect effect = effect_of(function, parameter);
      if (parameter.without_effect) {
        EXPECT_NE(effect, Effect::used) << name << " changes what it should not";
        ++without_effect;
        continue;
      }
      ++count[effect];
      if (effect == Effect::none) ignored.push_back(name);
    }
  }
  EXPECT_THAT(without_examples, IsEmpty()) << "function_examples.cpp says what a parameter may be";
  EXPECT_THAT(ignored, IsEmpty());
  fmt::print("parameters: used {}, refused {}, without effect in the real function either {}, ignored {}\n",
             count[Effect::used], count[Effect::refused], without_effect, count[Effect::none]);
}

}  // namespace
}  // namespace revive::testing
