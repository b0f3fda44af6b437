// What functions of the language are made of beyond the language itself: looking at types, making constants, and
// refusing.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "revive/model/lambda/builtins.h"
#include "revive/model/lambda/lowering.h"
#include "revive/model/lambda/python_semantics.h"
#include "revive/model/ops/operand.h"
#include "revive/model/tensor/element.h"

namespace revive {
namespace {

using Arguments = std::span<const PartialValue>;

std::unexpected<Error> type_error(std::string message) {
  return fail(ErrorCode::expression_type, "", std::move(message));
}

PartialValue axis_length(std::int64_t length) {
  return length == kUnknown ? PartialValue(Value()) : PartialValue(Value(length));
}

Result<PartialValue> shape(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  std::vector<PartialValue> axes;
  for (const std::int64_t length : type.shape.axes()) axes.push_back(axis_length(length));
  return make_sequence(std::move(axes), SequenceKind::shape);
}

Result<PartialValue> ndim(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  return PartialValue(Value(static_cast<std::int64_t>(type.shape.rank())));
}

Result<PartialValue> dtype(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto type, lowering.type_of(arguments[0]));
  return PartialValue(Value(name_of(type.dtype)));
}

// "float32" for Python's float as well.
Result<PartialValue> dtype_name(Lowering&, const Builtin&, Arguments arguments) {
  std::string_view name;
  if (const Value* const text = arguments[0].get<Value>(); text != nullptr && text->is_string()) {
    name = text->as_string();
  } else if (const FunctionName* const function = arguments[0].get<FunctionName>()) {
    name = function->text;
    // np.float32, which is a function as well as a dtype.
    if (const std::size_t dot = name.rfind('.'); dot != std::string_view::npos) name.remove_prefix(dot + 1);
  }
  if (name == "float") return PartialValue(Value("float32"));
  if (name == "int") return PartialValue(Value("int32"));
  const auto dtype = dtype_from_name(name);
  if (!dtype || !ops::computes(*dtype)) {
    return type_error(
        fmt::format("expected {}, found {}", ops::kComputed, name.empty() ? arguments[0].kind_name() : name));
  }
  return PartialValue(Value(name));
}

// Whether it is made of ints. Errors: the dtype of a tensor that nobody knows.
Result<PartialValue> is_int(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto dtype, lowering.dtype_of(arguments[0]));
  return PartialValue(Value(is_integer(dtype)));
}

Result<PartialValue> is_float(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_ASSIGN_OR_RETURN(const auto dtype, lowering.dtype_of(arguments[0]));
  return PartialValue(Value(revive::is_float(dtype)));
}

// Whether it is known to be made of bools; a graph that is made of anything else is the same for all else.
Result<PartialValue> is_bool(Lowering& lowering, const Builtin&, Arguments arguments) {
  return PartialValue(Value(lowering.known_dtype(arguments[0]) == DType::boolean));
}

// Whether it is known to be made of anything but floats, as _is_bool().
Result<PartialValue> is_exact(Lowering& lowering, const Builtin&, Arguments arguments) {
  return PartialValue(Value(!revive::is_float(lowering.known_dtype(arguments[0]).value_or(DType::float32))));
}

// Whether it is known to be made of ints of 8 or 16 bits, as _is_bool().
Result<PartialValue> is_narrow(Lowering& lowering, const Builtin&, Arguments arguments) {
  const auto dtype = lowering.known_dtype(arguments[0]);
  const bool narrow = dtype && revive::is_narrow(*dtype);
  if (narrow) REVIVE_RETURN_IF_ERROR(lowering.dtype_of(arguments[0]));
  return PartialValue(Value(narrow));
}

Result<PartialValue> of_bits(Lowering& lowering, const Builtin&, Arguments arguments) {
  return lowering.bitwise(arguments[0].get<Value>()->as_string(), arguments[1], arguments[2]);
}

// A number as the dtype of a tensor holds it.
Result<PartialValue> number_like(Lowering& lowering, const Builtin&, Arguments arguments) {
  const auto number = static_number(arguments[0]);
  if (!number) return type_error(fmt::format("expected a number, found {}", arguments[0].kind_name()));
  if (!number->real) return arguments[0];
  constexpr double kMostInt = 1 << 30;
  const double whole = std::trunc(number->floating);
  if (!(std::fabs(whole) <= kMostInt)) return arguments[0];
  PartialValue as_int(Value(static_cast<std::int64_t>(whole)));
  if (whole == number->floating && !std::signbit(whole)) return as_int;
  REVIVE_ASSIGN_OR_RETURN(const auto dtype, lowering.dtype_of(arguments[1]));
  return revive::is_float(dtype) ? arguments[0] : as_int;
}

Result<PartialValue> is_number(Lowering&, const Builtin&, Arguments arguments) {
  return PartialValue(Value(static_number(arguments[0]).has_value()));
}

Result<PartialValue> is_sequence(Lowering&, const Builtin&, Arguments arguments) {
  return PartialValue(Value(arguments[0].get<Sequence>() != nullptr));
}

Result<PartialValue> depends_on_x(Lowering&, const Builtin&, Arguments arguments) {
  return PartialValue(Value(arguments[0].depends_on_x()));
}

// The number or nested tuple that an array holds.
Result<PartialValue> as_static(Lowering& lowering, const Builtin&, Arguments arguments) {
  REVIVE_RETURN_IF_ERROR(lowering.take_steps(arguments[0].expanded()));
  const auto value = value_of(arguments[0]);
  if (!value) return type_error(fmt::format("the numbers in {} are not known", arguments[0].kind_name()));
  return lowered_value(*value, lowering.limits().tensor_rank + 1);
}

Result<PartialValue> is_tensor(Lowering&, const Builtin&, Arguments arguments) {
  return PartialValue(Value(arguments[0].is_array_like()));
}

Result<PartialValue> lower_case(Lowering&, const Builtin&, Arguments arguments) {
  const Value* const text = arguments[0].get<Value>();
  if (text == nullptr || !text->is_string()) {
    return type_error(fmt::format("expected a string, found {}", arguments[0].kind_name()));
  }
  std::string lowered = text->as_string();
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return PartialValue(Value(std::move(lowered)));
}

Result<PartialValue> refuse(Lowering&, const Builtin&, Arguments arguments) {
  return type_error(arguments[0].get<Value>()->as_string());
}

// A sequence whose items are tensors or arrays, as ops that join them take it.
Result<PartialValue> tensors(Lowering& lowering, const Builtin&, Arguments arguments) {
  const auto* const sequence = arguments[0].get<Sequence>();
  if (sequence == nullptr) {
    return type_error(fmt::format("expected a list of tensors, found {}", arguments[0].kind_name()));
  }
  if (const Status affordable = lowering.take_steps(sequence->expanded); !affordable) {
    return std::unexpected(affordable.error());
  }
  std::vector<PartialValue> items;
  for (const PartialValue& item : *sequence) {
    if (const auto* const listed = item.get<Sequence>()) {
      REVIVE_ASSIGN_OR_RETURN(auto array, array_from(*listed));
      items.emplace_back(std::move(array));
    } else {
      items.push_back(item);
    }
  }
  return make_sequence(std::move(items), SequenceKind::list);
}

bool is_input(const PartialValue& value) {
  const NodeRef* const ref = value.get<NodeRef>();
  return ref != nullptr && ref->index == 0;
}

// The value, in a tensor that is not the input's: what Keras hangs on the input, as its mask, is not on this one.
Result<PartialValue> anew(Lowering& lowering, const Builtin&, Arguments arguments) {
  return is_input(arguments[0]) ? lowering.call("op.copy", {{arguments[0]}, {}}, true) : arguments[0];
}

// The value, in the input's tensor or in another one: that depends on the backend.
Result<PartialValue> perhaps_anew(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  if (!is_input(arguments[0])) return arguments[0];
  if (lowering.backend() == Backend::tensorflow) return anew(lowering, builtin, arguments);
  return lowering.subscript(arguments[0], {PartialValue(Ellipsis{})});
}

// A static value as an array of the dtype, or of the one that holds it when that is None; tensors are cast.
Result<PartialValue> array(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  const PartialValue& value = arguments[0];
  std::optional<DType> wanted;
  if (!arguments[1].is_none()) {
    const auto name = dtype_name(lowering, builtin, arguments.subspan(1));
    if (!name) return name;
    wanted = dtype_from_name(name->get<Value>()->as_string());
  }
  if (value.is_run_time()) return wanted ? lowering.cast_run_number(value, name_of(*wanted)) : value;
  if (value.is_tensor()) {
    if (!wanted) return value;
    // TensorFlow hands on the very tensor.
    if (lowering.backend() == Backend::tensorflow && is_input(value) && lowering.known_dtype(value) == wanted) {
      REVIVE_RETURN_IF_ERROR(lowering.dtype_of(value));
      return value;
    }
    return lowering.call("op.cast", {{value, PartialValue(Value(name_of(*wanted)))}, {}}, true);
  }
  if (const Status affordable = lowering.take_steps(value.expanded()); !affordable) {
    return std::unexpected(affordable.error());
  }
  const Tensor* const given = value.get<Tensor>();
  Result<Tensor> made = given != nullptr ? Result<Tensor>(*given) : Result<Tensor>(Tensor());
  if (const auto* const sequence = value.get<Sequence>()) {
    if (value.depends_on_x()) return lowering.call("ops.stack", {{value}, {}}, true);
    made = array_from(*sequence);
  } else if (given == nullptr) {
    if (!static_number(value)) return type_error(fmt::format("expected numbers, found {}", value.kind_name()));
    const auto alone = make_sequence({value}, SequenceKind::list);
    made = array_from(*alone->get<Sequence>());
    if (made) made = made->reshaped({});
  }
  if (!made) return std::unexpected(std::move(made.error()));
  return PartialValue(wanted ? cast(*made, *wanted) : *std::move(made));
}

// As NumPy and JAX make an array: a number that JAX makes one without a dtype remains a weak one.
Result<PartialValue> array_of(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  if (static_number(arguments[0]) && arguments[1].is_none()) lowering.note_weak_array();
  return array(lowering, builtin, arguments);
}

// An array of a shape filled with a number.
Result<PartialValue> full(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  Dims dims;
  if (static_number(arguments[0])) {
    REVIVE_ASSIGN_OR_RETURN(const auto length, integer_argument(arguments[0], "a shape"));
    dims = {length};
  } else {
    REVIVE_ASSIGN_OR_RETURN(auto given, integers_argument(arguments[0], "a shape"));
    dims = std::move(given);
  }
  const auto elements = element_count(dims);
  if (!elements || static_cast<std::uint64_t>(*elements) > lowering.limits().constant_elements ||
      dims.size() > lowering.limits().tensor_rank) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected a constant of at most {} elements, found the shape {}",
                            lowering.limits().constant_elements, to_string(dims)));
  }
  if (const Status affordable = lowering.take_steps(static_cast<std::uint64_t>(*elements)); !affordable) {
    return std::unexpected(affordable.error());
  }
  const auto scalar = array(lowering, builtin, arguments.subspan(1, 2));
  if (!scalar) return scalar;
  const Tensor* const value = scalar->get<Tensor>();
  if (value == nullptr || value->rank() != 0) return type_error("a constant is filled with one number");
  Tensor filled = Tensor::uninitialized(value->dtype(), dims);
  ops::with_element_type(value->dtype(),
                         [&]<typename T>(T) { std::ranges::fill(filled.data<T>(), value->data<T>()[0]); });
  return PartialValue(std::move(filled));
}

// arange(start, stop, step, dtype): start + i * step, as many as lie before stop.
Result<PartialValue> arange(Lowering& lowering, const Builtin& builtin, Arguments arguments) {
  const auto start = static_number(arguments[0]);
  const auto stop = static_number(arguments[1]);
  const auto step = static_number(arguments[2]);
  if (!start || !stop || !step) return type_error("a range has to have static bounds");
  if (step->as_double() == 0.0) return type_error("the step of a range must not be zero");
  const double count = std::ceil((stop->as_double() - start->as_double()) / step->as_double());
  if (!(count <= static_cast<double>(lowering.limits().constant_elements))) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected at most {} constant elements, found a range of {}",
                            lowering.limits().constant_elements, count));
  }
  const bool real = start->real || stop->real || step->real;
  // The count of ints that doubles do not hold would be a guess.
  const auto is_exact = [](const StaticNumber& number) {
    constexpr std::int64_t kExactDouble = std::int64_t{1} << 53;
    return number.integer >= -kExactDouble && number.integer <= kExactDouble;
  };
  const bool exact = is_exact(*start) && is_exact(*stop) && is_exact(*step);
  if (!real && !exact) {
    return type_error("a range of ints beyond 2**53 is not counted exactly");
  }
  std::vector<PartialValue> items;
  for (std::int64_t i = 0; static_cast<double>(i) < count; ++i) {
    if (real) {
      items.emplace_back(Value(start->as_double() + static_cast<double>(i) * step->as_double()));
    } else {
      items.emplace_back(Value(start->integer + i * step->integer));
    }
  }
  if (items.empty()) return full(lowering, builtin, std::array{tuple_of({0}), PartialValue(Value(0)), arguments[3]});
  const auto listed = make_sequence(std::move(items), SequenceKind::list);
  if (!listed) return listed;
  return array(lowering, builtin, std::array{*listed, arguments[3]});
}

}  // namespace

Result<std::int64_t> integer_argument(const PartialValue& value, std::string_view what) {
  const auto number = static_number(value);
  if (!number || number->real) return type_error(fmt::format("{} has to be an int, found {}", what, value.kind_name()));
  return number->integer;
}

Result<std::vector<std::int64_t>> integers_argument(const PartialValue& value, std::string_view what) {
  std::vector<std::int64_t> ints;
  if (const Tensor* const array = value.get<Tensor>(); array != nullptr && is_integer(array->dtype())) {
    for (std::size_t i = 0; i < array->size(); ++i) ints.push_back(element_of(*array, i).as_int());
    return ints;
  }
  const auto* const sequence = value.get<Sequence>();
  if (sequence == nullptr) {
    return type_error(fmt::format("{} has to be a tuple or list of ints, found {}", what, value.kind_name()));
  }
  for (const PartialValue& item : *sequence) {
    REVIVE_ASSIGN_OR_RETURN(const auto each, integer_argument(item, "an item of " + std::string(what)));
    ints.push_back(each);
  }
  return ints;
}

std::span<const Builtin> tensor_builtins() {
  static const Builtin table[] = {
      {"_anew", 1, 1, anew},
      {"_arange", 4, 4, arange},
      {"_array", 2, 2, array},
      {"_array_of", 2, 2, array_of},
      {"_depends_on_x", 1, 1, depends_on_x},
      {"_dtype", 1, 1, dtype},
      {"_dtype_name", 1, 1, dtype_name},
      {"_full", 3, 3, full},
      {"_is_bool", 1, 1, is_bool},
      {"_is_exact", 1, 1, is_exact},
      {"_is_float", 1, 1, is_float},
      {"_is_int", 1, 1, is_int},
      {"_is_narrow", 1, 1, is_narrow},
      {"_is_number", 1, 1, is_number},
      {"_is_sequence", 1, 1, is_sequence},
      {"_is_tensor", 1, 1, is_tensor},
      {"_lower_case", 1, 1, lower_case},
      {"_ndim", 1, 1, ndim},
      {"_number_like", 2, 2, number_like},
      {"_of_bits", 3, 3, of_bits},
      {"_perhaps_anew", 1, 1, perhaps_anew},
      {"_refuse", 1, 1, refuse},
      {"_shape", 1, 1, shape},
      {"_static", 1, 1, as_static},
      {"_tensors", 1, 1, tensors},
  };
  return table;
}

}  // namespace revive
