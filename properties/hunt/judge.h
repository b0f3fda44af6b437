// The judge: from what the worker answered about a program to the sites where something is wrong.
//
// A site is what a failure is known by: the oracle, and the class with the path of the attribute, or the exception with
// its innermost frame of Keras and its message without names and numbers. The format is not part of it. What differs
// between two executions of the same program is noise and never a site.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"

namespace revive::properties::hunt {

struct Site {
  // "state", "output", "load raises", ...: all_oracles() has them with their sentences.
  std::string_view oracle = {};
  // "keras.layers.Dense.units", or "ValueError in src/models/sequential.py:build: ...".
  std::string what = {};
  // Where it was seen: "keras", "h5", "object", "fresh", ...
  std::string format = {};
  // "loaded", "second", "saved", "trained", or what raised ("save", "load", "call").
  std::string stage = {};
  // The expression that differs, and what it is on both sides; of an exception its message in `after`.
  std::string path = {};
  std::string before = {};
  std::string after = {};

  std::string key() const;
  std::string text() const;
};

struct Oracle {
  std::string_view name;
  std::string_view sentence;
};
const std::vector<Oracle>& all_oracles();

// The sites in the order of the stages, each key once. An answer that is a refusal has none; one that says that the
// worker's process ended is a site of its own ("process"). Errors: subject_failed for what is no answer.
Result<std::vector<Site>> judge(const Value& answer);

// The message of an exception without names and numbers.
std::string plain_message(std::string_view message);

}  // namespace revive::properties::hunt
