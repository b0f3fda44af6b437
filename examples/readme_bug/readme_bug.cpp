// The README's bug, and what becomes of it here: a lambda that captured CONV_WIDTH, saved and loaded.
//
//   readme_bug DIR
//
// Leaves last_steps.keras, last_steps.input.npy and last_steps.output.npy in DIR, for stock Keras to open in safe mode.
// Exit code 0: the loaded model gives the same bits.
#include <iostream>
#include <span>
#include <string>

#include "revive/model/lambda.h"
#include "revive/model/sequential.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/io/npy.h"
#include "revive/serializer/keras_archive.h"

namespace {

using namespace revive;

Result<Sequential> make_model() {
  auto input = make_layer("InputLayer", {{"batch_shape", Value::Array{nullptr, 10, 4}}});
  if (!input) return std::unexpected(input.error());
  // Bound by value here. What happens to a variable of that name later is nobody's business.
  auto lambda = make_lambda("lambda x: x[:, -CONV_WIDTH:, :]", {{"CONV_WIDTH", Value(3)}});
  if (!lambda) return std::unexpected(lambda.error());
  return Sequential::make("last_steps", {std::move(*input), std::move(*lambda)});
}

Tensor make_input() {
  Tensor input(DType::float32, {2, 10, 4});
  float next = 0;
  for (float& value : input.data<float>()) value = next++ / 8;
  return input;
}

Status write(const std::string& path, const Tensor& tensor) {
  const auto bytes = write_npy(tensor);
  if (!bytes) return std::unexpected(bytes.error().within(path));
  return write_file_atomically(posix_file_system(), path, *bytes);
}

// Whether the model that comes back answers with the same bits.
Result<bool> round_trip(const std::string& folder) {
  const std::string stem = folder + "/last_steps";
  const auto model = make_model();
  if (!model) return std::unexpected(model.error());
  if (const auto saved = save(*model, stem + ".keras"); !saved) return std::unexpected(saved.error());
  const auto again = load(stem + ".keras");
  if (!again) return std::unexpected(again.error());

  const Tensor input = make_input();
  const auto before = model->predict(input);
  if (!before) return std::unexpected(before.error());
  const auto after = again->predict(input);
  if (!after) return std::unexpected(after.error());
  if (Status status = write(stem + ".input.npy", input); !status) return std::unexpected(status.error());
  if (Status status = write(stem + ".output.npy", *after); !status) return std::unexpected(status.error());
  return same_bits(*before, *after) && after->dims() == Dims{2, 3, 4};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: readme_bug DIR\n";
    return 2;
  }
  const auto same = round_trip(argv[1]);
  if (!same) {
    std::cerr << same.error().text() << '\n';
    return 1;
  }
  std::cout << (*same ? "CONV_WIDTH survived: the same bits before and after\n" : "the outputs differ\n");
  return *same ? 0 : 1;
}
