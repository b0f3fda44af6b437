// Precedence climbing over the tokens, with Python's binding powers.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "revive/model/base/utf8.h"
#include "revive/model/lambda/lexer.h"
#include "revive/model/lambda/operators.h"
#include "revive/model/lambda/syntax_tree.h"

namespace revive {
namespace {

using Kind = TreeNode::Kind;

// Python that a lambda may hold and this language does not: said by name rather than as a stray token.
constexpr std::array<std::string_view, 4> kUnsupported = {"for", "lambda", ":=", ";"};
// More than people nest, and what keeps walks over their scopes short.
constexpr std::size_t kMostScopes = 64;

class Parser {
 public:
  Parser(std::vector<Token> tokens, const Limits& limits) : tokens_(std::move(tokens)), limits_(limits) {}

  Result<Tree> run() {
    if (const Status status = signature(); !status) return std::unexpected(status.error());
    REVIVE_ASSIGN_OR_RETURN(const auto body, expression(kConditional));
    if (token().kind != Token::Kind::end) return std::unexpected(unexpected("the end").error());
    tree_.body = body;
    return std::move(tree_);
  }

 private:
  using Parsed = Result<TreeIndex>;

  const Token& token() const { return tokens_[at_]; }
  bool accept(std::string_view spelling) {
    const bool found = token().is(spelling);
    if (found) ++at_;
    return found;
  }

  std::unexpected<Error> unexpected(std::string_view expected) const {
    const Token& found = token();
    if (std::ranges::find(kUnsupported, found.text) != kUnsupported.end()) {
      return syntax_error(found.position, fmt::format("`{}` is not part of the expression language", found.text));
    }
    return syntax_error(found.position,
                        fmt::format("expected {}, found {}", expected,
                                    found.kind == Token::Kind::end ? "the end" : fmt::format("`{}`", found.text)));
  }
  Status expect(std::string_view spelling) {
    if (accept(spelling)) return {};
    return unexpected(fmt::format("`{}`", spelling));
  }

  TreeIndex add(TreeNode node) {
    tree_.nodes.push_back(std::move(node));
    return static_cast<TreeIndex>(tree_.nodes.size() - 1);
  }

  // lambda x, k=3:
  Status signature() {
    if (accept("lambda")) return parameters(tree_.parameters);
    tree_.parameters.push_back({"x", kNoTree});
    return {};
  }

  // x, k=3:
  Status parameters(std::vector<Tree::Parameter>& made) {
    bool has_default = false;
    bool has_star = false;
    do {
      const std::size_t position = token().position;
      const bool star = accept("*");
      if (star && has_star) return syntax_error(position, "a second parameter with a *");
      has_star = has_star || star;
      if (token().kind != Token::Kind::name) return unexpected("a parameter name");
      Tree::Parameter parameter{std::string(token().text), kNoTree};
      const bool repeated = std::ranges::find(made, parameter.name, &Tree::Parameter::name) != made.end();
      if (repeated)
        return syntax_error(token().position, fmt::format("the parameter {} appears twice", parameter.name));
      ++at_;
      if (star) parameter.name.insert(0, 1, '*');
      if (has_default && !has_star && !token().is("=")) {
        return syntax_error(position, "a parameter without a default behind one that has one");
      }
      has_default = has_default || token().is("=");
      if (!star && accept("=")) {
        REVIVE_ASSIGN_OR_RETURN(const auto fallback, expression(kConditional));
        parameter.fallback = fallback;
      }
      made.push_back(std::move(parameter));
    } while (accept(","));
    return expect(":");
  }

  Status open_scope() {
    if (++scopes_ <= kMostScopes) return {};
    return fail(ErrorCode::limit_exceeded, fmt::format("lambda: column {}", token().position + 1),
                fmt::format("expected at most {} inner lambdas and comprehensions", kMostScopes));
  }

  // A lambda inside.
  Parsed function() {
    TreeNode node{Kind::function, token().position, {}, {}, {kNoTree}, {}};
    ++at_;
    REVIVE_RETURN_IF_ERROR(open_scope());
    std::vector<Tree::Parameter> made;
    if (!accept(":")) REVIVE_RETURN_IF_ERROR(parameters(made));
    for (Tree::Parameter& parameter : made) {
      node.names.push_back(std::move(parameter.name));
      node.children.push_back(parameter.fallback);
    }
    REVIVE_ASSIGN_OR_RETURN(node.children[0], expression(kConditional));
    return add(std::move(node));
  }

  // One `for`, with its conditions.
  struct Clause {
    std::string targets;
    TreeIndex iterable = kNoTree;
    std::vector<TreeIndex> conditions;
  };

  // Behind the element: for i in s if c for j in t ...
  Parsed comprehension(std::size_t position, TreeIndex element) {
    std::vector<Clause> clauses;
    while (accept("for")) {
      REVIVE_RETURN_IF_ERROR(open_scope());
      Clause clause;
      const bool bracketed = accept("(");
      do {
        if (token().kind != Token::Kind::name) return unexpected("the name of an item");
        clause.targets += (clause.targets.empty() ? "" : ", ") + std::string(token().text);
        ++at_;
      } while (accept(","));
      if (bracketed) REVIVE_RETURN_IF_ERROR(expect(")"));
      REVIVE_RETURN_IF_ERROR(expect("in"));
      REVIVE_ASSIGN_OR_RETURN(clause.iterable, expression(kOr));
      while (accept("if")) {
        REVIVE_ASSIGN_OR_RETURN(const auto condition, expression(kOr));
        clause.conditions.push_back(condition);
      }
      clauses.push_back(std::move(clause));
    }
    const auto node = [&](Kind kind, std::string_view text, std::vector<TreeIndex> children,
                          std::vector<std::string> names = {}) {
      return add({kind, position, std::string(text), {}, std::move(children), std::move(names)});
    };
    const TreeIndex accumulator = node(Kind::name, kAccumulator, {});
    TreeIndex value = node(Kind::binary, "+", {accumulator, node(Kind::list, "", {element})});
    for (std::size_t i = clauses.size(); i-- > 0;) {
      Clause& clause = clauses[i];
      for (std::size_t c = clause.conditions.size(); c-- > 0;) {
        value = node(Kind::conditional, "", {clause.conditions[c], value, accumulator});
      }
      const TreeIndex initial = i == 0 ? node(Kind::list, "", {}) : accumulator;
      const TreeIndex loop = node(Kind::loop, "", {clause.iterable, initial, value},
                                  {std::move(clause.targets), std::string(kAccumulator)});
      const TreeIndex first = add({Kind::literal, position, {}, Value(0), {}, {}});
      value = node(Kind::subscript, "", {loop, first});
    }
    return value;
  }

  Parsed expression(int power) {
    if (++depth_ > limits_.expression_depth) {
      return fail(ErrorCode::limit_exceeded, fmt::format("lambda: column {}", token().position + 1),
                  fmt::format("expected at most {} nested expressions", limits_.expression_depth));
    }
    // `not` stands in front of a comparison, not within one: 1 + not 2 is no Python.
    if (token().is("not") && power > kNot) return unexpected("an expression");
    auto left = power <= kConditional && token().is("lambda") ? function() : operand();
    while (left) {
      if (power <= kConditional && token().is("if")) {
        left = conditional(*left);
        continue;
      }
      const Infix* const infix = infix_here();
      if (infix == nullptr || infix->power < power) break;
      left = infix->kind == Kind::comparison ? comparison(*left) : binary(*left, *infix);
    }
    --depth_;
    return left;
  }

  // The operator that stands here; `is not` and `not in` are two words.
  const Infix* infix_here() const {
    std::string_view symbol = token().text;
    if (token().is("is") && tokens_[at_ + 1].is("not")) symbol = "is not";
    if (token().is("not") && tokens_[at_ + 1].is("in")) symbol = "not in";
    if (token().kind != Token::Kind::symbol && token().kind != Token::Kind::keyword) return nullptr;
    const auto found = std::ranges::find(kInfixes, symbol, &Infix::symbol);
    return found == kInfixes.end() ? nullptr : &*found;
  }
  void skip(const Infix& infix) { at_ += infix.symbol.find(' ') == std::string_view::npos ? 1 : 2; }

  Parsed binary(TreeIndex left, const Infix& infix) {
    const std::size_t position = token().position;
    skip(infix);
    // ** alone groups to the right, and its exponent may have a sign: 2 ** -1.
    const auto right = expression(infix.power == kPower ? kUnary : infix.power + 1);
    if (!right) return right;
    return add({infix.kind, position, std::string(infix.symbol), {}, {left, *right}, {}});
  }

  Parsed comparison(TreeIndex left) {
    TreeNode node{Kind::comparison, token().position, {}, {}, {left}, {}};
    for (;;) {
      const Infix* const infix = infix_here();
      if (infix == nullptr || infix->kind != Kind::comparison) break;
      skip(*infix);
      const auto right = expression(kComparison + 1);
      if (!right) return right;
      node.children.push_back(*right);
      node.names.emplace_back(infix->symbol);
    }
    return add(std::move(node));
  }

  Parsed conditional(TreeIndex then) {
    const std::size_t position = token().position;
    ++at_;
    const auto condition = expression(kOr);
    if (!condition) return condition;
    if (const Status status = expect("else"); !status) return std::unexpected(status.error());
    const auto otherwise = expression(kConditional);
    if (!otherwise) return otherwise;
    return add({Kind::conditional, position, {}, {}, {*condition, then, *otherwise}, {}});
  }

  Parsed operand() {
    const Token start = token();
    if (start.is("not") || start.is("-") || start.is("+") || start.is("~")) {
      ++at_;
      const auto child = expression(start.is("not") ? kNot : kUnary);
      if (!child) return child;
      return add({Kind::unary, start.position, std::string(start.text), {}, {*child}, {}});
    }
    auto result = atom();
    while (result) {
      if (token().is("[")) {
        result = subscript(*result);
      } else if (token().is("(")) {
        result = call(*result);
      } else if (token().is(".")) {
        result = attribute(*result);
      } else {
        break;
      }
    }
    return result;
  }

  Parsed atom() {
    const Token start = token();
    if (start.kind == Token::Kind::literal) return literal(start.value);
    if (start.is("None")) return literal(Value());
    if (start.is("True") || start.is("False")) return literal(Value(start.is("True")));
    if (start.kind == Token::Kind::name) {
      ++at_;
      return add({Kind::name, start.position, std::string(start.text), {}, {}, {}});
    }
    if (accept("...")) return add({Kind::ellipsis, start.position, {}, {}, {}, {}});
    if (accept("(")) return sequence(start.position, ")");
    if (accept("[")) return sequence(start.position, "]");
    if (accept("{")) return dict(start.position);
    return unexpected("an expression");
  }

  Parsed literal(Value value) {
    const std::size_t position = token().position;
    ++at_;
    return add({Kind::literal, position, {}, std::move(value), {}, {}});
  }

  // After the opening bracket: a list, a tuple, or an expression in parentheses.
  Parsed sequence(std::size_t position, std::string_view closing) {
    TreeNode node{closing == ")" ? Kind::tuple : Kind::list, position, {}, {}, {}, {}};
    bool comma = false;
    bool starred = false;
    while (!accept(closing)) {
      const bool star = accept("*");
      const auto item = expression(star ? kBitOr : kConditional);
      if (!item) return item;
      if (token().is("for") && node.children.empty() && !star) {
        auto made = comprehension(position, *item);
        if (!made) return made;
        if (const Status status = expect(closing); !status) return std::unexpected(status.error());
        return closing == ")" ? generator(position, *made) : made;
      }
      starred = starred || star;
      node.children.push_back(*item);
      node.names.emplace_back(star ? "*" : "");
      comma = accept(",");
      if (!comma && !token().is(closing)) return std::unexpected(unexpected(fmt::format("`{}`", closing)).error());
    }
    if (closing == ")" && node.children.size() == 1 && !comma) {
      if (starred) return syntax_error(position, "a * unpacks into a tuple, a list or a call");
      return node.children[0];
    }
    if (!starred) node.names.clear();
    return add(std::move(node));
  }

  // (f(i) for i in s) is iter([f(i) for i in s]): it can be walked through once.
  TreeIndex generator(std::size_t position, TreeIndex list) {
    const TreeIndex iter = add({Kind::name, position, "iter", {}, {}, {}});
    return add({Kind::call, position, {}, {}, {iter, list}, {""}});
  }

  Parsed dict(std::size_t position) {
    TreeNode node{Kind::dict, position, {}, {}, {}, {}};
    bool unpacked = false;
    while (!accept("}")) {
      const bool stars = accept("**");
      const auto key = expression(stars ? kBitOr : kConditional);
      if (!key) return key;
      auto value = key;
      if (!stars) {
        if (const Status status = expect(":"); !status) return std::unexpected(status.error());
        value = expression(kConditional);
        if (!value) return value;
      }
      unpacked = unpacked || stars;
      node.children.push_back(*key);
      node.children.push_back(*value);
      node.names.emplace_back(stars ? "**" : "");
      if (!accept(",") && !token().is("}")) return unexpected("`}`");
    }
    if (!unpacked) node.names.clear();
    return add(std::move(node));
  }

  Parsed subscript(TreeIndex base) {
    TreeNode node{Kind::subscript, token().position, {}, {}, {base}, {}};
    ++at_;
    bool comma = false;
    do {
      if (comma && token().is("]")) break;
      const auto item = index();
      if (!item) return item;
      node.children.push_back(*item);
      comma = accept(",");
    } while (comma);
    if (const Status status = expect("]"); !status) return std::unexpected(status.error());
    const bool is_slice = tree_.nodes[node.children[1]].kind == Kind::slice;
    if (comma && node.children.size() == 2 && !is_slice) {
      node.children[1] = add({Kind::tuple, node.position, {}, {}, {node.children[1]}, {}});
    }
    if (!comma) spread_key(node);
    return add(std::move(node));
  }

  // x[(0, 1)] is x[0, 1]; x[(0, 1),] is not, and x[0,] is x[(0,)].
  void spread_key(TreeNode& node) const {
    const TreeNode& key = tree_.nodes[node.children[1]];
    if (node.children.size() != 2 || key.kind != Kind::tuple || key.children.size() < 2 || !key.names.empty()) return;
    node.children.pop_back();
    node.children.insert(node.children.end(), key.children.begin(), key.children.end());
  }

  Parsed index() {
    TreeNode slice{Kind::slice, token().position, {}, {}, {kNoTree, kNoTree, kNoTree}, {}};
    bool colon = false;
    for (std::size_t part = 0; part < 3; ++part) {
      if (!token().is(":") && !token().is(",") && !token().is("]")) {
        const auto bound = expression(kConditional);
        if (!bound) return bound;
        slice.children[part] = *bound;
      }
      if (part == 2 || !accept(":")) break;
      colon = true;
    }
    if (colon) return add(std::move(slice));
    if (slice.children[0] == kNoTree) return unexpected("an index");
    return slice.children[0];
  }

  Parsed call(TreeIndex callee) {
    TreeNode node{Kind::call, token().position, {}, {}, {callee}, {}};
    ++at_;
    bool has_keyword = false;
    bool has_mapping = false;
    while (!accept(")")) {
      std::string keyword;
      if (token().is("*") || token().is("**")) {
        keyword = token().text;
        if (keyword == "*" && has_mapping) return syntax_error(token().position, "a * behind a ** in a call");
        has_mapping = has_mapping || keyword == "**";
        ++at_;
      } else if (token().kind == Token::Kind::name && tokens_[at_ + 1].is("=")) {
        keyword = token().text;
        at_ += 2;
        has_keyword = true;
      } else if (has_keyword || has_mapping) {
        return syntax_error(token().position, "a positional argument after a keyword argument");
      }
      const std::size_t position = token().position;
      auto argument = expression(kConditional);
      const bool is_generator = token().is("for") && keyword.empty();
      if (argument && is_generator) argument = comprehension(position, *argument);
      if (!argument) return argument;
      if (is_generator) {
        argument = generator(position, *argument);
        if (!node.names.empty() || !token().is(")")) {
          return syntax_error(position, "a generator beside other arguments stands in brackets");
        }
      }
      node.children.push_back(*argument);
      node.names.push_back(std::move(keyword));
      if (!accept(",") && !token().is(")")) return unexpected("`)`");
    }
    return add(std::move(node));
  }

  Parsed attribute(TreeIndex base) {
    const std::size_t position = token().position;
    ++at_;
    if (token().kind != Token::Kind::name) return unexpected("an attribute name");
    const std::string name(token().text);
    ++at_;
    return add({Kind::attribute, position, name, {}, {base}, {}});
  }

  std::vector<Token> tokens_;
  const Limits& limits_;
  Tree tree_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t scopes_ = 0;
};

}  // namespace

TreeIndex Tree::spine_child(TreeIndex index) const {
  const TreeNode& node = nodes[index];
  switch (node.kind) {
    case Kind::attribute:
    case Kind::subscript:
    case Kind::unary:
    case Kind::binary:
    case Kind::logical:
    case Kind::comparison:
    case Kind::call: return node.children[0];
    default: return kNoTree;
  }
}

Result<Tree> parse_lambda(std::string_view text, const Limits& limits) {
  if (text.size() > limits.expression_bytes) {
    return fail(ErrorCode::limit_exceeded, "lambda",
                fmt::format("expected at most {} bytes, found {}", limits.expression_bytes, text.size()));
  }
  if (!is_utf8(text)) {
    return fail(ErrorCode::expression_syntax, "lambda", "expected text in UTF-8, found bytes that are not");
  }
  REVIVE_ASSIGN_OR_RETURN(auto tokens, tokenize(text));
  return Parser(std::move(tokens), limits).run();
}

}  // namespace revive
