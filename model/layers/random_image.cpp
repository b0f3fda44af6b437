// The layers that change images at random while training, and leave them alone when predicting. Source: Keras' layers
// of these names.
//
// RandomCrop is not one of them: what it gives when predicting has another shape than Keras says.
#include "revive/model/kernels/shared.h"
#include "revive/model/layers/draw_windows.h"
#include "revive/model/layers/identity_layer.h"

namespace revive {

enum class FlipMode : std::uint8_t { horizontal_and_vertical, horizontal, vertical };
template <>
const EnumNames& enum_names<FlipMode>() {
  static const EnumNames names{"a way to flip", {"horizontal_and_vertical", "horizontal", "vertical"}, {}, {}};
  return names;
}

enum class FillMode : std::uint8_t { reflect, wrap, constant, nearest };
template <>
const EnumNames& enum_names<FillMode>() {
  static const EnumNames names{"a fill mode", {"reflect", "wrap", "constant", "nearest"}, {}, {}};
  return names;
}

enum class Sampled : std::uint8_t { bilinear, nearest };
template <>
const EnumNames& enum_names<Sampled>() {
  static const EnumNames names{"an interpolation", {"bilinear", "nearest"}, {}, {}};
  return names;
}

namespace {

struct RandomFlip : IdentityLayer {
  FlipMode mode = FlipMode::horizontal_and_vertical;
  DataFormat data_format = DataFormat::channels_last;
};

struct RandomRotation : IdentityLayer {
  Numbers factor = Number(0.0);
  DataFormat data_format = DataFormat::channels_last;
  FillMode fill_mode = FillMode::reflect;
  Number fill_value = 0.0;
  Sampled interpolation = Sampled::bilinear;
};

struct RandomZoom : IdentityLayer {
  Numbers height_factor = Number(0.0);
  std::optional<Numbers> width_factor;
  FillMode fill_mode = FillMode::reflect;
  Sampled interpolation = Sampled::bilinear;
  Number fill_value = 0.0;
  DataFormat data_format = DataFormat::channels_last;
};

struct RandomTranslation : IdentityLayer {
  Numbers height_factor = Number(0.0);
  Numbers width_factor = Number(0.0);
  FillMode fill_mode = FillMode::reflect;
  Sampled interpolation = Sampled::bilinear;
  Number fill_value = 0.0;
  DataFormat data_format = DataFormat::channels_last;
};

struct RandomContrast : IdentityLayer {
  DataFormat data_format = DataFormat::channels_last;
  Numbers factor = Number(0.0);
  Numbers value_range = Numbers({0, 255});
};

struct RandomBrightness : IdentityLayer {
  DataFormat data_format = DataFormat::channels_last;
  Numbers factor = Number(0.0);
  Numbers value_range = Numbers({0, 255});
};

// Stock Keras writes both ends of a range.
Numbers draw_range(LayerDraw& draw, const std::vector<Number>& ends) {
  std::vector<Number> range = {draw.one_of(ends), draw.one_of(ends)};
  std::ranges::sort(range, {}, &Number::as_double);
  return Numbers(std::move(range));
}

Numbers draw_factor(LayerDraw& draw) {
  if (draw.flag()) return draw_range(draw, {0.0, -0.25, 0.5, 1});
  return draw.one_of<Number>({0.0, 0.25, 1, -0.5});
}

// Where a factor may be given as one number or as two.
constexpr Legal kFactor{.minimum = -1, .maximum = 1, .items = 2};

template <typename T>
Declaration<T> declare_random(std::string name) {
  auto declaration = declare<T>(std::move(name), Family::preprocessing);
  declaration.training_only({"seed", "bounding_box_format"}).expects(expects_rank(2), takes_rank(2));
  return declaration;
}

template <typename T>
void draw_moved(LayerDraw& draw, T& layer) {
  layer.fill_mode = draw.any<FillMode>();
  layer.interpolation = draw.any<Sampled>();
  layer.fill_value = draw.one_of<Number>({0.0, 0.5, 1});
  layer.data_format = draw.any<DataFormat>();
}

// Keras zooms out by less than the whole image.
bool zooms(const Numbers& factor) {
  for (const Number& item : factor.items) {
    if (item.as_double() <= -1) return false;
  }
  return true;
}

bool is_range(const Numbers& numbers) {
  return numbers.is_list;
}

// RandomContrast and RandomBrightness.
template <typename T>
LayerClass declare_adjusting(std::string name, const Legal& legal, std::vector<Number> ends) {
  return declare_random<T>(std::move(name))
      // Of no use to it, but Keras writes it.
      .field("data_format", &T::data_format, {.since = "3.7"})
      .field("factor", &T::factor, {.legal = legal, .required = true})
      .field("value_range", &T::value_range, {.legal = {.items = 2}})
      .rule("expected a value_range of two numbers", [](const T& layer) { return is_range(layer.value_range); })
      .keeps_dtype()
      .draw([ends = std::move(ends)](LayerDraw& draw, T& layer) {
        layer.data_format = draw.any<DataFormat>();
        layer.factor = draw_range(draw, ends);
        layer.value_range = draw.flag() ? Numbers({0.0, 1.0}) : Numbers({0, 255});
      })
      .layer();
}

}  // namespace

LayerClass random_flip_class() {
  return declare_random<RandomFlip>("RandomFlip")
      .field("mode", &RandomFlip::mode)
      .field("data_format", &RandomFlip::data_format)
      .draw([](LayerDraw& draw, RandomFlip& layer) {
        layer.mode = draw.any<FlipMode>();
        layer.data_format = draw.any<DataFormat>();
      })
      .layer();
}

LayerClass random_rotation_class() {
  return declare_random<RandomRotation>("RandomRotation")
      .field("factor", &RandomRotation::factor, {.legal = kFactor, .required = true})
      .field("data_format", &RandomRotation::data_format)
      .field("fill_mode", &RandomRotation::fill_mode)
      .field("fill_value", &RandomRotation::fill_value)
      .field("interpolation", &RandomRotation::interpolation)
      .draw([](LayerDraw& draw, RandomRotation& layer) {
        layer.factor = draw_range(draw, {0.0, -0.25, 0.5, 1});
        draw_moved(draw, layer);
      })
      .layer();
}

LayerClass random_zoom_class() {
  return declare_random<RandomZoom>("RandomZoom")
      .field("height_factor", &RandomZoom::height_factor, {.legal = kFactor, .required = true})
      .field("width_factor", &RandomZoom::width_factor, {.legal = kFactor})
      .field("fill_mode", &RandomZoom::fill_mode)
      .field("interpolation", &RandomZoom::interpolation)
      .field("fill_value", &RandomZoom::fill_value)
      .field("data_format", &RandomZoom::data_format)
      .rule("expected factors above -1",
            [](const RandomZoom& layer) {
              return zooms(layer.height_factor) && (!layer.width_factor || zooms(*layer.width_factor));
            })
      .draw([](LayerDraw& draw, RandomZoom& layer) {
        layer.height_factor = draw_factor(draw);
        layer.width_factor.reset();
        if (draw.flag()) layer.width_factor = draw_factor(draw);
        draw_moved(draw, layer);
      })
      .layer();
}

LayerClass random_translation_class() {
  return declare_random<RandomTranslation>("RandomTranslation")
      .field("height_factor", &RandomTranslation::height_factor, {.legal = kFactor, .required = true})
      .field("width_factor", &RandomTranslation::width_factor, {.legal = kFactor, .required = true})
      .field("fill_mode", &RandomTranslation::fill_mode)
      .field("interpolation", &RandomTranslation::interpolation)
      .field("fill_value", &RandomTranslation::fill_value)
      .field("data_format", &RandomTranslation::data_format)
      .draw([](LayerDraw& draw, RandomTranslation& layer) {
        layer.height_factor = draw_factor(draw);
        layer.width_factor = draw_factor(draw);
        draw_moved(draw, layer);
      })
      .layer();
}

LayerClass random_contrast_class() {
  return declare_adjusting<RandomContrast>("RandomContrast", {.minimum = 0, .maximum = 1, .items = 2},
                                           {0.0, 0.25, 0.5, 1});
}

LayerClass random_brightness_class() {
  return declare_adjusting<RandomBrightness>("RandomBrightness", kFactor, {0.0, -0.25, 0.5, 1});
}

}  // namespace revive
