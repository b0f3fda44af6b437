// What a part of a lambda is while the lambda is lowered: a static Python value, an array, a tensor of the graph that
// is being made, or a function.
//
// Copies are cheap: sequences and arrays share what they hold. A sequence knows how many scalars it spells in full, so
// that a tuple of tuples of tuples that share their items cannot grow without anybody noticing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/base/value.h"
#include "revive/model/base/variant.h"
#include "revive/model/graph/graph.h"
#include "revive/model/tensor/tensor.h"

namespace revive {

class PartialValue;
// A lambda inside of the lambda, with the names that it sees; see lowering_frame.h.
struct LocalFunction;

// The length of an axis that only the run knows.
struct Length {
  NodeRef of;
  std::size_t axis = 0;
};

// A number that only the run knows, and that is the same for all samples: a tensor with one element a sample.
struct RunNumber {
  NodeRef per_sample;
};

// What arithmetic makes of the length of the batch. It may stand in a vector beside numbers that are asked for; whoever
// uses it is told that it would mix the samples.
struct BatchNumber {};

// What Python has in the place of a Sequence, as far as that changes what may be done with it.
enum class SequenceKind : std::uint8_t {
  tuple,
  list,
  either,    // a captured tuple or list: nothing says which
  shape,     // of a tensor: a tuple, and in TensorFlow what takes lists as well
  range,     //
  view,      // the keys, values or items of a dict
  iterator,  // what zip(), map(), a generator, ... give: it can be walked through once
  vector,    // the int vector that tf.shape() gives, as long as it holds a Length
};

struct Sequence {
  std::shared_ptr<const std::vector<PartialValue>> items;
  SequenceKind kind = SequenceKind::tuple;
  // The scalars and tensors below, shared ones as often as they appear.
  std::uint64_t expanded = 0;
  // Whether an iterator was walked through; all copies are the same iterator.
  std::shared_ptr<bool> walked;

  bool is_list() const { return kind == SequenceKind::list; }
  bool is_vector() const { return kind == SequenceKind::vector; }
  // Whether it has items by number, as a view and an iterator have not.
  bool is_indexed() const { return kind != SequenceKind::view && kind != SequenceKind::iterator; }
  std::size_t size() const;
  const PartialValue& operator[](std::size_t index) const;
  std::vector<PartialValue>::const_iterator begin() const;
  std::vector<PartialValue>::const_iterator end() const;
};

// A Python dict, in order. Keys are static.
struct Mapping {
  struct Entry;

  std::shared_ptr<const std::vector<Entry>> entries;
  std::uint64_t expanded = 0;
};

// A function that may be called: its path in the language ("tf.reduce_sum") or the text of a lambda, and for a method
// the value that it is called on.
struct FunctionName {
  std::string text;
  std::shared_ptr<const PartialValue> self = nullptr;
  // Of a lambda inside; the text is for messages then.
  std::shared_ptr<const LocalFunction> local = nullptr;
};

class PartialValue {
 public:
  PartialValue() = default;
  PartialValue(Value scalar) : data_(std::move(scalar)) {}
  PartialValue(NodeRef ref) : data_(ref) {}
  PartialValue(Slice slice) : data_(slice) {}
  PartialValue(Ellipsis ellipsis) : data_(ellipsis) {}
  PartialValue(Tensor array) : data_(std::move(array)) {}
  PartialValue(Sequence sequence) : data_(std::move(sequence)) {}
  PartialValue(Mapping mapping) : data_(std::move(mapping)) {}
  PartialValue(FunctionName function) : data_(std::move(function)) {}
  PartialValue(Length length) : data_(length) {}
  PartialValue(RunNumber number) : data_(number) {}
  PartialValue(BatchNumber number) : data_(number) {}

  // The alternative T, or nullptr; a Value is a scalar (None, bool, int, float or str).
  template <typename T>
  const T* get() const {
    return std::get_if<T>(&data_);
  }

  bool is_none() const;
  bool is_array() const { return get<Tensor>() != nullptr; }
  bool is_tensor() const { return get<NodeRef>() != nullptr; }
  // What only the run knows: a Length, a RunNumber, a BatchNumber, or a vector of them.
  bool is_run_time() const;
  // What operators hand to ops rather than to Python: arrays and tensors.
  bool is_array_like() const { return is_array() || is_tensor(); }
  // Whether there is a tensor of the graph in it.
  bool depends_on_x() const;
  std::uint64_t expanded() const;
  // "a tensor", "an int", "a tuple", ... for messages.
  std::string_view kind_name() const;

 private:
  Variant<Value, NodeRef, Slice, Ellipsis, Tensor, Sequence, Mapping, FunctionName, Length, RunNumber, BatchNumber>
      data_;
};

struct Mapping::Entry {
  PartialValue key;
  PartialValue value;
};

// limit_exceeded when the sequence would spell too many scalars.
Result<PartialValue> make_sequence(std::vector<PartialValue> items, SequenceKind kind);
// Likewise.
Result<PartialValue> make_mapping(std::vector<Mapping::Entry> entries);
// A captured scalar or (nested) array of them; arrays become tuples. Errors: expression_type.
Result<PartialValue> lowered_value(const Value& value, std::uint64_t depth);
PartialValue tuple_of(const std::vector<std::int64_t>& ints);
// Must be asked before the items of a sequence are walked through. Errors: expression_type for an iterator that was.
Status walk(const Sequence& sequence);
// A vector of ints and lengths; an int32 array when all are ints. Errors: expression_type for an int beyond int32.
Result<PartialValue> make_vector(std::vector<PartialValue> items);

// A scalar or nested sequence of scalars as a Value; arrays as nested lists. Nothing for what no Value can hold.
std::optional<Value> value_of(const PartialValue& lowered);
// A rectangular (nested) sequence of numbers and arrays of rank 0 as an array: bool, int32 or float32, whichever holds
// all of them. Errors: expression_type.
Result<Tensor> array_from(const Sequence& sequence);
// As an argument of an op. Sequences that hold tensors or arrays become lists of operands, others become arrays.
Result<Argument> operand_from(const PartialValue& lowered);

}  // namespace revive
