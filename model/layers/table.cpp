#include "revive/model/layers/table.h"

#include <array>

namespace revive {

// X(maker): a function of that name, defined in a file of this folder, declares one class. The order numbers the
// classes for generators: append.
#define REVIVE_LAYER_TABLE(X)       \
  X(input_layer_class)              \
  X(sequential_class)               \
  X(dense_class)                    \
  X(activation_class)               \
  X(relu_class)                     \
  X(dropout_class)                  \
  X(flatten_class)                  \
  X(reshape_class)                  \
  X(conv1d_class)                   \
  X(max_pooling1d_class)            \
  X(batch_normalization_class)      \
  X(embedding_class)                \
  X(lstm_class)                     \
  X(gru_class)                      \
  X(lambda_class)                   \
  X(layer_normalization_class)      \
  X(lstm_cell_class)                \
  X(gru_cell_class)                 \
  X(softmax_class)                  \
  X(elu_class)                      \
  X(gaussian_noise_class)           \
  X(leaky_relu_class)               \
  X(conv2d_class)                   \
  X(max_pooling2d_class)            \
  X(average_pooling1d_class)        \
  X(average_pooling2d_class)        \
  X(global_average_pooling1d_class) \
  X(global_average_pooling2d_class) \
  X(global_average_pooling3d_class) \
  X(global_max_pooling1d_class)     \
  X(global_max_pooling2d_class)     \
  X(global_max_pooling3d_class)     \
  X(conv3d_class)                   \
  X(max_pooling3d_class)            \
  X(average_pooling3d_class)        \
  X(simple_rnn_cell_class)          \
  X(simple_rnn_class)               \
  X(stacked_rnn_cells_class)        \
  X(rnn_class)                      \
  X(bidirectional_class)            \
  X(time_distributed_class)         \
  X(group_normalization_class)      \
  X(unit_normalization_class)       \
  X(rms_normalization_class)        \
  X(einsum_dense_class)             \
  X(category_encoding_class)        \
  X(normalization_class)            \
  X(discretization_class)           \
  X(spectral_normalization_class)   \
  X(conv_lstm1d_cell_class)         \
  X(conv_lstm2d_cell_class)         \
  X(conv_lstm3d_cell_class)         \
  X(conv_lstm1d_class)              \
  X(conv_lstm2d_class)              \
  X(conv_lstm3d_class)              \
  X(functional_class)               \
  X(zero_padding1d_class)           \
  X(zero_padding2d_class)           \
  X(zero_padding3d_class)           \
  X(cropping1d_class)               \
  X(cropping2d_class)               \
  X(cropping3d_class)               \
  X(up_sampling1d_class)            \
  X(up_sampling2d_class)            \
  X(up_sampling3d_class)            \
  X(permute_class)                  \
  X(repeat_vector_class)            \
  X(rescaling_class)                \
  X(resizing_class)                 \
  X(center_crop_class)              \
  X(random_flip_class)              \
  X(random_rotation_class)          \
  X(random_zoom_class)              \
  X(random_translation_class)       \
  X(random_contrast_class)          \
  X(random_brightness_class)        \
  X(spatial_dropout1d_class)        \
  X(spatial_dropout2d_class)        \
  X(spatial_dropout3d_class)        \
  X(gaussian_dropout_class)         \
  X(alpha_dropout_class)            \
  X(activity_regularization_class)  \
  X(prelu_class)                    \
  X(masking_class)                  \
  X(conv1d_transpose_class)         \
  X(conv2d_transpose_class)         \
  X(conv3d_transpose_class)         \
  X(depthwise_conv1d_class)         \
  X(depthwise_conv2d_class)         \
  X(separable_conv1d_class)         \
  X(separable_conv2d_class)         \
  X(identity_class)                 \
  X(reversible_embedding_class)     \
  X(adaptive_avg_pool1d_class)      \
  X(adaptive_avg_pool2d_class)      \
  X(adaptive_avg_pool3d_class)      \
  X(adaptive_max_pool1d_class)      \
  X(adaptive_max_pool2d_class)      \
  X(adaptive_max_pool3d_class)      \
  X(color_degeneration_class)       \
  X(random_color_jitter_class)      \
  X(random_grayscale_class)         \
  X(random_hue_class)               \
  X(random_invert_class)            \
  X(random_posterization_class)     \
  X(random_saturation_class)        \
  X(mix_up_class)                   \
  X(elastic_transform_class)        \
  X(random_erasing_class)           \
  X(random_gaussian_blur_class)     \
  X(random_perspective_class)       \
  X(random_sharpness_class)         \
  X(random_shear_class)             \
  X(aug_mix_class)                  \
  X(cut_mix_class)                  \
  X(rand_augment_class)             \
  X(solarization_class)             \
  X(auto_contrast_class)

#define REVIVE_DECLARE_MAKER(maker) LayerClass maker();
REVIVE_LAYER_TABLE(REVIVE_DECLARE_MAKER)
#undef REVIVE_DECLARE_MAKER

std::vector<LayerClass> built_in_layer_classes() {
  constexpr std::array kMakers = {
#define REVIVE_LIST_MAKER(maker) &maker,
      REVIVE_LAYER_TABLE(REVIVE_LIST_MAKER)
#undef REVIVE_LIST_MAKER
  };
  std::vector<LayerClass> classes;
  for (const auto maker : kMakers) classes.push_back(maker());
  return classes;
}

}  // namespace revive
