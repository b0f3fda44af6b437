// What choices mean, in meaning.txt: stored cases and seeds of reports are models of some choices, which mean others
// where the generator draws otherwise. Of some classes alone, as each new one changes the rest. After a change that is
// meant, stored cases are re-encoded when they are replayed, and here
//
//     REVIVE_WRITE_SENTENCES=1 build/release/properties/properties_test --gtest_filter='Meaning.*'
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "revive/model/registry.h"
#include "revive/model/testing/recorded.h"
#include "revive/properties/generate/profiles.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/io/digest.h"

namespace revive::properties {
namespace {

std::vector<const LayerClass*> classes(std::initializer_list<std::string_view> names) {
  std::vector<const LayerClass*> found;
  for (const std::string_view name : names) found.push_back(find_layer_class(name));
  return found;
}

std::string outline(const Sequential& model) {
  std::string text;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    if (!path.empty()) text += (text.empty() ? "" : " ") + layer.layer_class().name;
  });
  return text;
}

TEST(Meaning, OfSeedsIsAsRecorded) {
  constexpr std::uint64_t kSeeds = 40;
  const std::vector<const LayerClass*> only =
      classes({"Dense", "Conv1D", "Embedding", "LSTM", "BatchNormalization", "Flatten", "ReLU", "Sequential", "Dropout",
               "Bidirectional", "TimeDistributed", "Permute", "Masking", "Rescaling"});
  for (const auto& [name, profile] : kProfiles) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      Choices choices = Choices::random(seed, static_cast<int>(seed * 7 % Choices::kFullSize) + 1);
      const auto made = generate_case(choices, {.profile = profile, .only = only});
      ASSERT_TRUE(made) << made.error().text();
      const auto input = made->input.bytes();
      const std::string drawn = sha256_hex(std::string_view(reinterpret_cast<const char*>(input.data()), input.size()));
      expect_recorded("properties/generate/meaning.txt", fmt::format("{} {:02}", name, seed),
                      fmt::format("{}: {} {} {}", outline(made->model), to_string(made->input.dims()),
                                  digest(made->model).substr(0, 12), drawn.substr(0, 12)));
    }
  }
}

}  // namespace
}  // namespace revive::properties
