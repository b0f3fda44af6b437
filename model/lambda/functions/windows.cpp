// Convolutions, pooling and patches, made of the slices that a window sees: the sum, mean or maximum over slices of
// the image is what Keras' kernels give, with ops that every Keras 3 has. Images are (batch, height, width, channels).
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> window_functions() {
  static constexpr FunctionRow kTable[] = {
      // 2, (2,), (2, 3), or TensorFlow's (1, 2, 3, 1).
      {"_two",
       "lambda v: (v, v) if _is_number(v) else (v[0], v[0]) if len(v) == 1 else (v[1], v[2]) if len(v) == 4 else "
       "(v[0], v[1])"},
      {"_same",
       "lambda padding: _refuse('padding has to be same or valid') if not isinstance(padding, str) else "
       "_lower_case(padding) == 'same' if _lower_case(padding) in ('same', 'valid') else "
       "_refuse('padding has to be same or valid')"},
      {"_channels_last",
       "lambda x, data_format: x if data_format in (None, 'channels_last', 'NHWC', 'NWC') else "
       "_refuse('only images with channels_last are known')"},
      // What padding "same" adds before and after an axis.
      {"_around",
       "lambda n, k, s, d: (max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0) // 2, "
       "(max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0) + 1) // 2)"},
      {"_framed",
       "lambda x, k, s, d, same, fill: ops.pad(x, ((0, 0), _around(x.shape[1], k[0], s[0], d[0]), "
       "_around(x.shape[2], k[1], s[1], d[1]), (0, 0)), 'constant', fill) if same else x"},
      // What stands at each place of a window, row by row.
      {"_shifted",
       "lambda x, k, s, d: [x[:, i * d[0]:x.shape[1] - (k[0] - 1 - i) * d[0]:s[0], "
       "j * d[1]:x.shape[2] - (k[1] - 1 - j) * d[1]:s[1], :] for i in range(k[0]) for j in range(k[1])]"},
      {"_windows", "lambda x, k, s, d, same, fill: _shifted(_framed(_images(x), k, s, d, same, fill), k, s, d)"},
      {"_total", "lambda values: functools.reduce(lambda a, b: a + b, values)"},

      {"_max_pool",
       "lambda x, k, s, same: functools.reduce(lambda a, b: op.maximum(a, b), "
       "_windows(x, k, s, (1, 1), same, -3.4028234663852886e+38))"},
      // Padding does not count in a mean.
      {"_average_pool",
       "lambda x, k, s, same: _total(_windows(x, k, s, (1, 1), same, 0.0)) / "
       "(_total(_windows(ops.ones((1, x.shape[1], x.shape[2], 1)), k, s, (1, 1), same, 0.0)) if same else "
       "float(k[0] * k[1]))"},
      {"_convolution",
       "lambda x, kernel, s, d, same: _total([op.matmul(w, kernel[i // kernel.shape[1], i % kernel.shape[1]]) "
       "for i, w in enumerate(_windows(x, kernel.shape[:2], s, d, same, 0.0))])"},
      {"_depthwise",
       "lambda x, kernel, s, d, same: _refuse('with strides and dilation TensorFlow gives another shape') "
       "if s != (1, 1) and d != (1, 1) else _total([w * kernel[i // kernel.shape[1], i % kernel.shape[1], :, 0] "
       "for i, w in enumerate(_windows(x, kernel.shape[:2], s, d, same, 0.0))]) if kernel.shape[3] == 1 else "
       "_unfolded(_total([op.expand_dims(w, -1) * kernel[i // kernel.shape[1], i % kernel.shape[1]] "
       "for i, w in enumerate(_windows(x, kernel.shape[:2], s, d, same, 0.0))]))"},
      // The channels that were made of one channel stand beside each other.
      {"_unfolded", "lambda y: op.reshape(y, (-1, y.shape[1], y.shape[2], y.shape[3] * y.shape[4]))"},
      // One row of pixels.
      {"_flat", "lambda function, x: op.squeeze(function(op.expand_dims(x, 1)), 1)"},
      {"_one", "lambda v: v if _is_number(v) else v[0] if len(v) == 1 else v[1]"},

      {"tf.nn.max_pool2d tf.nn.max_pool",
       "lambda input, ksize, strides, padding, data_format='NHWC': "
       "_max_pool(_channels_last(input, data_format), _two(ksize), _two(strides), _same(padding))"},
      {"tf.nn.avg_pool2d tf.nn.avg_pool",
       "lambda input, ksize, strides, padding, data_format='NHWC': "
       "_average_pool(_channels_last(input, data_format), _two(ksize), _two(strides), _same(padding))"},
      {"tf.nn.max_pool1d",
       "lambda input, ksize, strides, padding, data_format='NWC': _flat(lambda x: _max_pool(x, (1, _one(ksize)), "
       "(1, _one(strides)), _same(padding)), _channels_last(input, data_format))"},
      {"tf.nn.avg_pool1d",
       "lambda input, ksize, strides, padding, data_format='NWC': _flat(lambda x: _average_pool(x, (1, _one(ksize)), "
       "(1, _one(strides)), _same(padding)), _channels_last(input, data_format))"},
      {"ops.$_pool",
       "lambda inputs, pool_size, strides=None, padding='valid', data_format=None: "
       "_$_pool(_channels_last(inputs, data_format), _two(pool_size), _two(pool_size if strides is None else strides), "
       "_same(padding)) if _ndim(inputs) == 4 else _flat(lambda x: _$_pool(x, (1, _one(pool_size)), "
       "(1, _one(pool_size if strides is None else strides)), _same(padding)), _channels_last(inputs, data_format))",
       "max average"},
      {"K.pool2d",
       "lambda x, pool_size, strides=(1, 1), padding='valid', data_format=None, pool_mode='max': "
       "_max_pool(_channels_last(x, data_format), _two(pool_size), _two(strides), _same(padding)) if pool_mode == "
       "'max' "
       "else _average_pool(_channels_last(x, data_format), _two(pool_size), _two(strides), _same(padding))"},

      {"tf.nn.conv2d",
       "lambda input, filters, strides, padding, data_format='NHWC', dilations=None: "
       "_convolution(_channels_last(input, data_format), filters, _two(strides), "
       "_two(1 if dilations is None else dilations), _same(padding))"},
      {"tf.nn.conv1d",
       "lambda input, filters, stride, padding, data_format='NWC', dilations=None: _flat(lambda x: _convolution(x, "
       "op.expand_dims(filters, 0), (1, _one(stride)), (1, _one(1 if dilations is None else dilations)), "
       "_same(padding)), _channels_last(input, data_format))"},
      {"tf.nn.depthwise_conv2d",
       "lambda input, filter, strides, padding, data_format='NHWC', dilations=None: "
       "_depthwise(_channels_last(input, data_format), filter, _two(strides), "
       "_two(1 if dilations is None else dilations), _same(padding))"},
      {"tf.nn.separable_conv2d",
       "lambda input, depthwise_filter, pointwise_filter, strides, padding, data_format=None, dilations=None: "
       "_convolution(_depthwise(_channels_last(input, data_format), depthwise_filter, _two(strides), "
       "_two(1 if dilations is None else dilations), _same(padding)), pointwise_filter, (1, 1), (1, 1), False)"},
      {"tf.nn.convolution",
       "lambda input, filters, strides=None, padding='VALID', data_format=None, dilations=None: "
       "tf.nn.conv2d(input, filters, 1 if strides is None else strides, padding, data_format, dilations) "
       "if _ndim(input) == 4 else tf.nn.conv1d(input, filters, 1 if strides is None else strides, padding, "
       "data_format, "
       "dilations) if _ndim(input) == 3 else _refuse('tf.nn.convolution is known along one or two axes')"},
      {"tf.nn.atrous_conv2d",
       "lambda value, filters, rate, padding: _convolution(value, filters, (1, 1), (rate, rate), _same(padding))"},
      {"tf.nn.pool",
       "lambda input, window_shape, pooling_type, strides=None, padding='VALID', data_format=None, dilations=None: "
       "_refuse('tf.nn.pool is known for images and without dilation') if _ndim(input) != 4 or "
       "_two(1 if dilations is None else dilations) != (1, 1) else "
       "_max_pool(_channels_last(input, data_format), _two(window_shape), _two(1 if strides is None else strides), "
       "_same(padding)) if pooling_type == 'MAX' else "
       "_average_pool(_channels_last(input, data_format), _two(window_shape), _two(1 if strides is None else strides), "
       "_same(padding)) if pooling_type == 'AVG' else _refuse('the kind of pooling is MAX or AVG')"},
      {"K.conv2d",
       "lambda x, kernel, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1): "
       "_convolution(_channels_last(x, data_format), kernel, _two(strides), _two(dilation_rate), _same(padding))"},
      {"K.conv1d",
       "lambda x, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1: _flat(lambda y: "
       "_convolution(y, op.expand_dims(kernel, 0), (1, _one(strides)), (1, _one(dilation_rate)), _same(padding)), "
       "_channels_last(x, data_format)) if padding != 'causal' else _refuse('a causal K.conv1d is not known')"},
      {"K.depthwise_conv2d",
       "lambda x, depthwise_kernel, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1): "
       "_depthwise(_channels_last(x, data_format), depthwise_kernel, _two(strides), _two(dilation_rate), "
       "_same(padding))"},
      {"K.separable_conv2d",
       "lambda x, depthwise_kernel, pointwise_kernel, strides=(1, 1), padding='valid', data_format=None, "
       "dilation_rate=(1, 1): _convolution(K.depthwise_conv2d(x, depthwise_kernel, strides, padding, data_format, "
       "dilation_rate), pointwise_kernel, (1, 1), (1, 1), False)"},
      {"ops.conv",
       "lambda inputs, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1: "
       "_convolution(_channels_last(inputs, data_format), kernel, _two(strides), _two(dilation_rate), _same(padding)) "
       "if _ndim(inputs) == 4 else _flat(lambda x: _convolution(x, op.expand_dims(kernel, 0), (1, _one(strides)), "
       "(1, _one(dilation_rate)), _same(padding)), _channels_last(inputs, data_format))"},
      {"ops.depthwise_conv",
       "lambda inputs, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1: "
       "_depthwise(_channels_last(inputs, data_format), kernel, _two(strides), _two(dilation_rate), _same(padding)) "
       "if _ndim(inputs) == 4 else _refuse('depthwise_conv is known for images')"},

      {"tf.image.extract_patches tf.extract_image_patches",
       "lambda images, sizes, strides, rates, padding: op.concatenate(_windows(images, _two(sizes), _two(strides), "
       "_two(rates), _same(padding), 0.0), -1)"},
      {"ops.image.extract_patches",
       "lambda images, size, strides=None, dilation_rate=1, padding='valid', data_format=None: "
       "op.concatenate(_windows(_channels_last(images, data_format), _two(size), "
       "_two(size if strides is None else strides), _two(dilation_rate), _same(padding), 0.0), -1)"},
  };
  return kTable;
}

}  // namespace revive
