#include <gtest/gtest.h>

#include "revive/properties/property.h"

namespace revive::properties {
namespace {

Violation at(std::string path) {
  return {.message = "...", .difference = Difference{std::move(path), "1", "2"}};
}

TEST(FailureSite, IsTheSameWhereverTheSameThingFails) {
  EXPECT_EQ(failure_site(at("/layers/2/vars/0 (kernel of Dense 'dense_1')[3]")), "layers-N-vars-N-kernel-of-Dense-N");
  EXPECT_EQ(failure_site(at("/layers/12/vars/0 (kernel of Dense 'x')[0]")), "layers-N-vars-N-kernel-of-Dense-N");
  EXPECT_EQ(failure_site(at("/layers/0/vars/1 (bias of Conv1D 'a/b')[0]")), "layers-N-vars-N-bias-of-Conv1D-N");
  EXPECT_EQ(failure_site(at("/config/layers/1/config/axis")), "config-layers-N-config-axis");
  EXPECT_EQ(failure_site({.message = "load failed: config.json: /a: no", .kind = "load failed config_rule"}),
            "load-failed-config_rule");
  EXPECT_EQ(failure_site({"the lambda made with i = 2 became another: 3.5"}),
            "the-lambda-made-with-i-N-became-another");
}

TEST(FailureSite, NumbersAreAnyNumberHoweverTheyAreWritten) {
  for (const char* const number : {"7", "12", "0.5", "1e-05", "2.5e+30", "3e8", "0x7f3A12", "0x1"}) {
    EXPECT_EQ(failure_site({std::string("lost at ") + number + " of it"}), "lost-at-N-of-it") << number;
    EXPECT_EQ(failure_site({std::string("lost at ") + number}), "lost-at-N") << number;
  }
  EXPECT_EQ(failure_site({"lost 3elements, 0xyz, 2e-"}), "lost-Nelements-Nyz-Ne");
}

TEST(FailureSite, IsAlwaysAPartOfAFileName) {
  EXPECT_EQ(failure_site({"../../etc"}), "etc");
  EXPECT_EQ(failure_site({""}), "failure");
  EXPECT_EQ(failure_site({"'never closed"}), "failure");
  EXPECT_EQ(failure_site({std::string(500, 'a')}).size(), 64U);
  EXPECT_EQ(failure_site({"caf\xc3\xa9 \x01\n/"}), "caf");
}

}  // namespace
}  // namespace revive::properties
