#include "revive/serializer/python/code.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "revive/model/base/utf8.h"

namespace revive::python {
namespace {

using Kind = Object::Kind;

// co_flags.
constexpr std::int32_t kVarArgs = 0x04;
constexpr std::int32_t kVarKeywords = 0x08;
constexpr std::int32_t kGeneratorFlag = 0x20;
constexpr std::int32_t kGenerator = kGeneratorFlag | 0x80 | 0x200;

// localspluskinds.
constexpr std::uint8_t kLocalKind = 0x20;
constexpr std::uint8_t kCellKind = 0x40;
constexpr std::uint8_t kFreeKind = 0x80;
constexpr std::uint8_t kArgumentKinds = 0x02 | 0x04 | 0x08;

constexpr std::int32_t kMostStack = 256;
// What people write stays below two hundred.
constexpr std::size_t kMostInstructions = 4096;
constexpr std::size_t kMostRepairs = 64;

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::bytecode_format, "", std::move(message));
}
std::unexpected<Error> unsupported(std::string message) {
  return fail(ErrorCode::bytecode_unsupported, "", std::move(message));
}

// From the parts of a marshalled code object to a Code, part by part; the first that does not fit is the error.
class Resolver {
 public:
  Resolver(const std::vector<Object>& objects, const Object& code, Layout layout, bool inner)
      : objects_(objects), code_(code), parts_(code_items(layout)), inner_(inner) {
    made_.layout = layout;
  }

  Result<Code> run() {
    const CodeNumbers& numbers = kCodeNumbers[static_cast<std::size_t>(made_.layout)];
    const auto number = [&](std::size_t index) { return code_.numbers[index]; };
    made_.instructions = text(parts_.code, Kind::bytes, "code");
    made_.file_name = text(parts_.filename, Kind::string, "filename");
    made_.function_name = text(parts_.name, Kind::string, "name");
    made_.line_table = text(parts_.linetable, Kind::bytes, "line table");
    made_.constants = items(parts_.consts, "constants");
    names(parts_.names, "names", [&](std::string_view name) { made_.names.push_back(name); });
    variables();
    if (error_) return std::unexpected(std::move(*error_));
    const std::int32_t most = static_cast<std::int32_t>(kMostItems);
    for (const std::size_t index : {numbers.argcount, numbers.kwonlyargcount, numbers.stacksize}) {
      if (number(index) < 0 || number(index) > most) {
        return malformed(fmt::format("a code object counts {} of something", number(index)));
      }
    }
    made_.positional = static_cast<std::size_t>(number(numbers.argcount));
    made_.keyword_only = static_cast<std::size_t>(number(numbers.kwonlyargcount));
    made_.stack_size = static_cast<std::size_t>(number(numbers.stacksize));
    made_.takes_arguments = (number(numbers.flags) & kVarArgs) != 0;
    made_.takes_keywords = (number(numbers.flags) & kVarKeywords) != 0;
    made_.yields = (number(numbers.flags) & kGenerator) != 0;
    const std::size_t rest = (made_.takes_arguments ? 1 : 0) + (made_.takes_keywords ? 1 : 0);
    if (made_.positional + made_.keyword_only + rest > made_.variables.size()) {
      return malformed(fmt::format("{} parameters are more than its {} variables",
                                   made_.positional + made_.keyword_only, made_.variables.size()));
    }
    if (made_.instructions.empty() || made_.instructions.size() % 2 != 0) {
      return malformed(fmt::format("expected instructions of two bytes, found {} bytes", made_.instructions.size()));
    }
    if (const Status status = supported(number(numbers.flags), number(numbers.stacksize)); !status) {
      return std::unexpected(status.error());
    }
    return std::move(made_);
  }

 private:
  Status supported(std::int32_t flags, std::int32_t stack_size) const {
    if (made_.instructions.size() > 2 * kMostInstructions || stack_size > kMostStack) {
      return fail(ErrorCode::limit_exceeded, "",
                  fmt::format("expected at most {} instructions on a stack of {}, found {} on {}", kMostInstructions,
                              kMostStack, made_.instructions.size() / 2, stack_size));
    }
    const bool expression = inner_ && (flags & kGenerator) == kGeneratorFlag && made_.function_name == "<genexpr>";
    if ((flags & kGenerator) != 0 && !expression) {
      return unsupported("the function is a generator or a coroutine");
    }
    if (inner_) {
      if (made_.takes_keywords) return unsupported("an inner function takes **kwargs; name its arguments");
      return {};
    }
    if (made_.positional == 0 && made_.takes_arguments) {
      return unsupported("the function takes *args alone; a lambda takes the input tensor and named values");
    }
    if (made_.positional == 0) return unsupported("the function takes no argument; the first is the input tensor");
    return {};
  }

  const Object* part(std::size_t index, Kind kind, std::string_view what) {
    const Object& found = objects_[code_.items[index]];
    if (found.kind == kind) return &found;
    if (!error_) {
      error_ =
          malformed(fmt::format("expected {} as its {}, found {}", name_of(kind), what, name_of(found.kind))).error();
    }
    return nullptr;
  }
  std::string_view text(std::size_t index, Kind kind, std::string_view what) {
    const Object* const found = part(index, kind, what);
    return found == nullptr ? std::string_view() : found->text;
  }
  std::vector<ObjectIndex> items(std::size_t index, std::string_view what) {
    const Object* const found = part(index, Kind::tuple, what);
    return found == nullptr ? std::vector<ObjectIndex>() : found->items;
  }
  template <typename Visit>
  void names(std::size_t index, std::string_view what, Visit visit) {
    for (const ObjectIndex item : items(index, what)) {
      const Object& name = objects_[item];
      if (name.kind == Kind::string && is_utf8(name.text)) {
        visit(name.text);
      } else if (!error_) {
        error_ = malformed(fmt::format("expected a string among its {}, found {}", what, name_of(name.kind))).error();
      }
    }
  }

  void variables() {
    const auto add = [&](Variable::Kind kind) {
      return [this, kind](std::string_view name) { made_.variables.push_back({name, kind}); };
    };
    names(parts_.variables, "variables", add(Variable::Kind::local));
    if (parts_.kinds == kNoItem) {
      made_.first_deref = made_.variables.size();
      names(parts_.cellvars, "cell variables", add(Variable::Kind::cell));
      names(parts_.freevars, "free variables", add(Variable::Kind::free));
      return;
    }
    const std::string_view kinds = text(parts_.kinds, Kind::bytes, "kinds of variables");
    if (kinds.size() != made_.variables.size()) {
      if (!error_) error_ = malformed("its variables and their kinds are not equally many").error();
      return;
    }
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const auto kind = static_cast<std::uint8_t>(kinds[i]);
      made_.arguments_marked = made_.arguments_marked || (kind & kArgumentKinds) != 0;
      if ((kind & kCellKind) != 0) {
        made_.variables[i].kind = Variable::Kind::cell;
      } else if ((kind & kFreeKind) != 0) {
        made_.variables[i].kind = Variable::Kind::free;
      } else if ((kind & kLocalKind) == 0 && !error_) {
        error_ = malformed(fmt::format("a variable of the unknown kind 0x{:02x}", kind)).error();
      }
    }
  }

  const std::vector<Object>& objects_;
  const Object& code_;
  const CodeItems& parts_;
  const bool inner_;
  Code made_;
  std::optional<Error> error_;
};

// A reading of the bytes in one layout.
struct Attempt {
  std::optional<Result<Code>> code;
  std::optional<Error> error;
  std::size_t reached = 0;
  std::vector<std::size_t> counts;
};

Attempt attempt(std::string_view bytes, Layout layout) {
  MarshalRead read = read_marshal(bytes, layout);
  Attempt result{std::nullopt, std::move(read.error), read.reached, std::move(read.counts)};
  if (result.error) return result;
  const Object& root = read.value.objects[read.value.root];
  if (root.kind != Kind::code) {
    result.error = malformed(fmt::format("expected code, found {}", name_of(root.kind))).error();
    return result;
  }
  auto code = Resolver(read.value.objects, root, layout, false).run();
  if (!code && code.error().code == ErrorCode::bytecode_format) {
    result.error = std::move(code.error());
    return result;
  }
  if (code) code->objects = std::make_shared<const std::vector<Object>>(std::move(read.value.objects));
  result.code = std::move(code);
  return result;
}

// Of the layouts, the one that fits, or that went furthest.
Attempt best_attempt(std::string_view bytes) {
  Attempt best;
  for (const Layout layout : {Layout::b, Layout::c, Layout::a}) {
    Attempt made = attempt(bytes, layout);
    if (made.code) return made;
    if (!best.error || made.reached > best.reached) best = std::move(made);
  }
  return best;
}

bool is_windows_path(std::string_view path) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  return path.size() > 2 && letter(path[0]) && path[1] == ':' && (path[2] == '/' || path[2] == '\\');
}

// Moving a vector leaves its bytes, and the views into them, where they are.
Result<Code> finished(std::vector<char> bytes, Result<Code> made) {
  if (!made) return made;
  made->from_windows = is_windows_path(made->file_name);
  made->bytes = std::move(bytes);
  return made;
}

std::string_view view(const std::vector<char>& bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

Result<Code> read_code(std::string_view bytes) {
  std::vector<char> owned(bytes.begin(), bytes.end());
  Attempt first = best_attempt(view(owned));
  if (first.code) return finished(std::move(owned), *std::move(first.code));
  // Breadth first: the fewest counts that have to be repaired are the likeliest.
  std::deque<std::vector<char>> pending;
  std::size_t found = 0;
  const auto branch = [&](const std::vector<char>& from, const std::vector<std::size_t>& counts) {
    for (const std::size_t at : counts) {
      if (from[at] != kWindowsByte || found == kMostRepairs) continue;
      pending.push_back(from);
      pending.back()[at] = kWindowsLost;
      ++found;
    }
  };
  branch(owned, first.counts);
  for (; !pending.empty(); pending.pop_front()) {
    Attempt made = best_attempt(view(pending.front()));
    if (made.code) return finished(std::move(pending.front()), *std::move(made.code));
    branch(pending.front(), made.counts);
  }
  return std::unexpected(std::move(*first.error));
}

Result<Code> inner_code(const Code& outer, ObjectIndex object) {
  auto made = Resolver(*outer.objects, (*outer.objects)[object], outer.layout, true).run();
  if (!made) return made;
  made->objects = outer.objects;
  made->from_windows = outer.from_windows;
  return made;
}

bool is_comprehension(const Code& code) {
  return code.function_name == "<listcomp>" || code.function_name == "<genexpr>" || code.function_name == "<setcomp>" ||
         code.function_name == "<dictcomp>";
}

}  // namespace revive::python
