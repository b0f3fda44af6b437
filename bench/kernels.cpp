#include "revive/bench/kernels.h"

#include <benchmark/benchmark.h>

#include <memory>
#include <sstream>

#include "revive/bench/models.h"
#include "revive/properties/process/child_process.h"

namespace revive::bench {
namespace {

// One thread, and the fastest of some turns, each of at least a few calls. An LSTM as people write it by hand: the
// input products of all steps at once, the sigmoids of three gates in one array.
constexpr std::string_view kProgram = R"(
import os, time
for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[name + "_NUM_THREADS"] = "1"
import numpy as np
random = np.random.default_rng(1)
def numbers(*shape):
    return random.uniform(-1, 1, shape).astype("float32")
x, gamma, beta = 4 * numbers(256, 1024), numbers(1024), numbers(1024)
def layer_normalization():
    mean = x.mean(axis=-1, keepdims=True)
    factor = gamma / np.sqrt(x.var(axis=-1, keepdims=True) + np.float32(0.001))
    return x * factor + (beta - mean * factor)
units, steps = 256, 100
kernel, recurrent, bias = numbers(units, 4 * units) / 16, numbers(units, 4 * units) / 16, numbers(4 * units)
sequence = numbers(32, steps, units)
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def lstm():
    projected = sequence @ kernel + bias
    h = c = np.zeros((32, units), "float32")
    for step in range(steps):
        z = projected[:, step] + h @ recurrent
        i, f, o = sigmoid(z[:, :units]), sigmoid(z[:, units : 2 * units]), sigmoid(z[:, 3 * units :])
        c = f * c + i * np.tanh(z[:, 2 * units : 3 * units])
        h = o * np.tanh(c)
    return h
def seconds(work, calls):
    start = time.thread_time()
    for _ in range(calls):
        work()
    return (time.thread_time() - start) / calls
for name, work, calls in (("relu", lambda: np.maximum(x, 0), 50), ("tanh", lambda: np.tanh(x), 20),
                          ("LayerNormalization", layer_normalization, 10), ("LSTM", lstm, 1)):
    work()
    print("kernel/" + name, min(seconds(work, calls) for _ in range(15)))
)";

constexpr std::int64_t kRows = 256;
constexpr std::int64_t kColumns = 1024;
constexpr std::int64_t kUnits = 256;
constexpr std::int64_t kSteps = 100;
constexpr std::int64_t kBatch = 32;

Kernel kernel(std::string name, std::string_view class_name, const Value::Object& config, Value::Array batch_shape) {
  const auto model = std::make_shared<Sequential>(one_layer(class_name, config, std::move(batch_shape)));
  const auto input = std::make_shared<Tensor>(input_for(*model));
  return {"kernel/" + std::move(name), [model, input] { benchmark::DoNotOptimize(model->predict(*input)); }};
}

}  // namespace

std::vector<Kernel> kernels() {
  const Value::Array rows{kRows, kColumns};
  return {kernel("relu", "Activation", {{"activation", "relu"}}, rows),
          kernel("tanh", "Activation", {{"activation", "tanh"}}, rows),
          kernel("LayerNormalization", "LayerNormalization", {}, rows),
          kernel("LSTM", "LSTM", {{"units", kUnits}}, {kBatch, kSteps, kUnits})};
}

std::optional<std::map<std::string, double>> numpy_kernels(const std::string& python) {
  const auto end = properties::run_child({python, "-c", std::string(kProgram)}, {});
  if (!end || !end->exited_with(0)) return std::nullopt;
  std::map<std::string, double> found;
  std::istringstream lines(end->out);
  std::string name;
  for (double seconds = 0; lines >> name >> seconds;) found[name] = seconds;
  return found;
}

}  // namespace revive::bench
