// What the functions of the language are tried on, by their paths.
#include <charconv>

#include "revive/model/lambda/example_rows.h"
#include "revive/model/lambda/function_examples.h"

namespace revive {
namespace {

// Kind and shape, several separated by spaces. Batches of 5 are told from all other axes.
struct Inputs {
  std::string_view functions;
  std::string_view inputs;
};

constexpr Inputs kInputs[] = {
    {"resize resize_images grayscale_to_rgb flip_left_right flip_up_down spatial_2d_padding", "f5,4,6,3 f5,2,3,1"},
    {"rgb_to_grayscale adjust_saturation adjust_hue sobel_edges rgb_to_hsv hsv_to_rgb rgb_to_yuv yuv_to_rgb rgb_to_yiq "
     "max_pool2d avg_pool2d "
     "avg_pool pool2d pool conv2d convolution atrous_conv2d separable_conv2d depthwise_conv depthwise_conv2d "
     "extract_patches extract_image_patches "
     "crop_to_bounding_box "
     "pad_to_bounding_box central_crop resize_with_crop_or_pad resize_image_with_crop_or_pad per_image_standardization "
     "adjust_brightness adjust_contrast adjust_gamma rot90 transpose_image total_variation image_gradients crop_images "
     "local_response_normalization lrn yiq_to_rgb",
     "u5,4,6,3"},
    {"tf.nn.max_pool ops.max_pool average_pool conv", "u5,4,6,3 f5,6,3"},
    {"tf.image.transpose", "f5,4,6,3"},
    {"max_pool1d avg_pool1d conv1d", "f5,6,3"},
    {"set_diag matrix_set_diag", "f5,3,4 f5,3,3"},
    {"diag_part matrix_diag_part trace diagonal band_part matrix_band_part", "f5,3,4 f5,4,4"},
    {"cross", "f5,4,3"},
    {"det inv matrix_determinant matrix_inverse", "f5,2,2"},
    {"convert_image_dtype", "u5,4,6,3 i5,4,6,3"},
    {"eye identity meshgrid", "f5,4,4 f5,3,3 i5,4,4"},
    {"matvec", "f5,4,4"},
    {"gather_nd", "f5,4"},
    {"embedding_lookup sequence_mask", "i5,3"},
    {"depth_to_space space_to_depth", "f5,4,4,16 f5,4,4,4"},
    {"one_hot", "i5,3 i5,3,4"},
    {"K.gather", "i5,3"},
    {"arcsin arccos arctanh asin acos atanh erfinv", "u5,3,4 u5,3"},
    {"sqrt rsqrt log log2 log10 log1p reciprocal power pow arccosh acosh", "p5,3,4 p5,3 i5,3"},
    {"any all logical_and logical_or logical_xor logical_not reduce_any reduce_all where", "b5,3,4 b5,3 f5,3,4 i5,3,4"},
    {"bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_invert invert left_shift right_shift bitwise_left_shift "
     "bitwise_right_shift",
     "i5,3,4 i5,3 b5,3"},
    {"glu", "f5,4,6 f5,4"},
    {"resize_bilinear tf_v1.image.resize resize_images preprocess_input", "f5,4,6,3 f5,2,3,3"},
    {"frame stft", "f5,8 f5,3,8"},
    {"take_along_axis", "f5,3,4 i5,3"},
    {"matmul tensordot dot batch_dot einsum", "f5,3,4 f5,3,3"},
    {"", "f5,3,4 f5,3 i5,3,4 f5,2,3,4 b5,3"},
};

}  // namespace

std::vector<ExampleInput> example_inputs(std::string_view path) {
  std::vector<ExampleInput> inputs;
  const Inputs* const found = find_row(kInputs, path, [](const Inputs&) { return true; });
  for_each_piece(found->inputs, " ", [&](std::string_view text) {
    ExampleInput input{static_cast<ExampleInput::Kind>(text.front()), {}};
    for_each_piece(text.substr(1), ",", [&](std::string_view digits) {
      std::int64_t length = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), length);
      input.shape.push_back(length);
    });
    inputs.push_back(std::move(input));
  });
  return inputs;
}

}  // namespace revive
