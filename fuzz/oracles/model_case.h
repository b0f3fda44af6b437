// What model_fuzzer asks of every input: the properties, of the case that the generator makes of the bytes.
//
// The first properties of the table, which are cheap and telling, are asked of every input; the others take turns, by a
// hash of the bytes, so that an input always gets the same verdict. Any bytes are a valid case.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "revive/properties/choices/choices.h"
#include "revive/properties/property.h"
#include "revive/properties/subject.h"

namespace revive::fuzz {

// The properties of survival, and that captures are values.
inline constexpr std::size_t kAlwaysAsked = 5;
// Choices beyond Choices::kMostDraws are not read.
inline constexpr std::size_t kMostChoiceBytes = 2 * properties::Choices::kMostDraws;

// What is tried: revive's own, unless somebody looks what the oracle makes of another.
struct ModelCalls {
  std::function<Result<properties::Case>(properties::Choices&)> generate;
  properties::Subject subject = properties::revive_subject();
  // More than kAlwaysAsked.
  std::span<const properties::Property> table = properties::all_properties();

  ModelCalls();
};

// The property in `count` whose turn it is.
std::size_t turn_of(std::span<const std::uint8_t> bytes, std::size_t count);

// The sentence that does not hold, the difference, and the choices as hex, which `revive properties` and the case files
// take, and which the shrinker starts from.
std::optional<std::string> model_violation(std::span<const std::uint8_t> bytes, const ModelCalls& calls = {});

}  // namespace revive::fuzz
