// Ops that replace or choose elements, and resize: cast between all dtypes, tensors of one number, where, one_hot.
#include "revive/model/ops/definitions.h"

namespace revive::testing {
namespace {

const NodeRef kX{0};

struct Named {
  std::string_view function;
};
constexpr Named kNames[] = {{"cast"}, {"zeros_like"}, {"ones_like"}, {"full_like"}, {"where"}, {"one_hot"}, {"resize"}};
const Defined kDefined(kNames);

// A float loses its fraction; what an int cannot hold is its least for a float, and wraps for an int.
Exact cast_of(Exact x, DType from, DType to) {
  if (to == DType::boolean) return x != 0;
  if (is_float(to)) return rounded(to, x);
  if (!is_float(from)) return wrapped(to, static_cast<Whole>(x));
  const Exact whole = std::trunc(x);
  if (holds(to, whole)) return whole;
  return with_dtype(to, []<typename T>(T) -> Exact {
    if constexpr (std::is_integral_v<T>) return static_cast<Exact>(std::numeric_limits<T>::min());
    return 0;
  });
}

TEST(OpDefinitions, OfCasts) {
  for (const DType from : computed_dtypes()) {
    for (const DType to : computed_dtypes()) {
      Numbers numbers = unfriendly(from);
      for (const Exact more : {127.9L, -128.9L, 255.5L, 256.0L, 32767.5L, 2147483648.0L, -0.9L}) {
        if (is_float(from)) numbers.push_back(rounded(from, more));
      }
      const Tensor x = tensor_of(from, {1, static_cast<std::int64_t>(numbers.size())}, numbers);
      const auto found = result_of("cast", {kX}, {Value(name_of(to))}, x);
      ASSERT_TRUE(found) << name_of(from) << " to " << name_of(to);
      ASSERT_EQ(found->dtype(), to);
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        expect_near(*found, i, cast_of(numbers[i], from, to), kExact, 0, [&] {
          return "cast of " + std::to_string(numbers[i]) + " from " + std::string(name_of(from)) + " to " +
                 std::string(name_of(to));
        });
      }
    }
  }
}

TEST(OpDefinitions, OfTensorsOfOneNumber) {
  for (const DType dtype : computed_dtypes()) {
    const Numbers numbers = unfriendly(dtype);
    const Tensor x = tensor_of(dtype, {1, static_cast<std::int64_t>(numbers.size())}, numbers);
    for (const DType to : computed_dtypes()) {
      const std::vector<std::pair<std::string_view, Exact>> functions = {
          {"zeros_like", 0}, {"ones_like", 1}, {"full_like", 1}};
      for (const auto& [function, number] : functions) {
        std::vector<Argument> arguments = {kX};
        if (function == "full_like") arguments.emplace_back(to == DType::boolean ? Value(true) : Value(1));
        for (const bool named : {false, true}) {
          if (!named && to != dtype) continue;
          const auto found = result_of(function, arguments, {named ? Value(name_of(to)) : Value()}, x);
          ASSERT_TRUE(found) << function << " of " << name_of(dtype) << " as " << name_of(to);
          ASSERT_EQ(found->dtype(), to);
          ASSERT_EQ(found->dims(), x.dims());
          for (std::size_t i = 0; i < found->size(); ++i) {
            expect_near(*found, i, number, kExact, 0, [&] { return function; });
          }
        }
      }
    }
  }
}

// The element at an index of the result, of an array that is broadcast to it.
Exact broadcast_at(const Tensor& array, const std::vector<std::int64_t>& index) {
  std::size_t flat = 0;
  for (std::size_t axis = 0; axis < array.rank(); ++axis) {
    const std::int64_t at = index[index.size() - array.rank() + axis];
    flat = flat * static_cast<std::size_t>(array.dim(axis)) + (array.dim(axis) == 1 ? 0 : static_cast<std::size_t>(at));
  }
  return number_at(array, flat);
}

TEST(OpDefinitions, OfWhere) {
  const std::pair<Dims, Dims> shapes[] = {{{}, {}},      {{4}, {3, 4}},       {{3, 1}, {4}},
                                          {{3, 4}, {1}}, {{1, 3, 4}, {3, 1}}, {{1}, {3, 4}}};
  const auto filled = [](DType dtype, const Dims& dims, std::size_t first) {
    return tensor_of(dtype, dims,
                     in_turn(unfriendly(dtype), static_cast<std::size_t>(element_count(dims).value()), first));
  };
  for (const DType dtype : computed_dtypes()) {
    for (const DType other : {dtype, DType::boolean, DType::float32, DType::int64}) {
      const DType result = common_dtype(dtype, other);
      for (const auto& [left, right] : shapes) {
        for (std::size_t place = 0; place < 3; ++place) {
          Tensor operands[3] = {filled(place == 0 ? dtype : other, left, 1), filled(other, left, 7),
                                filled(dtype, right, 4)};
          if (place == 2) operands[1] = filled(other, right, 4);
          if (place != 0) operands[0] = filled(other, left, 1);
          operands[place] = filled(dtype, {2, 3, 4}, 0);
          const DType expected_dtype = common_dtype(operands[1].dtype(), operands[2].dtype());
          std::vector<Argument> arguments(std::begin(operands), std::end(operands));
          arguments[place] = kX;
          const auto found = result_of("where", arguments, {}, operands[place]);
          ASSERT_TRUE(found) << name_of(dtype) << " and " << name_of(other) << " in place " << place;
          ASSERT_EQ(found->dtype(), expected_dtype) << name_of(result);
          ASSERT_EQ(found->dims(), (Dims{2, 3, 4}));
          for (std::size_t i = 0; i < found->size(); ++i) {
            const auto index = unravel(static_cast<std::int64_t>(i), found->dims());
            const Tensor& chosen = broadcast_at(operands[0], index) != 0 ? operands[1] : operands[2];
            const Exact expected = cast_of(broadcast_at(chosen, index), chosen.dtype(), expected_dtype);
            expect_near(*found, i, expected, kExact, 0, [&] { return call_text("where", {}, dtype); });
          }
        }
      }
    }
  }
}

TEST(OpDefinitions, OfOneHot) {
  for (const DType dtype : computed_dtypes()) {
    if (dtype == DType::boolean) continue;
    Numbers ids = unfriendly(dtype);
    ids.resize(ids.size() / 2 * 2);
    const auto columns = static_cast<std::int64_t>(ids.size() / 2);
    const Tensor x = tensor_of(dtype, {1, 2, columns}, ids);
    for (const std::int64_t classes : {0, 1, 3, 17}) {
      for (const std::int64_t axis : {-1, 1, 2}) {
        for (const std::string_view as : {"float32", "int32", "bool", "float16", "int8"}) {
          const auto found = result_of("one_hot", {kX}, {Value(classes), Value(axis), Value(as)}, x);
          ASSERT_TRUE(found) << name_of(dtype) << " " << axis;
          Dims dims = x.dims();
          const std::size_t at = axis < 0 ? 3 : static_cast<std::size_t>(axis);
          dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(at), classes);
          ASSERT_EQ(found->dims(), dims);
          for (std::size_t i = 0; i < found->size(); ++i) {
            auto index = unravel(static_cast<std::int64_t>(i), dims);
            const auto id = static_cast<Exact>(index[at]);
            index.erase(index.begin() + static_cast<std::ptrdiff_t>(at));
            expect_near(*found, i, broadcast_at(x, index) == id, kExact, 0,
                        [&] { return call_text("one_hot", {Value(classes), Value(axis), Value(as)}, dtype); });
          }
        }
      }
    }
  }
}

// Where the centre of pixel `at` of so many falls among `from` pixels, in units of theirs.
Exact centre(std::int64_t at, std::int64_t from, std::int64_t to) {
  return static_cast<Exact>((2 * at + 1) * from) / static_cast<Exact>(2 * to);
}

Exact nearest(const Tensor& image, std::int64_t row, std::int64_t column, Dims size) {
  const auto pixel = [](std::int64_t at, std::int64_t from, std::int64_t to) {
    return std::min(((2 * at + 1) * from) / (2 * to), from - 1);
  };
  return broadcast_at(image, {0, pixel(row, image.dim(1), size[0]), pixel(column, image.dim(2), size[1]), 0});
}

// Both neighbours on each axis, weighed by how close they are; the edge goes on for ever.
Exact bilinear(const Tensor& image, std::int64_t row, std::int64_t column, Dims size) {
  Exact sum = 0;
  const Exact down = centre(row, image.dim(1), size[0]) - 0.5L;
  const Exact across = centre(column, image.dim(2), size[1]) - 0.5L;
  for (std::int64_t r = -1; r <= image.dim(1); ++r) {
    for (std::int64_t c = -1; c <= image.dim(2); ++c) {
      const Exact weight = std::max(0.0L, 1 - std::fabs(down - static_cast<Exact>(r))) *
                           std::max(0.0L, 1 - std::fabs(across - static_cast<Exact>(c)));
      const std::int64_t row_inside = std::clamp<std::int64_t>(r, 0, image.dim(1) - 1);
      const std::int64_t column_inside = std::clamp<std::int64_t>(c, 0, image.dim(2) - 1);
      if (weight != 0) sum += weight * broadcast_at(image, {0, row_inside, column_inside, 0});
    }
  }
  return sum;
}

TEST(OpDefinitions, OfResize) {
  // Of 49 and 98 pixels some have their centre on the edge of an old one, which a rounded step misses.
  constexpr std::int64_t kPixels[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 49, 98};
  for (const DType dtype : computed_dtypes()) {
    for (const bool interpolates : {false, true}) {
      for (const std::int64_t from : kPixels) {
        for (const std::int64_t to : kPixels) {
          Numbers pixels;
          for (std::int64_t i = 0; i < from * 3; ++i) {
            const Exact pixel = static_cast<Exact>((i * 5) % 7) / 3;
            pixels.push_back(is_float(dtype) ? rounded(dtype, pixel) : static_cast<Exact>((i * 5) % 2));
          }
          const Tensor image = tensor_of(dtype, {1, from, 3, 1}, pixels);
          const Dims size = {to, 5};
          const Settings settings = {Value(Value::Array{Value(to), Value(5)}),
                                     Value(interpolates ? "bilinear" : "nearest")};
          const auto found = result_of("resize", {kX}, settings, image);
          ASSERT_EQ(found.has_value(), !interpolates || is_float(dtype));
          for (std::size_t i = 0; found && i < found->size(); ++i) {
            const auto row = static_cast<std::int64_t>(i) / 5;
            const auto column = static_cast<std::int64_t>(i) % 5;
            const Exact exact = interpolates ? bilinear(image, row, column, size) : nearest(image, row, column, size);
            // A weight is the fraction of a coordinate, which is as long as the image.
            const Exact scale = 2 * static_cast<Exact>(from);
            expect_near(*found, i, exact, {interpolates ? 4.0L : 0.0L}, scale,
                        [&] { return call_text("resize", settings, dtype) + " from " + std::to_string(from); });
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace revive::testing
