#include "revive/tools/run/hunt_turns.h"

#include <gtest/gtest.h>

#include <map>

#include "revive/properties/hunt/builder.h"
#include "revive/serializer/json/json.h"

namespace revive::tools {
namespace {

using namespace properties::hunt;  // NOLINT(google-build-using-namespace): this file is about nothing else

TEST(HuntTurns, EveryFormOfAFunctionHasItsTurnAndThoseThatCaptureHaveTwo) {
  const auto json = [](const char* text) { return parse_json(text, {}, "").value_or(Value()); };
  const auto catalogue = Catalogue::make(json(R"({"classes": [{"name": "keras.layers.Lambda", "kind": "layers",
    "parameters": [{"name": "function", "owner": "Lambda"}]}]})"),
                                         json(R"({"inputs": {"": [4]}, "parameters": {"function": ["$lambda"]}})"));
  ASSERT_TRUE(catalogue.has_value());
  const HuntTurns turns(1, *catalogue);
  std::map<std::size_t, int> forms;
  for (std::uint64_t number = 0; number < 4 * (kFunctionForms + kCapturingForms); ++number) {
    if (const auto form = turns.rules(number).wanted(kFunctions)) ++forms[*form];
  }
  EXPECT_EQ(forms.size(), kFunctionForms);
  for (const auto& [form, times] : forms) EXPECT_EQ(times, form >= 1 && form <= kCapturingForms ? 2 : 1) << form;
}

}  // namespace
}  // namespace revive::tools
