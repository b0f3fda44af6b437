// Lambda: an expression that owns what it captured. Keras stores it as a nested Functional of ops, which is also the
// class that its weights group is numbered under.
#include "revive/model/declare.h"
#include "revive/model/graph/op.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/lambda/lambda_function.h"

namespace revive {
namespace {

struct Lambda {
  LambdaFunction expression;
  // What the graph was last built for; decides the dtype of every node.
  DType input_dtype = DType::float32;

  Result<Built> build(const Shape& input, const BuildContext& context) {
    REVIVE_ASSIGN_OR_RETURN(auto types, expression.graph.infer({context.dtype, input}, context.limits));
    input_dtype = context.dtype;
    Built built{types.back().shape, {}, input.elements_per_sample().value_or(kHuge), types.back().dtype};
    const std::vector<Node>& nodes = expression.graph.nodes();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto count = nodes[i].op->multiply_adds;
      const std::int64_t elements = types[i + 1].shape.elements_per_sample().value_or(kHuge);
      const std::int64_t cost = count == nullptr ? elements : count(nodes[i], types);
      if (__builtin_add_overflow(built.multiply_adds, cost, &built.multiply_adds)) built.multiply_adds = kHuge;
    }
    return built;
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
