#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>

#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"

namespace revive::properties::faults {
namespace {

// What an engine remembers of the calls of one loaded model.
struct Memory {
  std::mutex mutex;
  std::optional<Tensor> last;
};

// predict() with a memory, which begins empty with every load.
Subject remembers(std::function<Result<Tensor>(Memory& memory, const Sequential& model, const Tensor& input)> predict) {
  Subject subject = revive_subject();
  subject.load = [load = subject.load](std::span<const std::byte> bytes,
                                       const Environment& environment) -> Result<Loaded> {
    auto loaded = load(bytes, environment);
    if (loaded) loaded->handle = std::make_shared<const std::unique_ptr<Memory>>(std::make_unique<Memory>());
    return loaded;
  };
  subject.predict = [predict = std::move(predict)](const Loaded& loaded, const Tensor& input) {
    Memory& memory = **static_cast<const std::unique_ptr<Memory>*>(loaded.handle.get());
    const std::lock_guard lock(memory.mutex);
    return predict(memory, *loaded.model, input);
  };
  return subject;
}

Result<Tensor> add_to_buffer(Memory& memory, const Sequential& model, const Tensor& input) {
  auto output = model.predict(input);
  if (!output || output->dtype() != DType::float32) return output;
  if (memory.last && memory.last->dims() == output->dims()) {
    for (std::size_t i = 0; i < output->size(); ++i) output->data<float>()[i] += memory.last->data<float>()[i];
  }
  memory.last = *output;
  return output;
}

Result<Tensor> only_first_batch(Memory& memory, const Sequential& model, const Tensor& input) {
  if (!memory.last) memory.last = input;
  if (memory.last->dims() != input.dims()) {
    return fail(ErrorCode::input_shape, "input", "the model was compiled for " + to_string(memory.last->dims()));
  }
  return model.predict(input);
}

// One session for the program, and the next load takes the place of the last.
Subject shares_session() {
  struct Session {
    std::mutex mutex;
    std::optional<Sequential> model;
  };
  Subject subject = revive_subject();
  const auto session = std::make_shared<Session>();
  subject.load = [load = subject.load, session](std::span<const std::byte> bytes,
                                                const Environment& environment) -> Result<Loaded> {
    auto loaded = load(bytes, environment);
    const std::lock_guard lock(session->mutex);
    if (loaded) session->model = *loaded->model;
    return loaded;
  };
  subject.predict = [session](const Loaded&, const Tensor& input) {
    const std::lock_guard lock(session->mutex);
    return session->model->predict(input);
  };
  return subject;
}

// The loop over the elements of an output ends where its buffer is full.
Subject computes_one_buffer() {
  constexpr std::size_t kBuffer = 4'096;
  Subject subject = revive_subject();
  subject.predict = [predict = subject.predict](const Loaded& loaded, const Tensor& input) -> Result<Tensor> {
    auto output = predict(loaded, input);
    if (!output || output->dtype() != DType::float32 || output->size() <= kBuffer) return output;
    std::ranges::fill(output->data<float>().subspan(kBuffer), 0.0F);
    return output;
  };
  return subject;
}

constexpr std::array kFaults = {
    Fault{"epsilon_ignored",
          "The engine folds a BatchNormalization into two numbers and forgets its epsilon.",
          [] {
            return runs_model(each_layer([](Layer& layer) {
              if (layer.layer_class().name == "BatchNormalization") *member<Number>(layer, "epsilon") = Number(0.0);
            }));
          },
          {"outputs_survive", 100, 1}},
    Fault{"masks_ignored",
          "The engine knows no masks.",
          [] {
            return runs_model(each_layer([](Layer& layer) {
              if (layer.layer_class().name == "Embedding") *member<bool>(layer, "mask_zero") = false;
            }));
          },
          {"outputs_survive", 200, 2, "Embedding,LSTM,GRU,SimpleRNN"}},
    Fault{"output_buffer_not_cleared",
          "The engine adds its results to what the last call left in the buffer.",
          [] { return remembers(add_to_buffer); },
          {"batch_is_independent", 20, 1}},
    Fault{"batch_of_first_call",
          "The engine compiles the model for the batch of the first call.",
          [] { return remembers(only_first_batch); },
          {"batch_is_independent", 10, 1}},
    Fault{"loads_share_a_session",
          "All loaded models run in one session, which holds the latest.",
          shares_session,
          {"loads_are_independent", 20, 1}},
    Fault{"one_buffer_computed",
          "The engine computes what fits into one buffer of 4,096 elements, and hands on zeros behind it.",
          computes_one_buffer,
          {"outputs_survive", 300, 1}},
};

}  // namespace

std::span<const Fault> engine_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
