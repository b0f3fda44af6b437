#include "revive/model/layers/graph_layer.h"

namespace revive {

Result<Built> build_graph(const Graph& graph, const Shape& input, const BuildContext& context) {
  REVIVE_ASSIGN_OR_RETURN(auto types, graph.infer({context.dtype, input}, context.limits));
  const Graph::Cost cost = graph.cost(types);
  return Built{types.back().shape, {}, cost.multiply_adds, types.back().dtype, cost.activation_elements};
}

Result<Built> BuiltLambda::build(const LambdaSource& source, const Shape& input, const BuildContext& context) {
  const TensorType type{context.dtype, input};
  auto made = make_expression(source.text, source.captures, LoweringOptions{.input = type, .limits = context.limits});
  if (!made) return fail(ErrorCode::layer_input, "", made.error().message);
  auto built = build_graph(made->graph, input, context);
  if (!built) return fail(ErrorCode::layer_input, "", built.error().message);
  lambda_ = std::make_shared<const LambdaFunction>(*std::move(made));
  dtype_ = context.dtype;
  return built;
}

Result<Shape> BuiltLambda::output_shape(const Shape& input) const {
  REVIVE_ASSIGN_OR_RETURN(auto types, lambda_->graph.infer({dtype_, input}));
  return std::move(types.back().shape);
}

Result<Tensor> BuiltLambda::call(const Tensor& x, const CallContext& context) const {
  return lambda_->graph.evaluate(x, context.limits);
}

}  // namespace revive
