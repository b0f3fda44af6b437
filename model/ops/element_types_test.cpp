// What ops do in the dtypes beside float32, int32 and bool. The expected numbers are those of Keras 3.15.1 on JAX.
// Where JAX makes a result 64 bits wide only because 64 bits are enabled (a sum of bytes, an int times 0.5), it has 32
// here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "revive/model/ops/testing.h"
#include "revive/model/tensor/element.h"
#include "revive/model/tensor/element_type.h"

namespace revive::testing {
namespace {

using enum DType;

const NodeRef kX{0};

Tensor row(DType dtype, const std::vector<Value>& values) {
  Tensor tensor(dtype, {1, static_cast<std::int64_t>(values.size())});
  for (std::size_t i = 0; i < values.size(); ++i) set_element(tensor, i, values[i]);
  return tensor;
}

struct Row {
  std::string_view function;
  std::vector<Argument> arguments;
  std::vector<Value> settings;
  Tensor x;
  Tensor expected;
};

void expect_rows(const std::vector<Row>& rows) {
  for (const auto& [function, arguments, settings, x, expected] : rows) {
    const auto graph = one_op(function, arguments, settings);
    ASSERT_TRUE(graph) << function << ": " << graph.error().text();
    const auto found = graph->evaluate(x);
    ASSERT_TRUE(found) << function << ": " << found.error().text();
    EXPECT_EQ(name_of(found->dtype()), name_of(expected.dtype())) << function;
    ASSERT_EQ(found->size(), expected.size()) << function;
    for (std::size_t i = 0; i < found->size(); ++i) {
      EXPECT_EQ(element_of(*found, i), element_of(expected, i))
          << function << " of " << name_of(x.dtype()) << ", " << i;
    }
  }
}

TEST(ElementTypes, FloatsOf16BitsAreRoundedOpByOp) {
  expect_rows({
      // 2048 + 1 is halfway between two float16, of which 2048 is even.
      {"add", {kX, Value(1)}, {}, row(float16, {2048, 2050}), row(float16, {2048, 2052})},
      {"add", {kX, Value(1)}, {}, row(bfloat16, {256, 258}), row(bfloat16, {256, 260})},
      // A Python number is rounded before it takes part.
      {"equal", {kX, Value(0.1)}, {}, row(float16, {0.1, 0.5}), row(boolean, {true, false})},
      {"multiply", {kX, Value(0.1)}, {}, row(float16, {3}), row(float16, {0.2998046875})},
      {"multiply", {kX, kX}, {}, row(float16, {300}), row(float16, {std::numeric_limits<double>::infinity()})},
      // Two kinds of 16 bits meet in 32.
      {"add", {kX, row(bfloat16, {1.0})}, {}, row(float16, {0.5}), row(float32, {1.5})},
      {"add", {kX, row(float64, {1.0})}, {}, row(float16, {0.5}), row(float64, {1.5})},
      {"sum", {kX}, {Value(-1)}, row(float16, {2048, 1, 1}), row(float16, {2050})},
      {"nan_to_num", {kX}, {}, row(float16, {std::numeric_limits<double>::infinity()}), row(float16, {65504})},
  });
}

TEST(ElementTypes, DoublesKeepTheirDigits) {
  expect_rows({
      {"add", {kX, Value(1e-12)}, {}, row(float64, {1.0}), row(float64, {1.0 + 1e-12})},
      {"multiply", {kX, Value(0.1)}, {}, row(float64, {3.0}), row(float64, {3.0 * 0.1})},
      {"exp", {kX}, {}, row(float64, {0.5}), row(float64, {1.6487212707001282})},
      {"mean", {kX}, {Value(-1)}, row(float64, {1.0, 1.0 + 2e-12}), row(float64, {1.0 + 1e-12})},
  });
  const auto inverse = one_op("erfinv", {kX})->evaluate(row(float64, {0.3, -0.99, 0.9999999}));
  ASSERT_TRUE(inverse) << inverse.error().text();
  // By SciPy 1.17: JAX is off by 5e-12 in the last.
  const double expected[] = {0.2724627147267544, -1.8213863677184496, 3.766562581638471};
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(inverse->data<double>()[i], expected[i], 1e-12);
}

TEST(ElementTypes, IntsWrapInTheirOwnDtype) {
  constexpr std::int64_t kLarge = (std::int64_t{1} << 53) + 1;
  expect_rows({
      {"add", {kX, Value(10)}, {}, row(uint8, {250}), row(uint8, {4})},
      {"negative", {kX}, {}, row(uint8, {1}), row(uint8, {255})},
      {"multiply", {kX, kX}, {}, row(int8, {16}), row(int8, {0})},
      {"add", {kX, Value(1)}, {}, row(int64, {kLarge}), row(int64, {kLarge + 1})},
      {"add", {kX, row(int8, {-1})}, {}, row(uint8, {1}), row(int16, {0})},
      {"add", {kX, row(int32, {-1})}, {}, row(uint32, {1}), row(int64, {0})},
      {"multiply", {kX, Value(0.5)}, {}, row(int64, {3}), row(float32, {1.5})},
      {"multiply", {kX, row(float16, {0.5})}, {}, row(int64, {3}), row(float16, {1.5})},
      // Short ints are summed in 32 bits.
      {"sum", {kX}, {Value(-1)}, row(uint8, {250, 10}), row(uint32, {260})},
      {"sum", {kX}, {Value(-1)}, row(int8, {100, 100}), row(int32, {200})},
      {"max", {kX}, {Value(-1)}, row(uint8, {250, 10}), row(uint8, {250})},
      {"argmax", {kX}, {Value(-1)}, row(int64, {kLarge - 1, kLarge}), row(int32, {1})},
      {"mean", {kX}, {Value(-1)}, row(uint8, {250, 10}), row(float32, {130})},
      {"cast", {kX}, {Value("uint8")}, row(int64, {-1}), row(uint8, {255})},
      {"less", {kX, Value(200)}, {}, row(uint8, {250, 10}), row(boolean, {false, true})},
  });
}

TEST(ElementTypes, NumbersThatDoNotFitAreRefused) {
  EXPECT_THAT(one_op("add", {kX, Value(-1)})->infer({uint8, {kUnknown, 2}}).error().text(),
              ::testing::HasSubstr("has to fit uint8, found -1"));
  EXPECT_EQ(one_op("add", {kX, Value(40000)})->infer({int16, {kUnknown, 2}}).error().code, ErrorCode::graph_argument);
  EXPECT_TRUE(one_op("add", {kX, Value(std::int64_t{1} << 40)})->infer({int64, {kUnknown, 2}}));
}

TEST(ElementTypes, AnIndexOutOfRangeGivesWhatTheDtypeHasForIt) {
  for (const auto& [dtype, filled] : std::vector<std::pair<DType, Value>>{
           {uint8, Value(255)}, {int8, Value(-128)}, {int64, Value(std::numeric_limits<std::int64_t>::min())}}) {
    const auto graph = one_op("take", {row(dtype, {7, 7}).reshaped({2}), kX}, {Value(0)});
    ASSERT_TRUE(graph) << graph.error().text();
    const auto found = graph->evaluate(row(int64, {1, 5}));
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(element_of(*found, 0), Value(7));
    EXPECT_EQ(element_of(*found, 1), filled) << name_of(dtype);
  }
}

}  // namespace
}  // namespace revive::testing
