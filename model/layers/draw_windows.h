// What the declarations of convolutions and poolings share: windows that are legal, and drawing them.
#pragma once

#include <string>
#include <vector>

#include "revive/model/kernels/windows.h"
#include "revive/model/layer_draw.h"

namespace revive {

// Where a tap reads is a sum of a span and some cells: with spans in a quarter of the range, no such sum overflows.
inline constexpr std::int64_t kMostSpan = kHuge / 4;

std::string span_sentence();
bool spans_fit(const WindowList& windows);
// Keras refuses strides together with dilations.
bool strides_or_dilates(const IntList& strides, const IntList& dilations);

// For LayerClass::expects and accepts: an input with `spatial` axes, and with known channels, wherever they are.
std::string expects_rank(std::size_t spatial);
std::function<bool(const Shape&)> takes_rank(std::size_t spatial);
std::string expects_channels(std::size_t spatial);
std::function<bool(const Shape&)> takes_channels(std::size_t spatial);

// Those that a layer of `spatial` axes takes.
std::vector<Padding> paddings(std::size_t spatial);

// How many times as large a value may become, so that a stack of layers that grow stays small; one at least.
std::int64_t room_to_grow(const LayerDraw& draw);

// One under which the channels of the shape are known.
DataFormat draw_data_format(LayerDraw& draw, std::size_t spatial);

// Windows of an item an axis; where they have to fit, they fit into the probe's cells.
void draw_windows(LayerDraw& draw, DataFormat format, Padding padding, IntList& sizes, IntList& strides,
                  IntList& dilations);

}  // namespace revive
