#include "model/lambda.h"

#include "model/registry.h"

namespace revive {

Result<Layer> make_lambda(std::string_view text, const Captures& captures, std::string name) {
  auto expression = make_expression(text, captures);
  if (!expression) return std::unexpected(expression.error());
  Layer layer(*find_layer_class("Lambda"));
  layer.set_name(std::move(name));
  *layer.expression() = std::move(*expression);
  return layer;
}

}  // namespace revive
