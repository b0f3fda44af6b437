// Lambda: an expression that owns what it captured. Keras stores it as a nested Functional of ops, which is also the
// class that its weights group is numbered under.
#include "revive/model/declare.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/graph_layer.h"

namespace revive {
namespace {

struct Lambda {
  LambdaFunction expression;
  // What the graph was last built for; decides the dtype of every node.
  DType input_dtype = DType::float32;

  Result<Built> build(const Shape& input, const BuildContext& context) {
    input_dtype = context.dtype;
    return build_graph(expression.graph, input, context);
  }

  Result<Shape> output_shape(const Shape& input) const {
    REVIVE_ASSIGN_OR_RETURN(auto types, expression.graph.infer({input_dtype, input}));
    return std::move(types.back().shape);
  }

  Result<MaskedTensor> call_masked(const MaskedTensor& input, const CallContext& context) const {
    REVIVE_ASSIGN_OR_RETURN(auto output, expression.graph.evaluate(input.value, context.limits));
    // The very tensor that comes in goes out, with all that Keras hangs on it.
    const bool identity = expression.graph.nodes().empty();
    return MaskedTensor{std::move(output), identity ? input.mask : std::nullopt};
  }
};

}  // namespace

LayerClass lambda_class() {
  return declare<Lambda>("Lambda", Family::lambda)
      .field("function", &Lambda::expression)
      .weights_class("Functional")
      .expects("an input with at least a batch axis", [](const Shape& input) { return input.rank() > 0; })
      .chooses_dtype()
      .draw([](LayerDraw& draw, Lambda& lambda) { lambda.expression = draw.lambda(); })
      .layer();
}

}  // namespace revive
