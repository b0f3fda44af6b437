#include "revive/model/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "revive/model/base/out_of_memory.h"
#include "revive/model/base/utf8.h"
#include "revive/model/config.h"
#include "revive/model/kernels/rounding.h"
#include "revive/model/kernels/shared.h"
#include "revive/model/lambda/lambda_function.h"
#include "revive/model/registry.h"
#include "revive/model/tensor/element_type.h"

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

Status check_activation(const Shape& shape, const Limits& limits) {
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
  for (const ChildSlot& slot : layer.layer_class().slots) {
    for (const Layer& child : layer.children(slot)) all_fit = all_fit && fits(child.weight_elements());
  }
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

std::string_view name_of(Family family) {
  constexpr std::array<std::string_view, kFamilies> kNames = {
      "core",          "lambda",    "nested",      "dense",   "convolution", "pooling", "recurrent",
      "normalization", "embedding", "elementwise", "shaping", "identity",    "wrapper", "preprocessing"};
  return kNames[static_cast<std::size_t>(family)];
}

bool LayerClass::runs_a_cell() const {
  return std::ranges::any_of(slots, &ChildSlot::takes_cells);
}

bool LayerClass::is_container() const {
  return std::ranges::any_of(slots, [](const ChildSlot& slot) { return slot.form == ChildForm::entry; });
}

Layer::Layer(const LayerClass& layer_class) : class_(&layer_class), config_(layer_class.create()) {}

Layer::Layer(const Layer& other)
    : class_(other.class_),
      name_(other.name_),
      trainable_(other.trainable_),
      built_(other.built_),
      policy_(other.policy_),
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

std::optional<FieldRef> Layer::field(std::string_view key) {
  if (const Field* own = class_->field(key)) return ref(*own);
  Layer* const inner = flattened();
  return inner != nullptr ? inner->field(key) : std::nullopt;
}
std::optional<FieldRef> Layer::field(std::string_view key) const {
  // As with ref(), the caller promises not to write.
  return const_cast<Layer*>(this)->field(key);
}

std::span<Layer> Layer::children(const ChildSlot& slot) {
  const ChildRef ref = slot.ref(config_.get());
  if (auto* const* list = std::get_if<std::vector<Layer>*>(&ref)) return **list;
  std::optional<Layer>& one = **std::get_if<std::optional<Layer>*>(&ref);
  return one ? std::span<Layer>(&*one, 1) : std::span<Layer>();
}
std::span<const Layer> Layer::children(const ChildSlot& slot) const {
  return const_cast<Layer*>(this)->children(slot);
}

std::span<Layer> Layer::children(std::string_view key) {
  const auto slot = std::ranges::find(class_->slots, key, &ChildSlot::key);
  return slot != class_->slots.end() ? children(*slot) : std::span<Layer>();
}
std::span<const Layer> Layer::children(std::string_view key) const {
  return const_cast<Layer*>(this)->children(key);
}

Status Layer::set_children(std::string_view key, std::vector<Layer> layers) {
  const auto slot = std::ranges::find(class_->slots, key, &ChildSlot::key);
  if (slot == class_->slots.end() || (!slot->is_list && layers.size() > 1)) {
    return fail(ErrorCode::usage, std::string(key),
                fmt::format("{} has no place for {} layer{} under that key", class_->name, layers.size(),
                            layers.size() == 1 ? "" : "s"));
  }
  const ChildRef ref = slot->ref(config_.get());
  if (auto* const* list = std::get_if<std::vector<Layer>*>(&ref)) {
    **list = std::move(layers);
  } else {
    std::optional<Layer>& one = **std::get_if<std::optional<Layer>*>(&ref);
    one.reset();
    if (!layers.empty()) one = std::move(layers[0]);
  }
  built_ = false;
  return {};
}

std::vector<Layer>* Layer::stack() {
  if (!class_->is_stack) return nullptr;
  const ChildRef ref = class_->slots[0].ref(config_.get());
  return *std::get_if<std::vector<Layer>*>(&ref);
}
const std::vector<Layer>* Layer::stack() const {
  return const_cast<Layer*>(this)->stack();
}

Layer* Layer::flattened() {
  for (const ChildSlot& slot : class_->slots) {
    if (slot.form == ChildForm::flattened) return children(slot).data();
  }
  return nullptr;
}
const Layer* Layer::flattened() const {
  return const_cast<Layer*>(this)->flattened();
}

const std::vector<VariableSpec>& Layer::variables() const {
  const Layer* const inner = flattened();
  return inner != nullptr ? inner->variables() : built_info_.variables;
}

std::span<Tensor> Layer::weights() {
  Layer* const inner = flattened();
  return inner != nullptr ? inner->weights() : weights_;
}
std::span<const Tensor> Layer::weights() const {
  return const_cast<Layer*>(this)->weights();
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
  if (const Layer* const inner = flattened()) {
    if (Status status = inner->check_rules(); !status) return status;
  }
  return check_children();
}

Status Layer::check_children() const {
  for (const ChildSlot& slot : class_->slots) {
    const std::span<const Layer> found = children(slot);
    if (found.empty() && !slot.is_list && !slot.may_be_null && slot.form == ChildForm::entry) {
      return fail(ErrorCode::config_missing_key, "",
                  fmt::format("expected the key \"{}\", which {} requires", slot.key, class_->name));
    }
    for (std::size_t i = 0; i < found.size(); ++i) {
      const LayerClass& child = found[i].layer_class();
      if (child.is_cell() == slot.takes_cells) continue;
      return fail(
          ErrorCode::config_value, slot.is_list ? fmt::format("/{}/{}", slot.key, i) : "/" + slot.key,
          slot.takes_cells
              ? fmt::format("expected a cell, found {}", describe(found[i]))
              : fmt::format("expected a layer, found the cell {}, which takes its steps inside of another layer",
                            describe(found[i])));
    }
  }
  return {};
}

bool Layer::gives_mask(bool masked) const {
  if (class_->gives_mask) return class_->gives_mask(config_.get(), masked);
  return masked && class_->mask_rule == MaskRule::passes;
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

void Layer::set_policy(DTypePolicy policy) {
  // A flattened child is what a user takes for this layer itself.
  if (Layer* const inner = flattened()) inner->set_policy(policy);
  if (policy == policy_) return;
  policy_ = policy;
  built_ = false;
}

std::vector<Tensor> Layer::weights_to_compute() const {
  const DType compute = policy_.compute_dtype();
  std::vector<Tensor> ready;
  for (const Tensor& weight : weights()) {
    const bool rounds = class_->autocasts_variables && is_float(weight.dtype());
    ready.push_back(cast(rounds ? cast(weight, compute) : weight, carrier_of(compute)));
  }
  return ready;
}

Status Layer::build(const Shape& input, DType dtype, const Limits& limits) {
  built_ = false;
  const DType compute = policy_.compute_dtype();
  const DType given = class_->autocasts && is_float(dtype) ? compute : dtype;
  if (!class_->slots.empty()) REVIVE_RETURN_IF_ERROR(check_children());
  if (!class_->accepts(input)) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("{} expects {}, found the shape {}", describe(*this), class_->expects, to_string(input)));
  }
  REVIVE_ASSIGN_OR_RETURN(
      auto built, class_->build(config_.get(), input, BuildContext{given, limits, compute, policy_.variable_dtype()}));
  if (class_->keeps_dtype) built.dtype = given;
  if (!class_->keeps_dtype && !class_->chooses_dtype) built.dtype = compute;
  for (VariableSpec& variable : built.variables) {
    if (is_float(variable.dtype)) variable.dtype = policy_.variable_dtype();
  }
  const auto elements = built.output.elements_per_sample();
  if (!elements) {
    return fail(
        ErrorCode::limit_exceeded, "",
        fmt::format("one sample of shape {} has more elements than 64 bits can count", to_string(built.output)));
  }
  built.multiply_adds = std::max(built.multiply_adds, saturating_product({*elements, kScalarStep}));
  built.activation_elements = std::max(built.activation_elements, *elements);
  for (const ChildSlot& slot : class_->slots) {
    for (const Layer& child : children(slot)) {
      built.activation_elements = std::max(built.activation_elements, child.activation_elements());
    }
  }
  REVIVE_ASSIGN_OR_RETURN(const auto weight_elements, count_weights(*this, built, limits));
  input_ = input;
  input_dtype_ = given;
  weight_elements_ = weight_elements;
  built_info_ = std::move(built);
  const bool fits =
      std::ranges::equal(weights_, built_info_.variables, [](const Tensor& tensor, const VariableSpec& spec) {
        return tensor.dims() == spec.dims && tensor.dtype() == spec.dtype;
      });
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
    if (weights[i].dtype() != specs[i].dtype) {
      return fail(ErrorCode::weights_dtype, fmt::format("/{}", i),
                  fmt::format("expected {} as {}, found {}", specs[i].name, name_of(specs[i].dtype),
                              name_of(weights[i].dtype())));
    }
  }
  // A flattened child has the same variables, so that what fits here fits there.
  if (Layer* const inner = flattened()) return inner->set_weights(std::move(weights));
  weights_ = std::move(weights);
  return {};
}

bool Layer::ready() const {
  return built_ && weights_.size() == built_info_.variables.size() &&
         std::ranges::all_of(class_->slots, [&](const ChildSlot& slot) {
           return std::ranges::all_of(children(slot), [](const Layer& child) { return child.ready(); });
         });
}

Result<MaskedTensor> Layer::call(const MaskedTensor& input, const CallOptions& options, const Limits& limits) const {
  if (class_->mask_rule == MaskRule::refuses && input.mask) {
    return fail(ErrorCode::layer_input, "",
                fmt::format("{} takes no mask, and an earlier layer made one", describe(*this)));
  }
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
  REVIVE_RETURN_IF_ERROR(check_activation(output_shape, limits));
  const Dims& output_dims = output_shape.axes();
  if (!element_count(output_dims)) {
    return fail(ErrorCode::limit_exceeded, "",
                fmt::format("an output of {} does not fit in memory", to_string(output_dims)));
  }
  const DType compute = policy_.compute_dtype();
  // Most layers compute in what their variables are held in.
  const auto is_ready = [&](const Tensor& weight) {
    return weight.dtype() == carrier_of(compute) && !is_narrow(compute);
  };
  const bool as_they_are = std::ranges::all_of(weights_, is_ready);
  const std::vector<Tensor> ready = as_they_are ? std::vector<Tensor>() : weights_to_compute();
  const CallContext context{as_they_are ? std::span<const Tensor>(weights_) : ready, output_dims, options, limits,
                            compute};
  const bool computes = !class_->keeps_dtype && !class_->chooses_dtype;
  const bool casts = computes || (class_->autocasts && is_float(input.value.dtype()));
  const Tensor given = casts ? cast(input.value, compute) : input.value;
  auto output = class_->call(config_.get(), {computes ? cast(given, carrier_of(compute)) : given, input.mask}, context);
  if (output && computes) output->value = cast(output->value, compute);
  if (output && class_->mask_rule == MaskRule::passes) output->mask = input.mask;
  return output;
}

Result<Layer> make_layer(std::string_view class_name, const Value::Object& config, std::vector<Children> children) {
  return within_memory([&]() -> Result<Layer> {
    const LayerClass* layer_class = find_layer_class(class_name);
    if (layer_class == nullptr) {
      return fail(ErrorCode::config_unknown_class, std::string(class_name),
                  "no layer class of this name is registered");
    }
    Layer layer(*layer_class);
    for (Children& each : children) {
      if (Status status = layer.set_children(each.key, std::move(each.layers)); !status) {
        return std::unexpected(status.error().within(std::string(class_name) + "/"));
      }
    }
    REVIVE_RETURN_IF_ERROR(read_config(layer, config, std::string(class_name)));
    return layer;
  });
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
