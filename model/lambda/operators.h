// The infix operators of lambdas with Python's binding powers: declared here, derived by the parser and the printer.
#pragma once

#include <array>
#include <string_view>

#include "revive/model/lambda/syntax_tree.h"

namespace revive {

// How tightly operators bind, loosest first.
enum BindingPower : int {
  kConditional = 1,
  kOr,
  kAnd,
  kNot,
  kComparison,
  kBitOr,
  kBitXor,
  kBitAnd,
  kShift,
  kSum,
  kTerm,
  kUnary,
  kPower,
  kPostfix,
};

struct Infix {
  std::string_view symbol;
  BindingPower power;
  TreeNode::Kind kind;
};

inline constexpr std::array kInfixes = {
    Infix{"or", kOr, TreeNode::Kind::logical},
    Infix{"and", kAnd, TreeNode::Kind::logical},
    Infix{"<", kComparison, TreeNode::Kind::comparison},
    Infix{"<=", kComparison, TreeNode::Kind::comparison},
    Infix{"==", kComparison, TreeNode::Kind::comparison},
    Infix{"!=", kComparison, TreeNode::Kind::comparison},
    Infix{">=", kComparison, TreeNode::Kind::comparison},
    Infix{">", kComparison, TreeNode::Kind::comparison},
    Infix{"is", kComparison, TreeNode::Kind::comparison},
    Infix{"is not", kComparison, TreeNode::Kind::comparison},
    Infix{"in", kComparison, TreeNode::Kind::comparison},
    Infix{"not in", kComparison, TreeNode::Kind::comparison},
    Infix{"|", kBitOr, TreeNode::Kind::binary},
    Infix{"^", kBitXor, TreeNode::Kind::binary},
    Infix{"&", kBitAnd, TreeNode::Kind::binary},
    Infix{"<<", kShift, TreeNode::Kind::binary},
    Infix{">>", kShift, TreeNode::Kind::binary},
    Infix{"+", kSum, TreeNode::Kind::binary},
    Infix{"-", kSum, TreeNode::Kind::binary},
    Infix{"*", kTerm, TreeNode::Kind::binary},
    Infix{"/", kTerm, TreeNode::Kind::binary},
    Infix{"//", kTerm, TreeNode::Kind::binary},
    Infix{"%", kTerm, TreeNode::Kind::binary},
    Infix{"@", kTerm, TreeNode::Kind::binary},
    Infix{"**", kPower, TreeNode::Kind::binary},
};

}  // namespace revive
