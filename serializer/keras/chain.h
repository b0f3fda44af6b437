// A Functional whose layers are one chain: each is called once, on what the one before it gives.
//
// Keras stores a Functional as a graph: every layer, and every op between layers, says which tensors it is called on. A
// chain is read as the stack that it is. Ops between two layers are one lambda, however they use each other, as long as
// they start from one tensor. Masks that Keras wrote down as arguments are those that it hands on anyway; of any other,
// and of whatever is called in training mode, a stack knows nothing, and it is refused.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/model/layer.h"

namespace revive {

// One layer of the chain.
struct ChainLayer {
  // The layer's object in the config that was read; nullptr where ops of the chain are the layer together, whose object
  // is that of a Functional which holds them alone.
  const Value* object = nullptr;
  Value ops = {};
  std::string place;
  // The layer of the chain whose mask is an argument of this one, and the value that it takes for padding.
  struct Mask {
    std::size_t maker = 0;
    Value padding;
    std::string place;
  };
  std::optional<Mask> mask = {};
};

// The layers of `config`, the config of a Functional whose place is `place`, in the order in which they are called.
// Errors: config_missing_key, config_type, config_duplicate_name, graph_structure; config_unsupported for what is no
// chain, with the layer or op where it forks or joins. REQUIRES: `config` outlives what is returned.
Result<std::vector<ChainLayer>> read_chain(const Value::Object& config, const std::string& place);

// Whether the object of a Functional holds an InputLayer and ops, and nothing else: that is how a lambda is stored.
bool is_made_of_ops(const Value& functional);

// Whether masks flow through the layers of a chain as it says.
class ChainMasks {
 public:
  // Give it every layer of the chain in turn, with what was made of it. Errors: config_unsupported.
  Status pass(const ChainLayer& described, std::span<const Layer> made);

 private:
  std::size_t next_ = 0;
  bool masked_ = false;
  // The last layer that made a mask, and what it takes for padding.
  std::size_t maker_ = 0;
  Value padding_;
};

// The object of a Functional within its config: `layers`, `input_layers` and `output_layers` of a chain. `entries` are
// the objects of its layers without what they are called on; an entry of null stands for a lambda that is stored as
// ops of this very Functional. REQUIRES: `layers` are built and an InputLayer comes first. Errors: those of
// Graph::infer.
Result<Value::Object> chain_config(const std::vector<Layer>& layers, Value::Array entries);

}  // namespace revive
