#include "revive/model/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "revive/model/base/utf8.h"
#include "revive/model/config.h"
#include "revive/model/registry.h"

namespace revive {
namespace {

// What a tensor can address in bytes, as float32 elements.
constexpr std::uint64_t kMostElements = std::numeric_limits<std::int64_t>::max() / sizeof(float);

// The one field, if any, whose member is a T.
template <typename T>
T* member_of_type(const LayerClass& layer_class, void* config) {
  for (const Field& field : layer_class.fields) {
    const FieldRef ref = field.ref(config);
    if (auto* const* member = std::get_if<T*>(&ref)) return *member;
  }
  return nullptr;
}

Status check_size(const Shape& shape, const Limits& limits) {
  const auto elements = shape.elements_per_sample();
  if (!elements || static_cast<std::uint64_t>(*elements) > limits.activation_elements) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("one sample of shape {} has more than {} elements (Limits::activation_elements)",
                            to_string(shape), limits.activation_elements));
  }
  return {};
}

// The elements of all variables, those of children included, where they keep to the limit.
Result<std::int64_t> count_weights(const Layer& layer, const Built& built, const Limits& limits) {
  const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(limits.weight_elements, kMostElements));
  std::int64_t total = 0;
  const auto fits = [&](std::int64_t more) {
    const bool room = more <= most - total;
    if (room) total += more;
    return room;
  };
  bool all_fit = std::ranges::all_of(built.variables, [&](const VariableSpec& spec) {
    const auto elements = element_count(spec.dims);
    return elements && fits(*elements);
  });
  for (const Layer& child : layer.children()) all_fit = all_fit && fits(child.weight_elements());
  if (all_fit) return total;
  return fail(ErrorCode::limit_exceeded, "",
              fmt::format("expected {} to have at most {} weights (Limits::weight_elements), found more",
                          describe(layer), most));
}

}  // namespace

std::optional<std::uint8_t> EnumNames::index_of(std::string_view spelling) const {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == spelling) return static_cast<std::uint8_t>(i);
  }
  for (const Alias& alias : aliases) {
    if (alias.spelling == spelling) return alias.index;
  }
  return std::nullopt;
}

const Field* LayerClass::field(std::string_view key) const {
  for (const Field& candidate : fields) {
    if (candidate.name == key) return &candidate;
    for (const LegacyKey& spelling : candidate.legacy_keys) {
      if (spelling.key == key) return &candidate;
    }
  }
  return nullptr;
}

Layer::Layer(const LayerClass& layer_class) : class_(&layer_class), config_(layer_class.create()) {}

Layer::Layer(const Layer& other)
    : class_(other.class_),
      name_(other.name_),
      trainable_(other.trainable_),
      built_(other.built_),
      config_(other.class_->clone(other.config_.get())),
      training_only_(other.training_only_),
      input_(other.input_),
      input_dtype_(other.input_dtype_),
      built_info_(other.built_info_),
      weight_elements_(other.weight_elements_),
      weights_(other.weights_) {}

Layer& Layer::operator=(const Layer& other) {
  if (this != &other) *this = Layer(other);
  return *this;
}

std::span<const Layer> Layer::children() const {
  const auto* layers = member_of_type<std::vector<Layer>>(*class_, config_.get());
  return layers != nullptr ? std::span<const Layer>(*layers) : std::span<const Layer>();
}

std::span<Layer> Layer::children() {
  auto* layers = member_of_type<std::vector<Layer>>(*class_, config_.get());
  return layers != nullptr ? std::span<Layer>(*layers) : std::span<Layer>();
}

const LambdaFunction* Layer::lambda() const {
  return member_of_type<LambdaFunction>(*class_, config_.get());
}
LambdaFunction* Layer::lambda() {
  return member_of_type<LambdaFunction>(*class_, config_.get());
}

Status Layer::check_rules() const {
  for (const Rule& rule : class_->rules) {
    if (!rule.holds(config_.get())) return fail(ErrorCode::config_rule, "", rule.sentence);
  }
  return {};
}

Field::Field() = default;
Field::Field(Field&&) noexcept = default;
Field& Field::operator=(Field&&) noexcept = default;
Field::~Field() = default;

LayerClass::LayerClass() = default;
LayerClass::LayerClass(LayerClass&&) noexcept = default;
LayerClass& LayerClass::operator=(LayerClass&&) noexcept = default;
LayerClass::~LayerClass() = default;

Layer::Layer(Layer&&) noexcept = default;
Layer& Layer::operator=(Layer&&) noexcept = default;
Layer::~Layer() = default;

Status Layer::build(const Shape& input, DType dtype, const Limits& limits) {
  built_ = false;
  if (!class_->accepts(input)) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("{} expects {}, found the shape {}", describe(*this), class_->expects, to_string(input)));
  }
  REVIVE_ASSIGN_OR_RETURN(auto built, class_->build(config_.get(), input, BuildContext{dtype, limits}));
  if (class_->keeps_dtype) built.dtype = dtype;
  REVIVE_RETURN_IF_ERROR(check_size(built.output, limits));
  built.multiply_adds = std::max(built.multiply_adds, *built.output.elements_per_sample());
  if (static_cast<std::uint64_t>(built.multiply_adds) > limits.multiply_adds) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("{} takes {} multiply-adds a sample, more than {} (Limits::multiply_adds)", describe(*this),
                            built.multiply_adds, limits.multiply_adds));
  }
  REVIVE_ASSIGN_OR_RETURN(const auto weight_elements, count_weights(*this, built, limits));
  input_ = input;
  input_dtype_ = dtype;
  weight_elements_ = weight_elements;
  built_info_ = std::move(built);
  const bool fits =
      std::ranges::equal(weights_, built_info_.variables,
                         [](const Tensor& tensor, const VariableSpec& spec) { return tensor.dims() == spec.dims; });
  if (!fits) weights_.clear();
  built_ = true;
  return {};
}

Status Layer::set_weights(std::vector<Tensor> weights) {
  const auto& specs = variables();
  if (weights.size() != specs.size()) {
    return fail(ErrorCode::weights_count, "",
                fmt::format("{} has {} variables, found {}", describe(*this), specs.size(), weights.size()));
  }
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (weights[i].dims() != specs[i].dims) {
      return fail(ErrorCode::weights_shape, fmt::format("/{}", i),
                  fmt::format("expected {} of {}, found {}", specs[i].name, to_string(specs[i].dims),
                              to_string(weights[i].dims())));
    }
    if (weights[i].dtype() != DType::float32) {
      return fail(ErrorCode::weights_dtype, fmt::format("/{}", i),
                  fmt::format("expected {} as float32, found {}", specs[i].name, name_of(weights[i].dtype())));
    }
  }
  weights_ = std::move(weights);
  return {};
}

bool Layer::ready() const {
  return built_ && weights_.size() == variables().size() &&
         std::ranges::all_of(children(), [](const Layer& child) { return child.ready(); });
}

Result<MaskedTensor> Layer::call(const MaskedTensor& input, const CallOptions& options, const Limits& limits) const {
  // What is unknown where a layer stands may be known to what is inside of it: a nested stack's own InputLayer, say.
  // The batch is free, as samples are independent.
  Dims dims = input.value.dims();
  if (!dims.empty() && input_.rank() > 0 && input_.known(0)) dims[0] = input_[0];
  if (!input_.admits(dims)) {
    return fail(
        ErrorCode::input_shape, "",
        fmt::format("expected an input of shape {}, found {}", to_string(input_), to_string(input.value.dims())));
  }
  REVIVE_ASSIGN_OR_RETURN(auto output_shape, class_->output_shape(config_.get(), Shape(input.value.dims())));
  REVIVE_RETURN_IF_ERROR(check_size(output_shape, limits));
  const Dims& output_dims = output_shape.axes();
  if (!element_count(output_dims)) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("an output of {} does not fit in memory", to_string(output_dims)));
  }
  const CallContext context{weights_, output_dims, options, limits};
  const bool as_it_is = class_->keeps_dtype || class_->chooses_dtype || input.value.dtype() == DType::float32;
  auto output = as_it_is ? class_->call(config_.get(), input, context)
                         : class_->call(config_.get(), {cast(input.value, DType::float32), input.mask}, context);
  if (output && class_->mask_rule == MaskRule::passes) output->mask = input.mask;
  return output;
}

Result<Layer> make_layer(std::string_view class_name, const Value::Object& config) {
  const LayerClass* layer_class = find_layer_class(class_name);
  if (layer_class == nullptr) {
    return fail(ErrorCode::config_unknown_class, std::string(class_name), "no layer class of this name is registered");
  }
  Layer layer(*layer_class);
  REVIVE_RETURN_IF_ERROR(read_config(layer, config, std::string(class_name)));
  return layer;
}

Status check_name(const Layer& layer, const Limits& limits) {
  const std::string& name = layer.name();
  if (name.size() > limits.layer_name_bytes) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("expected a layer name of at most {} bytes (Limits::layer_name_bytes), found {}",
                            limits.layer_name_bytes, name.size()));
  }
  constexpr std::string_view kRefused("/\0", 2);
  if (is_utf8(name) && name.find_first_of(kRefused) == std::string::npos) return {};
  return fail(ErrorCode::config_value, "",
              fmt::format("expected a layer name in UTF-8 without '/' and NUL, found {}", Value(name).brief()));
}

std::string describe(const Layer& layer) {
  return layer.name().empty() ? layer.layer_class().name
                              : fmt::format("{} '{}'", layer.layer_class().name, layer.name());
}

}  // namespace revive
