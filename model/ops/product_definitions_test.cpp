// Products of tensors beside sums of products over every letter of an einsum: of shapes around the strips of 6 x 16 and
// 8 x 32 that the product routine works in, of infinities and NaN, in every dtype.
#include <map>

#include "revive/model/ops/definitions.h"

namespace revive::testing {
namespace {

const NodeRef kX{0};

// The product of x and a constant, or of x alone where there is none; with one letter for each axis.
struct Product {
  std::string_view function;
  Settings settings;
  Dims x;
  std::optional<Dims> constant;
  // "ab,bc->ac": the first operand is x.
  std::string letters;
  bool constant_first = false;
};

Value axes_of(std::initializer_list<std::int64_t> left, std::initializer_list<std::int64_t> right) {
  Value::Array sides[2];
  for (const std::int64_t axis : left) sides[0].emplace_back(axis);
  for (const std::int64_t axis : right) sides[1].emplace_back(axis);
  return Value(Value::Array{Value(sides[0]), Value(sides[1])});
}

const std::vector<Product>& products() {
  static const std::vector<Product> kProducts = {
      {"matmul", {}, {2, 3, 4}, Dims{4, 5}, "abc,cd->abd"},
      {"matmul", {}, {2, 4}, Dims{4}, "ac,c->a"},
      {"matmul", {}, {2, 3, 4}, Dims{5, 3}, "abc,db->adc", true},
      {"matmul", {}, {2, 3, 4}, Dims{1, 4, 5}, "abc,zcd->abd"},
      {"matmul", {}, {2, 3, 4, 5}, Dims{3, 5, 2}, "abcd,bde->abce"},
      {"matmul", {}, {2, 3, 4}, Dims{3}, "abc,b->ac", true},
      {"matmul", {}, {2, 0, 4}, Dims{4, 5}, "abc,cd->abd"},
      {"matmul", {}, {2, 3, 0}, Dims{0, 5}, "abc,cd->abd"},
      {"dot", {}, {2, 3, 4}, Dims{4, 5}, "abc,cd->abd"},
      {"dot", {}, {2, 3, 4}, Dims{4}, "abc,c->ab"},
      {"dot", {}, {2, 3, 4}, Dims{6, 4, 5}, "abc,ecd->abed"},
      {"tensordot", {Value(1)}, {2, 3, 4}, Dims{4, 5}, "abc,cd->abd"},
      {"tensordot", {Value(2)}, {2, 3, 4}, Dims{3, 4, 5}, "abc,bcd->ad"},
      {"tensordot", {Value(0)}, {2, 3}, Dims{4}, "ab,c->abc"},
      {"tensordot", {axes_of({1}, {-1})}, {2, 3, 4}, Dims{5, 3}, "abc,db->acd"},
      {"tensordot", {axes_of({2, 1}, {0, 1})}, {2, 3, 4}, Dims{4, 3, 5}, "abc,cbd->ad"},
      {"einsum", {Value("abc,cd->abd")}, {2, 3, 4}, Dims{4, 5}, "abc,cd->abd"},
      {"einsum", {Value("abc,cd->adb")}, {2, 3, 4}, Dims{4, 5}, "abc,cd->adb"},
      {"einsum", {Value("abc,bc->a")}, {2, 3, 4}, Dims{3, 4}, "abc,bc->a"},
      {"einsum", {Value("abc->acb")}, {2, 3, 4}, {}, "abc->acb"},
      {"einsum", {Value("abc->ab")}, {2, 3, 17}, {}, "abc->ab"},
      {"einsum", {Value("abb->ab")}, {2, 3, 3}, {}, "abb->ab"},
      {"einsum", {Value("abb->a")}, {2, 3, 3}, {}, "abb->a"},
      {"einsum", {Value("...c,cd->...d")}, {2, 3, 4}, Dims{4, 5}, "abc,cd->abd"},
      {"einsum", {Value("abc,b->abc")}, {2, 3, 4}, Dims{3}, "abc,b->abc"},
      {"einsum", {Value("abc,de->abcde")}, {2, 1, 2}, Dims{3, 2}, "abc,de->abcde"},
  };
  return kProducts;
}

const Defined kDefined(products());

struct Sum {
  Exact total = 0;
  // Of the sizes of what was added up, and of how much.
  Exact size = 0;
  Whole whole = 0;
  std::size_t count = 0;
};

// The whole result, by going through every value of every letter.
std::vector<Sum> sums_of(const Product& product, const Tensor& x, const Tensor* constant) {
  const std::size_t arrow = product.letters.find("->");
  const std::string in = product.letters.substr(0, arrow);
  const std::string out = product.letters.substr(arrow + 2);
  const std::string left = in.substr(0, in.find(','));
  const std::string right = constant != nullptr ? in.substr(in.find(',') + 1) : "";
  std::map<char, std::int64_t> lengths;
  for (std::size_t axis = 0; axis < left.size(); ++axis) lengths[left[axis]] = x.dim(axis);
  for (std::size_t axis = 0; axis < right.size(); ++axis) lengths[right[axis]] = constant->dim(axis);
  std::string letters;
  Dims dims;
  std::size_t results = 1;
  for (const auto& [letter, length] : lengths) {
    letters += letter;
    dims.push_back(length);
  }
  for (const char letter : out) results *= static_cast<std::size_t>(lengths[letter]);
  std::vector<Sum> sums(results);
  const auto flat = [&](const std::string& term, const std::vector<std::int64_t>& values) {
    std::size_t index = 0;
    for (const char letter : term) {
      index =
          index * static_cast<std::size_t>(lengths[letter]) + static_cast<std::size_t>(values[letters.find(letter)]);
    }
    return index;
  };
  for (std::int64_t i = 0; i < element_count(dims).value(); ++i) {
    const auto values = unravel(i, dims);
    const Exact a = number_at(x, flat(left, values));
    const Exact b = constant != nullptr ? number_at(*constant, flat(right, values)) : 1;
    Sum& sum = sums[flat(out, values)];
    sum.total += a * b;
    sum.size += std::fabs(a * b);
    if (std::isfinite(a) && std::isfinite(b)) sum.whole += static_cast<Whole>(a) * static_cast<Whole>(b);
    ++sum.count;
  }
  return sums;
}

Exact expected_of(const Sum& sum, DType dtype) {
  if (dtype == DType::boolean) return sum.total != 0;
  return is_integer(dtype) ? wrapped(dtype, sum.whole) : sum.total;
}

// `numbers` in turn in both operands.
void expect_product(const Product& product, DType dtype, const Numbers& numbers) {
  const auto filled = [&](const Dims& dims, std::size_t first) {
    return tensor_of(dtype, dims, in_turn(numbers, static_cast<std::size_t>(element_count(dims).value()), first));
  };
  const Tensor x = filled(product.x, 0);
  std::optional<Tensor> constant;
  if (product.constant) constant = filled(*product.constant, 5);
  Argument::List operands = {kX};
  if (constant) operands.emplace_back(*constant);
  if (product.constant_first) std::swap(operands[0], operands[1]);
  const std::vector<Argument> arguments =
      product.function == "einsum" ? std::vector<Argument>{Argument(operands)} : std::vector<Argument>(operands);
  const auto found = result_of(product.function, arguments, product.settings, x);
  const auto call = [&] { return call_text(product.function, product.settings, dtype) + " " + product.letters; };
  ASSERT_TRUE(found) << call();
  const auto sums = sums_of(product, x, constant ? &*constant : nullptr);
  ASSERT_EQ(found->size(), sums.size()) << call();
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const Tolerance tolerance = {static_cast<Exact>(sums[i].count + 1), false};
    expect_near(*found, i, expected_of(sums[i], found->dtype()), tolerance, sums[i].size, call);
  }
}

Numbers moderate(DType dtype) {
  Numbers numbers;
  for (int i = 0; i < 23; ++i) {
    const Exact number = dtype == DType::boolean ? (i % 4 == 0 ? 1 : 0) : (i * 37) % 11 - (is_signed(dtype) ? 5 : 0);
    numbers.push_back(is_float(dtype) ? rounded(dtype, (i % 11 - 5) / 3.0L) : number);
  }
  return numbers;
}

TEST(OpDefinitions, OfProducts) {
  for (const Product& product : products()) {
    for (const DType dtype : computed_dtypes()) expect_product(product, dtype, moderate(dtype));
    expect_product(product, DType::float32, {1, 0, -2.5L, kInfinity, 0.5L, -0.0L, 3, 1, 1, kNaN, 2, 1, -1});
    expect_product(product, DType::int32, unfriendly(DType::int32));
    expect_product(product, DType::int8, unfriendly(DType::int8));
  }
}

TEST(OpDefinitions, OfProductsPastEveryWidthOfTheKernel) {
  for (const std::int64_t rows : {1, 5, 6, 7, 12, 13}) {
    for (const std::int64_t inner : {1, 2, 16, 17, 65, 257}) {
      for (const std::int64_t columns : {1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65}) {
        const Product product = {"matmul", {}, {1, rows, inner}, Dims{inner, columns}, "abc,cd->abd"};
        expect_product(product, DType::float32, moderate(DType::float32));
        if (inner == 17) expect_product(product, DType::float64, moderate(DType::float64));
        if (inner == 17) expect_product(product, DType::int32, unfriendly(DType::int32));
      }
    }
  }
}

}  // namespace
}  // namespace revive::testing
