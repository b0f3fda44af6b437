#include "revive/model/lambda.h"

#include "revive/model/base/out_of_memory.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

Result<Layer> layer_of(Result<LambdaFunction> expression, std::string name) {
  if (!expression) return std::unexpected(std::move(expression.error()));
  Layer layer(lambda_layer_class());
  layer.set_name(std::move(name));
  *layer.lambda() = *std::move(expression);
  return layer;
}

}  // namespace

Result<Layer> make_lambda(std::string_view text, const Captures& captures, std::string name) {
  return within_memory([&] { return layer_of(make_expression(text, captures), std::move(name)); });
}

Result<Layer> make_lambda(std::string_view text, const Captures& captures, const TensorType& input, std::string name) {
  return within_memory([&] {
    return layer_of(make_expression(text, captures, LoweringOptions{.input = input, .limits = {}}), std::move(name));
  });
}

}  // namespace revive
