#include "revive/bench/keras.h"

#include <charconv>
#include <string>
#include <string_view>

#include "revive/properties/process/child_process.h"

namespace revive::bench {
namespace {

// Prints the seconds of the fastest of ten round trips. Imports and the first, slower one do not count.
constexpr std::string_view kProgram = R"(
import os, sys, tempfile, time
os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
def round_trip(folder):
    start = time.thread_time()
    model = keras.saving.load_model(sys.argv[1], safe_mode=True, compile=False)
    model.save(os.path.join(folder, "m.keras"))
    return time.thread_time() - start
with tempfile.TemporaryDirectory() as folder:
    round_trip(folder)
    print(min(round_trip(folder) for _ in range(10)))
)";

}  // namespace

std::optional<double> keras_round_trip(const std::string& python, const std::string& archive) {
  const auto end = properties::run_child({python, "-c", std::string(kProgram), archive}, {});
  if (!end || !end->exited_with(0)) return std::nullopt;
  double seconds = 0;
  const auto parsed = std::from_chars(end->out.data(), end->out.data() + end->out.size(), seconds);
  return parsed.ec == std::errc() ? std::optional(seconds) : std::nullopt;
}

}  // namespace revive::bench
