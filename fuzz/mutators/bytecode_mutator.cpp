#include "revive/fuzz/mutators/bytecode_mutator.h"

#include <algorithm>
#include <array>
#include <deque>
#include <limits>
#include <optional>
#include <string>

#include "revive/fuzz/mutators/marshal_writer.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/serializer/python/code.h"
#include "revive/serializer/python/opcodes.h"

namespace revive::fuzz {
namespace {

using python::Object;
using python::ObjectIndex;
using python::Operation;
using python::Version;
using Kind = python::Object::Kind;

// Names that are refused stand among those that are not.
constexpr std::array<std::string_view, 20> kNames = {
    "x",   "tf",        "K",    "np",   "ops",       "keras",     "sum", "reshape", "scale", "__import__",
    "abs", "__class__", "exec", "self", "a__b__c__", "h\xc3\xa9", "if",  "float",   "math",  "0"};
constexpr std::array<std::int64_t, 14> kInts = {0,   1, -1,   2,    47,        92,        255,
                                                256, 3, -128, 4096, INT64_MAX, INT64_MIN, std::int64_t{1} << 31};
constexpr std::array<double, 8> kReals = {0.0,
                                          -0.0,
                                          0.5,
                                          1e308,
                                          5e-324,
                                          -1.5,
                                          std::numeric_limits<double>::infinity(),
                                          std::numeric_limits<double>::quiet_NaN()};
// As BINARY_OP and COMPARE_OP number them; up to 3.8 `in`, `is` and their negations were comparisons, too.
constexpr std::size_t kBinaryOps = 27;
constexpr std::size_t kComparisons = 6;
constexpr std::size_t kOldComparisons = 10;
constexpr std::size_t kMostText = 40;

// Opcodes that take and leave equally many values.
constexpr std::array<std::string_view, 12> kBinaries = {
    "BINARY_ADD",    "BINARY_SUBTRACT", "BINARY_MULTIPLY", "BINARY_POWER", "BINARY_MODULO", "BINARY_TRUE_DIVIDE",
    "BINARY_LSHIFT", "BINARY_AND",      "INPLACE_ADD",     "INPLACE_OR",   "BINARY_SUBSCR", "COMPARE_OP"};
constexpr std::array<std::string_view, 4> kUnaries = {"UNARY_NEGATIVE", "UNARY_INVERT", "UNARY_NOT", "UNARY_POSITIVE"};
constexpr std::array<std::string_view, 3> kBuilders = {"BUILD_TUPLE", "BUILD_LIST", "BUILD_SLICE"};
constexpr std::array<std::string_view, 4> kJumps = {"POP_JUMP_IF_FALSE", "POP_JUMP_IF_TRUE", "POP_JUMP_IF_NONE",
                                                    "POP_JUMP_IF_NOT_NONE"};

}  // namespace

class CodeMutation {
 public:
  CodeMutation(std::string_view bytes, Random& random) : random_(random) {
    for (const python::Layout layout : {python::Layout::b, python::Layout::c, python::Layout::a}) {
      python::MarshalRead read = python::read_marshal(bytes, layout);
      if (read.error || read.value.objects[read.value.root].kind != Kind::code) continue;
      value_ = std::move(read.value);
      layout_ = layout;
      break;
    }
    if (!value_) return;
    const Object& code = part(parts().code);
    code_.assign(code.text);
    if (code_.empty() || code_.size() % 2 != 0) value_.reset();
    if (value_) guess_version();
  }

  bool is_code() const { return value_.has_value(); }

  // What is left to the engine.
  void raw() {}

  std::optional<std::string> written(std::size_t most) {
    part(parts().code).text = code_;
    return write_marshal(*value_, layout_, most);
  }

  void constant() {
    Object changed = part(parts().consts);
    if (changed.items.empty() || chance(random_, 1, 16)) {
      changed.items.push_back(fresh(any_constant()));
    } else {
      ObjectIndex& item = pick(random_, changed.items);
      Object replaced = value_->objects[item];
      const bool inside = !replaced.items.empty() && replaced.kind != Kind::code && chance(random_, 2, 3);
      if (inside) pick(random_, replaced.items) = fresh(any_constant());
      // A constant of the same kind keeps what depends on it.
      else if (replaced.kind == Kind::integer && chance(random_, 1, 2))
        replaced.integer = pick(random_, kInts);
      else if (replaced.kind == Kind::real && chance(random_, 1, 2))
        replaced.reals[0] = pick(random_, kReals);
      else if (replaced.kind == Kind::string && chance(random_, 1, 2))
        replaced.text = text();
      else
        replaced = any_constant();
      item = fresh(std::move(replaced));
    }
    root().items[parts().consts] = fresh(std::move(changed));
  }

  void name() {
    const std::array all = {parts().names, parts().names, parts().names, parts().variables,
                            parts().freevars == python::kNoItem ? parts().names : parts().freevars};
    const std::size_t which = pick(random_, all);
    Object changed = part(which);
    if (changed.items.empty()) return constant();
    Object made;
    made.kind = Kind::string;
    made.text = chance(random_, 7, 8) ? pick(random_, kNames) : text();
    pick(random_, changed.items) = fresh(std::move(made));
    root().items[which] = fresh(std::move(changed));
  }

  void operand() {
    // A few tries until there is one whose argument has a range.
    for (int tries = 0; tries < 8; ++tries) {
      const std::size_t at = any_instruction();
      const python::Opcode* const opcode = python::find_opcode(version_, byte(at));
      if (opcode == nullptr) continue;
      const std::optional<Range> range = argument_of(opcode->operation);
      if (!range || range->count < 2) continue;
      const std::size_t most = range->count;
      const std::size_t current = range->flagged ? byte(at + 1) >> 1 : byte(at + 1);
      // Another one than there is.
      const std::size_t chosen =
          current < most ? (current + 1 + index_below(random_, most - 1)) % most : index_below(random_, most);
      code_[at + 1] = static_cast<char>(range->flagged ? chosen << 1 | (byte(at + 1) & 1U) : chosen);
      return;
    }
    constant();
  }

  void operation() {
    const std::array<std::span<const std::string_view>, 4> families = {kBinaries, kUnaries, kBuilders, kJumps};
    for (int tries = 0; tries < 8; ++tries) {
      const std::size_t at = any_instruction();
      const python::Opcode* const opcode = python::find_opcode(version_, byte(at));
      if (opcode == nullptr) continue;
      for (const auto family : families) {
        if (std::ranges::find(family, opcode->name) == family.end()) continue;
        const int number = python::opcode_number(version_, pick(random_, family));
        if (number < 0 || number == byte(at)) continue;
        code_[at] = static_cast<char>(number);
        return;
      }
    }
    operand();
  }

  void instruction() {
    const std::size_t at = any_instruction();
    const std::string copy = code_.substr(at, 2);
    switch (random_.below(3)) {
      case 0:
        code_.insert(any_instruction(), copy);
        lines_cover(2);
        return;
      case 1:
        if (code_.size() == 2) return;
        code_.erase(at, 2);
        lines_cover(-2);
        return;
      default: {
        const std::size_t other = any_instruction();
        code_.replace(at, 2, code_.substr(other, 2));
        code_.replace(other, 2, copy);
      }
    }
  }

  void opcode() { code_[index_below(random_, code_.size())] = any_byte(); }

  void header() {
    if (chance(random_, 1, 2)) {
      pick(random_, root().numbers) = static_cast<std::int32_t>(random_.small_up_to(300)) - 1;
      return;
    }
    const ObjectIndex changed = fresh(any_constant());
    pick(random_, root().items) = changed;
  }

 private:
  const python::CodeItems& parts() const { return python::code_items(layout_); }
  Object& root() { return value_->objects[value_->root]; }
  Object& part(std::size_t index) { return value_->objects[root().items[index]]; }
  char any_byte() { return static_cast<char>(random_.up_to(255)); }
  std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(code_[at]); }

  // How many values the argument of an instruction has; a flag that is no part of them may be its lowest bit.
  struct Range {
    std::size_t count = 0;
    bool flagged = false;
  };
  std::optional<Range> argument_of(Operation operation) {
    switch (operation) {
      case Operation::load_const:
      case Operation::return_const: return Range{part(parts().consts).items.size()};
      case Operation::load_global: return Range{part(parts().names).items.size(), version_ >= Version::py3_11};
      case Operation::load_attr: return Range{part(parts().names).items.size(), version_ >= Version::py3_12};
      case Operation::load_method: return Range{part(parts().names).items.size()};
      case Operation::load_fast:
      case Operation::load_deref: return Range{part(parts().variables).items.size()};
      case Operation::binary_op: return Range{kBinaryOps};
      case Operation::compare:
        if (version_ >= Version::py3_12) return std::nullopt;
        return Range{version_ <= Version::py3_8 ? kOldComparisons : kComparisons};
      case Operation::is:
      case Operation::contains: return Range{2};
      case Operation::load_small_int: return Range{256};
      default: return std::nullopt;
    }
  }

  // What the mutant should be a function of; a wrong guess costs a mutant that is refused.
  void guess_version() {
    // Behind code of two bytes stands the 0 that ends a string, which is no RESUME.
    const auto begins = [&](std::uint8_t opcode) { return byte(0) == opcode || byte(2) == opcode; };
    const auto resume = [&](Version version) {
      return begins(static_cast<std::uint8_t>(python::opcode_number(version, "RESUME")));
    };
    switch (layout_) {
      case python::Layout::a: version_ = chance(random_, 1, 2) ? Version::py3_6 : Version::py3_7; return;
      case python::Layout::b: version_ = chance(random_, 1, 2) ? Version::py3_8 : Version::py3_10; return;
      case python::Layout::c: break;
    }
    version_ = resume(Version::py3_11)   ? (chance(random_, 1, 2) ? Version::py3_11 : Version::py3_12)
               : resume(Version::py3_13) ? Version::py3_13
                                         : Version::py3_14;
  }

  // The changed parts are objects of their own, as the old ones may be shared.
  ObjectIndex fresh(Object object) {
    value_->objects.push_back(std::move(object));
    return static_cast<ObjectIndex>(value_->objects.size() - 1);
  }
  std::string_view kept(std::string text) { return texts_.emplace_back(std::move(text)); }

  Object scalar() {
    Object made;
    switch (random_.below(8)) {
      case 0: break;
      case 1:
        made.kind = Kind::boolean;
        made.integer = static_cast<std::int64_t>(random_.below(2));
        break;
      case 2: made.kind = Kind::ellipsis; break;
      case 3:
      case 4:
        made.kind = Kind::integer;
        made.integer =
            chance(random_, 1, 2) ? pick(random_, kInts) : static_cast<std::int64_t>(random_.small_up_to(1000));
        break;
      case 5:
        made.kind = Kind::real;
        made.reals[0] = pick(random_, kReals);
        break;
      case 6:
        made.kind = chance(random_, 1, 8) ? Kind::bytes : Kind::string;
        made.text = text();
        break;
      default: made.kind = chance(random_, 1, 8) ? Kind::complex : Kind::none;
    }
    return made;
  }
  std::string_view text() {
    if (chance(random_, 1, 2)) return pick(random_, kNames);
    std::string made;
    for (std::size_t i = index_below(random_, kMostText); i-- > 0;) {
      made += chance(random_, 1, 8) ? any_byte() : static_cast<char>(' ' + random_.below(95));
    }
    return kept(std::move(made));
  }
  Object any_constant() {
    if (!chance(random_, 1, 4)) return scalar();
    Object made;
    constexpr std::array kKinds = {Kind::tuple, Kind::tuple, Kind::tuple, Kind::frozenset, Kind::slice};
    made.kind = pick(random_, kKinds);
    const std::size_t size = made.kind == Kind::slice ? 3 : index_below(random_, 4);
    for (std::size_t i = 0; i < size; ++i) made.items.push_back(fresh(scalar()));
    return made;
  }

  std::size_t any_instruction() { return 2 * index_below(random_, code_.size() / 2); }

  // 3.10 is known by a line table that covers the code.
  void lines_cover(int more) {
    if (layout_ != python::Layout::b) return;
    std::string lines(part(parts().linetable).text);
    for (std::size_t i = 0; i + 1 < lines.size(); i += 2) {
      const int covered = static_cast<std::uint8_t>(lines[i]) + more;
      if (covered < 0 || covered > 254) continue;
      lines[i] = static_cast<char>(covered);
      break;
    }
    Object changed = part(parts().linetable);
    changed.text = kept(std::move(lines));
    root().items[parts().linetable] = fresh(std::move(changed));
  }

  Random& random_;
  std::optional<python::Marshalled> value_;
  python::Layout layout_ = python::Layout::b;
  Version version_ = Version::py3_8;
  std::string code_;
  std::deque<std::string> texts_;
};

namespace {

constexpr std::array kRows = {
#define REVIVE_BYTECODE_ROW(kind, weight) BytecodeRow{#kind, weight, [](CodeMutation& code) { code.kind(); }},
    REVIVE_BYTECODE_MUTATIONS(REVIVE_BYTECODE_ROW)
#undef REVIVE_BYTECODE_ROW
};

}  // namespace

std::string_view name_of(BytecodeMutation kind) {
  return kRows[static_cast<std::size_t>(kind)].name;
}

std::span<const BytecodeRow> bytecode_rows() {
  return kRows;
}

BytecodeMutant mutate_bytecode(std::uint8_t* data, std::size_t size, std::size_t max, std::uint32_t seed,
                               ByteMutator mutate, std::span<const BytecodeRow> rows) {
  Random random(seed);
  const BytecodeRow& row = draw_row(rows, random);
  const auto kind = static_cast<BytecodeMutation>(&row - rows.data());
  if (kind != BytecodeMutation::raw && max >= size) {
    CodeMutation mutation({reinterpret_cast<const char*>(data), size}, random);
    if (mutation.is_code()) {
      row.change(mutation);
      if (const auto made = mutation.written(max)) {
        std::ranges::copy(*made, data);
        return {kind, made->size()};
      }
    }
  }
  return {BytecodeMutation::raw, mutate(data, size, max)};
}

}  // namespace revive::fuzz
