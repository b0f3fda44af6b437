// A lambda as data: a small DAG of ops over one input tensor, x.
//
// A Graph is immutable, owns every constant, and is canonical: nodes stand in the order in which the output needs
// them (depth first, arguments left to right), nothing unused is kept, and what is computed twice in the same way is
// one node: no two nodes have the same op, settings and arguments. Two graphs are equal when they hold the same ops,
// settings and arguments; constants are compared by bits, and an int is not a float. That is the lambda's identity;
// the text it was written as is not part of it (model/lambda/lambda_function.h).
//
// What make() promises to everybody after it: every reference has a producer, there is no cycle, every op has the
// arguments it declares, every node depends on x, the sizes (before equal nodes become one) are within Limits. What
// depends on the input's shape (broadcasting, index ranges, the batch axis) is checked by infer(), and again by
// evaluate() for the axes that were unknown. The batch axis is axis 0 of x and has to be axis 0 of every value: samples
// never mix.
//
// NaN: constants hold the one quiet NaN that JSON can spell; make() rewrites other payloads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/limits.h"
#include "revive/model/base/value.h"
#include "revive/model/base/variant.h"
#include "revive/model/tensor/shape.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

struct OpClass;

// The value of x (0) or of node index - 1.
struct NodeRef {
  std::size_t index = 0;
  friend bool operator==(const NodeRef&, const NodeRef&) = default;
};

// Python's slice(start, stop, step); nothing means None.
struct Slice {
  std::optional<std::int64_t> start;
  std::optional<std::int64_t> stop;
  std::optional<std::int64_t> step;

  bool full() const;
  friend bool operator==(const Slice&, const Slice&) = default;
};

struct Ellipsis {
  friend bool operator==(const Ellipsis&, const Ellipsis&) = default;
};

// What an op is called with: a tensor of the graph or a constant. A Value here is a scalar (null, bool, int, float or
// string); sequences are Lists.
class Argument {
 public:
  using List = std::vector<Argument>;

  Argument() = default;
  Argument(NodeRef ref) : data_(ref) {}
  Argument(Value scalar) : data_(std::move(scalar)) {}
  Argument(Slice slice) : data_(slice) {}
  Argument(Ellipsis ellipsis) : data_(ellipsis) {}
  Argument(Tensor array) : data_(std::move(array)) {}
  Argument(List list) : data_(std::move(list)) {}

  // The alternative T, or nullptr: get<NodeRef>(), get<Value>(), get<Slice>(), ...
  template <typename T>
  const T* get() const {
    return std::get_if<T>(&data_);
  }
  template <typename T>
  T* get() {
    return std::get_if<T>(&data_);
  }
  // "a tensor", "an int", "a slice", ... for messages.
  std::string_view kind_name() const;

  friend bool operator==(const Argument& a, const Argument& b);

 private:
  Variant<Value, NodeRef, Slice, Ellipsis, Tensor, List> data_;
};

struct Node {
  const OpClass* op = nullptr;
  std::vector<Argument> arguments;
  // The op's config values in the order in which it declares them.
  std::vector<Value> settings;

  friend bool operator==(const Node&, const Node&) = default;
};

class Graph {
 public:
  // The identity, lambda x: x.
  Graph() = default;
  // Nodes may come in any order. Errors: graph_structure, graph_argument, limit_exceeded; the place is the node.
  static Result<Graph> make(std::vector<Node> nodes, NodeRef output, const Limits& limits = {});

  const std::vector<Node>& nodes() const { return nodes_; }
  // The last node, or x when there is none.
  NodeRef output() const { return {nodes_.size()}; }
  // Keras' names for the nodes: get_item, get_item_1, add, ...
  std::vector<std::string> node_names() const;

  // The types of x and of every node, so that the last is the output's. Errors: layer_input for an x no graph takes,
  // graph_argument for an op that does not fit, limit_exceeded for ranks and for sizes that 64 bits cannot count.
  Result<std::vector<TensorType>> infer(const TensorType& x, const Limits& limits = {}) const;
  // What evaluating it takes for one sample, given what infer() says; unknown axes count as one. An element that an op
  // reads or writes is a step of plain code.
  struct Cost {
    std::int64_t multiply_adds = 0;
    // Of the largest value.
    std::int64_t activation_elements = 0;
  };
  Cost cost(std::span<const TensorType> types) const;
  // Errors: as infer(), for the dims of this x, and limit_exceeded for its cost. Takes memory for the values alive at
  // one time.
  Result<Tensor> evaluate(const Tensor& x, const Limits& limits = {}) const;

  // "x[:, -3:, :] * 0.5 + b", fully parenthesised and cut when it gets long: for people.
  std::string to_text() const;

  friend bool operator==(const Graph& a, const Graph& b) { return a.nodes_ == b.nodes_; }

 private:
  Status check_cost(std::span<const TensorType> types, const Limits& limits) const;
  Result<TensorType> infer_node(std::size_t index, std::span<const TensorType> types, const Limits& limits) const;

  std::vector<Node> nodes_;
  // Where each value (x first) is read for the last time, as a node index.
  std::vector<std::size_t> last_use_;
};

// The scalars and elements with every NaN made the one that JSON spells.
void canonicalize_nan(Argument& argument);
void canonicalize_nan(Value& value);

}  // namespace revive
