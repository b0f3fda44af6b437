#include "revive/bench/keras.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <memory>

namespace revive::bench {
namespace {

// Prints the seconds of the fastest of ten round trips. Imports and the first, slower one do not count.
constexpr std::string_view kProgram = R"(
import os, sys, tempfile, time
os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
def round_trip(folder):
    start = time.perf_counter()
    model = keras.saving.load_model(sys.argv[1], safe_mode=True, compile=False)
    model.save(os.path.join(folder, "m.keras"))
    return time.perf_counter() - start
with tempfile.TemporaryDirectory() as folder:
    round_trip(folder)
    print(min(round_trip(folder) for _ in range(10)))
)";

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "'\\''" : std::string(1, c);
  return out + "'";
}

}  // namespace

std::optional<double> keras_round_trip(const std::string& python, const std::string& archive) {
  const std::string command = fmt::format("{} -c {} {} 2>/dev/null", quoted(python), quoted(kProgram), quoted(archive));
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) return std::nullopt;
  std::array<char, 64> line{};
  if (std::fgets(line.data(), line.size(), pipe.get()) == nullptr) return std::nullopt;
  double seconds = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), seconds);
  return parsed.ec == std::errc() ? std::optional(seconds) : std::nullopt;
}

}  // namespace revive::bench
