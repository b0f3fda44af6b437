#include "revive/serializer/keras/training_classes.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

namespace revive {
namespace {

constexpr std::array kClasses = {
    ModuleClasses{"keras", "DTypePolicy"},
    ModuleClasses{
        "keras.losses",
        "BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy "
        "CategoricalGeneralizedCrossEntropy=3.10.0 CategoricalHinge Circle=3.7.0 CosineSimilarity Dice Hinge Huber "
        "KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
        "MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky"},
    ModuleClasses{
        "keras.metrics",
        "AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy "
        "CategoricalHinge ConcordanceCorrelation=3.7.0 CosineSimilarity F1Score FBetaScore FalseNegatives "
        "FalsePositives Hinge IoU KLDivergence LogCoshError Mean MeanAbsoluteError "
        "MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError "
        "OneHotIoU OneHotMeanIoU PearsonCorrelation=3.7.0 Poisson Precision PrecisionAtRecall R2Score Recall "
        "RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy "
        "SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge "
        "Sum TopKCategoricalAccuracy TrueNegatives TruePositives"},
    ModuleClasses{
        "keras.optimizers",
        "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb=3.5.0 Lion LossScaleOptimizer MultiOptimizer=3.15.0 "
        "Muon=3.10.0 "
        "Nadam OptimizerMap=3.15.0 RMSprop SGD ScheduleFreeAdamW=3.14.0",
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
                  "AWQDTypePolicy=3.14.0 DTypePolicy DTypePolicyMap FloatDTypePolicy GPTQDTypePolicy=3.12.0 "
                  "Int4DTypePolicy=3.14.0 "
                  "QuantizedDTypePolicy QuantizedFloat8DTypePolicy"},
};

// The functions that Keras finds by their name alone: activations, losses and metrics.
constexpr std::string_view kFunctions =
    "binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy "
    "categorical_crossentropy categorical_focal_crossentropy categorical_generalized_cross_entropy=3.10.0 "
    "categorical_hinge celu=3.7.0 circle=3.7.0 concordance_correlation=3.7.0 cosine_similarity ctc dice elu "
    "exponential "
    "gelu glu=3.7.0 hard_shrink=3.7.0 hard_sigmoid hard_silu hard_swish hard_tanh=3.7.0 hinge huber kl_divergence "
    "leaky_relu linear log_cosh log_sigmoid=3.7.0 log_softmax mean_absolute_error "
    "mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mish "
    "pearson_correlation=3.7.0 poisson relu relu6 selu sigmoid silu soft_shrink=3.7.0 softmax softplus softsign "
    "sparse_categorical_accuracy sparse_categorical_crossentropy sparse_plus=3.8.0 sparse_sigmoid=3.10.0 "
    "sparse_top_k_categorical_accuracy sparsemax=3.8.0 squared_hinge squareplus=3.7.0 swish tanh tanh_shrink=3.7.0 "
    "threshold=3.8.0 top_k_categorical_accuracy tversky";

bool same_but_for_case(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

}  // namespace

std::span<const ModuleClasses> training_classes() {
  return kClasses;
}

std::optional<std::string_view> find_function_of_training(std::string_view name) {
  return find_word(kFunctions, name);
}

std::optional<std::string_view> find_optimizer(std::string_view name) {
  const auto row = std::ranges::find(kClasses, "keras.optimizers", &ModuleClasses::module);
  return find_word(row->classes, name, same_but_for_case);
}

std::string_view text_of(const Value& object, std::string_view key) {
  const Value* const value = object.find(key);
  return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

std::string place_of(const std::string& path, const Layer& layer, std::string_view key) {
  return fmt::format("{} ({}): {}", path.empty() ? "/" : path, describe(layer), key);
}

}  // namespace revive
