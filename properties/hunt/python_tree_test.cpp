#include "revive/properties/hunt/python_tree.h"

#include <gtest/gtest.h>

namespace revive::properties::hunt {
namespace {

TEST(PythonTree, PrintsAsAPersonWouldWrite) {
  const Python tree =
      Python::call("keras.layers.Lambda", {Python::lambda("v, k=2", Python::text("v * k"))},
                   {{"arguments", Python::dict({{"'a'", Python::list({Python::text("1"), Python::text("2.0")})}})},
                    {"output_shape", Python::tuple({Python::text("3")})}});
  EXPECT_EQ(tree.print(), "keras.layers.Lambda(lambda v, k=2: v * k, arguments={'a': [1, 2.0]}, output_shape=(3,))");
}

TEST(PythonTree, ItemsHaveCommasBetweenThem) {
  const std::vector<Python> items = {Python::text("1"), Python::text("2")};
  EXPECT_EQ(Python::tuple(items).print(), "(1, 2)");
  EXPECT_EQ(Python::dict({{"'a'", items[0]}, {"'b'", items[1]}}).print(), "{'a': 1, 'b': 2}");
  EXPECT_EQ(Python::call("f", items, {}).print(), "f(1, 2)");
  EXPECT_EQ(Python::call("f", {}, {}).print(), "f()");
}

TEST(PythonTree, ALambdaWithoutParametersHasNoBlankBeforeItsColon) {
  EXPECT_EQ(Python::lambda("", Python::text("1")).print(), "lambda: 1");
}

TEST(PythonTree, AStringIsQuoted) {
  EXPECT_EQ(python_string("it's \\ and\n"), R"('it\'s \\ and\n')");
}

}  // namespace
}  // namespace revive::properties::hunt
