// A version 1 object header: the messages that make an object a group or a dataset. Internal to the reader.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "revive/model/tensor/dtype.h"
#include "revive/model/tensor/tensor.h"
#include "revive/serializer/hdf5/context.h"
#include "revive/serializer/hdf5/global_heap.h"
#include "revive/serializer/hdf5/symbol_table.h"

namespace revive::hdf5 {

struct Attribute {
  std::string_view name;
  std::string value;
};

struct ContiguousData {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
};

// Each message at most once; Keras writes at most one attribute on an object.
struct ObjectHeader {
  std::optional<SymbolTable> symbol_table;
  std::optional<Dims> dims;
  std::optional<DType> dtype;
  std::optional<ContiguousData> data;
  std::optional<Attribute> attribute;
  bool has_fill_value = false;
  bool has_modification_time = false;
};

bool read_object_header(ReadContext& context, GlobalHeap& strings, std::uint64_t address, ObjectHeader& out);

}  // namespace revive::hdf5
