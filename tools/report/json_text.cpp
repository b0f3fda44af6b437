#include "revive/tools/report/json_text.h"

#include "revive/serializer/json/json.h"

namespace revive::tools {

Value error_to_value(const Error& error) {
  return Value::Object{{"code", name_of(error.code)}, {"place", error.place}, {"message", error.message}};
}

void print_value(Console& console, const Value& value) {
  console.out << print_json(value) << '\n';
}

}  // namespace revive::tools
