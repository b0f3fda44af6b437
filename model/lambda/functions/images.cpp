// tf.image and keras.ops.image beyond resizing: crops, pads, colours and normalization of (batch, height, width,
// channels). Sources: TensorFlow's image_ops_impl.py and its kernels for HSV.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> image_functions() {
  static constexpr FunctionRow kTable[] = {
      {"_images", "lambda x: x if _ndim(x) == 4 else _refuse('images are (batch, height, width, channels) here')"},
      {"tf.image.crop_to_bounding_box",
       "lambda image, offset_height, offset_width, target_height, target_width: "
       "_images(image)[:, offset_height:offset_height + target_height, offset_width:offset_width + target_width, :]"},
      {"tf.image.pad_to_bounding_box",
       "lambda image, offset_height, offset_width, target_height, target_width: ops.pad(_images(image), ((0, 0), "
       "(offset_height, target_height - offset_height - image.shape[1]), "
       "(offset_width, target_width - offset_width - image.shape[2]), (0, 0)))"},
      {"tf.image.central_crop",
       "lambda image, central_fraction: _centred(_images(image), "
       "int((image.shape[1] - image.shape[1] * central_fraction) / 2), "
       "int((image.shape[2] - image.shape[2] * central_fraction) / 2))"},
      {"_centred", "lambda image, top, left: image[:, top:image.shape[1] - top, left:image.shape[2] - left, :]"},
      {"tf.image.resize_with_crop_or_pad tf.image.resize_image_with_crop_or_pad",
       "lambda image, target_height, target_width: _fitted(_fitted(_images(image), 1, target_height), 2, "
       "target_width)"},
      {"_fitted",
       "lambda x, axis, size: x[tuple([slice((x.shape[axis] - size) // 2, (x.shape[axis] - size) // 2 + size) "
       "if i == axis else slice(None) for i in range(4)])] if x.shape[axis] >= size else "
       "ops.pad(x, [((size - x.shape[axis]) // 2, (size - x.shape[axis] + 1) // 2) if i == axis else (0, 0) "
       "for i in range(4)])"},
      {"tf.image.per_image_standardization",
       "lambda image: (image - op.mean(_images(image), (1, 2, 3), True)) / op.maximum(op.std(image, (1, 2, 3), True), "
       "1.0 / math.sqrt(image.shape[1] * image.shape[2] * image.shape[3]))"},
      {"tf.image.adjust_brightness", "lambda image, delta: _of_floats(image) + delta"},
      {"tf.image.adjust_contrast",
       "lambda images, contrast_factor: (images - op.mean(_of_floats(_images(images)), (1, 2), True)) * "
       "contrast_factor + op.mean(images, (1, 2), True)"},
      {"tf.image.adjust_gamma", "lambda image, gamma=1, gain=1: gain * _of_floats(image) ** gamma"},
      // TensorFlow scales ints by the largest of their kind, and back.
      {"_of_floats",
       "lambda image: image if _is_float(image) else _refuse('an image of ints is not adjusted; cast it first')"},
      {"tf.image.adjust_saturation",
       "lambda image, saturation_factor: _hsv_to_rgb(_hue(_of_floats(image)), "
       "op.clip(_saturation(image) * saturation_factor, 0.0, 1.0), op.max(image, -1, True))"},
      // The hue in sixths of a turn, so that pure colours stay what they are to the bit.
      {"tf.image.adjust_hue",
       "lambda image, delta: _of_sixths(op.mod(_sixths(_of_floats(image)[..., 0:1], image[..., 1:2], image[..., 2:3], "
       "op.max(image, "
       "-1, True), op.where(_spread(image) > 0.0, _spread(image), 1.0)) + delta * 6.0, 6.0), op.min(image, -1, True), "
       "_spread(image))"},
      {"_sixths",
       "lambda r, g, b, v, spread: op.where(r == v, (g - b) / spread, op.where(g == v, (b - r) / spread + 2.0, "
       "(r - g) / spread + 4.0))"},
      {"_of_sixths",
       "lambda h, low, spread: op.concatenate([low + spread * op.clip(op.absolute(h - 3.0) - 1.0, 0.0, 1.0), "
       "low + spread * op.clip(2.0 - op.absolute(h - 2.0), 0.0, 1.0), "
       "low + spread * op.clip(2.0 - op.absolute(h - 4.0), 0.0, 1.0)], -1)"},
      {"tf.image.sobel_edges",
       "lambda image: _edges(ops.pad(_images(image), ((0, 0), (1, 1), (1, 1), (0, 0)), 'reflect'))"},
      {"_edges",
       "lambda x: op.stack([x[:, 2:, :-2] + 2.0 * x[:, 2:, 1:-1] + x[:, 2:, 2:] - x[:, :-2, :-2] - "
       "2.0 * x[:, :-2, 1:-1] - x[:, :-2, 2:], x[:, :-2, 2:] + 2.0 * x[:, 1:-1, 2:] + x[:, 2:, 2:] - x[:, :-2, :-2] - "
       "2.0 * x[:, 1:-1, :-2] - x[:, 2:, :-2]], -1)"},
      {"tf.image.rgb_to_hsv",
       "lambda images: op.concatenate([_hue(images), _saturation(images), op.max(images, -1, True)], -1)"},
      {"tf.image.hsv_to_rgb", "lambda images: _hsv_to_rgb(images[..., 0:1], images[..., 1:2], images[..., 2:3])"},
      // Keras has no colour below the smallest step of a float, and takes a hue of any number of turns.
      {"ops.image.rgb_to_hsv",
       "lambda images, data_format=None: tf.image.rgb_to_hsv(op.where(op.absolute(_colours(images, data_format)) < "
       "1.1920929e-07, 0.0, images))"},
      {"ops.image.hsv_to_rgb",
       "lambda images, data_format=None: _hsv_to_rgb(op.mod(_colours(images, data_format)[..., 0:1], 1.0), "
       "images[..., 1:2], images[..., 2:3])"},
      {"_colours",
       "lambda images, data_format: _channels_last(images, data_format) if _is_float(images) else "
       "_refuse('colours are floats')"},
      {"_spread", "lambda rgb: op.max(rgb, -1, True) - op.min(rgb, -1, True)"},
      {"_saturation",
       "lambda rgb: op.where(op.max(rgb, -1, True) > 0.0, _spread(rgb) / op.where(op.max(rgb, -1, True) > 0.0, "
       "op.max(rgb, -1, True), 1.0), 0.0)"},
      {"_hue",
       "lambda rgb: _turned(op.where(_spread(rgb) > 0.0, _sector(rgb[..., 0:1], rgb[..., 1:2], rgb[..., 2:3], "
       "op.max(rgb, -1, True), 1.0 / (6.0 * op.where(_spread(rgb) > 0.0, _spread(rgb), 1.0))), 0.0))"},
      {"_sector",
       "lambda r, g, b, v, norm: op.where(r == v, norm * (g - b), op.where(g == v, norm * (b - r) + 2.0 / 6.0, "
       "norm * (r - g) + 4.0 / 6.0))"},
      {"_turned", "lambda h: op.where(h < 0.0, h + 1.0, h)"},
      {"_hsv_to_rgb",
       "lambda h, s, v: op.concatenate([(1.0 - s + s * op.clip(op.absolute(h * 6.0 - 3.0) - 1.0, 0.0, 1.0)) * v, "
       "(1.0 - s + s * op.clip(2.0 - op.absolute(h * 6.0 - 2.0), 0.0, 1.0)) * v, "
       "(1.0 - s + s * op.clip(2.0 - op.absolute(h * 6.0 - 4.0), 0.0, 1.0)) * v], -1)"},
      {"tf.image.rgb_to_yuv",
       "lambda images: op.matmul(images, [[0.299, -0.14714119, 0.61497538], [0.587, -0.28886916, -0.51496512], "
       "[0.114, 0.43601035, -0.10001026]])"},
      {"tf.image.yuv_to_rgb",
       "lambda images: op.matmul(images, [[1.0, 1.0, 1.0], [0.0, -0.394642334, 2.03206185], "
       "[1.13988303, -0.58062185, 0.0]])"},
      {"tf.image.rgb_to_yiq",
       "lambda images: op.matmul(images, [[0.299, 0.59590059, 0.2115], [0.587, -0.27455667, -0.52273617], "
       "[0.114, -0.32134392, 0.31119955]])"},
      {"tf.image.yiq_to_rgb",
       "lambda images: op.matmul(images, [[1.0, 1.0, 1.0], [0.95598634, -0.27201283, -1.10674021], "
       "[0.6208248, -0.64720424, 1.70423049]])"},
      {"tf.image.transpose tf.image.transpose_image", "lambda image: op.transpose(_images(image), (0, 2, 1, 3))"},
      {"tf.image.rot90",
       "lambda image, k=1: image if k % 4 == 0 else op.flip(op.transpose(_images(image), (0, 2, 1, 3)), 1) "
       "if k % 4 == 1 else op.flip(_images(image), (1, 2)) if k % 4 == 2 else "
       "op.transpose(op.flip(_images(image), 1), (0, 2, 1, 3))"},
      {"tf.image.convert_image_dtype",
       "lambda image, dtype, saturate=False: _refuse('tf.image.convert_image_dtype is known to float32') "
       "if dtype != 'float32' else image if image.dtype == 'float32' else _refuse('tf.image.convert_image_dtype is "
       "known from float32 and from ints') if _dtype(image) not in _largest_of_ints else "
       "op.cast(image, 'float32') * (1.0 / _largest_of_ints[_dtype(image)])"},
      {"_largest_of_ints", "{'uint8': 255.0, 'int8': 127.0, 'int16': 32767.0, 'int32': 2147483647.0}"},
      // Every other way of sampling is a product with the weights of the pixels on each axis.
      {"_resampled",
       "lambda images, size, method, antialias: ops.einsum('jw,bhwc->bhjc', _resize_weights(method, images.shape[2], "
       "size[1], antialias), ops.einsum('ih,bhwc->biwc', _resize_weights(method, images.shape[1], size[0], antialias), "
       "_images(images)))"},
      // TensorFlow 1 puts the first points of both images, or all four corners, on one another.
      {"tf_v1.image.resize_bilinear tf.image.resize_bilinear",
       "lambda images, size, align_corners=False, half_pixel_centers=False: "
       "_refuse('use tf.image.resize') if half_pixel_centers else "
       "_stretched(_images(images), size[0], size[1], align_corners)"},
      {"tf_v1.image.resize tf_v1.image.resize_images",
       "lambda images, size, method='bilinear', align_corners=False: "
       "_stretched(_images(images), size[0], size[1], align_corners) if method == 'bilinear' else "
       "_refuse('how TensorFlow 1 resizes is known for bilinear; use tf.image.resize')"},
      {"_stretched",
       "lambda images, height, width, corners: ops.einsum('jw,bhwc->bhjc', _hats(images.shape[2], width, "
       "_step(images.shape[2], width, corners)), ops.einsum('ih,bhwc->biwc', _hats(images.shape[1], height, "
       "_step(images.shape[1], height, corners)), op.cast(images, 'float32')))"},
      {"_step", "lambda n, size, corners: (n - 1) / (size - 1) if corners and size > 1 else n / size"},
      {"_hats",
       "lambda n, size, step: _array([[max(0.0, 1.0 - abs(min(i * step, n - 1.0) - j)) for j in range(n)] "
       "for i in range(size)], 'float32')"},
      {"tf.image.total_variation",
       "lambda images: op.sum(op.absolute(images[:, 1:] - images[:, :-1]), (1, 2, 3)) + "
       "op.sum(op.absolute(images[:, :, 1:] - images[:, :, :-1]), (1, 2, 3))"},
      {"tf.image.image_gradients",
       "lambda image: (ops.pad(_images(image)[:, 1:] - image[:, :-1], ((0, 0), (0, 1), (0, 0), (0, 0))), "
       "ops.pad(image[:, :, 1:] - image[:, :, :-1], ((0, 0), (0, 0), (0, 1), (0, 0))))"},
      {"ops.image.rgb_to_grayscale",
       "lambda images, data_format=None: images if _channels_last(images, data_format).shape[-1] == 1 else "
       "op.sum(images * [0.2989, 0.587, 0.114], -1, True) if _is_float(images) else "
       "op.cast(op.sum(op.cast(images, 'float32') * [0.2989, 0.587, 0.114], -1, True), _dtype(images))"},
      {"ops.image.crop_images",
       "lambda images, top_cropping=None, left_cropping=None, bottom_cropping=None, right_cropping=None, "
       "target_height=None, target_width=None, data_format=None: _channels_last(images, data_format)[:, "
       "slice(*_cut(images.shape[1], top_cropping, bottom_cropping, "
       "target_height)), slice(*_cut(images.shape[2], left_cropping, right_cropping, target_width)), :]"},
      // From where to where, by two of before, after and size. Beyond the end each backend gives something else.
      {"_cut",
       "lambda n, before, after, size: (before, n - after) if size is None else "
       "_refuse('expected a part of the image') if (before if before is not None else after) + size > n else "
       "(before, before + size) if before is not None else (n - after - size, n - after)"},
      {"tf.nn.local_response_normalization tf.nn.lrn",
       "lambda input, depth_radius=5, bias=1, alpha=1, beta=0.5: input / (bias + alpha * _total([ops.pad("
       "op.square(_images(input)), ((0, 0), (0, 0), (0, 0), (depth_radius, depth_radius)))[..., i:i + input.shape[3]] "
       "for i in range(2 * depth_radius + 1)])) ** beta"},
  };
  return kTable;
}

}  // namespace revive
