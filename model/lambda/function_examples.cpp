#include "revive/model/lambda/function_examples.h"

#include "revive/model/lambda/example_rows.h"

namespace revive {
namespace {

constexpr std::string_view kSeparator = " | ";

// What stands for the parameters of the functions, separated by spaces: paths, or the names behind the last dot.
// Nothing stands for every function. The first row that fits a path counts, then the first for its name, then for all.
struct Examples {
  std::string_view functions;
  std::string_view parameters;
  std::string_view texts;
};

// What a function is applied to: tensors whose values, shapes and dtypes differ.
constexpr std::string_view kSubject = "x | x[:, :-1] | x[:, 0] | x * x - 1 | x > 0 | x[:, ::-1] * 3";

constexpr Examples kExamples[] = {
    // Joining, cutting and choosing.
    {"concatenate concat hstack", "xs tensors values arrays", "[x, x] | [x, x * 2, x] | (x[:, :1], x) | [x, x > 0]"},
    {"stack pack", "x xs values arrays", "[x, x] | [x, x * 2, x] | (x, -x) | [x, x > 0]"},
    {"add_n", "inputs", "[x, x] | [x, x * 2, x] | [x]"},
    {"concatenate concat stack pack", "axis", "1 | -1 | 2"},
    {"unstack unpack", "axis", "1 | -1 | 2"},
    {"unstack unpack", "num", "None | 3 | 4"},
    {"split", "indices_or_sections", "1 | 3 | [1] | (1, 2)"},
    {"split", "num_or_size_splits", "1 | 3 | [1, 2] | [1, -1, 1]"},
    {"split", "axis", "1 | -1 | 2"},
    {"split", "num", "None | 3"},
    {"where switch", "condition", "x > 0 | x < 0.5 | x != 0"},
    {"where", "x x1", "x | x * 2 | 1.0 | -x | 0"},
    {"where", "y x2", "x * 3 | -x | 0.5 | 2"},
    {"switch", "then_expression", "x | x * 2 | -x"},
    {"switch", "else_expression", "x * 3 | -x | x - 1"},
    {"boolean_mask", "mask", "[True, False, True] | [False, True, True]"},
    {"boolean_mask", "axis", "1 | -1 | 2"},
    {"gather", "params reference", "x | [1.0, 2.0, 4.0, 8.0, 9.0]"},
    {"K.gather", "reference",
     "[1.0, 2.0, 4.0, 8.0, 9.0] | [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0], [9.0, 1.0]]"},
    {"K.gather", "indices", "x | x * 0 + 1"},
    {"select", "condlist", "[x > 1, x > 0] | [x < 0, x < 1]"},
    {"select", "choicelist", "[x, x * 2] | [1.0, x]"},
    {"select", "default", "0 | -1.5"},
    {"np.inner", "b", "[1.0, 2.0, 3.0, 4.0] | [[1.0, 0.0, 2.0, 0.0], [0.5, 1.0, 0.0, -1.0]]"},
    {"ops.rfft", "fft_length", "None | 4"},
    {"layer_normalization", "gamma beta", "None | [1.0, 2.0, 3.0, 4.0]"},
    {"rms_normalization", "scale", "None | [1.0, 2.0, 3.0, 4.0]"},
    {"layer_normalization rms_normalization", "epsilon", "None | 0.5"},
    {"keras.utils.normalize", "order", "2 | 1"},
    {"gather take", "indices", "[0, 2] | 1 | [1] | [2, 0, 1] | [[0, 1], [1, 2]]"},
    {"gather take", "axis", "1 | -1 | 2"},
    {"gather", "batch_dims", "0 | 1"},
    {"take_along_axis", "indices", "ops.argsort(x, axis=1) | ops.cast(x > 0, 'int32')"},
    {"one_hot", "indices x", "x | x + 1 | x[:, 0]"},
    {"one_hot", "depth num_classes", "5 | 3 | 6"},
    {"one_hot", "on_value", "None | 2.0 | 1.0"},
    {"one_hot", "off_value", "None | -1.0 | 0.0"},
    {"one_hot", "axis", "-1 | 1 | 2"},
    {"one_hot", "dtype", "'float32' | 'int32' | 'bool'"},
    {"one_hot", "sparse", "False | True"},
    {"sort argsort", "direction", "'ASCENDING' | 'DESCENDING'"},
    {"argsort", "kind", "'stable' | 'mergesort' | None"},
    {"sort argsort", "axis", "-1 | 1 | 2"},

    // Reductions and what goes along an axis.
    {"argmax argmin cumsum cumprod logsumexp_along", "axis", "1 | -1 | 2"},
    {"tf.shape", "out_type", "'int32' | 'int64'"},
    {"argmax argmin", "output_type", "'int32' | 'int64'"},
    {"count_nonzero", "axis", "1 | -1 | 2"},
    {"median", "axis", "1 | -1 | 2"},
    {"cumsum cumprod", "exclusive reverse", "False | True"},
    {"moments", "axes", "[1] | [1, 2] | [-1]"},
    {"norm", "ord", "2 | 1 | 'euclidean' | None | 'fro' | float('inf') | 3"},
    {"norm", "axis", "1 | -1 | (1, 2) | [1, 2]"},
    {"normalize", "order", "2 | 1 | 3 | float('inf')"},
    {"normalize", "epsilon", "None | 0.5 | 5.0"},
    {"l2_normalize", "epsilon", "1e-12 | 0.5 | 20.0"},
    {"l2_normalize", "axis", "1 | -1 | [1, 2]"},
    {"max min", "initial", "None | 1 | -1"},
    {"std var", "ddof", "0 | 1 | 2"},
    {"sum mean prod std var", "dtype", "None | 'int32' | 'float32' | 'bool'"},
    {"cumsum cumprod", "dtype", "None | 'int32' | 'float32' | 'bool'"},
    {"softmax log_softmax sparsemax glu crelu normalize", "axis", "-1 | 1 | 2"},
    {"diff", "n", "1 | 2 | 0"},
    {"diff", "axis", "-1 | 1 | 2"},

    // Shapes.
    {"get_item", "key", "(slice(None), 1) | (slice(None), slice(0, 2)) | (slice(None), -1)"},
    {"reshape", "newshape shape", "(-1, 12) | (-1, 4, 3) | [-1, 2, 6] | (-1, 2, 2, 3) | (-1, 3)"},
    {"tf.reshape", "shape",
     "(-1, 12) | [-1, 4, 3] | [tf.shape(x)[0], -1] | [tf.shape(x)[0], 2, 6] | (-1, tf.shape(x)[1] * tf.shape(x)[2]) | "
     "[-1, x.shape[1] * x.shape[2]] | tf.concat([tf.shape(x)[:1], [-1]], 0) | tf.shape(x)"},
    {"broadcast_to", "shape", "(3, 4) | (1, 3, 4) | (2, 3, 4)"},
    {"broadcast_to", "x input array", "[1.0, 2.0, 3.0, 4.0] | [[1.0], [2.0], [3.0]]"},
    {"expand_dims", "axis", "1 | -1 | 2"},
    {"expand_dims", "dim", "1 | -1 | 2"},
    {"squeeze", "x a input", "x[:, :1] | x[:, None] | x[..., :1, None]"},
    {"squeeze", "axis", "1 | -1 | [1]"},
    {"squeeze", "squeeze_dims", "[1] | [-1]"},
    {"transpose permute_dimensions", "axes perm pattern", "(0, 2, 1) | (0, 1, 2) | [0, 2, 1]"},
    {"swapaxes", "axis1", "1 | -1"},
    {"swapaxes", "axis2", "2 | 1"},
    {"moveaxis", "source", "1 | -1 | 2"},
    {"moveaxis", "destination", "2 | 1 | -1"},
    {"flip reverse", "axis axes", "1 | -1 | 2 | (1, 2)"},
    {"tf.reverse K.reverse", "axis axes", "[1] | [-1] | [1, 2] | [2]"},
    {"roll", "shift", "1 | -1 | 2"},
    {"roll", "axis", "1 | -1 | 2"},
    {"tile", "repeats reps multiples n", "(1, 2, 1) | (1, 1, 3) | [1, 3, 2] | (1, 2)"},
    {"repeat", "repeats", "2 | 3 | 1"},
    {"repeat repeat_elements", "axis", "1 | -1 | 2"},
    {"repeat_elements", "rep", "2 | 3 | 1"},
    {"K.repeat", "n", "2 | 3 | 1"},
    {"slice", "begin", "[0, 0, 0] | [0, 1, 1] | (0, 0, 2)"},
    {"slice", "size", "[-1, 2, 2] | [-1, 1, -1] | (-1, 2, 1)"},
    {"pad", "pad_width paddings",
     "((0, 0), (1, 2), (0, 1)) | [[0, 0], [1, 1], [2, 0]] | ((0, 0), (0, 1), (1, 1)) | ((0, 0), (1, 2)) | 0"},
    {"pad", "mode", "'constant' | 'reflect' | 'symmetric' | 'edge' | 'wrap'"},
    {"tf.pad", "mode", "'CONSTANT' | 'REFLECT' | 'SYMMETRIC' | 'constant'"},
    {"pad", "constant_values", "0 | 2 | -1"},
    {"temporal_padding", "padding", "(1, 1) | (2, 0) | (0, 3)"},
    {"spatial_2d_padding", "padding", "((1, 1), (1, 1)) | ((2, 0), (0, 1)) | ((0, 0), (3, 1))"},
    {"depth_to_space space_to_depth", "block_size", "2 | 1 | 4"},
    {"tril triu", "k", "0 | 1 | -1"},

    // Numbers beside the tensor.
    {"add subtract multiply divide true_divide truediv div realdiv mul sub maximum minimum equal not_equal greater "
     "greater_equal less less_equal mod remainder floormod floordiv floor_divide squared_difference divide_no_nan "
     "logaddexp "
     "arctan2 "
     "atan2",
     "x1 x y", "x | x * 2 | 2 | x[:, :1] + 1 | 0.5 | -x | 3"},
    {"add subtract multiply divide true_divide truediv div realdiv mul sub maximum minimum equal not_equal greater "
     "greater_equal less less_equal mod remainder floormod floordiv floor_divide squared_difference divide_no_nan "
     "logaddexp "
     "arctan2",
     "x2", "2 | x | 0.5 | x * 2 | x[:, :1] + 1 | -3"},
    {"power pow", "x1 x", "x | x + 2 | 2 | 2.0"},
    {"power pow", "x2 y a", "2 | 3 | 0.5 | 1 | x"},
    {"logical_and logical_or logical_xor", "x1 x", "x > 0 | x < 1 | x"},
    {"logical_and logical_or logical_xor", "x2 y", "x < 0.5 | x > 0.25 | x | True"},
    {"logical_not", "x", "x > 0 | x < 1 | x"},
    {"bitwise_and bitwise_or bitwise_xor", "x1 x", "x | x + 5 | x * 3"},
    {"bitwise_and bitwise_or bitwise_xor", "x2 y", "1 | 6 | x + 1"},
    {"bitwise_not invert bitwise_invert", "x", "x | x + 5 | x * 3"},
    {"left_shift right_shift bitwise_left_shift bitwise_right_shift", "x1 x", "x | x + 5 | x * 3"},
    {"left_shift right_shift bitwise_left_shift bitwise_right_shift", "x2 y", "1 | 2 | 3"},
    {"isclose", "x2", "x / x | x + 0.25 | 0.5 | x"},
    {"isclose", "rtol", "1e-05 | 0.5 | 2.0"},
    {"isclose", "atol", "1e-08 | 0.25 | 3.0"},
    {"isclose", "x1", "x / x | x | x * 2"},
    {"isclose", "equal_nan", "False | True"},
    {"round", "decimals", "0 | 1 | 2"},
    {"clip", "x_min a_min min_value", "-0.5 | 0 | -1 | None"},
    {"clip", "x_max a_max max_value", "0.75 | 1 | 2 | None"},
    {"clip_by_value", "clip_value_min", "-0.5 | 0 | -1 | 1"},
    {"clip_by_value", "clip_value_max", "0.75 | 1 | 2 | -0.25"},
    {"nan_to_num", "x", "x / (x - x) | x / 0.0 | -x / 0.0"},
    {"nan_to_num", "nan", "0.0 | 2.5"},
    {"nan_to_num", "posinf neginf", "None | 7.0 | -7.0"},
    {"full_like", "fill_value", "2 | 0.5 | -3"},
    {"leaky_relu", "negative_slope alpha", "0.2 | 0.5 | 0.0"},
    {"relu", "negative_slope alpha", "0.0 | 0.5 | 0.1"},
    {"relu", "max_value", "None | 0.5 | 6.0"},
    {"relu", "threshold", "0.0 | 0.5 | -0.25"},
    {"elu celu", "alpha", "1.0 | 0.5 | 2.0"},
    {"gelu", "approximate", "False | True"},
    {"hard_shrink soft_shrink", "threshold", "0.5 | 0.25 | 1.0"},
    {"threshold", "threshold", "0.5 | 0.25 | -1"},
    {"threshold", "default_value", "0.5 | 7 | -2.0"},
    {"squareplus", "b", "4 | 1 | 2.5"},
    {"silu swish", "beta", "1.0 | 2.0 | -0.5"},

    // Types and constants.
    // No ints without a sign: what becomes of a float below zero depends on the machine.
    {"cast cast_to_floatx array asarray convert_to_tensor zeros_like ones_like full_like", "dtype",
     "'float32' | 'int32' | 'bool' | 'int64' | 'float64' | 'int8' | 'float16'"},
    {"tf.constant K.constant", "value", "2.5 | 3 | [1, 2, 3] | [0.5, 1.5, -2.0, 4.0] | [[1.0], [2.0], [3.0]]"},
    {"tf.constant K.constant", "shape", "None | [1] | [3, 4]"},
    {"constant zeros ones full fill arange range", "dtype", "'float32' | 'int32' | 'bool' | 'int64' | 'float64'"},
    {"zeros ones full fill", "shape dims", "(3, 4) | [4] | (1,) | (1, 3, 1) | 4"},
    {"tf.zeros tf.ones tf.fill", "shape dims",
     "(3, 4) | [4] | (1,) | [tf.shape(x)[0], 3, 1] | tf.shape(x) | [tf.shape(x)[0], 1, x.shape[2]] | "
     "tf.stack([tf.shape(x)[0], 3, 4])"},
    {"full fill", "fill_value value", "2 | 0.5 | True | -3.5"},
    {"arange range", "start", "4 | 1 | 0 | 3.0"},
    {"arange range", "stop limit", "None | 5 | 13 | 8.0"},
    {"arange range", "step delta", "1 | 4 | 3 | 2.0"},
    {"float32 int32 float64 float int64 int bool_ bool", "x", "2 | 0.75 | 3.5 | True | 0"},

    // Linear algebra.
    {"matmul dot", "x1 x a", "x | x[:, ::-1] | x * 2"},
    {"matmul", "x2 y b",
     "[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]] | x * 1 | ops.transpose(x, (0, 2, 1)) | [1.0, 2.0, 3.0, 4.0]"},
    {"tf.matmul tf.linalg.matmul", "b", "x | tf.transpose(x, [0, 2, 1]) | x * 2"},
    {"tf.matmul tf.linalg.matmul", "transpose_a transpose_b", "False | True"},
    {"dot", "x2 y b", "[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]] | [1.0, 2.0, 3.0, 4.0] | 2.0"},
    {"K.dot", "y",
     "K.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]) | K.constant([[1.0], [2.0], [3.0], [4.0]])"},
    {"batch_dot", "x", "x | x * 2 | x[:, ::-1]"},
    {"batch_dot", "y", "x | x * 2"},
    {"batch_dot", "axes", "(2, 2) | 1 | (1, 1) | 2"},
    {"tensordot", "x1 a", "x | x * 2"},
    {"tensordot", "x2 b", "[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]] | [[1.0], [2.0], [3.0], [4.0]]"},
    {"tensordot", "axes", "1 | [[2], [0]] | ((-1,), (0,)) | 0"},
    {"einsum", "subscripts equation", "'bij,bkj->bik' | 'bij,bij->bi' | 'bij,bij->bij'"},
    {"einsum", "operands", "x | x * 2"},
    {"K.bias_add", "bias", "K.constant([1.0, 2.0, 3.0, 4.0]) | K.constant([0.5, -0.5, 0.25, -2.0])"},
    {"bias_add", "bias", "[1.0, 2.0, 3.0, 4.0] | [0.5, -0.5, 0.25, -2.0]"},
    {"tf.nn.bias_add", "data_format", "None | 'NHWC' | 'N...C' | 'NC...' | 'NCHW'"},

    // Images.
    {"resize", "size", "[8, 6] | (3, 5) | (2, 3) | (4, 9)"},
    {"tf.image.resize", "size",
     "(3, 5) | (2, 3) | [8, 6] | tf.shape(x)[1:3] * 2 | [x.shape[1] * 2, x.shape[2]] | (tf.shape(x)[1], 3)"},
    {"resize", "interpolation", "'bilinear' | 'nearest' | 'bicubic' | 'lanczos3' | 'lanczos5'"},
    {"resize", "method",
     "'bilinear' | 'nearest' | 'bicubic' | 'area' | tf.image.ResizeMethod.NEAREST_NEIGHBOR | 'lanczos3' | 'gaussian'"},
    {"resize", "antialias preserve_aspect_ratio crop_to_aspect_ratio pad_to_aspect_ratio", "False | True"},
    {"resize", "fill_mode", "'constant' | 'edge'"},
    {"resize", "fill_value", "0.0 | 3.5"},
    {"resize_images", "height_factor width_factor", "2 | 1 | 3"},
    {"resize_images", "interpolation", "'nearest' | 'bilinear' | 'bicubic'"},
    {"", "data_format", "'channels_last' | 'channels_first' | None"},
    {"depth_to_space space_to_depth", "data_format", "'NHWC' | 'NCHW'"},

    // Windows.
    {"max_pool2d max_pool avg_pool2d avg_pool max_pool1d avg_pool1d", "ksize", "2 | 3 | 1"},
    {"max_pool average_pool", "pool_size", "2 | 3 | 1"},
    {"pool2d", "pool_size", "(2, 2) | (3, 2)"},
    {"pool2d", "pool_mode", "'max' | 'avg'"},
    {"tf.nn.max_pool2d tf.nn.max_pool tf.nn.avg_pool2d tf.nn.avg_pool tf.nn.max_pool1d tf.nn.avg_pool1d tf.nn.conv1d "
     "tf.nn.conv2d tf.nn.depthwise_conv2d tf.nn.separable_conv2d tf.nn.convolution tf.nn.atrous_conv2d tf.nn.pool "
     "tf.image.extract_patches tf.extract_image_patches",
     "padding", "'VALID' | 'SAME'"},
    {"max_pool average_pool pool2d conv conv1d conv2d depthwise_conv depthwise_conv2d separable_conv2d extract_patches",
     "padding", "'valid' | 'same'"},
    {"K.pool2d K.conv2d K.depthwise_conv2d K.separable_conv2d", "strides", "(1, 1) | (2, 2)"},
    {"K.conv2d K.depthwise_conv2d K.separable_conv2d", "dilation_rate", "(1, 1) | (2, 2)"},
    {"tf.nn.depthwise_conv2d tf.nn.separable_conv2d", "strides", "[1, 1, 1, 1] | [1, 2, 2, 1]"},
    {"tf.nn.convolution tf.nn.pool", "strides", "[1, 1] | 2 | [2, 2] | None"},
    {"tf.nn.convolution", "dilations", "[1, 1] | 2 | None"},
    {"tf.nn.separable_conv2d", "dilations", "[1, 1] | [2, 2] | None"},
    {"tf.nn.pool", "dilations", "[1, 1] | None | [2, 2]"},
    {"pool", "window_shape", "[2, 2] | [1, 2] | [3, 2]"},
    {"pool", "pooling_type", "'MAX' | 'AVG'"},
    {"atrous_conv2d", "rate", "1 | 2"},
    {"tf.image.extract_patches tf.extract_image_patches", "sizes", "[1, 2, 2, 1] | [1, 1, 2, 1]"},
    {"tf.image.extract_patches tf.extract_image_patches", "strides rates", "[1, 1, 1, 1] | [1, 2, 2, 1]"},
    {"max_pool2d max_pool avg_pool2d avg_pool max_pool1d avg_pool1d average_pool conv conv1d conv2d depthwise_conv "
     "extract_patches",
     "strides stride", "1 | 2"},
    {"conv conv1d conv2d depthwise_conv depthwise_conv2d extract_patches", "dilation_rate dilations", "1 | 2 | None"},
    {"ops.image.extract_patches", "size", "2 | (1, 2)"},
    {"ops.conv", "kernel", "ops.ones((2, 2, 3, 2)) | ops.full((2, 2, 3, 2), 0.5)"},
    {"tf.nn.conv2d K.conv2d tf.nn.convolution tf.nn.atrous_conv2d", "filters kernel",
     "tf.ones((2, 2, 3, 2)) | tf.fill((2, 2, 3, 2), 0.5)"},
    {"tf.nn.conv1d K.conv1d", "filters kernel", "tf.ones((2, 3, 2)) | tf.fill((2, 3, 2), 0.5)"},
    {"ops.depthwise_conv", "kernel", "ops.ones((2, 2, 3, 1)) | ops.full((2, 2, 3, 1), 0.5)"},
    {"depthwise_conv depthwise_conv2d", "filter kernel depthwise_kernel",
     "tf.ones((2, 2, 3, 1)) | tf.fill((2, 2, 3, 1), 0.5) | tf.fill((2, 2, 3, 2), 0.5)"},
    {"separable_conv2d", "depthwise_filter depthwise_kernel", "tf.ones((2, 2, 3, 2)) | tf.fill((2, 2, 3, 2), 0.5)"},
    {"separable_conv2d", "pointwise_filter pointwise_kernel", "tf.ones((1, 1, 6, 2)) | tf.fill((1, 1, 6, 4), 0.25)"},
    {"set_diag matrix_set_diag", "diagonal", "x[:, 0, :3] | x[:, 1, :3] * 2"},

    // Losses.
    {"mean_squared_error mse MSE mean_absolute_error mae MAE mean_absolute_percentage_error mape MAPE "
     "mean_squared_logarithmic_error msle MSLE log_cosh poisson kl_divergence kld KLD huber cosine_similarity",
     "y_true y_pred", "x | x * 0.5 | x[:, ::-1]"},
    {"huber", "delta", "1.0 | 0.25"},
    {"cosine_similarity", "axis", "-1 | 1"},

    // Crops, pads and colours.
    {"crop_to_bounding_box", "offset_height offset_width", "0 | 1"},
    {"crop_to_bounding_box", "target_height target_width", "2 | 3"},
    {"pad_to_bounding_box", "offset_height offset_width", "0 | 1"},
    {"pad_to_bounding_box", "target_height target_width", "9 | 10"},
    {"resize_with_crop_or_pad resize_image_with_crop_or_pad", "target_height target_width", "2 | 9"},
    {"crop_images", "top_cropping left_cropping bottom_cropping right_cropping", "0 | 1"},
    {"crop_images", "target_height target_width", "2 | 3"},
    {"central_crop", "central_fraction", "0.5 | 1.0"},
    {"adjust_brightness adjust_hue", "delta", "0.25 | -0.5"},
    {"adjust_contrast", "contrast_factor", "0.5 | 2.0"},
    {"adjust_gamma", "gamma gain", "1 | 2.0"},
    {"adjust_saturation", "saturation_factor", "0.5 | 2.0"},
    {"rot90", "k", "1 | 2 | 3"},
    {"convert_image_dtype", "dtype", "'float32' | 'uint8'"},
    {"convert_image_dtype", "saturate", "False | True"},
    {"local_response_normalization lrn", "depth_radius", "1 | 5"},
    {"local_response_normalization lrn", "bias alpha beta", "0.5 | 2.0"},

    // Matrices, order and statistics.
    {"frame stft", "signal signals", kSubject},
    {"frame stft", "frame_length", "2 | 3"},
    {"frame stft", "frame_step", "1 | 2"},
    {"frame stft", "pad_end", "False | True"},
    {"stft", "fft_length", "None | 4"},
    {"stft", "window_fn", "tf.signal.hann_window | None"},
    {"frame", "pad_value", "0 | 1"},
    {"frame", "axis", "-1 | 1"},
    {"hann_window", "window_length", "4 | 3"},
    {"hann_window", "periodic", "True | False"},
    // TensorFlow takes no names of dtypes here.
    {"hann_window", "dtype", "tf.float32 | tf.float64"},
    {"tf.meshgrid np.meshgrid", "x y", "[0.0, 1.0, 2.0, 3.0] | [1.0, 4.0, 2.0, 3.0] | [0.5, 1.5, 3.5]"},
    // Stock Keras takes no lists here.
    {"ops.meshgrid", "x y", "ops.arange(4.0) | ops.arange(1.0, 4.0) | ops.ones((2,))"},
    {"meshgrid", "indexing", "'xy' | 'ij'"},
    {"sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits", "labels", "x | x * 2 | x * x"},
    {"tf_v1.image.resize tf_v1.image.resize_images", "method", "'bilinear' | 'nearest'"},
    {"resize_bilinear tf_v1.image.resize tf_v1.image.resize_images", "size", "(3, 5) | (8, 7)"},
    {"resize_bilinear", "half_pixel_centers", "False | True"},
    {"resize_bilinear tf_v1.image.resize tf_v1.image.resize_images", "align_corners", "False | True"},
    {"preprocess_input", "data_format", "None | 'channels_first'"},
    {"preprocess_input", "mode", "'caffe' | 'tf' | 'torch'"},
    {"eye", "num_rows N", "4 | 3"},
    {"eye", "num_columns M", "None | 4 | 3"},
    {"eye", "batch_shape", "None | [2]"},
    {"eye", "k", "0 | 1 | -1"},
    {"K.eye", "size", "4 | 3"},
    {"identity", "n", "4 | 3"},
    {"linspace", "start", "0.0 | 1.0"},
    {"linspace", "stop", "2.0 | 4.0"},
    {"linspace", "num", "4 | 3"},
    {"linspace", "endpoint", "True | False"},
    {"band_part matrix_band_part", "num_lower num_upper", "0 | 1 | -1"},
    {"diagonal trace", "offset", "0 | 1"},
    {"diagonal trace", "axis1", "1 | 0"},
    {"diagonal trace", "axis2", "2 | 1"},
    {"matvec", "b", "x[:, 0] | x[:, 1]"},
    {"matvec", "transpose_a", "False | True"},
    {"inv matrix_inverse", "adjoint", "False | True"},
    // Far from singular.
    {"tf.linalg.inv tf.matrix_inverse", "input",
     "x * 0.125 + [[3.0, 0.5], [-0.5, 2.0]] | x * -0.125 + [[0.5, 3.0], [4.0, -0.5]]"},
    {"np.linalg.inv", "a", "x * 0.125 + [[3.0, 0.5], [-0.5, 2.0]] | x * -0.125 + [[0.5, 3.0], [4.0, -0.5]]"},
    {"ops.inv ops.linalg.inv", "x", "x * 0.125 + 2.5 * ops.eye(2) | x * -0.125 - 2.5 * ops.eye(2)"},
    {"cross", "a", "x | x * 2"},
    {"cross", "b", "x[:, ::-1] | x + 1"},
    {"tf.linalg.normalize", "ord", "2 | 1"},
    {"top_k", "k", "2 | 1"},
    {"top_k", "sorted", "True | False"},
    {"quantile percentile", "q", "0.5 | 0.25"},
    {"quantile percentile", "method", "'linear' | 'nearest'"},
    {"quantile percentile median", "overwrite_input", "False | True"},
    {"average", "weights", "None | [1.0, 2.0, 3.0] | [1.0, 2.0, 3.0, 4.0]"},
    {"average", "axis", "1 | -1"},
    {"batch_normalization", "mean variance", "tf.constant([1.0, 2.0, 3.0, 4.0]) | tf.constant([0.5, 1.5, 2.5, 3.5])"},
    {"batch_normalization", "offset scale", "None | 2.0 | 0.5"},
    {"batch_normalization", "variance_epsilon", "0.001 | 0.5"},
    {"standardize", "mean variance", "None | 1.0"},
    {"standardize", "epsilon", "1e-05 | 0.5"},
    {"clip_by_norm", "clip_norm", "1.0 | 0.25"},
    {"clip_by_norm", "axes", "[1] | [1, 2]"},
    {"scalar_mul", "scalar", "2.0 | 0.5"},
    {"polyval", "coeffs", "[1.0, 2.0] | [1.0, 0.5, 2.0]"},
    {"accumulate_n", "inputs", "[x, x] | [x, x * 2, x]"},
    {"logsumexp", "b", "None | 2.0"},
    {"hypot", "x1", "x | x * 2"},
    {"hypot", "x2", "x[:, ::-1] | x + 1"},

    // Indices and shapes.
    {"gather_nd", "params", "x | x * 2"},
    {"gather_nd", "indices", "ops.cast(x[:, :1] > 0, 'int32') | ops.cast(x[:, 1:2] > 0, 'int32')"},
    {"gather_nd", "batch_dims", "1 | 0"},
    {"embedding_lookup", "params", "tf.eye(6) | tf.ones((6, 2))"},
    {"embedding_lookup", "ids", "x | x * 0 + 1"},
    {"sequence_mask", "lengths", "x[:, 0] | x[:, 1]"},
    {"sequence_mask", "maxlen", "4 | 5"},
    {"ensure_shape", "shape", "None | (None, 3, 4)"},
    {"ops.slice", "start_indices", "(0, 0, 0) | (0, 1, 1)"},
    {"ops.slice", "shape", "(-1, 2, 2) | (-1, 1, 2)"},
    {"hstack dstack", "tup", "[x, x] | [x, x * 2]"},

    // Choices that are made while the model is built.
    {"cond", "pred", "True | False"},
    {"cond", "true_fn", "lambda: x | lambda: x * 2"},
    {"cond", "false_fn", "lambda: x * 3 | lambda: -x"},
    {"fori_loop", "lower", "0 | 1"},
    {"fori_loop", "upper", "2 | 3"},
    {"fori_loop", "body_fun", "lambda i, y: y * 2.0 | lambda i, y: y + 1.0"},
    {"in_train_phase in_test_phase", "alt", "x * 2 | x * 3"},
    {"in_train_phase in_test_phase", "training", "None | False"},
    {"print_tensor check_numerics", "message", "'a' | 'b'"},

    // Random, and refused.
    {"dropout", "level rate", "0.5 | 0.25"},
    {"dropout", "noise_shape", "None | (2, 1, 1)"},
    {"dropout", "seed", "None | 3"},
    {"pattern_broadcast", "broadcastable", "(False, True, False) | (False, False, False)"},

    {"", "axis", "1 | -1 | (1, 2) | 2 | [1]"},
    {"", "keepdims keep_dims", "False | True"},
    {"", "out", "None | x"},
    {"", "dtype", "'float32' | 'int32' | None"},
    {"", "name", "'a' | 'b'"},
    {"", "synchronized conjugate stable", "False | True"},
    {"", "shift", "None | 0.5"},
    {"", "reduction_indices dimension dim squeeze_dims", "1 | -1 | 2"},
    {"", "validate_indices", "None | True"},
    {"",
     "x a m A array ary arr t image images input input_ input_tensor tensor features logits value values reference "
     "params "
     "indices variable variables y inputs diagonal matrix init_val",
     kSubject},
};

// Whatever these are, TensorFlow, Keras and NumPy give the same: `stable`, because their sorts are; a `shift` of
// moments and `validate_indices` of gather, because TensorFlow does not use them; `num` of split, because the pieces
// say it.
constexpr Examples kWithoutEffect[] = {
    {"", "name synchronized conjugate stable", ""},
    {"tf.nn.moments", "shift", ""},
    {"tf.split", "num", ""},
    {"tf.gather", "validate_indices", ""},
    // Which of two int dtypes: 64 bits are narrowed.
    {"tf.shape", "out_type", ""},
    {"argmax argmin", "output_type", ""},
    {"pattern_broadcast", "broadcastable", ""},
    // What is printed, what is there anyway, and what an inference never takes.
    {"print_tensor check_numerics", "message", ""},
    {"ensure_shape", "shape", ""},
    {"quantile percentile median", "overwrite_input", ""},
    {"convert_image_dtype", "saturate", ""},
    {"keras.applications.inception_resnet_v2.preprocess_input keras.applications.inception_v3.preprocess_input "
     "keras.applications.mobilenet.preprocess_input keras.applications.mobilenet_v2.preprocess_input "
     "keras.applications.nasnet.preprocess_input keras.applications.resnet_v2.preprocess_input "
     "keras.applications.xception.preprocess_input",
     "data_format", ""},
    {"in_train_phase", "x training", ""},
    {"in_test_phase", "alt training", ""},
};

constexpr Examples kGone[] = {
    {"", "reduction_indices keep_dims dimension dim squeeze_dims", ""},
};

}  // namespace

void add_examples(std::string_view path, FunctionParameter& parameter) {
  const auto is_for = [&](const Examples& row) { return names(row.parameters, parameter.name); };
  parameter.gone = find_row(kGone, path, is_for) != nullptr;
  parameter.without_effect = find_row(kWithoutEffect, path, is_for) != nullptr;
  const Examples* const found = find_row(kExamples, path, is_for);
  if (found == nullptr) return;
  for_each_piece(found->texts, kSeparator, [&](std::string_view text) { parameter.examples.emplace_back(text); });
}

}  // namespace revive
