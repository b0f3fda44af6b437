// Twenty things that could be wrong with a generated model, and the simplest model that each shrinks to.
//
// The start is whatever the generator happens to make; the end must be the one simplest model, field for field and
// number for number. "Simplest" is what recording.h says: fewer draws, then smaller ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "revive/model/registry.h"
#include "revive/properties/generate/generate.h"
#include "revive/properties/shrink/shrink.h"
#include "revive/properties/testing/one_line.h"

namespace revive::properties {
namespace {

using Layers = std::vector<const Layer*>;

void collect(const Layer& stack, Layers& layers) {
  if (stack.stack() == nullptr) return;
  for (const Layer& layer : *stack.stack()) {
    if (layer.layer_class().is_input) continue;
    layers.push_back(&layer);
    collect(layer, layers);
  }
}

// All layers that stand in stacks but the inputs', those in a nested stack after the stack. What is inside of another
// layer stands beside none.
Layers layers_of(const Case& the_case) {
  Layers layers;
  collect(the_case.model.root(), layers);
  return layers;
}

bool is(const Layer& layer, std::string_view class_name) {
  return layer.layer_class().name == class_name;
}

Value value_of(const Layer& layer, std::string_view field) {
  const Field* const declared = layer.layer_class().field(field);
  return declared == nullptr ? Value() : write_field(layer.ref(*declared));
}

bool any(const Case& the_case, const std::function<bool(const Layer&)>& holds) {
  return std::ranges::any_of(layers_of(the_case), [&](const Layer* layer) { return holds(*layer); });
}

// A layer for which `first` holds directly before one for which `second` does.
bool neighbours(const Case& the_case, const std::function<bool(const Layer&)>& first,
                const std::function<bool(const Layer&)>& second) {
  const Layers layers = layers_of(the_case);
  return std::ranges::adjacent_find(layers, [&](const Layer* a, const Layer* b) { return first(*a) && second(*b); }) !=
         layers.end();
}

std::function<bool(const Layer&)> of(std::string_view class_name) {
  return [=](const Layer& layer) { return is(layer, class_name); };
}

std::size_t count(const Case& the_case, std::string_view class_name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(layers_of(the_case), [&](const Layer* layer) { return is(*layer, class_name); }));
}

bool any_capture(const Case& the_case, const std::function<bool(const Capture&)>& holds) {
  return any(the_case, [&](const Layer& layer) {
    const LambdaFunction* const expression = layer.lambda();
    return expression != nullptr && expression->annotation &&
           std::ranges::any_of(expression->annotation->captures,
                               [&](const auto& capture) { return holds(capture.second); });
  });
}

bool has_slice_backwards(const Argument& argument) {
  if (const auto* slice = argument.get<Slice>()) return slice->step.value_or(1) < 0;
  const auto* list = argument.get<Argument::List>();
  return list != nullptr && std::ranges::any_of(*list, has_slice_backwards);
}

bool any_node(const Case& the_case, const std::function<bool(const Node&)>& holds) {
  return any(the_case, [&](const Layer& layer) {
    return layer.lambda() != nullptr && std::ranges::any_of(layer.lambda()->graph.nodes(), holds);
  });
}

bool any_weight(const Case& the_case, const std::function<bool(float)>& holds) {
  return any(the_case, [&](const Layer& layer) {
    return std::ranges::any_of(layer.weights(), [&](const Tensor& tensor) {
      return tensor.dtype() == DType::float32 && std::ranges::any_of(tensor.data<float>(), holds);
    });
  });
}

bool is_minus_zero(float value) {
  return value == 0 && std::signbit(value);
}

std::size_t weights_of(const Layer& layer) {
  std::size_t total = 0;
  for (const Tensor& tensor : layer.weights()) total += tensor.size();
  return total;
}

// A lambda that takes a slice with a step, and nothing else.
bool is_slice_with_step(const Layer& layer) {
  const LambdaFunction* const expression = layer.lambda();
  return expression != nullptr && expression->annotation && expression->annotation->text.starts_with("lambda x: x[") &&
         expression->annotation->text.contains("::");
}

// Two lambdas of one text that do not do the same: what late binding gets wrong.
bool one_slice_two_graphs(const Case& the_case) {
  const Layers layers = layers_of(the_case);
  return std::ranges::any_of(layers, [&](const Layer* a) {
    return std::ranges::any_of(layers, [&](const Layer* b) {
      return is_slice_with_step(*a) && is_slice_with_step(*b) &&
             a->lambda()->annotation->text == b->lambda()->annotation->text &&
             !(a->lambda()->graph == b->lambda()->graph);
    });
  });
}

struct Named {
  const char* name;
  bool (*fails)(const Case&);
  const char* simplest;
  // The end of some starts, where no single step leads from one to the other.
  const char* or_this = "";
};

void PrintTo(const Named& named, std::ostream* out) {
  *out << named.name;
}

const Named kNamed[] = {
    {"dense with more than 3 units",
     [](const Case& c) {
       return any(c, [](const Layer& l) { return is(l, "Dense") && value_of(l, "units").as_int() > 3; });
     },
     "(None, 1) | Dense(units=4)"},
    {"two LSTMs", [](const Case& c) { return count(c, "LSTM") >= 2; },
     R"((None, 1, 1) | LSTM(return_sequences=True, activation="linear", recurrent_activation="linear") | LSTM(activation="linear", recurrent_activation="linear"))"},
    {"three layers of one class",
     [](const Case& c) {
       // Three stacks would be a simplest case of their own.
       return any(c, [&](const Layer& l) {
         return !is(l, "Lambda") && !is(l, "Sequential") && count(c, l.layer_class().name) >= 3;
       });
     },
     "(None, 1) | Activation | Activation | Activation"},
    {"more than ten Dense", [](const Case& c) { return count(c, "Dense") > 10; },
     "(None, 1) | Dense | Dense | Dense | Dense | Dense | Dense | Dense | Dense | Dense | Dense | Dense"},
    {"a causal Conv1D with a dilation of 2",
     [](const Case& c) {
       return any(c, [](const Layer& l) {
         return is(l, "Conv1D") && value_of(l, "padding") == Value("causal") &&
                value_of(l, "dilation_rate") == Value(Value::Array{2});
       });
     },
     R"((None, 1, 1) | Conv1D(padding="causal", dilation_rate=(2,)))"},
    {"Dense after Flatten", [](const Case& c) { return neighbours(c, of("Flatten"), of("Dense")); },
     "(None, 1) | Flatten | Dense"},
    {"a GRU that goes backwards",
     [](const Case& c) {
       return any(c, [](const Layer& l) { return is(l, "GRU") && value_of(l, "go_backwards") == Value(true); });
     },
     R"((None, 1, 1) | GRU(go_backwards=True, activation="linear", recurrent_activation="linear"))"},
    {"an activation after BatchNormalization",
     [](const Case& c) {
       return neighbours(c, of("BatchNormalization"), [](const Layer& l) {
         const Value activation = value_of(l, "activation");
         return activation.is_string() && activation != Value("linear");
       });
     },
     R"((None, 1) | BatchNormalization | Activation(activation="relu"))"},
    {"Dropout before MaxPooling1D", [](const Case& c) { return neighbours(c, of("Dropout"), of("MaxPooling1D")); },
     "(None, 1, 1) | Dropout | MaxPooling1D(pool_size=(1,))"},
    {"weights in a nested stack",
     [](const Case& c) {
       bool found = false;
       visit_layers(c.model.root(), [&](const std::string& path, const Layer& l) {
         found = found || (std::ranges::count(path, '/') >= 4 && !l.weights().empty());
       });
       return found;
     },
     "(None, 1) | Sequential[Dense]"},
    {"masked steps before an LSTM",
     [](const Case& c) {
       return neighbours(
           c, [](const Layer& l) { return is(l, "Embedding") && value_of(l, "mask_zero") == Value(true); }, of("LSTM"));
     },
     R"((None, 1) int32 | Embedding(mask_zero=True) | LSTM(activation="linear", recurrent_activation="linear"))"},
    {"an LSTM with more than 100 weights",
     [](const Case& c) { return any(c, [](const Layer& l) { return is(l, "LSTM") && weights_of(l) > 100; }); },
     R"((None, 1, 1) | LSTM(units=5, activation="linear", recurrent_activation="linear"))"},
    {"an LSTM over unknown steps",
     [](const Case& c) {
       return any(c, [](const Layer& l) { return is(l, "LSTM") && l.input_shape()[1] == kUnknown; });
     },
     R"((None, None, 1) | LSTM(activation="linear", recurrent_activation="linear"))"},
    {"a lambda that captured a step other than 1",
     [](const Case& c) {
       return any(c, [](const Layer& l) {
         if (!is_slice_with_step(l)) return false;
         return std::ranges::any_of(l.lambda()->annotation->captures, [](const auto& capture) {
           const auto* value = std::get_if<Value>(&capture.second);
           return capture.first == "STEP" && value != nullptr && *value != Value(1);
         });
       });
     },
     "(None, 1) | Lambda(lambda x: x[..., ::STEP]; STEP = 2)"},
    {"a lambda that captured an array",
     [](const Case& c) {
       return any_capture(c, [](const Capture& capture) { return std::holds_alternative<Tensor>(capture); });
     },
     R"((None, 1) | Lambda(lambda x: ops.matmul(x, bias); bias = np.array([1.0], dtype="float32").reshape((1, 1))))",
     // A draw less, since the array has an axis less, and on a way that few starts take.
     R"((None, 1, 1) | Lambda(lambda x: ops.dot(x, bias); bias = np.array([1.0], dtype="float32")))"},
    {"one slice with two captures", one_slice_two_graphs,
     "(None, 1) | Lambda(lambda x: x[..., ::-STEP]; STEP = 1) | Lambda(lambda x: x[..., ::-STEP]; STEP = 2)"},
    {"a slice that goes backwards",
     [](const Case& c) {
       return any_node(c, [](const Node& node) { return std::ranges::any_of(node.arguments, has_slice_backwards); });
     },
     "(None, 1) | Lambda(lambda x: x[..., ::-1])"},
    {"NaN in weights", [](const Case& c) { return any_weight(c, [](float weight) { return std::isnan(weight); }); },
     R"((None, 1) | Dense; kernel[0] = float("nan"))"},
    {"-0.0 in the input",
     [](const Case& c) {
       return c.input.dtype() == DType::float32 && std::ranges::any_of(c.input.data<float>(), is_minus_zero);
     },
     "(None, 1) | Activation; input[0] = -0.0"},
    {"lambda in a stack between layers",
     [](const Case& c) {
       return any(c,
                  [](const Layer& l) {
                    return is(l, "Sequential") && std::ranges::any_of(l.children("layers"), [](const Layer& inner) {
                             return is(inner, "Lambda");
                           });
                  }) &&
              neighbours(c, of("Lambda"), of("Dense"));
     },
     "(None, 1) | Sequential[Lambda(lambda x: -x)] | Dense"},
};

using Values = std::vector<std::uint64_t>;

// The classes that the counterexamples are about, so that a start stays where it is when another class is added.
GenerateOptions of_these_classes() {
  GenerateOptions options;
  for (const char* const name :
       {"Dense", "Activation", "ReLU", "Dropout", "Flatten", "Reshape", "Conv1D", "MaxPooling1D", "BatchNormalization",
        "Embedding", "LSTM", "GRU", "Lambda", "LayerNormalization", "Sequential", "Softmax"}) {
    options.only.push_back(find_layer_class(name));
  }
  return options;
}

Result<Case> generated(Choices& choices) {
  static const GenerateOptions options = of_these_classes();
  return generate_case(choices, options);
}

// The recordings of `want` random cases that fail.
std::vector<Values> failing_cases(const Named& named, std::size_t want) {
  constexpr std::uint64_t kLastSeed = 20'000;
  std::vector<Values> found;
  for (std::uint64_t seed = 0; found.size() < want && seed < kLastSeed; ++seed) {
    Choices choices = Choices::random(seed);
    const auto made = generated(choices);
    if (made && named.fails(*made)) found.push_back(choices.recording().values());
  }
  return found;
}

class ShrinkModelTo : public ::testing::TestWithParam<Named> {};

TEST_P(ShrinkModelTo, TheSimplestModel) {
  const Named& named = GetParam();
  constexpr std::size_t kStarts = 5;
  const std::vector<Values> starts = failing_cases(named, kStarts);
  ASSERT_EQ(starts.size(), kStarts);
  for (const Values& start : starts) {
    const ShrinkResult result =
        shrink(start, generated, [&](const Result<Case>& made) { return made && named.fails(*made); });
    EXPECT_FALSE(result.budget_spent);
    Choices choices = Choices::replay(result.recording.values());
    const auto minimal = generated(choices);
    ASSERT_TRUE(minimal);
    EXPECT_THAT(testing::one_line(*minimal), ::testing::AnyOf(named.simplest, named.or_this))
        << "from " << to_hex(start) << " to " << to_hex(result.recording.values()) << " in " << result.tries
        << " tries of " << result.runs;
  }
}

std::string identifier(std::string name) {
  std::ranges::replace_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Model, ShrinkModelTo, ::testing::ValuesIn(kNamed),
                         [](const auto& param) { return identifier(param.param.name); });

}  // namespace
}  // namespace revive::properties
