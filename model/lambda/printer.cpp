#include "revive/model/lambda/printer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "revive/model/lambda/operators.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

constexpr std::size_t kUnplaced = SIZE_MAX;

const Infix* find_infix(Kind kind, std::string_view symbol) {
  const auto found =
      std::ranges::find_if(kInfixes, [&](const Infix& infix) { return infix.kind == kind && infix.symbol == symbol; });
  return found == kInfixes.end() ? nullptr : &*found;
}

// Recursion is as deep as the parser's would be on the text; `level` counts as its depth does.
class Printer {
 public:
  Printer(const Tree& tree, const Limits& limits)
      : tree_(tree), limits_(limits), positions_(tree.nodes.size(), kUnplaced) {}

  std::optional<PlacedText> run() {
    out("lambda");
    for (std::size_t i = 0; i < tree_.parameters.size(); ++i) {
      out(i == 0 ? " " : ", ");
      out(tree_.parameters[i].name);
      if (tree_.parameters[i].fallback == kNoTree) continue;
      out("=");
      expression(tree_.parameters[i].fallback, kConditional, 1);
    }
    out(": ");
    expression(tree_.body, kConditional, 1);
    if (failed_) return std::nullopt;
    std::ranges::replace(positions_, kUnplaced, std::size_t{0});
    return PlacedText{std::move(text_), std::move(positions_)};
  }

 private:
  struct Step {
    TreeIndex index;
    bool bracketed;
    // Of what stands inside the brackets.
    std::size_t level;
  };

  void out(std::string_view piece) {
    text_ += piece;
    if (text_.size() > kMostTextBytes) failed_ = true;
  }
  void place(TreeIndex index) {
    if (positions_[index] == kUnplaced) positions_[index] = text_.size();
  }

  // How tightly the node holds together; without a spelling the text fails.
  int power(const TreeNode& node) {
    switch (node.kind) {
      case Kind::function:
      case Kind::conditional: return kConditional;
      case Kind::comparison: return kComparison;
      case Kind::unary: return node.text == "not" ? kNot : kUnary;
      case Kind::logical:
      case Kind::binary: {
        const Infix* const infix = find_infix(node.kind, node.text);
        if (infix == nullptr) failed_ = true;
        return infix == nullptr ? kPostfix : infix->power;
      }
      default: return kPostfix;
    }
  }

  // What the node asks of the child that stands left of everything else.
  int spine_context(const TreeNode& node) {
    switch (node.kind) {
      case Kind::unary:
      case Kind::logical: return power(node);
      case Kind::comparison: return kComparison + 1;
      // ** groups to the right, and binds tighter than a sign on its left.
      case Kind::binary: return power(node) == kPower ? +kPostfix : power(node);
      default: return kPostfix;
    }
  }

  // `context` is the least power that needs no brackets. The spine is walked in a loop: its length is bounded by the
  // text alone.
  void expression(TreeIndex index, int context, std::size_t level) {
    std::vector<Step> spine;
    bool dotted = false;
    for (; index != kNoTree && !failed_; index = tree_.spine_child(index)) {
      const TreeNode& node = tree_.nodes[index];
      if (const auto parts = comprehension_parts(index)) {
        if (level > limits_.expression_depth) failed_ = true;
        comprehension(index, *parts, level);
        break;
      }
      // 1.real is a number that runs into a name.
      const bool bracketed = power(node) < context || (dotted && node.kind == Kind::literal);
      if (bracketed) {
        out("(");
        ++level;
      }
      if (level > limits_.expression_depth) failed_ = true;
      spine.push_back({index, bracketed, level});
      if (spine.size() > kMostTextBytes) failed_ = true;
      if (node.kind == Kind::unary) {
        place(index);
        out(node.text == "not" ? "not " : node.text);
        ++level;
      }
      context = spine_context(node);
      dotted = node.kind == Kind::attribute;
    }
    for (; !spine.empty() && !failed_; spine.pop_back()) {
      rest(spine.back().index, spine.back().level);
      if (spine.back().bracketed) out(")");
    }
  }

  // The node behind its spine child, or all of it when it has none.
  void rest(TreeIndex index, std::size_t level) {
    const TreeNode& node = tree_.nodes[index];
    const auto& children = node.children;
    switch (node.kind) {
      case Kind::literal:
        place(index);
        literal(node.value);
        return;
      case Kind::ellipsis:
        place(index);
        out("...");
        return;
      case Kind::name:
        place(index);
        out(node.text);
        return;
      case Kind::slice: failed_ = true; return;
      case Kind::unary: return;
      case Kind::attribute:
        place(index);
        out(".");
        out(node.text);
        return;
      case Kind::logical:
      case Kind::binary: infix(index, node.text, children[1], level); return;
      case Kind::comparison:
        for (std::size_t i = 0; i < node.names.size(); ++i) infix(index, node.names[i], children[i + 1], level);
        return;
      case Kind::conditional:
        expression(children[1], kOr, level);
        out(" ");
        place(index);
        out("if ");
        expression(children[0], kOr, level + 1);
        out(" else ");
        expression(children[2], kConditional, level + 1);
        return;
      case Kind::subscript: subscript(index, level); return;
      case Kind::call: call(index, level); return;
      case Kind::tuple:
      case Kind::list:
      case Kind::dict: sequence(index, level); return;
      case Kind::function: function(index, level); return;
      case Kind::loop: failed_ = true; return;
    }
  }

  void function(TreeIndex index, std::size_t level) {
    const TreeNode& node = tree_.nodes[index];
    place(index);
    out("lambda");
    for (std::size_t i = 0; i < node.names.size() && !failed_; ++i) {
      out(i == 0 ? " " : ", ");
      out(node.names[i]);
      if (node.children[i + 1] == kNoTree) continue;
      out("=");
      expression(node.children[i + 1], kConditional, level + 1);
    }
    out(": ");
    expression(node.children[0], kConditional, level + 1);
  }

  // The innermost element of a comprehension, and its loops and conditions from the outside in.
  struct Comprehension {
    TreeIndex element = kNoTree;
    std::vector<TreeIndex> clauses;
  };

  bool is_accumulator(TreeIndex index) const {
    return tree_.nodes[index].kind == Kind::name && tree_.nodes[index].text == kAccumulator;
  }

  // As the parser makes them; nothing for what is none.
  std::optional<Comprehension> comprehension_parts(TreeIndex index) const {
    Comprehension made;
    for (bool outermost = true;; outermost = false) {
      const TreeNode& node = tree_.nodes[index];
      if (node.kind == Kind::subscript && node.children.size() == 2 &&
          tree_.nodes[node.children[0]].kind == Kind::loop && tree_.nodes[node.children[1]].value == Value(0)) {
        const TreeNode& loop = tree_.nodes[node.children[0]];
        if (loop.names.size() != 2 || loop.names[1] != kAccumulator) return std::nullopt;
        const TreeNode& initial = tree_.nodes[loop.children[1]];
        const bool empty = initial.kind == Kind::list && initial.children.empty();
        if (outermost ? !empty : !is_accumulator(loop.children[1])) return std::nullopt;
        made.clauses.push_back(node.children[0]);
        index = loop.children[2];
      } else if (!outermost && node.kind == Kind::conditional && is_accumulator(node.children[2])) {
        made.clauses.push_back(index);
        index = node.children[1];
      } else if (!outermost && node.kind == Kind::binary && node.text == "+" && is_accumulator(node.children[0]) &&
                 tree_.nodes[node.children[1]].kind == Kind::list &&
                 tree_.nodes[node.children[1]].children.size() == 1 && tree_.nodes[node.children[1]].names.empty()) {
        made.element = tree_.nodes[node.children[1]].children[0];
        return made;
      } else {
        return std::nullopt;
      }
    }
  }

  void comprehension(TreeIndex index, const Comprehension& parts, std::size_t level) {
    place(index);
    out("[");
    expression(parts.element, kConditional, level + 1);
    for (const TreeIndex clause : parts.clauses) {
      if (failed_) return;
      const TreeNode& node = tree_.nodes[clause];
      if (node.kind == Kind::loop) {
        out(" for ");
        out(node.names[0]);
        out(" in ");
        expression(node.children[0], kOr, level + 1);
      } else {
        out(" if ");
        expression(node.children[0], kOr, level + 1);
      }
    }
    out("]");
  }

  void infix(TreeIndex index, std::string_view symbol, TreeIndex right, std::size_t level) {
    const Kind kind = tree_.nodes[index].kind;
    const Infix* const infix = find_infix(kind, symbol);
    if (infix == nullptr) {
      failed_ = true;
      return;
    }
    out(" ");
    place(index);
    out(symbol);
    out(" ");
    expression(right, infix->power == kPower ? kUnary : infix->power + 1, level + 1);
  }

  void literal(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::null: out("None"); return;
      case Value::Kind::boolean: out(value.as_bool() ? "True" : "False"); return;
      case Value::Kind::integer:
        if (value.as_int() < 0) failed_ = true;
        out(fmt::format("{}", value.as_int()));
        return;
      case Value::Kind::real: {
        if (!std::isfinite(value.as_real()) || std::signbit(value.as_real())) failed_ = true;
        out(python_number(value.as_real()));
        return;
      }
      case Value::Kind::string:
        // Spelled out only when it can fit, as it may be long.
        if (value.as_string().size() > kMostTextBytes) failed_ = true;
        if (!failed_) out(python_string(value.as_string()));
        return;
      default: failed_ = true;
    }
  }

  void sequence(TreeIndex index, std::size_t level) {
    const TreeNode& node = tree_.nodes[index];
    const char* const brackets = node.kind == Kind::tuple ? "()" : node.kind == Kind::list ? "[]" : "{}";
    place(index);
    out({brackets, 1});
    for (std::size_t i = 0; i < node.children.size() && !failed_; ++i) {
      const std::size_t item = node.kind == Kind::dict ? i / 2 : i;
      const bool unpacked = !node.names.empty() && !node.names[item].empty();
      if (i != 0) out(node.kind == Kind::dict && i % 2 == 1 ? ": " : ", ");
      if (unpacked) out(node.names[item]);
      expression(node.children[i], unpacked ? kBitOr : kConditional, level + 1);
      if (unpacked && node.kind == Kind::dict) ++i;
    }
    if (node.kind == Kind::tuple && node.children.size() == 1) out(",");
    out({brackets + 1, 1});
  }

  void subscript(TreeIndex index, std::size_t level) {
    const TreeNode& node = tree_.nodes[index];
    place(index);
    const TreeNode& first = tree_.nodes[node.children[1]];
    // x[0,] is indexed by a tuple; so is x[(0, 1),], where x[(0, 1)] would be x[0, 1].
    const bool is_tuple =
        node.children.size() == 2 && first.kind == Kind::tuple && first.children.size() == 1 && first.names.empty();
    if (is_tuple) place(node.children[1]);
    out("[");
    if (is_tuple) {
      expression(first.children[0], kConditional, level + 1);
      out(",]");
      return;
    }
    for (std::size_t i = 1; i < node.children.size() && !failed_; ++i) {
      if (i != 1) out(", ");
      if (tree_.nodes[node.children[i]].kind == Kind::slice) {
        slice(node.children[i], level + 1);
      } else {
        expression(node.children[i], kConditional, level + 1);
      }
    }
    out("]");
  }

  void slice(TreeIndex index, std::size_t level) {
    const auto& parts = tree_.nodes[index].children;
    place(index);
    for (std::size_t part = 0; part < parts.size(); ++part) {
      // The second colon stands for a step alone.
      if (part == 1 || (part == 2 && parts[2] != kNoTree)) out(":");
      if (parts[part] != kNoTree) expression(parts[part], kConditional, level);
    }
  }

  void call(TreeIndex index, std::size_t level) {
    const TreeNode& node = tree_.nodes[index];
    place(index);
    out("(");
    for (std::size_t i = 0; i < node.names.size() && !failed_; ++i) {
      if (i != 0) out(", ");
      out(node.names[i]);
      if (!node.names[i].empty() && !node.names[i].starts_with('*')) out("=");
      expression(node.children[i + 1], kConditional, level + 1);
    }
    out(")");
  }

  const Tree& tree_;
  const Limits& limits_;
  std::string text_;
  std::vector<std::size_t> positions_;
  bool failed_ = false;
};

}  // namespace

std::optional<PlacedText> tree_to_placed_text(const Tree& tree, const Limits& limits) {
  return Printer(tree, limits).run();
}

std::optional<std::string> tree_to_text(const Tree& tree, const Limits& limits) {
  auto printed = Printer(tree, limits).run();
  if (!printed) return std::nullopt;
  return std::move(printed->text);
}

std::string python_string(std::string_view text) {
  const bool apostrophes = text.find('\'') != std::string_view::npos;
  const char quote = apostrophes && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string quoted(1, quote);
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == quote || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (c == '\r') {
      quoted += "\\r";
    } else if (code < 0x20 || code == 0x7f) {
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned>(code));
    } else {
      quoted += c;
    }
  }
  return quoted + quote;
}

std::string python_number(double number) {
  if (std::isnan(number)) return "nan";
  std::string text = fmt::format("{}", number);
  // A float must not read as an int.
  if (std::isfinite(number) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace revive
