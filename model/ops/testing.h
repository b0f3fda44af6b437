// What the tests of ops share: a graph of one op, and tensors and dtypes written as text.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "revive/model/graph/op.h"

namespace revive::testing {

// The op with its settings: the first `settings.size()` as given, the others at their fallbacks.
inline Node op_node(std::string_view function, std::vector<Argument> arguments, std::vector<Value> settings = {}) {
  const OpClass* const op = find_op_function(function);
  for (std::size_t i = settings.size(); op != nullptr && i < op->settings.size(); ++i) {
    settings.push_back(op->settings[i].fallback);
  }
  return {op, std::move(arguments), std::move(settings)};
}

inline Result<Graph> one_op(std::string_view function, std::vector<Argument> arguments,
                            std::vector<Value> settings = {}) {
  return Graph::make({op_node(function, std::move(arguments), std::move(settings))}, {1});
}

// "1 -0.5 nan inf" as an array of dims, or of one axis where they are left out.
inline Tensor array_of(DType dtype, std::string_view text, Dims dims = {}) {
  std::istringstream words{std::string(text)};
  std::vector<double> values;
  for (std::string word; words >> word;) values.push_back(std::strtod(word.c_str(), nullptr));
  if (dims.empty()) dims = {static_cast<std::int64_t>(values.size())};
  Tensor tensor(dtype, std::move(dims));
  EXPECT_EQ(tensor.size(), values.size()) << text;
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    if (dtype == DType::float32) tensor.data<float>()[i] = static_cast<float>(values[i]);
    if (dtype == DType::int32) tensor.data<std::int32_t>()[i] = static_cast<std::int32_t>(values[i]);
    if (dtype == DType::boolean) tensor.data<std::uint8_t>()[i] = values[i] != 0;
  }
  return tensor;
}
inline Tensor floats_of(std::string_view text, Dims dims = {}) {
  return array_of(DType::float32, text, std::move(dims));
}
inline Tensor ints_of(std::string_view text, Dims dims = {}) {
  return array_of(DType::int32, text, std::move(dims));
}

// The same dtype, dims and elements; floats within a few units in the last place of a sum of a handful of terms.
inline void expect_agrees(const Tensor& found, const Tensor& expected, std::string_view what) {
  ASSERT_EQ(found.dtype(), expected.dtype()) << what;
  ASSERT_EQ(found.dims(), expected.dims()) << what;
  if (found.dtype() != DType::float32) {
    EXPECT_TRUE(same_bits(found, expected)) << what;
    return;
  }
  constexpr float kRelative = 3e-6f;
  constexpr float kAbsolute = 1e-7f;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const float a = found.data<float>()[i];
    const float b = expected.data<float>()[i];
    const bool special = std::isnan(a) || std::isnan(b) || std::isinf(a) || std::isinf(b);
    const bool zeros = a == 0 && b == 0;
    const bool agree = special ? (std::isnan(a) && std::isnan(b)) || a == b
                       : zeros ? std::signbit(a) == std::signbit(b)
                               : std::fabs(a - b) <= kRelative * std::fabs(b) + kAbsolute;
    EXPECT_TRUE(agree) << what << ": element " << i << " is " << a << ", expected " << b;
  }
}

// "b", "i" or "f"; "!" for an error.
inline char dtype_letter(const Result<std::vector<TensorType>>& types) {
  if (!types) return '!';
  const DType dtype = types->back().dtype;
  return dtype == DType::boolean ? 'b' : dtype == DType::int32 ? 'i' : 'f';
}

// An array as a test writes it.
struct ArrayText {
  DType dtype = DType::float32;
  Dims dims = {};
  std::string_view elements = {};
};

// An op of x alone and what Keras gives for it.
struct OpRow {
  std::string_view function;
  std::vector<Value> settings;
  ArrayText x;
  ArrayText expected;
};

inline Tensor tensor_of(const ArrayText& array) {
  return array_of(array.dtype, array.elements, array.dims);
}

inline void expect_rows(std::span<const OpRow> rows) {
  for (const OpRow& row : rows) {
    const auto graph = one_op(row.function, {NodeRef{0}}, row.settings);
    ASSERT_TRUE(graph) << row.function << ": " << graph.error().text();
    Shape built(row.x.dims);
    built[0] = kUnknown;
    const auto types = graph->infer({row.x.dtype, built});
    ASSERT_TRUE(types) << graph->to_text() << ": " << types.error().text();
    const auto found = graph->evaluate(tensor_of(row.x));
    ASSERT_TRUE(found) << graph->to_text() << ": " << found.error().text();
    EXPECT_TRUE(types->back().shape.admits(found->dims())) << graph->to_text();
    expect_agrees(*found, tensor_of(row.expected), graph->to_text());
  }
}

// Settings that are refused when the graph is made or when it meets its input.
struct RefusedOp {
  std::string_view function;
  std::vector<Value> settings;
  std::string_view sentence;
};

inline void expect_refused(std::span<const RefusedOp> rows, const TensorType& x) {
  for (const RefusedOp& row : rows) {
    const auto graph = one_op(row.function, {NodeRef{0}}, row.settings);
    const auto types = graph ? graph->infer(x) : std::unexpected(graph.error());
    ASSERT_FALSE(types) << graph->to_text();
    EXPECT_EQ(types.error().code, ErrorCode::graph_argument);
    EXPECT_NE(types.error().message.find(row.sentence), std::string::npos) << types.error().text();
  }
}

template <typename T>
std::vector<T> elements(const Tensor& tensor) {
  return {tensor.data<T>().begin(), tensor.data<T>().end()};
}

inline Tensor ints(std::initializer_list<std::int32_t> values) {
  return Tensor::from<std::int32_t>({static_cast<std::int64_t>(values.size())}, values);
}
inline Tensor floats(std::initializer_list<float> values) {
  return Tensor::from<float>({static_cast<std::int64_t>(values.size())}, values);
}
inline Tensor bools(std::initializer_list<std::uint8_t> values) {
  Tensor tensor(DType::boolean, {static_cast<std::int64_t>(values.size())});
  std::ranges::copy(values, tensor.data<std::uint8_t>().begin());
  return tensor;
}

// The index of an element along each axis, computed from scratch: nothing shared with the loops under test.
inline std::vector<std::int64_t> unravel(std::int64_t flat, const Dims& dims) {
  std::vector<std::int64_t> index(dims.size());
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    index[axis] = flat % dims[axis];
    flat /= dims[axis];
  }
  return index;
}

}  // namespace revive::testing
