// As shrink_steps_test.cpp, of a generator as models have it: what is drawn in front of all elements decides which of
// them fit, and they pass on something else to those behind them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "revive/model/testing/recorded.h"
#include "revive/properties/shrink/shrink.h"

namespace revive::properties {
namespace {

constexpr SpanLabel kElement = "element";
constexpr std::array<std::uint32_t, 4> kInputs = {4, 2, 1, 1};
constexpr std::array<std::uint32_t, 6> kClasses = {3, 2, 2, 1, 1, 1};

struct Step {
  std::size_t of_class = 0;
  std::uint64_t number = 0;
  std::uint64_t width = 0;  // what it was given
};
struct Stack {
  std::size_t input = 0;
  std::uint64_t first = 0;
  std::vector<Step> steps;
};

Stack generate(Choices& choices) {
  Stack stack;
  stack.input = choices.pick(kInputs);
  const std::uint64_t high = choices.draw(5);
  const std::uint64_t low = stack.input % 2 == 0 ? choices.draw(3) : 0;
  if (stack.input % 2 == 1) choices.pass();
  stack.first = high + low;
  std::uint64_t width = stack.first;
  choices.list(kElement, 1, 12, [&](std::size_t) {
    // The later classes want a width, or an input.
    const auto fits = [&](std::size_t id) { return id < 2 || (id == 5 ? stack.input == 3 : width >= id); };
    Step step{.of_class = choices.pick(kClasses, fits), .width = width};
    if (step.of_class != 4) step.number = choices.draw(40);
    if (step.of_class == 3) {
      choices.list(kElement, 0, 3, [&](std::size_t) { step.number += choices.draw(9); });
    }
    width = step.of_class == 1 ? step.number % 7 : step.of_class == 2 ? width - 1 : width;
    stack.steps.push_back(step);
  });
  return stack;
}

std::string text_of(const Stack& stack) {
  std::string text = fmt::format("{}/{}", stack.input, stack.first);
  for (const Step& step : stack.steps) text += fmt::format(" {}({})", step.of_class, step.number);
  return text;
}

bool has(const Stack& stack, std::size_t of_class, std::uint64_t width = 0) {
  return std::ranges::any_of(stack.steps,
                             [&](const Step& step) { return step.of_class == of_class && step.width >= width; });
}

struct Failure {
  const char* name;
  bool (*fails)(const Stack& stack);
};
constexpr Failure kFailures[] = {
    {"a class that wants an input", [](const Stack& stack) { return has(stack, 5); }},
    {"a class that wants a width", [](const Stack& stack) { return has(stack, 4); }},
    {"a class and a wide input", [](const Stack& stack) { return has(stack, 2, 5); }},
    {"two of one number",
     [](const Stack& stack) {
       for (const Step& one : stack.steps) {
         for (const Step& other : stack.steps) {
           if (&one != &other && one.number == other.number && one.number > 20) return true;
         }
       }
       return false;
     }},
    {"a sum",
     [](const Stack& stack) {
       std::uint64_t sum = 0;
       for (const Step& step : stack.steps) sum += step.number;
       return sum > 120;
     }},
    {"a count that is drawn",
     [](const Stack& stack) {
       return stack.steps.size() > 2 && stack.steps.back().number >= stack.steps.size() && has(stack, 1);
     }},
    {"one class before another",
     [](const Stack& stack) {
       for (std::size_t i = 1; i < stack.steps.size(); ++i) {
         if (stack.steps[i - 1].of_class == 3 && stack.steps[i].of_class == 2) return true;
       }
       return false;
     }},
    {"an odd input and a number",
     [](const Stack& stack) {
       return stack.input % 2 == 1 &&
              std::ranges::any_of(stack.steps, [](const Step& step) { return step.number == 33; });
     }},
};

TEST(ShrinkSteps, OfLedElementsAreAsRecorded) {
  constexpr std::uint64_t kSeeds = 2000;
  constexpr std::size_t kStarts = 14;
  for (const Failure& failure : kFailures) {
    std::size_t starts = 0;
    for (std::uint64_t seed = 0; seed < kSeeds && starts < kStarts; ++seed) {
      Choices choices = Choices::random(seed);
      if (!failure.fails(generate(choices))) continue;
      ++starts;
      const auto values = choices.recording().values();
      const ShrinkResult result = shrink(values, generate, failure.fails, {.tries = 3'000});
      Choices replay = Choices::replay(result.recording.values());
      const Stack least = generate(replay);
      EXPECT_TRUE(failure.fails(least)) << failure.name << ' ' << seed;
      expect_recorded("properties/shrink/steps.txt", fmt::format("led: {} {:02}", failure.name, seed),
                      fmt::format("{}, {} tries, {} runs{}", text_of(least), result.tries, result.runs,
                                  result.budget_spent ? ", budget spent" : ""));
    }
    EXPECT_GT(starts, 3U) << failure.name;
  }
}

}  // namespace
}  // namespace revive::properties
