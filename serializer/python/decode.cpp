#include "revive/serializer/python/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace revive::python {
namespace {

constexpr std::uint32_t kNoInstruction = UINT32_MAX;
// More EXTENDED_ARGs than that shift the first one out.
constexpr int kMostPrefixes = 3;

class Decoder {
 public:
  Decoder(const Code& code, Version version)
      : code_(code), version_(version), units_(code.instructions.size() / 2), at_unit_(units_, kNoInstruction) {}

  Result<std::vector<Instruction>> run() {
    if (const Status status = check_start(); !status) return std::unexpected(status.error());
    for (unit_ = 0; unit_ < units_;) {
      if (const Status status = instruction(); !status) return std::unexpected(status.error());
    }
    if (const Status status = resolve_jumps(); !status) return std::unexpected(status.error());
    if (const Status status = check_truth_values(); !status) return std::unexpected(status.error());
    return std::move(made_);
  }

 private:
  std::uint8_t byte(std::size_t index) const { return static_cast<std::uint8_t>(code_.instructions[index]); }

  std::unexpected<Error> malformed(std::string message) const {
    return fail(ErrorCode::bytecode_format, fmt::format("instruction {}", made_.size()),
                fmt::format("as Python {}: {}", name_of(version_), message));
  }

  static std::unexpected<Error> refused(std::string_view what) {
    return fail(ErrorCode::bytecode_unsupported, "",
                fmt::format("the function holds {}; a lambda is one expression", what));
  }

  bool zero_words(std::size_t from, std::size_t count) const {
    if (from + count > units_) return false;
    return std::ranges::all_of(code_.instructions.substr(2 * from, 2 * count), [](char c) { return c == 0; });
  }

  const Opcode* opcode_at(std::size_t unit) const {
    const std::uint8_t number = byte(2 * unit);
    const Opcode* const found = find_opcode(version_, number);
    if (number != kWindowsByte) return found;
    const Opcode* const lost = find_opcode(version_, kWindowsLost);
    if (found == nullptr) return lost;
    // BUILD_MAP, in 3.14, is not followed by words of 0; LOAD_GLOBAL is.
    return lost != nullptr && lost->caches > 0 && zero_words(unit + 1, lost->caches) ? lost : found;
  }

  Status instruction() {
    at_unit_[unit_] = static_cast<std::uint32_t>(made_.size());
    std::uint32_t argument = 0;
    for (int prefixes = 0;; ++prefixes) {
      if (unit_ == units_) return malformed("expected an opcode after EXTENDED_ARG, found the end");
      const Opcode* const opcode = opcode_at(unit_);
      if (opcode == nullptr) {
        return malformed(fmt::format("expected an opcode that stands in expressions, found {}", byte(2 * unit_)));
      }
      argument = argument << 8 | byte(2 * unit_ + 1);
      ++unit_;
      if (opcode->operation == Operation::extended_arg) {
        if (prefixes == kMostPrefixes) return malformed("more EXTENDED_ARG than an argument has bytes");
        continue;
      }
      if (!zero_words(unit_, opcode->caches)) {
        return malformed(fmt::format("expected {} words of 0 after {}", opcode->caches, opcode->name));
      }
      unit_ += opcode->caches;
      if (opcode->operation == Operation::refused) return refused(fmt::format("{} ({})", opcode->text, opcode->name));
      if (const Status status = check_argument(*opcode, argument); !status) return status;
      made_.push_back({opcode->operation, opcode->text, argument, 0});
      if (is_jump(opcode->operation)) jumps_.push_back({made_.size() - 1, target_unit(*opcode, argument)});
      return {};
    }
  }

  // In code units; nothing where the bytes point between two of them.
  std::optional<std::uint64_t> target_unit(const Opcode& opcode, std::uint32_t argument) const {
    const bool relative = version_ >= Version::py3_11 || opcode.operation == Operation::jump_forward ||
                          opcode.operation == Operation::for_iter;
    const bool backward = opcode.name.find("BACKWARD") != std::string_view::npos;
    std::uint64_t distance = argument;
    if (version_ < Version::py3_10) {
      if (argument % 2 != 0) return std::nullopt;
      distance /= 2;
    }
    if (backward && distance > unit_) return std::nullopt;
    return backward ? unit_ - distance : relative ? unit_ + distance : distance;
  }

  Status check_argument(const Opcode& opcode, std::uint32_t argument) const {
    const auto in = [&](std::uint64_t index, std::size_t count, std::string_view what) -> Status {
      if (index < count) return {};
      return malformed(fmt::format("{} asks for {} {} of {}", opcode.name, what, index, count));
    };
    const auto& variables = code_.variables;
    switch (opcode.operation) {
      case Operation::load_const:
      case Operation::return_const:
      case Operation::kw_names: return in(argument, code_.constants.size(), "constant");
      case Operation::load_global:
        return in(version_ >= Version::py3_11 ? argument >> 1 : argument, code_.names.size(), "name");
      case Operation::load_attr:
        return in(version_ >= Version::py3_12 ? argument >> 1 : argument, code_.names.size(), "name");
      case Operation::load_method:
      case Operation::import_name:
      case Operation::import_from: return in(argument, code_.names.size(), "name");
      case Operation::load_fast:
      case Operation::load_fast_and_clear:
      case Operation::delete_fast:
      case Operation::make_cell:
      case Operation::store_fast: return in(argument, variables.size(), "variable");
      case Operation::load_fast_twice:
      case Operation::store_fast_load_fast:
      case Operation::store_fast_twice:
        if (const Status status = in(argument >> 4, variables.size(), "variable"); !status) return status;
        return in(argument & 15, variables.size(), "variable");
      case Operation::load_closure:
      case Operation::store_deref:
      case Operation::load_deref: return in(code_.first_deref + argument, variables.size(), "variable");
      default: return {};
    }
  }

  Status resolve_jumps() {
    for (const auto& [index, unit] : jumps_) {
      const std::uint32_t target = unit && *unit < units_ ? at_unit_[*unit] : kNoInstruction;
      if (target == kNoInstruction) return malformed(fmt::format("instruction {} jumps beside an instruction", index));
      made_[index].target = target;
      if (target <= index && made_[target].operation != Operation::for_iter) {
        return refused("a loop that is no `for`");
      }
      if (made_[index].operation == Operation::for_iter) REVIVE_RETURN_IF_ERROR(leave_loop(made_[index]));
    }
    return {};
  }

  // From 3.12 on a loop ends with instructions that for_iter jumps over.
  Status leave_loop(Instruction& for_iter) const {
    if (version_ < Version::py3_12) return {};
    const std::size_t skipped = version_ == Version::py3_12 ? 1 : 2;
    for (std::size_t i = 0; i < skipped; ++i) {
      const std::size_t at = for_iter.target + i;
      const bool last = i + 1 == skipped && version_ == Version::py3_13;
      const Operation expected = last ? Operation::pop : Operation::end_for;
      if (at + 1 >= made_.size() || made_[at].operation != expected) {
        return malformed("expected the end of a loop where it jumps to");
      }
    }
    for_iter.target += static_cast<std::uint32_t>(skipped);
    return {};
  }

  // 3.11 and later begin with RESUME 0, with COPY_FREE_VARS and MAKE_CELLs before it when there are any. RESUME's
  // number tells versions apart, so this comes before everything that is said about the function.
  Status check_start() {
    if (version_ < Version::py3_11) return {};
    const auto free =
        static_cast<std::size_t>(std::ranges::count(code_.variables, Variable::Kind::free, &Variable::kind));
    const auto is = [&](std::size_t unit, Operation operation, std::size_t argument) {
      const Opcode* const opcode = unit < units_ ? find_opcode(version_, byte(2 * unit)) : nullptr;
      return opcode != nullptr && opcode->operation == operation && byte(2 * unit + 1) == argument;
    };
    const auto cells =
        static_cast<std::size_t>(std::ranges::count(code_.variables, Variable::Kind::cell, &Variable::kind));
    std::size_t unit = 0;
    bool starts = true;
    if (free > 0) starts = is(unit++, Operation::copy_free_vars, free);
    for (std::size_t i = 0; i < cells; ++i, ++unit) {
      const Opcode* const opcode = unit < units_ ? find_opcode(version_, byte(2 * unit)) : nullptr;
      starts = starts && opcode != nullptr && opcode->operation == Operation::make_cell;
    }
    if (code_.yields) {
      starts = starts && is(unit, Operation::return_generator, 0) && is(unit + 1, Operation::pop, 0);
      unit += 2;
    }
    if (!starts || !is(unit, Operation::resume, 0)) return malformed("expected RESUME at the start");
    prologue_ = unit + 1;
    return {};
  }

  // RESUME stands at the start and behind a yield, and a truth value is asked for where it is used.
  Status check_truth_values() const {
    for (std::size_t i = 0; i < made_.size(); ++i) {
      const Operation operation = made_[i].operation;
      const bool after_yield = i > 0 && made_[i - 1].operation == Operation::yield_value;
      if (i >= prologue_ && !after_yield &&
          (operation == Operation::resume || operation == Operation::copy_free_vars)) {
        return malformed("expected RESUME at the start only");
      }
      if (operation != Operation::to_bool) continue;
      const Operation next = i + 1 < made_.size() ? made_[i + 1].operation : Operation::nothing;
      if (!is_branch(next) && next != Operation::unary)
        return malformed("TO_BOOL before something that is no condition");
    }
    return {};
  }

  struct Jump {
    std::size_t index;
    std::optional<std::uint64_t> unit;
  };

  const Code& code_;
  Version version_;
  std::size_t units_;
  std::size_t unit_ = 0;
  // How many instructions stand before the function's own.
  std::size_t prologue_ = 0;
  // The instruction that starts at a unit, its prefixes included.
  std::vector<std::uint32_t> at_unit_;
  std::vector<Instruction> made_;
  std::vector<Jump> jumps_;
};

}  // namespace

bool is_branch(Operation operation) {
  switch (operation) {
    case Operation::jump_if_false:
    case Operation::jump_if_true:
    case Operation::jump_if_none:
    case Operation::jump_if_not_none:
    case Operation::jump_if_false_or_pop:
    case Operation::jump_if_true_or_pop: return true;
    default: return false;
  }
}

bool is_jump(Operation operation) {
  return is_branch(operation) || operation == Operation::jump_forward || operation == Operation::jump_absolute ||
         operation == Operation::jump_backward || operation == Operation::for_iter;
}

Result<std::vector<Instruction>> decode(const Code& code, Version version) {
  return Decoder(code, version).run();
}

}  // namespace revive::python
