#include "revive/fuzz/oracles/lambda_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

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

// Small numbers of both signs, zeros, and a NaN in front.
Tensor filled(const TensorType& type) {
  Tensor x(type.dtype, type.shape.concrete(kBatch, kUnknownLength));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const int value = static_cast<int>(i * 7 % 11) - 5;
    if (type.dtype == DType::float32) {
      x.data<float>()[i] = i == 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(value) / 4;
    }
    if (type.dtype == DType::int32) x.data<std::int32_t>()[i] = value;
    if (type.dtype == DType::boolean) x.data<std::uint8_t>()[i] = value > 0 ? 1 : 0;
  }
  return x;
}

using Objection = std::optional<std::string>;

template <typename T>
Objection failure(const std::optional<Result<T>>& step, std::string_view what) {
  const Error* const error = failure_of(step);
  if (error == nullptr) return std::nullopt;
  return fmt::format("{}: {}", what, error->text());
}

// Why the text was refused; nullptr where it was not.
const Error* refusal(const LambdaTrial& trial) {
  return trial.made ? nullptr : &trial.made.error();
}

Objection refused_with_place(const LambdaTrial& trial) {
  const Error* const error = refusal(trial);
  if (error == nullptr || !error->place.empty()) return std::nullopt;
  return "an error without a place: " + error->message;
}

Objection refused_with_sentence(const LambdaTrial& trial) {
  const Error* const error = refusal(trial);
  if (error == nullptr || !error->message.empty()) return std::nullopt;
  return "an error without a message: " + error->place;
}

Objection has_a_tree(const LambdaTrial& trial) {
  if (trial.tree || !trial.made) return std::nullopt;
  return "a text without a tree gives an expression: " + trial.tree.error().text();
}

Objection tree_is_taken(const LambdaTrial& trial) {
  const Error* const error = failure_of(trial.of_tree);
  if (error == nullptr || !trial.made) return std::nullopt;
  return "the tree is refused: " + error->text();
}

Objection tree_is_refused(const LambdaTrial& trial) {
  const Error* const error = refusal(trial);
  if (error == nullptr || !succeeded(trial.of_tree)) return std::nullopt;
  return "the tree is taken: " + error->text();
}

Objection tree_gives_the_graph(const LambdaTrial& trial) {
  if (!succeeded(trial.of_tree) || !trial.made || (*trial.of_tree)->graph == trial.made->graph) return std::nullopt;
  return "the tree gives another graph: " + (*trial.of_tree)->graph.to_text();
}

Objection printed_parses(const LambdaTrial& trial) {
  const Error* const error = failure_of(trial.parsed);
  if (error == nullptr) return std::nullopt;
  return fmt::format("the printed text {} does not parse: {}", *trial.printed, error->text());
}

Objection printed_is_the_tree(const LambdaTrial& trial) {
  if (!succeeded(trial.parsed) || same_tree(*trial.tree, **trial.parsed)) return std::nullopt;
  return fmt::format("the printed text {} is another tree", *trial.printed);
}

Objection annotation_is_taken(const LambdaTrial& trial) {
  return failure(trial.again, "its own annotation is refused");
}

Objection annotation_gives_the_graph(const LambdaTrial& trial) {
  if (!succeeded(trial.again) || (*trial.again)->graph == trial.made->graph) return std::nullopt;
  return "its own annotation gives another graph: " + (*trial.again)->graph.to_text();
}

Objection takes_its_input(const LambdaTrial& trial) {
  return trial.typed ? failure(trial.types, "the graph does not take the input it is made for") : std::nullopt;
}

Objection is_written(const LambdaTrial& trial) {
  return failure(trial.written, "the graph is not written");
}

Objection is_read(const LambdaTrial& trial) {
  return failure(trial.read, "what was written is not read");
}

Objection same_graph_read(const LambdaTrial& trial) {
  if (!succeeded(trial.read) || (*trial.read)->graph == trial.made->graph) return std::nullopt;
  return "another graph was read: " + (*trial.read)->graph.to_text();
}

Objection computes_its_dtype(const LambdaTrial& trial) {
  if (!succeeded(trial.output) || (*trial.output)->dtype() == (*trial.types)->back().dtype) return std::nullopt;
  return fmt::format("{} inferred, {} computed", name_of((*trial.types)->back().dtype),
                     name_of((*trial.output)->dtype()));
}

Objection computes_its_shape(const LambdaTrial& trial) {
  if (!succeeded(trial.output) || (*trial.types)->back().shape.admits((*trial.output)->dims())) return std::nullopt;
  return fmt::format("{} inferred, {} computed", to_string((*trial.types)->back().shape),
                     to_string((*trial.output)->dims()));
}

constexpr std::array kLegs = {
    LambdaLeg{"refused_with_place", "A text that is refused is refused at a place.", refused_with_place},
    LambdaLeg{"refused_with_sentence", "A text that is refused is refused with a sentence.", refused_with_sentence},
    LambdaLeg{"has_a_tree", "What an expression is made of has a tree.", has_a_tree},
    LambdaLeg{"tree_is_taken", "Where the text gives an expression the tree does.", tree_is_taken},
    LambdaLeg{"tree_is_refused", "Where the text is refused the tree is.", tree_is_refused},
    LambdaLeg{"tree_gives_the_graph", "The tree gives the graph of the text.", tree_gives_the_graph},
    LambdaLeg{"printed_parses", "The text of a tree parses.", printed_parses},
    LambdaLeg{"printed_is_the_tree", "The text of a tree parses to the tree.", printed_is_the_tree},
    LambdaLeg{"annotation_is_taken", "An expression can be made of its annotation.", annotation_is_taken},
    LambdaLeg{"annotation_gives_the_graph", "The annotation gives the graph.", annotation_gives_the_graph},
    LambdaLeg{"takes_its_input", "A graph takes the input that it is made for.", takes_its_input},
    LambdaLeg{"is_written", "A graph that takes an input can be stored for it.", is_written},
    LambdaLeg{"is_read", "What is stored is read.", is_read},
    LambdaLeg{"same_graph_read", "What is read is the graph.", same_graph_read},
    LambdaLeg{"computes_its_dtype", "The output has the dtype that is inferred.", computes_its_dtype},
    LambdaLeg{"computes_its_shape", "The output has a shape that is inferred.", computes_its_shape},
};

void try_tree(LambdaTrial& trial, const LambdaCase& drawn, const LoweringOptions& options, const LambdaCalls& calls) {
  trial.tree = calls.parse(drawn.text, options.limits);
  if (!trial.tree) return;
  trial.of_tree = calls.make_of_tree(*trial.tree, lambda_captures(), options);
  trial.printed = calls.print(*trial.tree, options.limits);
  if (trial.printed) trial.parsed = calls.parse(*trial.printed, options.limits);
}

void try_graph(LambdaTrial& trial, const LambdaCase& drawn, const Limits& limits, const LambdaCalls& calls) {
  const Graph& graph = trial.made->graph;
  trial.types = calls.infer(graph, drawn.input, limits);
  if (!*trial.types) return;
  trial.written = calls.write(graph, drawn.input, limits);
  if (*trial.written) trial.read = calls.read(**trial.written, limits);
  trial.output = calls.evaluate(graph, filled(drawn.input), limits);
}

}  // namespace

LambdaCase lambda_case(std::span<const std::uint8_t> bytes) {
  const auto choice = [&](std::size_t at) { return at < bytes.size() ? bytes[at] : std::uint8_t{0}; };
  LambdaCase drawn{inputs()[choice(0) % inputs().size()], choice(1) % 2 == 1, {}};
  const auto text = bytes.subspan(std::min<std::size_t>(2, bytes.size()));
  drawn.text.assign(text.begin(), text.end());
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

LambdaCalls::LambdaCalls()
    : make([](std::string_view text, const Captures& captures, const LoweringOptions& options) {
        return make_expression(text, captures, options);
      }),
      make_of_tree([](const Tree& tree, const Captures& captures, const LoweringOptions& options) {
        return make_expression(tree, captures, options);
      }),
      infer(
          [](const Graph& graph, const TensorType& input, const Limits& limits) { return graph.infer(input, limits); }),
      evaluate([](const Graph& graph, const Tensor& x, const Limits& limits) { return graph.evaluate(x, limits); }),
      write([](const Graph& graph, const TensorType& input, const Limits& limits) {
        return functional_config(graph, "lambda", input, limits);
      }),
      read([](const Value& config, const Limits& limits) { return read_functional(config, "config.json: ", limits); }) {
}

std::span<const LambdaLeg> lambda_legs() {
  return kLegs;
}

std::optional<Finding> lambda_violation(const LambdaCase& drawn, const Limits& limits, const LambdaCalls& calls,
                                        std::span<const LambdaLeg> legs) {
  LoweringOptions options{.input = std::nullopt, .limits = limits};
  if (drawn.typed) options.input = drawn.input;
  LambdaTrial trial{.typed = drawn.typed, .made = calls.make(drawn.text, lambda_captures(), options)};
  try_tree(trial, drawn, options, calls);
  if (trial.made) {
    trial.again = calls.make(trial.made->annotation->text, trial.made->annotation->captures, options);
    try_graph(trial, drawn, limits, calls);
  }
  return first_objection(legs, trial);
}

}  // namespace revive::fuzz
