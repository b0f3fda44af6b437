// An oracle as a table of legs: what a trial of one input came to, and each way in which that can be wrong.
//
// A leg looks at its own part of the trial alone, so that what it finds no other leg finds: with one leg left out of
// the table, a fault that is its business passes. Tests walk the tables by this.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/model/base/error.h"

namespace revive::fuzz {

template <typename Trial>
struct Leg {
  std::string_view name;
  // What has to hold, as a sentence.
  std::string_view promise;
  // What is wrong, and where; nothing where the promise holds, or the trial did not get that far.
  std::optional<std::string> (*objection)(const Trial&);
};

// What is wrong with revive: the leg that objects, and what it says.
struct Finding {
  std::string_view leg;
  std::string text;
};

// Whether a step of a trial was tried and came to something.
template <typename T>
bool succeeded(const std::optional<Result<T>>& step) {
  return step && *step;
}
// Why it was tried and did not; nullptr otherwise.
template <typename T>
const Error* failure_of(const std::optional<Result<T>>& step) {
  return step && !*step ? &step->error() : nullptr;
}

// The objection of the first leg that has one.
template <typename Trial>
std::optional<Finding> first_objection(std::span<const Leg<Trial>> legs, const Trial& trial) {
  for (const Leg<Trial>& leg : legs) {
    if (auto text = leg.objection(trial)) return Finding{leg.name, *std::move(text)};
  }
  return std::nullopt;
}

}  // namespace revive::fuzz
