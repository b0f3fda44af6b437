// Subjects broken in one way for one test, and what the harness makes of them.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "revive/properties/shrink/property_run.h"
#include "revive/properties/subject.h"

namespace revive::properties::testing {

// revive's subject with `change` applied to every model that it loads.
inline Subject loads_with(std::function<void(Sequential&)> change) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load, change = std::move(change)](std::span<const std::byte> archive,
                                                                   const Environment& environment) -> Result<Loaded> {
    auto loaded = load(archive, environment);
    if (loaded) change(*loaded->model);
    return loaded;
  };
  return subject;
}

// The shrunk counterexample; an empty message where the property holds for the subject.
struct Finding {
  std::string message;
  std::size_t layers = 0;
};

inline Finding find(std::string_view property, const Subject& subject, int cases = 500) {
  const auto report = run_property(*find_property(property), subject, {.seed = 1, .cases = cases});
  if (!report.counterexample) return {};
  return {report.counterexample->violation.message, count_layers(report.counterexample->minimal.model)};
}

// Found, in so many words, and shrunk to at most two layers.
inline void expect_found(std::string_view property, const Subject& subject, std::string_view words) {
  const Finding finding = find(property, subject);
  EXPECT_NE(finding.message.find(words), std::string::npos) << property << ": " << finding.message;
  EXPECT_LE(finding.layers, 2U) << property << ": " << finding.message;
}

}  // namespace revive::properties::testing
