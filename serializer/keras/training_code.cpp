#include "revive/serializer/keras/training_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace revive {
namespace {

// Which classes of training state stock Keras 3.15 has, by module, in one text of words each.
struct ModuleClasses {
  std::string_view module;
  std::string_view classes;
};
constexpr std::array kClasses = {
    ModuleClasses{"keras", "DTypePolicy"},
    ModuleClasses{"keras.initializers",
                  "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer LecunNormal "
                  "LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer "
                  "TruncatedNormal VarianceScaling Zeros"},
    ModuleClasses{"keras.regularizers", "L1 L1L2 L2 OrthogonalRegularizer"},
    ModuleClasses{"keras.constraints", "MaxNorm MinMaxNorm NonNeg UnitNorm"},
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
    ModuleClasses{"keras.optimizers",
                  "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer MultiOptimizer Muon "
                  "Nadam OptimizerMap RMSprop SGD ScheduleFreeAdamW"},
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
  return std::ranges::any_of(
      kClasses, [&](const ModuleClasses& row) { return row.module == module && has_word(row.classes, class_name); });
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
  if (is_keras_class(module, class_name) && (registered.empty() || registered == class_name)) return {};
  return fmt::format("the class '{}' of '{}', which is not Keras' own", registered.empty() ? class_name : registered,
                     module.empty() ? "__main__" : module);
}

bool is_unsafe_optimizer(const Value& value) {
  return value.is_string() ? !is_optimizer_name(value.as_string()) : !unsafe_part(value).empty();
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
      std::string part = unsafe_part(value);
      if (part.empty() && key == kOptimizerKey && is_unsafe_optimizer(value)) {
        part = fmt::format("'{}', which is not Keras' own", value.is_string() ? value.as_string() : std::string());
      }
      if (!part.empty()) found.push_back(fmt::format("compile_config: {}: {}", key, part));
    }
  }
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    for (const auto& [key, value] : layer.training_only()) {
      if (const std::string part = unsafe_part(value); !part.empty()) {
        found.push_back(fmt::format("{}: {}", place_of(path, layer, key), part));
      }
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
      if (key == kOptimizerKey && is_unsafe_optimizer(value)) has_optimizer = false;
      if (unsafe_part(value).empty()) kept.emplace_back(key, value);
    }
    safe.set_compile_config(has_optimizer && !kept.empty() ? Value(std::move(kept)) : Value());
  }
  visit_layers(safe.root(), [](const std::string&, Layer& layer) {
    std::erase_if(layer.training_only(),
                  [](const Value::Member& member) { return !unsafe_part(member.second).empty(); });
  });
  return safe;
}

}  // namespace revive
