// What a model does not need to run, and what must not depend on other models.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "revive/model/lambda.h"
#include "revive/model/layers/input_layer.h"
#include "revive/properties/archive/archive_parts.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"
#include "revive/serializer/keras/config_codec.h"
#include "revive/serializer/zip/archive.h"

namespace revive::properties {
namespace {

// Values that readers and printers of JSON are known to change.
const std::vector<Value>& telling_values() {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kBeyondDouble = (std::int64_t{1} << 53) + 1;
  static const std::vector<Value> values = {Value(kBeyondDouble),
                                            Value(-kBeyondDouble),
                                            Value(kLargest),
                                            Value(std::int64_t{1} << 31),
                                            Value(0),
                                            Value(1.0),
                                            Value(-0.0),
                                            Value(1e-5),
                                            Value(0.1),
                                            Value(std::numeric_limits<double>::quiet_NaN()),
                                            Value(-std::numeric_limits<double>::infinity()),
                                            Value(std::numeric_limits<double>::denorm_min()),
                                            Value(false),
                                            Value(),
                                            Value(Value::Array{}),
                                            Value(Value::Object{}),
                                            Value("\u00E9 \u5C64 \"\\/\n")};
  return values;
}

const Value& telling_value(Random& random) {
  return telling_values()[static_cast<std::size_t>(random.below(telling_values().size()))];
}

Value keras_object(std::string_view module, std::string_view class_name, Value::Object config) {
  return Value::Object{
      {"module", module}, {"class_name", class_name}, {"config", std::move(config)}, {"registered_name", Value()}};
}

// What Keras takes under a layer's key, with values that tell: an initializer and a constraint take any.
Value training_setting(std::string_view key, Random& random) {
  if (key == "seed") return Value((std::int64_t{1} << 32) - 1);
  if (key == "noise_shape") return Value::Array{Value(), Value(std::int64_t{1} << 31)};
  if (key.ends_with("_initializer")) {
    return keras_object("keras.initializers", "Constant", {{"value", telling_value(random)}});
  }
  if (key.ends_with("_constraint")) {
    return keras_object("keras.constraints", "MaxNorm",
                        {{"max_value", telling_value(random)}, {"axis", telling_value(random)}});
  }
  const std::vector<Value> penalties = {Value(0), Value(-0.0), Value(0.1), Value(1), Value(1.0)};
  const std::size_t penalty = static_cast<std::size_t>(random.below(penalties.size()));
  return keras_object("keras.regularizers", "L2", {{"l2", penalties[penalty]}});
}

// The slots of an optimizer: bits of every kind, in an order that sorting by name would change.
std::vector<TrainingTensor> optimizer_variables(Random& random) {
  std::vector<TrainingTensor> tensors;
  for (int i = 0; i < 11; ++i) {
    Tensor tensor(DType::float32, {1 + static_cast<std::int64_t>(random.below(3))});
    for (float& value : tensor.data<float>()) value = std::bit_cast<float>(static_cast<std::uint32_t>(random.next()));
    tensors.push_back({fmt::format("optimizer/vars/{}", i), std::move(tensor)});
  }
  return tensors;
}

// The case's model as one that was compiled and trained would be; with what stands beside config and weights in a
// .keras archive where the subject writes those.
Sequential with_training_data(const Case& the_case, const Subject& subject, Random& random) {
  Sequential model = the_case.model;
  Value::Object numbers;
  for (const std::size_t which : sample_ways(the_case, telling_values().size(), 3, random)) {
    numbers.emplace_back(fmt::format("value_{}", which), telling_values()[which]);
  }
  model.set_compile_config(
      Value::Object{{"optimizer", Value::Object{{"config", std::move(numbers)}}}, {"loss", "mse"}});
  visit_layers(model.root(), [&](const std::string&, Layer& layer) {
    for (const std::string_view key : layer.layer_class().training_only) {
      layer.training_only().emplace_back(key, training_setting(key, random));
    }
  });
  if (!subject.keras_archives) return model;
  model.set_training_tensors(optimizer_variables(random));
  model.set_assets({{"assets/vocabulary.txt", {std::byte{'a'}, std::byte{0}, std::byte{0xFF}}}});
  return model;
}

// Pieces of training state that stock Keras refuses in safe mode, or imports a module for where it is an old one.
Value unsafe_object(Random& random) {
  static const std::vector<Value> objects = {
      Value::Object{{"class_name", "__lambda__"}, {"config", Value::Object{{"value", Value::Array{"4wA="}}}}},
      Value::Object{{"module", "os"}, {"class_name", "system"}, {"config", Value::Object{{"command", "id"}}}},
      Value::Object{{"module", Value()}, {"class_name", "MyLoss"}, {"config", Value::Object{}}},
      Value::Object{{"module", "keras.losses"},
                    {"class_name", "Huber"},
                    {"config", Value::Object{}},
                    {"registered_name", "my>Huber"}},
      Value::Object{{"module", "builtins"}, {"class_name", "function"}, {"config", "exec"}}};
  const Value& object = objects[static_cast<std::size_t>(random.below(objects.size()))];
  // Keras looks into lists and configs as well.
  if (random.below(2) == 0) return object;
  return Value::Array{
      Value::Object{{"module", "keras.regularizers"}, {"class_name", "L2"}, {"config", Value::Object{{"l2", object}}}}};
}

// The case's model with unsafe training state in one place of its compile config and of one layer that has any.
Sequential with_unsafe_state(const Case& the_case, Random& random) {
  Sequential model = the_case.model;
  constexpr std::array<std::string_view, 4> kKeys = {"optimizer", "loss", "metrics", "weighted_metrics"};
  // One after the other: compilers call what stands in one expression in orders of their own.
  const std::string_view where = kKeys.at(static_cast<std::size_t>(random.below(kKeys.size())));
  Value object = unsafe_object(random);
  model.set_compile_config(Value::Object{{"steps_per_execution", 1}, {std::string(where), std::move(object)}});
  visit_layers(model.root(), [&](const std::string&, Layer& layer) {
    const auto& keys = layer.layer_class().training_only;
    if (keys.empty()) return;
    Value unsafe = unsafe_object(random);
    layer.training_only().emplace_back(keys[static_cast<std::size_t>(random.below(keys.size()))], std::move(unsafe));
  });
  return model;
}

// What of a config stock Keras would not take in safe mode; found without a list of what is Keras' own.
std::optional<std::string> unsafe_name(const Value& value) {
  if (value.is_array()) {
    for (const Value& item : value.as_array()) {
      if (auto name = unsafe_name(item)) return name;
    }
  }
  if (!value.is_object()) return std::nullopt;
  const Value* const class_name = value.find("class_name");
  const Value* const module = value.find("module");
  const Value* const registered = value.find("registered_name");
  if (class_name != nullptr && *class_name == Value("__lambda__")) return "__lambda__";
  if (class_name != nullptr && module != nullptr) {
    const bool is_keras = module->is_string() && module->as_string().starts_with("keras");
    const bool is_own = registered == nullptr || registered->is_null() || *registered == *class_name;
    if (!is_keras || !is_own) return value.brief();
  }
  for (const auto& [key, member] : value.as_object()) {
    if (auto name = unsafe_name(member)) return name;
  }
  return std::nullopt;
}

// Another model for the same input: the case's with other weights, or a lambda where it has none.
Result<Sequential> another_model(const Case& the_case, Random& random) {
  Sequential other = the_case.model;
  bool changed = false;
  visit_layers(other.root(), [&](const std::string&, Layer& layer) {
    renew_weights(layer, random);
    changed = changed || !layer.weights().empty();
  });
  if (changed) return other;
  REVIVE_ASSIGN_OR_RETURN(auto lambda, make_lambda("lambda x: -x - 1", {}));
  return rebuild_stack(the_case.model, {make_input_layer(other.input_shape(), other.input_dtype()), std::move(lambda)});
}

}  // namespace

Verdict training_data_is_carried(const Case& the_case, const Subject& subject, const Legs& legs) {
  constexpr std::string_view kTrained = "compiled and trained";
  Random random = random_of(the_case);
  const Sequential model = with_training_data(the_case, subject, random);
  const auto revived = revive_case({model, the_case.input, the_case.environment}, subject, legs);
  if (!revived) return about(model, kTrained, revived.error());
  const auto difference = first_difference(model, *revived->loaded.model);
  return about(model, kTrained, legs.of("same_model", violation(difference)));
}

Verdict what_is_written_is_safe(const Case& the_case, const Subject& subject, const Legs& legs) {
  constexpr std::string_view kUnsafe = "compiled with what is not Keras' own";
  Random random = random_of(the_case);
  const Sequential model = with_unsafe_state(the_case, random);
  // A layer that the user registered is written under the name that it was registered under.
  if (const auto config = model_to_config(the_case.model); config && unsafe_name(*config)) return std::nullopt;
  const auto saved = subject.save(model, the_case.environment);
  if (!saved) return about(model, kUnsafe, legs.of("saves", violation("it is not saved", saved.error())));
  const auto parts = open_archive(*saved, {});
  const auto config = parts ? read_json_part(*parts, kConfigMember, {}) : std::nullopt;
  if (!config) {
    const Verdict unread = Violation{.message = "what is saved has no config.json to read"};
    return about(model, kUnsafe, legs.of("has_config", unread));
  }
  if (const auto name = unsafe_name(*config)) {
    const Verdict unsafe = Violation{.message = fmt::format("config.json holds {}", *name)};
    return about(model, kUnsafe, legs.of("no_code", unsafe));
  }
  return std::nullopt;
}

Verdict loads_are_independent(const Case& the_case, const Subject& subject, const Legs& legs) {
  constexpr std::string_view kSecond = "the model that was loaded second";
  Random random = random_of(the_case);
  const auto other = another_model(the_case, random);
  if (!other) return violation("another model cannot be made", other.error());
  const auto first = revive_case(the_case, subject, legs);
  if (!first) return first.error();
  const auto second = revive_case({*other, the_case.input, the_case.environment}, subject, {});
  if (!second) return about(*other, kSecond, legs.of("second_comes_back", second.error()));
  if (auto verdict = compare_outputs(the_case.model, first->loaded, the_case.input, subject, legs)) {
    verdict->message = "after another model was loaded: " + verdict->message;
    return verdict;
  }
  return about(*other, kSecond,
               legs.of("second_same_output", compare_outputs(*other, second->loaded, the_case.input, subject, legs)));
}

}  // namespace revive::properties
