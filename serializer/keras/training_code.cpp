#include "revive/serializer/keras/training_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "revive/serializer/keras/layer_settings.h"

namespace revive {
namespace {

// Which classes of training state stock Keras 3.15 has, by module, in one text of words each; those of a layer's
// settings are in layer_settings.cpp.
struct ModuleClasses {
  std::string_view module;
  std::string_view classes;
  // What one or another of their constructors takes, where they refuse what they do not know.
  std::string_view arguments = {};
};
constexpr std::array kClasses = {
    ModuleClasses{"keras", "DTypePolicy"},
    ModuleClasses{"keras.losses",
                  "BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy "
                  "CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber "
                  "KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
                  "MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky"},
    ModuleClasses{
        "keras.metrics",
        "AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy "
        "CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives "
        "FalsePositives Hinge IoU KLDivergence LogCoshError Mean MeanAbsoluteError "
        "MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError "
        "OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall "
        "RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy "
        "SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge "
        "Sum TopKCategoricalAccuracy TrueNegatives TruePositives"},
    ModuleClasses{
        "keras.optimizers",
        "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer MultiOptimizer Muon "
        "Nadam OptimizerMap RMSprop SGD ScheduleFreeAdamW",
        "adam_beta_1 adam_beta_2 adam_lr_ratio adam_weight_decay amsgrad beta beta_1 beta_2 beta_2_decay "
        "centered clip_threshold clipnorm clipvalue decay default_optimizer dynamic_growth_steps ema_momentum "
        "ema_overwrite_frequency epsilon epsilon_1 epsilon_2 exclude_embeddings exclude_layers "
        "global_clipnorm gradient_accumulation_steps initial_accumulator_value initial_scale inner_optimizer "
        "l1_regularization_strength l2_regularization_strength l2_shrinkage_regularization_strength "
        "learning_rate learning_rate_power loss_scale_factor momentum muon_a muon_b muon_c name nesterov "
        "ns_steps optimizer_map relative_step rho rms_rate use_ema warmup_steps weight_decay"},
    ModuleClasses{"keras.optimizers.schedules",
                  "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay "
                  "PolynomialDecay"},
    ModuleClasses{"keras.dtype_policies",
                  "AWQDTypePolicy DTypePolicy DTypePolicyMap FloatDTypePolicy GPTQDTypePolicy Int4DTypePolicy "
                  "QuantizedDTypePolicy QuantizedFloat8DTypePolicy"},
};

// The functions that Keras finds by their name alone: activations, losses and metrics.
constexpr std::string_view kFunctions =
    "binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy "
    "categorical_crossentropy categorical_focal_crossentropy categorical_generalized_cross_entropy "
    "categorical_hinge celu circle concordance_correlation cosine_similarity ctc dice elu exponential "
    "gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh hinge huber kl_divergence "
    "leaky_relu linear log_cosh log_sigmoid log_softmax mean_absolute_error "
    "mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mish "
    "pearson_correlation poisson relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign "
    "sparse_categorical_accuracy sparse_categorical_crossentropy sparse_plus sparse_sigmoid "
    "sparse_top_k_categorical_accuracy sparsemax squared_hinge squareplus swish tanh tanh_shrink "
    "threshold top_k_categorical_accuracy tversky";

// Keras' names for plain data that JSON has no form for.
constexpr std::string_view kDataClasses = "__slice__ __ellipsis__ __bytes__ __numpy__ __tensor__ __keras_tensor__";
constexpr std::string_view kLambdaClass = "__lambda__";
constexpr std::string_view kOptimizerKey = "optimizer";
// What compile() of stock Keras takes.
constexpr std::string_view kCompileKeys =
    "optimizer loss loss_weights metrics weighted_metrics run_eagerly steps_per_execution jit_compile auto_scale_loss";

template <typename Same = std::equal_to<>>
bool has_word(std::string_view words, std::string_view wanted, Same same = {}) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (std::ranges::equal(words.substr(0, end), wanted, same)) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

bool is_keras_class(std::string_view module, std::string_view class_name) {
  const auto has = [&](const ModuleClasses& row) { return row.module == module && has_word(row.classes, class_name); };
  return is_setting_class(module, class_name) || std::ranges::any_of(kClasses, has);
}

// As `compile(optimizer="adam")` takes one, in any case.
bool is_optimizer_name(std::string_view name) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  return std::ranges::any_of(kClasses, [&](const ModuleClasses& row) {
    return row.module == "keras.optimizers" && has_word(row.classes, name, same);
  });
}

std::string_view text_of(const Value& object, std::string_view key) {
  const Value* const value = object.find(key);
  return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

// Of a class that Keras has.
std::string unknown_argument(const Value& object, std::string_view module) {
  const auto row = std::ranges::find(kClasses, module, &ModuleClasses::module);
  const Value* const config = object.find("config");
  if (row == kClasses.end() || row->arguments.empty() || config == nullptr || !config->is_object()) return {};
  for (const auto& [key, value] : config->as_object()) {
    if (!has_word(row->arguments, key)) return fmt::format("`{}`, which no class of '{}' takes", key, module);
  }
  return {};
}

// What is wrong with an object that has a class, apart from its config.
std::string unsafe_class(const Value& object, std::string_view class_name) {
  if (class_name == kLambdaClass) return "a Python lambda";
  if (has_word(kDataClasses, class_name)) return {};
  const std::string_view module = text_of(object, "module");
  if (class_name == "function") {
    const std::string_view name = text_of(object, "config");
    const bool is_keras = (module == "builtins" || module.starts_with("keras.")) && has_word(kFunctions, name);
    return is_keras ? "" : fmt::format("the function '{}', which is not Keras' own", name);
  }
  const std::string_view registered = text_of(object, "registered_name");
  if (is_keras_class(module, class_name) && (registered.empty() || registered == class_name)) {
    return unknown_argument(object, module);
  }
  return fmt::format("the class '{}' of '{}', which is not Keras' own", registered.empty() ? class_name : registered,
                     module.empty() ? "__main__" : module);
}

// What is not safe under a key of compile_config.
std::string unsafe_in_compile(std::string_view key, const Value& value) {
  if (!has_word(kCompileKeys, key)) return "which Keras' compile() does not take";
  if (std::string part = unsafe_part(value); !part.empty() || key != kOptimizerKey) return part;
  const bool is_known = value.is_string() ? is_optimizer_name(value.as_string()) : value.is_object();
  return is_known
             ? ""
             : fmt::format("{}, which is not Keras' own", value.is_string() ? fmt::format("'{}'", value.as_string())
                                                          : value.is_null() ? "null"
                                                                            : value.brief());
}

// Under a key of a layer.
std::string unsafe_in_layer(std::string_view key, const Value& value) {
  std::string part = unsafe_part(value);
  return part.empty() ? wrong_setting(key, value) : part;
}

std::string place_of(const std::string& path, const Layer& layer, std::string_view key) {
  return fmt::format("{} ({}): {}", path.empty() ? "/" : path, describe(layer), key);
}

}  // namespace

std::string unsafe_part(const Value& value) {
  if (value.is_array()) {
    for (const Value& item : value.as_array()) {
      if (std::string part = unsafe_part(item); !part.empty()) return part;
    }
  }
  if (!value.is_object()) return {};
  if (const Value* const class_name = value.find("class_name")) {
    if (!class_name->is_string()) return "a class whose name is no text";
    if (std::string part = unsafe_class(value, class_name->as_string()); !part.empty()) return part;
  }
  for (const auto& [key, member] : value.as_object()) {
    if (std::string part = unsafe_part(member); !part.empty()) return part;
  }
  return {};
}

std::vector<std::string> training_code(const Sequential& model) {
  std::vector<std::string> found;
  if (model.compile_config().is_object()) {
    for (const auto& [key, value] : model.compile_config().as_object()) {
      const std::string part = unsafe_in_compile(key, value);
      if (!part.empty()) found.push_back(fmt::format("compile_config: {}: {}", key, part));
    }
  }
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    for (const auto& [key, value] : layer.training_only()) {
      const std::string part = unsafe_in_layer(key, value);
      if (!part.empty()) found.push_back(fmt::format("{}: {}", place_of(path, layer, key), part));
    }
  });
  return found;
}

Sequential without_training_code(const Sequential& model) {
  Sequential safe = model;
  if (model.compile_config().is_object()) {
    Value::Object kept;
    bool has_optimizer = true;
    for (const auto& [key, value] : model.compile_config().as_object()) {
      if (unsafe_in_compile(key, value).empty()) {
        kept.emplace_back(key, value);
      } else if (key == kOptimizerKey) {
        has_optimizer = false;
      }
    }
    safe.set_compile_config(has_optimizer && !kept.empty() ? Value(std::move(kept)) : Value());
  }
  visit_layers(safe.root(), [](const std::string&, Layer& layer) {
    std::erase_if(layer.training_only(),
                  [](const Value::Member& member) { return !unsafe_in_layer(member.first, member.second).empty(); });
  });
  return safe;
}

}  // namespace revive
