#include "revive/properties/database/tensor_json.h"

#include <fmt/format.h>

#include <cstring>

#include "revive/serializer/io/base64.h"

namespace revive::properties {

Value tensor_to_value(const Tensor& tensor) {
  return Value::Object{{"dtype", name_of(tensor.dtype())},
                       {"shape", Value::Array(tensor.dims().begin(), tensor.dims().end())},
                       {"data", to_base64(tensor.bytes())}};
}

Result<Tensor> tensor_from_value(const Value& value, const std::string& place, ErrorCode code) {
  const Value* const name = value.find("dtype");
  const Value* const shape = value.find("shape");
  const Value* const data = value.find("data");
  const auto dtype = name != nullptr && name->is_string() ? dtype_from_name(name->as_string()) : std::nullopt;
  const auto bytes = data != nullptr && data->is_string() ? from_base64(data->as_string()) : std::nullopt;
  if (!dtype || !bytes || shape == nullptr || !shape->is_array()) {
    return fail(code, place, "expected a tensor (dtype, shape and base64 data), found " + value.brief());
  }
  Dims dims;
  for (const Value& dim : shape->as_array()) {
    if (!dim.is_int()) return fail(code, place + "/shape", "expected ints, found " + dim.brief());
    dims.push_back(dim.as_int());
  }
  // The bytes are there already, so a shape that needs as many cannot ask for more memory than the text has.
  const auto count = element_count(dims);
  if (!count || static_cast<std::uint64_t>(*count) != bytes->size() / size_of(*dtype) ||
      bytes->size() % size_of(*dtype) != 0) {
    return fail(code, place, fmt::format("a shape of {} does not fit {} bytes", to_string(dims), bytes->size()));
  }
  Tensor tensor = Tensor::uninitialized(*dtype, std::move(dims));
  if (!bytes->empty()) std::memcpy(tensor.bytes().data(), bytes->data(), bytes->size());
  return tensor;
}

}  // namespace revive::properties
