// Builds the tree of an expression from the operations that computed it, in the form in which the parser would.
//
// A node is known by the instruction that made it: an instruction that is run again on the same operands, because two
// branches lead through it, gives the same node, and two instructions never do. So what the code computed once stays
// one node, and what the source spelled twice stays two.
//
// The first error is kept; what is made after it means nothing. REQUIRES of all functions: indices that this builder
// returned. Errors: bytecode_unsupported, limit_exceeded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/error.h"
#include "revive/model/lambda/syntax_tree.h"
#include "revive/serializer/python/marshal.h"

namespace revive::python {

class Builder {
 public:
  using Items = std::span<const TreeIndex>;

  Builder(const std::vector<Object>& objects, std::size_t instructions);

  // The instruction that makes the nodes from here on.
  void at(std::size_t instruction) { instruction_ = instruction; }
  // The number of the first of so many more instructions, those of a function inside.
  std::size_t more_instructions(std::size_t count);
  const std::optional<Error>& error() const { return error_; }
  // Keeps the first one.
  void wrong(ErrorCode code, std::string message);

  const TreeNode& operator[](TreeIndex index) const { return nodes_[index]; }

  TreeIndex literal(Value value);
  // Tuples, frozensets and slices with all that they hold.
  TreeIndex constant(ObjectIndex object);
  TreeIndex name(std::string_view name);
  // The list that a comprehension carries.
  TreeIndex accumulator();
  TreeIndex attribute(TreeIndex base, std::string_view name);
  TreeIndex subscript(TreeIndex base, TreeIndex key);
  TreeIndex slice(Items bounds);
  TreeIndex unary(std::string_view symbol, TreeIndex operand);
  TreeIndex binary(std::string_view symbol, TreeIndex left, TreeIndex right);
  TreeIndex comparison(std::string_view symbol, TreeIndex left, TreeIndex right);
  // `otherwise` where `condition` does not hold; the other way round when `negated`.
  TreeIndex conditional(TreeIndex condition, bool negated, TreeIndex then, TreeIndex otherwise);

  // See TreeNode: names and children as there.
  TreeIndex function(std::vector<std::string> parameters, std::vector<TreeIndex> body_and_defaults);
  TreeIndex loop(std::vector<std::string> names, std::vector<TreeIndex> children);
  // The function ends here with an error, of which `error` is the exception; kNoTree for none.
  TreeIndex raised(TreeIndex error);
  // `value`[`index`]
  TreeIndex item(TreeIndex value, std::int64_t index);
  // A list display, an accumulator or what a loop left of one; and whether another one or a tuple or dict holds it.
  bool is_own_list(TreeIndex index) const;
  bool is_held(TreeIndex index) const;

  // A tuple or list of items, and one that is as long as all of `parts`, which are tuples, lists or anything that a
  // call may unpack with *.
  TreeIndex sequence(TreeNode::Kind kind, Items items);
  TreeIndex joined(TreeNode::Kind kind, Items parts);
  TreeIndex as_tuple(TreeIndex list);
  // Keys and values in turn; and the entries of all of `parts`, which are dicts or anything that a call unpacks with
  // **.
  TreeIndex dict(Items entries);
  TreeIndex joined_dict(Items parts);

  // The last keywords.size() arguments have these keywords.
  TreeIndex call(TreeIndex callee, Items arguments, std::span<const std::string_view> keywords);
  // callee(*positional, **keyword); `keyword` may be kNoTree.
  TreeIndex call_unpacked(TreeIndex callee, TreeIndex positional, TreeIndex keyword);

  // A name that an expression may hold: "" for one that it may not, with the error kept.
  std::string_view checked_name(std::string_view name);

  // A call that may be left out of the result: it changed a list, or made the exception that is raised.
  void settle(TreeIndex call);

  // The tree of what `body` reaches. Errors besides the kept one: a call that the body does not reach and that may do
  // more than give a value, a slice or an unpacking that stands where none can, nodes that nest too deep.
  Result<Tree> finish(TreeIndex body, std::vector<Tree::Parameter> parameters, const Limits& limits);

 private:
  TreeIndex add(TreeNode node);
  TreeIndex constant(ObjectIndex object, std::size_t depth);
  TreeIndex invalid(std::string message);
  bool is_harmless(const TreeNode& call, const std::vector<Tree::Parameter>& parameters) const;
  TreeIndex junction(std::string_view symbol, TreeIndex left, TreeIndex right);
  void append(TreeNode& node, std::string_view star, TreeIndex item) const;

  const std::vector<Object>& objects_;
  std::vector<TreeNode> nodes_;
  std::size_t instruction_ = 0;
  // Nodes by instruction, as linked lists: the latest of an instruction, and the one before a node.
  std::vector<TreeIndex> latest_;
  std::vector<TreeIndex> before_;
  std::vector<TreeIndex> settled_;
  // Nodes and children, and elements of constants, that were made so far.
  std::size_t size_ = 0;
  std::size_t constant_elements_ = 0;
  std::optional<Error> error_;
};

}  // namespace revive::python
