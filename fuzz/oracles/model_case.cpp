#include "revive/fuzz/oracles/model_case.h"

#include <fmt/format.h>

#include "revive/model/base/random.h"
#include "revive/properties/choices/recording.h"
#include "revive/properties/generate/generate.h"

namespace revive::fuzz {
namespace {

using properties::Choices;
using properties::Property;

std::string report(std::string_view what, std::string_view message, const Choices& choices) {
  return fmt::format("{}\n{}\nchoices: {}", what, message, properties::to_hex(choices.recording().values()));
}

}  // namespace

ModelCalls::ModelCalls() : generate([](Choices& choices) { return properties::generate_case(choices); }) {}

std::size_t turn_of(std::span<const std::uint8_t> bytes, std::size_t count) {
  std::uint64_t state = bytes.size();
  for (const std::uint8_t byte : bytes) state = Random(state ^ byte).next();
  return static_cast<std::size_t>(state % count);
}

std::optional<std::string> model_violation(std::span<const std::uint8_t> bytes, const ModelCalls& calls) {
  Choices choices = Choices::from_fuzz(bytes);
  const auto drawn = calls.generate(choices);
  if (!drawn) return report("The generator makes valid models only.", drawn.error().text(), choices);
  const auto ask = [&](const Property& property) -> std::optional<std::string> {
    // A fuzzer does not measure allocations.
    if (!properties::applies(property, calls.subject)) return std::nullopt;
    const auto violation = property.check(*drawn, calls.subject);
    return violation ? std::optional(report(property.sentence, violation->message, choices)) : std::nullopt;
  };
  for (const Property& property : calls.table.first(kAlwaysAsked)) {
    if (auto violation = ask(property)) return violation;
  }
  const auto in_turn = calls.table.subspan(kAlwaysAsked);
  return ask(in_turn[turn_of(bytes, in_turn.size())]);
}

}  // namespace revive::fuzz
