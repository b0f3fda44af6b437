// training_data_is_carried and loads_are_independent, with serializers that lose the one or mix up the other.
#include <gtest/gtest.h>

#include "properties/subjects.h"
#include "properties/testing/broken.h"

namespace revive::properties {
namespace {

using testing::expect_found;
using testing::loads_with;

TEST(TrainingDataIsCarried, FindsACompileConfigThatIsDropped) {
  expect_found("training_data_is_carried", loads_with([](Sequential& model) { model.set_compile_config(Value()); }),
               "/compile_config");
}

TEST(TrainingDataIsCarried, FindsASeedThatIsDropped) {
  const Subject subject = loads_with([](Sequential& model) {
    visit_layers(model.root(), [](const std::string&, Layer& layer) { layer.training_only().clear(); });
  });
  expect_found("training_data_is_carried", subject, "/config/seed: 9223372036854775807 before");
}

TEST(TrainingDataIsCarried, FindsIntsThatPassThroughDouble) {
  expect_found("training_data_is_carried", *find_subject("big_ints_rounded"),
               "9007199254740993 before, 9007199254740992");
}

TEST(LoadsAreIndependent, FindsModelsThatShareASession) {
  expect_found("loads_are_independent", *find_subject("loads_share_a_session"),
               "after another model was loaded: output");
}

}  // namespace
}  // namespace revive::properties
