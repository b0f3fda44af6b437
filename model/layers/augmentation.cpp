// The layers that change the colours of images, warp them or mix them while training, and leave them alone when
// predicting. Source: Keras' layers of these names.
//
// What they are told is of training alone, so it is carried and not looked at; generators make none of them, since they
// would be one identity under many names. RandomCrop is not one of them: what it gives when predicting has another
// shape than Keras says.
#include <utility>

#include "revive/model/layers/draw_windows.h"
#include "revive/model/layers/identity_layer.h"

namespace revive {
namespace {

struct Augmentation : IdentityLayer {};

// What Keras' base class of these layers writes, and what it reads.
constexpr std::string_view kEveryOnes[] = {"data_format", "seed", "bounding_box_format"};

Declaration<Augmentation> declare_augmentation(std::string name, std::vector<std::string_view> keys) {
  keys.insert(keys.end(), std::begin(kEveryOnes), std::end(kEveryOnes));
  auto declaration = declare<Augmentation>(std::move(name), Family::preprocessing);
  declaration.training_only(std::move(keys)).expects(expects_rank(2), takes_rank(2));
  return declaration;
}

LayerClass not_drawn(LayerClass layer) {
  layer.is_drawn = false;
  return layer;
}

// Of floats; ints come out as floats.
LayerClass warping(std::string name, std::vector<std::string_view> keys) {
  return not_drawn(declare_augmentation(std::move(name), std::move(keys)).layer());
}

// Of any dtype, which stays what it is.
LayerClass coloring(std::string name, std::vector<std::string_view> keys) {
  return not_drawn(declare_augmentation(std::move(name), std::move(keys)).keeps_dtype().layer());
}

bool has_three_channels(const Shape& input) {
  return takes_rank(2)(input) && (!input.known(3) || input[3] == 3 || input[1] == 3);
}

}  // namespace

LayerClass color_degeneration_class() {
  return not_drawn(declare_augmentation("RandomColorDegeneration", {"factor", "value_range"})
                       .keeps_dtype()
                       .expects("images of three channels", has_three_channels)
                       .layer());
}
LayerClass random_color_jitter_class() {
  return coloring("RandomColorJitter",
                  {"value_range", "brightness_factor", "contrast_factor", "saturation_factor", "hue_factor"});
}
LayerClass random_grayscale_class() {
  return coloring("RandomGrayscale", {"factor"});
}
LayerClass random_hue_class() {
  return coloring("RandomHue", {"factor", "value_range"});
}
LayerClass random_invert_class() {
  return coloring("RandomInvert", {"factor", "value_range"});
}
LayerClass random_posterization_class() {
  return coloring("RandomPosterization", {"factor", "value_range"});
}
LayerClass random_saturation_class() {
  return coloring("RandomSaturation", {"factor", "value_range"});
}
LayerClass mix_up_class() {
  return coloring("MixUp", {"alpha"});
}

LayerClass elastic_transform_class() {
  return warping("RandomElasticTransform",
                 {"factor", "scale", "interpolation", "fill_mode", "fill_value", "value_range"});
}
LayerClass random_erasing_class() {
  return warping("RandomErasing", {"factor", "scale", "fill_value", "value_range"});
}
LayerClass random_gaussian_blur_class() {
  return warping("RandomGaussianBlur", {"factor", "kernel_size", "sigma", "value_range"});
}
LayerClass random_perspective_class() {
  return warping("RandomPerspective", {"factor", "scale", "interpolation", "fill_value"});
}
LayerClass random_sharpness_class() {
  return warping("RandomSharpness", {"factor", "value_range"});
}
LayerClass random_shear_class() {
  return warping("RandomShear", {"x_factor", "y_factor", "interpolation", "fill_mode", "fill_value"});
}
LayerClass aug_mix_class() {
  return warping("AugMix", {"value_range", "num_chains", "chain_depth", "factor", "alpha", "all_ops", "interpolation"});
}
LayerClass solarization_class() {
  return warping("Solarization", {"addition_factor", "threshold_factor", "value_range"});
}
LayerClass cut_mix_class() {
  return warping("CutMix", {"factor"});
}
LayerClass rand_augment_class() {
  return warping("RandAugment", {"value_range", "num_ops", "factor", "interpolation"});
}

}  // namespace revive
