// keras.losses, called as functions: of two tensors of floats that have equally many axes. Those that Keras computes of
// logits where it finds them behind probabilities (binary_crossentropy, categorical_crossentropy) are no functions of
// what they are given, and are not known.
#include "revive/model/lambda/function_table.h"

namespace revive {

std::span<const FunctionRow> loss_functions() {
  static constexpr FunctionRow kTable[] = {
      {"_predicted",
       "lambda y_true, y_pred: _array(y_pred, None) if _is_float(y_pred) and _ndim(y_true) == _ndim(y_pred) else "
       "_refuse('a loss is known of two tensors of floats that have equally many axes')"},
      {"_wanted",
       "lambda y_true, y_pred: _array(y_true, None) if _dtype(y_true) == _dtype(y_pred) else "
       "_array(y_true, _dtype(y_pred))"},
      {"_error", "lambda y_true, y_pred: _wanted(y_true, y_pred) - _predicted(y_true, y_pred)"},
      {"_kept_above", "lambda y: op.maximum(y, 1e-07)"},
      {"keras.losses.mean_squared_error keras.losses.mse keras.losses.MSE",
       "lambda y_true, y_pred: op.mean(op.square(_error(y_true, y_pred)), -1)"},
      {"keras.losses.mean_absolute_error keras.losses.mae keras.losses.MAE",
       "lambda y_true, y_pred: op.mean(op.absolute(_error(y_true, y_pred)), -1)"},
      {"keras.losses.mean_absolute_percentage_error keras.losses.mape keras.losses.MAPE",
       "lambda y_true, y_pred: 100.0 * op.mean(op.absolute(_error(y_true, y_pred) / "
       "_kept_above(op.absolute(_wanted(y_true, y_pred)))), -1)"},
      {"keras.losses.mean_squared_logarithmic_error keras.losses.msle keras.losses.MSLE",
       "lambda y_true, y_pred: op.mean(op.square(op.log(_kept_above(_predicted(y_true, y_pred)) + 1.0) - "
       "op.log(_kept_above(_wanted(y_true, y_pred)) + 1.0)), -1)"},
      {"keras.losses.log_cosh",
       "lambda y_true, y_pred: op.mean(-_error(y_true, y_pred) + op.softplus(_error(y_true, y_pred) * 2.0) - "
       "0.6931471805599453, -1)"},
      {"keras.losses.poisson",
       "lambda y_true, y_pred: op.mean(_predicted(y_true, y_pred) - _wanted(y_true, y_pred) * "
       "op.log(_predicted(y_true, y_pred) + 1e-07), -1)"},
      {"keras.losses.kl_divergence keras.losses.kld keras.losses.KLD",
       "lambda y_true, y_pred: op.sum(op.clip(_wanted(y_true, y_pred), 1e-07, 1) * op.log(op.clip(_wanted(y_true, "
       "y_pred), 1e-07, 1) / op.clip(_predicted(y_true, y_pred), 1e-07, 1)), -1)"},
      {"keras.losses.huber",
       "lambda y_true, y_pred, delta=1.0: op.mean(op.where(op.absolute(_error(y_true, y_pred)) <= delta, "
       "0.5 * op.square(_error(y_true, y_pred)), delta * op.absolute(_error(y_true, y_pred)) - 0.5 * delta ** 2), -1)"},
      {"keras.losses.cosine_similarity",
       "lambda y_true, y_pred, axis=-1: -op.sum(op.normalize(_wanted(y_true, y_pred), axis) * "
       "op.normalize(_predicted(y_true, y_pred), axis), axis)"},
  };
  return kTable;
}

}  // namespace revive
