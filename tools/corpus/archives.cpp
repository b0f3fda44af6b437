#include "revive/tools/corpus/archives.h"

#include <fmt/format.h>

#include <algorithm>

#include "revive/model/lambda/capture_literal.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/command.h"
#include "revive/tools/corpus/arrays.h"
#include "revive/tools/corpus/limit_options.h"

namespace revive::tools {
namespace {

struct Assignment {
  std::string name;
  std::string value;
};

Result<Assignment> split(std::string_view option, std::string_view shape, const std::string& written) {
  const std::size_t equals = written.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == written.size()) {
    return wrong_call(fmt::format("{} expects {}, found '{}'", option, shape, written));
  }
  return Assignment{written.substr(0, equals), written.substr(equals + 1)};
}

Result<Capture> value_of(const Assignment& assignment) {
  if (assignment.value.starts_with('@')) {
    REVIVE_ASSIGN_OR_RETURN(auto array, read_array(assignment.value.substr(1)));
    return Capture(std::move(array));
  }
  auto capture = parse_capture(assignment.value);
  if (!capture) return wrong_call(fmt::format("--bind {}: {}", assignment.name, capture.error().message));
  return capture;
}

template <typename Given, typename Name>
Status check_new(const Given& given, Name name_of, std::string_view option, const std::string& name) {
  if (std::ranges::find(given, name, name_of) == given.end()) return {};
  return wrong_call(fmt::format("{} gives {} twice", option, name));
}

}  // namespace

void add_load_options(Arguments& app, LoadRequest& request) {
  app.add_option("--bind", request.bind,
                 "What a lambda's Python reads and Keras did not store: NAME=VALUE with a Python literal, a function "
                 "(tf.reduce_sum, 'lambda t: t * 2') or an array (@FILE.npy); may be repeated")
      .one_value_each();
  app.add_option("--lambda", request.lambdas,
                 "LAYER='lambda x: ...' stands in for the Python of that layer; may be repeated")
      .one_value_each();
  add_limit_options(app, request.limits);
}

Result<LoadRequest> recorded_request(const std::string& archive) {
  const std::string path = archive.substr(0, archive.rfind('.')) + ".load.json";
  if (!exists(path)) return LoadRequest{};
  REVIVE_ASSIGN_OR_RETURN(const auto file, read_file(path, {}));
  REVIVE_ASSIGN_OR_RETURN(
      const auto document,
      parse_json({reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()}, {}, path));
  LoadRequest request;
  for (const auto& [key, values] : {std::pair("bind", &request.bind), std::pair("lambda", &request.lambdas)}) {
    const Value* const list = document.find(key);
    if (list == nullptr || !list->is_array()) {
      return fail(ErrorCode::manifest_format, path, fmt::format("expected a list \"{}\"", key));
    }
    for (const Value& item : list->as_array()) {
      if (!item.is_string()) return fail(ErrorCode::manifest_format, path, "expected strings, found " + item.brief());
      values->push_back(item.as_string());
    }
  }
  return request;
}

Result<LoadOptions> load_options(const LoadRequest& request) {
  LoadOptions options{.limits = request.limits};
  for (const std::string& written : request.bind) {
    REVIVE_ASSIGN_OR_RETURN(const auto assignment, split("--bind", "NAME=VALUE", written));
    REVIVE_RETURN_IF_ERROR(check_new(options.bind, &Captures::value_type::first, "--bind", assignment.name));
    REVIVE_ASSIGN_OR_RETURN(auto value, value_of(assignment));
    options.bind.emplace_back(assignment.name, std::move(value));
  }
  for (const std::string& written : request.lambdas) {
    REVIVE_ASSIGN_OR_RETURN(auto assignment, split("--lambda", "LAYER='lambda x: ...'", written));
    REVIVE_RETURN_IF_ERROR(check_new(options.lambdas, &GivenLambda::layer, "--lambda", assignment.name));
    options.lambdas.push_back({std::move(assignment.name), std::move(assignment.value)});
  }
  return options;
}

Result<Sequential> load_archive(const std::string& path, const LoadRequest& request, Console& console) {
  REVIVE_ASSIGN_OR_RETURN(auto options, load_options(request));
  options.warn = [&](std::string_view sentence) { console.complain(fmt::format("{}: warning: {}", path, sentence)); };
  auto model = load(path, options);
  if (!model) return std::unexpected(with_option(std::move(model.error())));
  return model;
}

}  // namespace revive::tools
