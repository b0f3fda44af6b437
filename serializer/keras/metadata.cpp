#include "revive/serializer/keras/metadata.h"

#include <fmt/format.h>

#include "revive/model/lambda/lambda_function.h"
#include "revive/serializer/json/members.h"
#include "revive/serializer/keras/annotation.h"

namespace revive {
namespace {

// In local time Keras writes when it saved; here the same model gives the same bytes.
constexpr std::string_view kDateSaved = "1980-01-01@00:00:00";
constexpr std::string_view kPlace = "metadata.json: ";

}  // namespace

Value model_to_metadata(const Sequential& model) {
  Value::Object lambdas;
  visit_layers(model.root(), [&](const std::string& path, const Layer& layer) {
    const LambdaFunction* expression = layer.lambda();
    if (expression != nullptr && expression->annotation) lambdas.emplace_back(path, annotation_to_value(*expression));
  });
  Value::Object document = object_of({{"keras_version", model.keras_version()}, {"date_saved", kDateSaved}});
  if (!lambdas.empty()) document.emplace_back("revive", object_of({{"lambdas", std::move(lambdas)}}));
  return document;
}

Status metadata_to_model(const Value& document, Sequential& model, const Limits& limits,
                         const std::function<void(std::string_view)>& warn) {
  const auto wrong = [](std::string_view place, std::string_view expected, const Value& found) {
    return fail(ErrorCode::config_type, fmt::format("{}{}", kPlace, place),
                fmt::format("expected {}, found {}", expected, found.kind_name()));
  };
  if (!document.is_object()) return wrong("", "an object", document);
  if (const Value* version = document.find("keras_version")) {
    if (!version->is_string()) return wrong("/keras_version", "a string", *version);
    model.set_keras_version(version->as_string());
  }
  const Value* own = document.find("revive");
  const Value* lambdas = own != nullptr ? own->find("lambdas") : nullptr;
  if (lambdas == nullptr) return {};
  if (!lambdas->is_object()) return wrong("/revive/lambdas", "an object", *lambdas);
  std::size_t used = 0;
  Status status;
  visit_layers(model.root(), [&](const std::string& path, Layer& layer) {
    const Value* annotation = lambdas->find(path);
    LambdaFunction* expression = layer.lambda();
    if (!status || annotation == nullptr || expression == nullptr) return;
    ++used;
    const std::string place = fmt::format("{}/revive/lambdas{}", kPlace, path);
    const auto input =
        layer.built() ? std::optional(TensorType{layer.input_dtype(), layer.input_shape()}) : std::nullopt;
    auto annotated = annotate(std::move(expression->graph), *annotation, place, limits, input);
    if (!annotated) {
      status = std::unexpected(annotated.error());
      return;
    }
    if (!annotated->annotation && warn) {
      const bool is_newer = annotation->find("lowering")->as_int() > kLoweringVersion;
      warn(fmt::format(
          "{}: the text {} and was dropped", place,
          is_newer ? "of a newer revive cannot be judged here" : "of an older revive no longer gives this lambda"));
    }
    *expression = std::move(*annotated);
  });
  if (!status) return status;
  if (used != lambdas->as_object().size()) {
    return fail(ErrorCode::graph_annotation, fmt::format("{}/revive/lambdas", kPlace),
                fmt::format("expected texts of lambdas only, {} of {} belong to no lambda",
                            lambdas->as_object().size() - used, lambdas->as_object().size()));
  }
  return {};
}

}  // namespace revive
