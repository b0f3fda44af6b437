// What is said of models made by hand, in labels.txt: every label and every value of every facet. A run that counts
// something else still has its shares. After a change that is meant:
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Labelled.*'
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "revive/model/graph/op.h"
#include "revive/model/registry.h"
#include "revive/model/testing/recorded.h"
#include "revive/properties/generate/coverage.h"
#include "revive/properties/generate/distribution.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/generate/labels.h"
#include "revive/properties/generate/profiles.h"
#include "revive/properties/testing/models_made_by_hand.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties {
namespace {

const std::string kFile = "properties/generate/labels.txt";

std::string labels_of(const Case& the_case) {
  const CaseParts parts(the_case);
  std::string text = fmt::format("{} layers, {} owned, {} elements", count_layers(the_case.model), parts.layers.size(),
                                 parts.largest_tensor);
  for (const CaseLabel& label : case_labels()) {
    if (label.holds(parts)) text += fmt::format("; {}", label.name);
  }
  for (const CaseFacet& facet : case_facets()) {
    text += fmt::format("; {}: {}", facet.name, fmt::join(facet.values(the_case), ", "));
  }
  return text;
}

TEST(Labelled, ModelsMadeByHandAreAsRecorded) {
  for (const std::string_view theme :
       {"captures", "numbers", "weights", "structure", "archives", "engines", "wrappers"}) {
    for (const auto& [name, the_case] : models_of(theme)) {
      expect_recorded(kFile, fmt::format("{} {}", theme, name), labels_of(the_case));
      const Tensor input = default_input(the_case.model).value();
      const std::string_view bytes(reinterpret_cast<const char*>(input.bytes().data()), input.byte_size());
      expect_recorded(kFile, fmt::format("{} {}, input", theme, name),
                      fmt::format("{} of {}: {}", name_of(input.dtype()), to_string(input.dims()),
                                  sha256_hex(bytes).substr(0, 12)));
    }
  }
}

TEST(Labelled, SharesAreAsRecorded) {
  for (const CaseLabel& label : case_labels()) {
    expect_recorded(kFile, std::string(label.name), fmt::format("in {} of the cases at least", label.least));
  }
}

TEST(Labelled, LargeInputsAndStacksAreAsRecorded) {
  for (const int elements : {512, 513, 1'000, 1'001, 1'024, 1'025, 4'096, 4'097, 65'536, 65'537}) {
    const Value text =
        parse_json(fmt::format(R"({{"shape": [1, {}], "layers": [["ReLU", {{}}]]}})", elements), {}, "a model").value();
    expect_recorded(kFile, fmt::format("{} elements", elements), labels_of(case_of("large", text)));
  }
  for (const int layers : {1, 2, 3, 4, 5, 6, 8, 9, 12, 13, 20, 21}) {
    std::string list;
    for (int i = 0; i < layers; ++i) list += fmt::format(R"({}["Flatten", {{}}])", i == 0 ? "" : ", ");
    const Value text =
        parse_json(fmt::format(R"({{"shape": [null, 2], "layers": [{}]}})", list), {}, "a model").value();
    expect_recorded(kFile, fmt::format("{} layers", layers), labels_of(case_of("long", text)));
  }
}

// With other classes there is other to come up, and nothing is compared until this is written anew.
TEST(Labelled, WhatCameUpIsAsRecorded) {
  constexpr std::uint64_t kSeeds = 60;
  const std::string classes = fmt::format("coverage of {} classes", layer_classes().size());
  if (!is_recorded(kFile, classes)) GTEST_SKIP() << "recorded with other classes";
  expect_recorded(kFile, classes, "is what these lines are of");
  Distribution distribution(true);
  std::vector<const LayerClass*> only;
  for (const std::string_view name : {"Dense", "Conv1D", "Embedding", "LSTM", "Flatten", "ReLU", "Sequential"}) {
    only.push_back(find_layer_class(name));
  }
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    Choices choices = Choices::random(seed);
    const auto made = generate_case(choices, {.only = only});
    ASSERT_TRUE(made) << made.error().text();
    distribution.add(*made);
    if (seed % 20 != 0) continue;
    for (const Coverage& each : coverage_of(distribution)) {
      expect_recorded(kFile, fmt::format("coverage after {}: {}", seed + 1, each.of),
                      fmt::format("{} of {}, without {}", each.reached, each.possible,
                                  sha256_hex(fmt::format("{}", fmt::join(each.missing, "; "))).substr(0, 12)));
    }
  }
}

// Models and inputs of every class, of which what seldom comes up is in the digest.
TEST(Labelled, CasesOfManySeedsAreAsRecorded) {
  constexpr std::uint64_t kSeeds = 1000;
  const std::string from = fmt::format("cases of {} classes and {} ops", layer_classes().size(), all_ops().size());
  if (!is_recorded(kFile, from)) GTEST_SKIP() << "recorded with other classes or ops";
  expect_recorded(kFile, from, "are what these lines are of");
  for (const auto& [name, profile] : kProfiles) {
    std::string all;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      Choices choices = Choices::random(seed, static_cast<int>(seed % Choices::kFullSize) + 1);
      const auto made = generate_case(choices, {.profile = profile});
      ASSERT_TRUE(made) << made.error().text();
      const std::string_view input(reinterpret_cast<const char*>(made->input.bytes().data()), made->input.byte_size());
      all += fmt::format("{} {} {} {}; ", digest(made->model), to_string(made->input.dims()), sha256_hex(input),
                         choices.recording().values().size());
    }
    expect_recorded(kFile, fmt::format("cases of profile {}", name), sha256_hex(all).substr(0, 12));
  }
}

}  // namespace
}  // namespace revive::properties
