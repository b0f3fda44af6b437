#include "revive/fuzz/oracles/lambda_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "revive/model/lambda/printer.h"
#include "revive/serializer/keras/functional.h"

namespace revive::fuzz {
namespace {

// Of an axis that the type leaves open.
constexpr std::int64_t kBatch = 2;
constexpr std::int64_t kUnknownLength = 3;

const std::vector<TensorType>& inputs() {
  static const std::vector<TensorType> types = {
      {DType::float32, {kUnknown, 4}},
      {DType::float32, {kUnknown, 3, 4}},
      {DType::float32, {kUnknown, kUnknown, 4}},
      {DType::float32, {kUnknown, 4, 4, 3}},
      {DType::int32, {kUnknown, 5}},
      {DType::boolean, {kUnknown, 2, 3}},
      {DType::float32, {2, 6, 1}},
      {DType::float32, {kUnknown, 2, 2, 2, 3}},
      {DType::float32, {kUnknown}},
      {DType::float32, {kUnknown, 0, 4}},
  };
  return types;
}

// Small numbers of both signs, zeros and a NaN.
Tensor filled(const TensorType& type) {
  Tensor x(type.dtype, type.shape.concrete(kBatch, kUnknownLength));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const int value = static_cast<int>(i * 7 % 11) - 5;
    if (type.dtype == DType::float32) x.data<float>()[i] = static_cast<float>(value) / 4;
    if (type.dtype == DType::int32) x.data<std::int32_t>()[i] = value;
    if (type.dtype == DType::boolean) x.data<std::uint8_t>()[i] = value > 0 ? 1 : 0;
  }
  if (type.dtype == DType::float32 && x.size() > 0) x.data<float>()[0] = std::numeric_limits<float>::quiet_NaN();
  return x;
}

std::optional<std::string> tree_violation(const LambdaCase& drawn, const LoweringOptions& options,
                                          const Result<LambdaFunction>& made) {
  const auto tree = parse_lambda(drawn.text, options.limits);
  if (!tree) return made ? std::optional("a text without a tree gives an expression") : std::nullopt;
  const auto from_tree = make_expression(*tree, lambda_captures(), options);
  if (from_tree.has_value() != made.has_value()) {
    return "the tree " + (made ? "is refused: " + from_tree.error().text() : "is taken: " + made.error().text());
  }
  if (made && from_tree->graph != made->graph) return "the tree gives another graph";
  const auto printed = tree_to_text(*tree, options.limits);
  if (!printed) return std::nullopt;
  const auto again = parse_lambda(*printed, options.limits);
  if (!again) return fmt::format("the printed text {} does not parse: {}", *printed, again.error().text());
  if (!same_tree(*tree, *again)) return fmt::format("the printed text {} is another tree", *printed);
  return std::nullopt;
}

std::optional<std::string> graph_violation(const Graph& graph, const TensorType& input, const Limits& limits) {
  const auto types = graph.infer(input, limits);
  if (!types) return std::nullopt;
  const auto config = functional_config(graph, "lambda", input, limits);
  if (!config) return "the graph is not written: " + config.error().text();
  const auto read = read_functional(*config, "config.json: ", limits);
  if (!read) return "what was written is not read: " + read.error().text();
  if (read->graph != graph) return "another graph was read: " + read->graph.to_text();
  const Tensor x = filled(input);
  const auto output = graph.evaluate(x, limits);
  // Lengths that were unknown may not fit after all.
  if (!output) return std::nullopt;
  if (output->dtype() != types->back().dtype || !types->back().shape.admits(output->dims())) {
    return fmt::format("{} inferred, {} computed", to_string(types->back().shape), to_string(output->dims()));
  }
  return std::nullopt;
}

}  // namespace

LambdaCase lambda_case(std::span<const std::uint8_t> bytes) {
  const auto choice = [&](std::size_t at) { return at < bytes.size() ? bytes[at] : std::uint8_t{0}; };
  LambdaCase drawn{inputs()[choice(0) % inputs().size()], choice(1) % 2 == 1, {}};
  if (bytes.size() > 2) drawn.text.assign(bytes.begin() + 2, bytes.end());
  return drawn;
}

std::vector<std::uint8_t> lambda_bytes(std::size_t input, std::string_view text) {
  std::vector<std::uint8_t> bytes(2 + text.size());
  bytes[0] = static_cast<std::uint8_t>(input);
  bytes[1] = 1;
  std::ranges::copy(text, bytes.begin() + 2);
  return bytes;
}

const Captures& lambda_captures() {
  static const Captures captures = {
      {"n", 2},
      {"s", 0.5},
      {"t", Value::Array{1, 2}},
      {"a", Tensor::from<float>({4}, {1, -2, 0.5F, 3})},
      {"m", Tensor::from<float>({4, 2}, {1, 2, 3, 4, 5, 6, 7, 8})},
      {"i", Tensor::from<std::int32_t>({2}, {1, 0})},
      {"f", Function{"lambda v, k=2: v * k + n"}},
      {"g", Function{"lambda v: f(f(v))"}},
      {"r", Function{"lambda v: r(v)"}},
      {"act", Function{"tf.nn.relu"}},
      {"tfm", Function{"tf.math"}},
      {"self.width", 3},
      {"nan", std::numeric_limits<double>::quiet_NaN()},
      {"word", "float32"},
  };
  return captures;
}

std::optional<std::string> lambda_violation(const LambdaCase& drawn, const Limits& limits) {
  LoweringOptions options{.input = std::nullopt, .limits = limits};
  if (drawn.typed) options.input = drawn.input;
  const auto made = make_expression(drawn.text, lambda_captures(), options);
  if (!made && (made.error().message.empty() || made.error().place.empty())) {
    return fmt::format("an error without a {}", made.error().message.empty() ? "message" : "place");
  }
  if (auto trouble = tree_violation(drawn, options, made)) return trouble;
  if (!made) return std::nullopt;
  const auto again = make_expression(made->annotation->text, made->annotation->captures, options);
  if (!again || again->graph != made->graph) return "its own annotation does not give the graph again";
  if (drawn.typed && !made->graph.infer(drawn.input, limits)) return "the graph does not take the input it is made for";
  return graph_violation(made->graph, drawn.input, limits);
}

}  // namespace revive::fuzz
