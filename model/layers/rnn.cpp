// RNN, the walk around any cell, and StackedRNNCells, cells one above the other in each step. Source: Keras' RNN and
// StackedRNNCells. Keras writes the list of cells that an RNN is made of as StackedRNNCells.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "revive/model/kernels/shared.h"
#include "revive/model/layers/recurrent.h"

namespace revive {
namespace {

// Stock Keras on JAX does not get through a stack of one.
constexpr std::int64_t kFewestDrawnCells = 2;
constexpr std::int64_t kMostDrawnCells = 3;

struct StackedRNNCells {
  std::vector<Layer> cells;

  Result<Built> build(const Shape& input, const BuildContext& context);
  Result<Shape> output_shape(const Shape& input) const;
  // Those of the first cell, then those of the next.
  std::vector<Dims> states() const;
  Result<Tensor> step(Tensor x, std::vector<Tensor>& states, const CallContext& context) const;
};

Result<Built> StackedRNNCells::build(const Shape& input, const BuildContext& context) {
  if (cells.empty()) return fail(ErrorCode::layer_input, "", "expected at least one cell, found none");
  Built built{input, {}, 0, context.compute};
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto place = fmt::format("/cells/{}", i);
    if (cells[i].policy().compute_dtype() != context.compute) {
      return fail(ErrorCode::layer_input, place,
                  fmt::format("expected a cell that computes in {} as the stack of cells does, found one that computes "
                              "in {}",
                              name_of(context.compute), name_of(cells[i].policy().compute_dtype())));
    }
    if (Status status = cells[i].build(built.output, built.dtype, context.limits); !status) {
      return std::unexpected(status.error().within(place));
    }
    built.output = cells[i].output_shape();
    built.multiply_adds = saturating_sum(built.multiply_adds, cells[i].multiply_adds());
  }
  return built;
}

Result<Shape> StackedRNNCells::output_shape(const Shape& input) const {
  Shape shape = input;
  for (const Layer& cell : cells) {
    REVIVE_ASSIGN_OR_RETURN(shape, cell.layer_class().output_shape(cell.config(), shape));
  }
  return shape;
}

std::vector<Dims> StackedRNNCells::states() const {
  std::vector<Dims> all;
  for (const Layer& cell : cells) {
    const std::vector<Dims> own = cell.layer_class().cell->states(cell.config());
    all.insert(all.end(), own.begin(), own.end());
  }
  return all;
}

Result<Tensor> StackedRNNCells::step(Tensor x, std::vector<Tensor>& states, const CallContext& context) const {
  auto first = states.begin();
  for (const Layer& cell : cells) {
    const CellRule& rule = *cell.layer_class().cell;
    const std::vector<Tensor> weights = cell.weights_to_compute();
    REVIVE_ASSIGN_OR_RETURN(const auto output, cell.layer_class().output_shape(cell.config(), Shape(x.dims())));
    const Dims dims = output.axes();
    const CallContext inside{weights, dims, context.options, context.limits, context.dtype};
    if (rule.project) {
      // What projects all steps is given one.
      REVIVE_ASSIGN_OR_RETURN(const auto projected,
                              rule.project(cell.config(), x.reshaped({x.dim(0), 1, x.dim(1)}), inside));
      x = projected.reshaped({projected.dim(0), projected.dim(2)});
    }
    const auto last = first + static_cast<std::ptrdiff_t>(rule.states(cell.config()).size());
    std::vector<Tensor> own(first, last);
    REVIVE_ASSIGN_OR_RETURN(x, rule.step(cell.config(), std::move(x), own, inside));
    std::ranges::move(own, first);
    first = last;
  }
  return x;
}

struct RNN : Recurrent {};

// Cells compute in what their layer computes in.
std::optional<Layer> draw_cell(LayerDraw& draw, const DrawContext& context, const LayerDraw::Fits& fits) {
  std::optional<Layer> cell = draw.child(context, fits);
  if (cell) cell->set_policy({});
  return cell;
}

DrawContext step_of(const DrawContext& context) {
  DrawContext step = context;
  step.shape = revive::step_of(context.shape);
  step.probe.erase(step.probe.begin() + 1);
  return step;
}

void draw_stack(LayerDraw& draw, StackedRNNCells& stack) {
  const std::int64_t count = draw.integer(kFewestDrawnCells, kMostDrawnCells);
  DrawContext context = draw.context();
  for (std::int64_t i = 0; i < count; ++i) {
    std::optional<Layer> cell =
        draw_cell(draw, context, [](const LayerClass& each) { return each.is_cell() && !each.is_container(); });
    if (!cell) return;
    const auto shape = cell->layer_class().output_shape(cell->config(), context.shape);
    const auto probe = cell->layer_class().output_shape(cell->config(), Shape(context.probe));
    stack.cells.push_back(*std::move(cell));
    if (!shape || !probe) return;
    context.shape = *shape;
    context.probe = probe->axes();
  }
}

}  // namespace

LayerClass stacked_rnn_cells_class() {
  return declare<StackedRNNCells>("StackedRNNCells", Family::recurrent)
      .cell()
      .child("cells", &StackedRNNCells::cells, {.takes_cells = true})
      .rule("expected at least one cell", [](const StackedRNNCells& stack) { return !stack.cells.empty(); })
      .expects("an input (batch, features) whose features are known",
               [](const Shape& input) { return input.rank() == 2 && input.known(1); })
      .draw(draw_stack)
      .layer();
}

LayerClass rnn_class() {
  return declare_walk<RNN>("RNN", ChildForm::entry)
      .draw([](LayerDraw& draw, RNN& layer) {
        draw_walk(draw, layer);
        layer.cell = draw_cell(draw, step_of(draw.context()), [](const LayerClass& each) { return each.is_cell(); });
      })
      .layer();
}

}  // namespace revive
