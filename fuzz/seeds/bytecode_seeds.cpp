#include <fmt/format.h>

#include <array>

#include "revive/fuzz/seeds/seeds.h"
#include "revive/serializer/io/base64.h"
#include "revive/serializer/json/json.h"

namespace revive::fuzz {
namespace {

// Names of corpus/lambdas/lambda_table.py. Short ones, as the speed of a run is that of its seeds.
constexpr std::array<std::string_view, 26> kNames = {
    "identity",       "arithmetic_6", "arithmetic_8",    "comparison_0", "index_3",   "index_8",        "image_4",
    "keras_ops_11",   "backend_1",    "tensorflow_9",    "method_3",     "builtin_3", "conditional_1",  "conditional_9",
    "conditional_11", "readme",       "closure_float",   "default_many", "starred",   "double_starred", "def_locals",
    "def_if",         "def_unpack",   "def_import_from", "unpacking",    "operators"};

}  // namespace

Result<std::vector<BytecodeSeed>> bytecode_seeds(std::string_view fixtures) {
  REVIVE_ASSIGN_OR_RETURN(const auto table, parse_json(fixtures, {}, "fixtures"));
  std::vector<BytecodeSeed> seeds;
  for (const std::string_view name : kNames) {
    const Value* const entry = table.find(name);
    const Value* const config = entry == nullptr ? nullptr : entry->find("config");
    const Value* const code = config == nullptr ? nullptr : config->find("code");
    auto bytes = code != nullptr && code->is_string() ? from_base64(code->as_string()) : std::nullopt;
    if (!bytes) return fail(ErrorCode::manifest_format, "fixtures", fmt::format("expected the code of {}", name));
    seeds.push_back({std::string(name), *std::move(bytes)});
  }
  return seeds;
}

}  // namespace revive::fuzz
