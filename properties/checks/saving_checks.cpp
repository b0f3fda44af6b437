// Whatever can be made and run can be saved, whatever it is called and whatever its lambdas captured.
//
// Each attempt makes something of the case's model that nobody would expect. Where making or running it is refused, as
// it may be, there is nothing to save; what is accepted has to come back.
#include <fmt/format.h>

#include <array>
#include <bit>
#include <limits>

#include "revive/model/lambda.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"
#include "revive/serializer/json/captures.h"
#include "revive/serializer/keras/config_codec.h"

namespace revive::properties {
namespace {

template <typename Items>
const auto& pick(Random& random, const Items& items) {
  return items[static_cast<std::size_t>(random.below(std::size(items)))];
}

// What people, paths, JSON, HDF5 and terminals have trouble with.
std::string odd_text(Random& random) {
  using namespace std::string_view_literals;
  constexpr std::array kTexts = {""sv,          "/"sv,        "a/b"sv,          ".."sv,         "a\0b"sv,
                                 "\xFF"sv,      "\xC3"sv,     "\xED\xA0\x80"sv, " "sv,          "\n"sv,
                                 "\"'\\{}"sv,   "\x7F\x1F"sv, "\u00E9"sv,       "\uFFFE"sv,     "\U0010FFFF"sv,
                                 "\u202Etxt"sv, "CON"sv,      "dense_10"sv,     "class_name"sv, "__numpy__"sv};
  constexpr std::array<std::size_t, 6> kLengths = {1, 255, 256, 1024, 1025, 5000};
  switch (random.below(8)) {
    case 0: return std::string(pick(random, kLengths), 'n');
    case 1: {
      std::string bytes(1 + static_cast<std::size_t>(random.below(8)), '\0');
      for (char& byte : bytes) byte = static_cast<char>(random.below(256));
      return bytes;
    }
    default: return std::string(pick(random, kTexts));
  }
}

double odd_real(Random& random) {
  using Real = std::numeric_limits<double>;
  constexpr std::array kReals = {0.0, -0.0, Real::quiet_NaN(), -Real::infinity(), Real::denorm_min(), Real::max(), 0.1};
  return random.below(2) == 0 ? pick(random, kReals) : std::bit_cast<double>(random.next());
}

std::int64_t odd_int(Random& random) {
  constexpr std::array kInts = {std::int64_t{0},
                                std::int64_t{-1},
                                INT64_MAX,
                                INT64_MIN,
                                (std::int64_t{1} << 53) + 1,
                                std::int64_t{INT32_MAX} + 1};
  return random.below(2) == 0 ? pick(random, kInts) : static_cast<std::int64_t>(random.next());
}

Value odd_scalar(Random& random) {
  switch (random.below(5)) {
    case 0: return odd_int(random);
    case 1: return odd_real(random);
    case 2: return random.below(2) == 0;
    case 3: return odd_text(random);
    default: return nullptr;
  }
}

// Tuples in tuples, now and then deeper than any text nests.
Value odd_tuple(Random& random, int depth = 0) {
  constexpr int kDeepest = 4;
  if (depth == 0 && random.below(8) == 0) {
    Value deep = Value::Array{1};
    for (std::uint64_t levels = random.below(400); levels > 0; --levels) deep = Value::Array{std::move(deep)};
    return deep;
  }
  Value::Array items;
  for (std::uint64_t count = random.below(4); count > 0; --count) {
    items.push_back(depth < kDeepest && random.below(3) == 0 ? odd_tuple(random, depth + 1) : odd_scalar(random));
  }
  return items;
}

// Of any bits, now and then of a dtype that nothing computes in, of more axes than any archive holds, or empty along
// any axis; bools stay bools.
Tensor odd_array(Random& random) {
  constexpr std::array kComputed = {DType::float32, DType::int32, DType::boolean};
  const auto any = static_cast<DType>(random.up_to(static_cast<std::uint64_t>(DType::boolean)));
  const DType dtype = random.below(4) == 0 ? any : pick(random, kComputed);
  Dims dims;
  for (std::uint64_t rank = random.below(random.below(8) == 0 ? 40 : 4); rank > 0; --rank) {
    dims.push_back(static_cast<std::int64_t>(dims.size() < 3 ? random.below(4) : 1));
  }
  if (!dims.empty() && random.below(4) == 0) dims.back() = 0;
  Tensor tensor(dtype, dims);
  for (std::byte& byte : tensor.bytes()) {
    byte = static_cast<std::byte>(random.below(dtype == DType::boolean ? 2 : 256));
  }
  return tensor;
}

// A lambda behind the case's own layers.
struct OddLambda {
  std::string text;
  Captures captures;
};

Result<Sequential> with_lambda(const Sequential& model, const OddLambda& lambda) {
  REVIVE_ASSIGN_OR_RETURN(auto layer, make_lambda(lambda.text, lambda.captures));
  std::vector<Layer> layers(model.layers().begin(), model.layers().end());
  layers.push_back(std::move(layer));
  return rebuild_stack(model, std::move(layers));
}

std::string use_of(std::string_view name, Random& random) {
  constexpr std::array<std::string_view, 6> kUses = {
      "lambda x: x if {0} is None else -x",  "lambda x: x * {0}",          "lambda x: x * len({0})",
      "lambda x: x if {0} == 'a/b' else -x", "lambda x: -x if {0} else x", "lambda x: x + {0}"};
  return fmt::format(fmt::runtime(pick(random, kUses)), name);
}

struct Attempt {
  std::string_view what;
  Result<Sequential> (*make)(const Sequential& model, Random& random);
};

constexpr std::array kAttempts = {
    Attempt{"a model of an odd name",
            [](const Sequential& model, Random& random) {
              return Sequential::make(odd_text(random), {model.layers().begin(), model.layers().end()});
            }},
    Attempt{"layers of odd names",
            [](const Sequential& model, Random& random) {
              std::vector<Layer> layers(model.layers().begin(), model.layers().end());
              layers.back().set_name(odd_text(random));
              visit_children(layers.back(), [&](const std::string&, const ChildSlot&, Layer& child) {
                child.set_name(odd_text(random));
              });
              return rebuild_stack(model, std::move(layers));
            }},
    Attempt{"a captured scalar",
            [](const Sequential& model, Random& random) {
              return with_lambda(model, {use_of("value", random), {{"value", odd_scalar(random)}}});
            }},
    Attempt{"a captured tuple",
            [](const Sequential& model, Random& random) {
              return with_lambda(model, {use_of("value", random), {{"value", odd_tuple(random)}}});
            }},
    Attempt{"a captured array",
            [](const Sequential& model, Random& random) {
              return with_lambda(model, {use_of("value", random), {{"value", odd_array(random)}}});
            }},
    Attempt{"captures of odd names",
            [](const Sequential& model, Random& random) {
              constexpr std::array<std::string_view, 6> kNames = {"class_name", "self.config", "__numpy__",
                                                                  "_",          "True_",       "x"};
              const std::string name(pick(random, kNames));
              return with_lambda(model, {use_of(name, random), {{name, odd_scalar(random)}, {odd_text(random), 1}}});
            }},
    Attempt{"a captured function",
            [](const Sequential& model, Random& random) {
              const std::string body = fmt::format("lambda y: y if '{}' == mode else -y", odd_text(random));
              return with_lambda(model, {"lambda x: f(x)", {{"f", Function{body}}, {"mode", odd_text(random)}}});
            }},
    Attempt{"an array made by the text",
            [](const Sequential& model, Random& random) {
              // One after the other: compilers call arguments in orders of their own.
              const std::uint64_t columns = random.below(3);
              const std::uint64_t rows = random.below(2);
              const auto text = fmt::format("lambda x: x[:, :{0}] * np.zeros((1, {0}, {1}))", rows, columns);
              return with_lambda(model, {text, {}});
            }},
    Attempt{"a text with an odd string",
            [](const Sequential& model, Random& random) {
              const std::string text = fmt::format("lambda x: x if mode == '{}' else -x", odd_text(random));
              return with_lambda(model, {text, {{"mode", odd_text(random)}}});
            }},
};

// The text of each lambda and the values that it captured, by its place.
Value annotations(const Sequential& model) {
  Value::Object found;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    const LambdaFunction* const expression = layer.lambda();
    if (expression == nullptr || !expression->annotation) return;
    const auto& [text, captures, input, lowering] = *expression->annotation;
    Value::Array shapes;
    for (const auto& [name, capture] : captures) {
      const Tensor* const array = std::get_if<Tensor>(&capture);
      shapes.emplace_back(array == nullptr ? std::string() : to_string(array->dims()));
    }
    found.emplace_back(
        path, Value::Object{{"text", text}, {"captures", captures_to_value(captures)}, {"shapes", std::move(shapes)}});
  });
  return found;
}

Verdict comes_back(const Sequential& model, const Case& the_case, const Subject& subject, const Legs& legs) {
  const auto revived = revive_case({model, the_case.input, the_case.environment}, subject, legs);
  if (!revived) return revived.error();
  if (const auto& loaded = revived->loaded.model) {
    if (auto verdict = legs.of("same_config", violation(first_config_difference(model, *loaded)))) return verdict;
    // A serializer need not keep them, but what it keeps is as it was.
    const Value before = annotations(model);
    const Value after = annotations(*loaded);
    for (const auto& [path, annotation] : after.as_object()) {
      const Value* const original = before.find(path);
      const auto difference = first_difference(original == nullptr ? Value() : *original, annotation, path);
      if (auto verdict = legs.of("same_annotations", violation(difference))) return verdict;
    }
    if (auto verdict = legs.of("same_weights", violation(first_weights_difference(model, *loaded)))) return verdict;
  }
  return compare_outputs(model, revived->loaded, the_case.input, subject, legs);
}

}  // namespace

Verdict what_builds_can_be_saved(const Case& the_case, const Subject& subject, const Legs& legs) {
  constexpr std::size_t kDrawn = 2;
  Random random = random_of(the_case);
  for (const std::size_t way : sample_ways(the_case, kAttempts.size(), kDrawn, random)) {
    const auto model = kAttempts[way].make(the_case.model, random);
    if (!model || !model->predict(the_case.input)) continue;
    if (auto verdict = comes_back(*model, the_case, subject, legs)) {
      return about(*model, kAttempts[way].what, std::move(verdict));
    }
  }
  return std::nullopt;
}

}  // namespace revive::properties
