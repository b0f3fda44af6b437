// A layer whose arithmetic is a lambda: declared as the text of an expression and the values it reads.
//
//   struct ELU : GraphLayer<ELU> {
//     Number alpha = 1.0;
//     LambdaSource source() const { return {"lambda x: ops.elu(x, alpha=alpha)", {{"alpha", alpha.to_value()}}}; }
//   };
//
// source() is asked when the layer is built, so that it may depend on every field. What the text means, the dtypes that
// its ops take and give, and what they cost is said by the language (model/lambda/lambda_function.h); the layer takes
// any dtype and says itself which one it gives. The batch axis stays as it is, as in every lambda. What a mask does is
// not in the text: the declaration says passes_mask() or refuses_mask(), else it is dropped. Errors of build(): those
// of make_expression() and Graph::infer(), as layer_input.
#pragma once

#include <memory>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layer_class.h"

namespace revive {

struct LambdaSource {
  std::string text;
  Captures captures = {};
};

// What a graph makes of an input, and what a sample costs in it.
Result<Built> build_graph(const Graph& graph, const Shape& input, const BuildContext& context);

// The lambda of one layer, made when it is built.
class BuiltLambda {
 public:
  Result<Built> build(const LambdaSource& source, const Shape& input, const BuildContext& context);
  // REQUIRES: build() succeeded.
  Result<Shape> output_shape(const Shape& input) const;
  Result<Tensor> call(const Tensor& x, const CallContext& context) const;

 private:
  // Shared by copies of the layer, which never write it.
  std::shared_ptr<const LambdaFunction> lambda_;
  DType dtype_ = DType::float32;
};

template <typename T>
struct GraphLayer {
  // Found by declare<T>().
  static constexpr bool kChoosesDtype = true;

  Result<Built> build(const Shape& input, const BuildContext& context) {
    return lambda_.build(static_cast<const T*>(this)->source(), input, context);
  }
  Result<Shape> output_shape(const Shape& input) const { return lambda_.output_shape(input); }
  Result<Tensor> call(const Tensor& x, const CallContext& context) const { return lambda_.call(x, context); }

 private:
  BuiltLambda lambda_;
};

}  // namespace revive
