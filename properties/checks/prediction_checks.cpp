// What holds for a model that was loaded, whoever runs it: samples are independent, and predicting changes nothing.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "revive/model/lambda/lambda_function.h"
#include "revive/model/layers/input_layer.h"
#include "revive/model/tensor/element_type.h"
#include "revive/properties/checks/case_transforms.h"
#include "revive/properties/checks/checks.h"

namespace revive::properties {
namespace {

// Rows along the batch axis, in any order and as often as they are asked for.
Tensor take_rows(const Tensor& tensor, std::span<const std::size_t> rows) {
  Dims dims = tensor.dims();
  const std::size_t row_bytes = dims[0] == 0 ? 0 : tensor.byte_size() / static_cast<std::size_t>(dims[0]);
  dims[0] = static_cast<std::int64_t>(rows.size());
  Tensor taken(tensor.dtype(), dims);
  if (row_bytes == 0) return taken;
  const auto out = taken.bytes();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(out.data() + i * row_bytes, tensor.bytes().data() + rows[i] * row_bytes, row_bytes);
  }
  return taken;
}

// Its elements from last to first: another input of the same shape, with ids that are known if they were.
Tensor reversed(const Tensor& tensor) {
  Tensor other = tensor;
  const std::size_t size = size_of(tensor.dtype());
  const auto out = other.bytes();
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    std::memcpy(out.data() + i * size, tensor.bytes().data() + (tensor.size() - 1 - i) * size, size);
  }
  return other;
}

// With one NaN for all: which of its operands' NaNs an operation hands on is left open by IEEE 754 (6.2.3), and
// compilers choose otherwise for the last few elements of a loop than for the others.
Tensor with_one_nan(Tensor tensor) {
  const DType dtype = tensor.dtype();
  if (!is_float(dtype)) return tensor;
  const DType carrier = carrier_of(dtype);
  const bool is_same = carrier == dtype;
  Tensor wide = is_same ? std::move(tensor) : cast(tensor, carrier);
  const auto canonical = [&]<typename T>(T) {
    for (T& value : wide.data<T>()) {
      if (std::isnan(value)) value = std::numeric_limits<T>::quiet_NaN();
    }
  };
  if (carrier == DType::float64) {
    canonical(double{});
  } else {
    canonical(float{});
  }
  return is_same ? wide : cast(wide, dtype);
}

// What comes out for these rows, beside those rows of `all`, which came out for the whole input.
Verdict rows_agree(const Loaded& loaded, const Tensor& input, const Tensor& all, std::span<const std::size_t> rows,
                   std::string_view what, const Subject& subject) {
  const auto found = subject.predict(loaded, take_rows(input, rows));
  if (!found) return violation(what, found.error());
  return compare_tensors(with_one_nan(take_rows(all, rows)), with_one_nan(*found), fmt::format("{}: output", what),
                         subject);
}

// Where samples are single numbers, a layer that works along the last axis (softmax, LayerNormalization) works along
// the batch, in Keras as here. Lambdas refuse that.
bool may_mix_samples(const Sequential& model) {
  bool found = false;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    found = found || (layer.input_shape().rank() < 2 && layer.lambda() == nullptr && !layer.layer_class().is_stack &&
                      !is_input_layer(layer));
  });
  return found;
}

Verdict same_in_two_threads(const Loaded& loaded, const Tensor& input, const Tensor& expected, const Subject& subject) {
  std::array<std::optional<Result<Tensor>>, 2> found;
  {
    std::array<std::jthread, 2> threads;
    for (std::size_t i = 0; i < threads.size(); ++i) {
      threads[i] = std::jthread([&, i] { found[i] = subject.predict(loaded, input); });
    }
  }
  for (const auto& each : found) {
    if (!*each) return violation("the model could not run in two threads", each->error());
    if (auto verdict = compare_tensors(expected, **each, "output in two threads", subject)) return verdict;
  }
  return std::nullopt;
}

}  // namespace

Verdict batch_is_independent(const Case& the_case, const Subject& subject, const Legs& legs) {
  // More rows than a vector register holds floats, and not a multiple.
  constexpr std::size_t kTall = 19;
  const Tensor& input = the_case.input;
  if (may_mix_samples(the_case.model)) return std::nullopt;
  const auto revived = revive_case(the_case, subject, legs);
  if (!revived) return revived.error();
  const Loaded& loaded = revived->loaded;
  const auto all = subject.predict(loaded, input);
  if (!all) return legs.of("runs_after", violation(kNotRunAfter, all.error()));
  if (all->rank() == 0 || all->dim(0) != input.dim(0)) {
    return legs.of("as_many_samples", Verdict(Violation{fmt::format("a batch of {} samples gave an output of {}",
                                                                    input.dim(0), to_string(all->dims()))}));
  }

  const auto batch = static_cast<std::size_t>(input.dim(0));
  std::vector<std::size_t> backwards;
  for (std::size_t row = batch; row-- > 0;) backwards.push_back(row);
  if (auto verdict = legs.of("reversed", rows_agree(loaded, input, *all, backwards, "the batch reversed", subject))) {
    return verdict;
  }
  if (the_case.model.input_shape().known(0) || batch == 0) return std::nullopt;
  for (std::size_t row = 0; row < batch; ++row) {
    const auto what = fmt::format("sample {} of {} alone", row, batch);
    if (auto verdict = legs.of("alone", rows_agree(loaded, input, *all, std::span(&row, 1), what, subject))) {
      return verdict;
    }
  }
  std::vector<std::size_t> many(kTall);
  Random random = random_of(the_case);
  for (std::size_t& row : many) row = static_cast<std::size_t>(random.below(batch));
  const auto what = fmt::format("a batch of {} made of these samples", kTall);
  return legs.of("many", rows_agree(loaded, input, *all, many, what, subject));
}

Verdict predict_is_pure(const Case& the_case, const Subject& subject, const Legs& legs) {
  // Starting threads costs more than most cases.
  constexpr std::uint64_t kThreadsOneIn = 8;
  const auto revived = revive_case(the_case, subject, legs);
  if (!revived) return revived.error();
  const Loaded& loaded = revived->loaded;
  const auto digest_now = [&] { return loaded.model ? digest(*loaded.model) : std::string(); };
  const std::string before = digest_now();
  const auto first = subject.predict(loaded, the_case.input);
  if (!first) return legs.of("runs_after", violation(kNotRunAfter, first.error()));
  struct Again {
    std::string_view leg;
    std::string_view what;
  };
  for (const auto& [leg, what] :
       {Again{"same_again", "the second output"}, Again{"same_after_another", "the output after another input"}}) {
    const auto again = subject.predict(loaded, the_case.input);
    if (!again) return legs.of("runs_again", violation("the model ran once, and no more", again.error()));
    if (auto verdict = legs.of(leg, compare_tensors(*first, *again, what, subject))) return verdict;
    static_cast<void>(subject.predict(loaded, reversed(the_case.input)));
  }
  if (digest_now() != before) {
    const Verdict changed = Violation{"predicting changed the weights or the config of the model"};
    if (auto verdict = legs.of("unchanged", changed)) return verdict;
  }
  Random random = random_of(the_case);
  if (!subject.concurrent || (!is_small(the_case) && random.below(kThreadsOneIn) != 0)) return std::nullopt;
  return legs.of("two_threads", same_in_two_threads(loaded, the_case.input, *first, subject));
}

}  // namespace revive::properties
