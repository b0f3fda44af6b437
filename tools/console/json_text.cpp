#include "revive/tools/console/json_text.h"

#include "revive/serializer/json/json.h"

namespace revive::tools {

Value error_to_value(const Error& error) {
  return Value::Object{{"code", name_of(error.code)}, {"place", error.place}, {"message", error.message}};
}

void print_value(Console& console, const Value& value) {
  // Python leaves DEL as it is, the only control character that JSON does not ask to be escaped.
  std::string text = print_json(value);
  for (std::size_t at = text.find('\x7f'); at != std::string::npos; at = text.find('\x7f', at)) {
    text.replace(at, 1, "\\u007f");
  }
  console.out << text << '\n';
}

}  // namespace revive::tools
