// A stand-in for libFuzzer that needs no clang: its command line and its lines of progress, and of what it does as much
// as `revive fuzz` relies on. Inputs are random bytes.
//
// What ends the target is written to the file that libFuzzer would name, and then, so that a test knows what has to be
// there, its path to the file that STAND_IN_LEDGER names.
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;
using Clock = std::chrono::steady_clock;

constexpr int kExitOfAFinding = 77;

struct Flags {
  double seconds = 1e9;
  bool minimize = false;
  std::string artifacts = "./";
  std::string smaller;
  std::vector<std::string> paths;
};

// What the handlers of signals print.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
Flags flags;
Input current;
std::uint64_t runs = 0;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

void print_stack() {
  std::array<void*, 32> frames{};
  const int count = backtrace(frames.data(), frames.size());
  for (int i = 0; i < count; ++i) {
    Dl_info info{};
    if (dladdr(frames[static_cast<std::size_t>(i)], &info) == 0 || info.dli_fname == nullptr) continue;
    const auto offset = static_cast<char*>(frames[static_cast<std::size_t>(i)]) - static_cast<char*>(info.dli_fbase);
    std::fprintf(stderr, "    #%d %p  (%s+0x%tx)\n", i, frames[static_cast<std::size_t>(i)], info.dli_fname, offset);
  }
}

void write_artifact() {
  std::random_device random;
  const std::string path = flags.artifacts + "crash-" + std::to_string(random()) + std::to_string(random());
  const int file = open(path.c_str(), O_WRONLY | O_CREAT, 0644);
  if (file < 0 || write(file, current.data(), current.size()) < 0) _exit(1);
  close(file);
  std::fprintf(stderr, "Test unit written to %s\n", path.c_str());
  const char* const ledger = std::getenv("STAND_IN_LEDGER");
  if (ledger == nullptr) return;
  const int list = open(ledger, O_WRONLY | O_CREAT | O_APPEND, 0644);
  const char bug[] = {static_cast<char>(current.front()), '\n'};
  if (list < 0 || write(list, bug, sizeof bug) < 0) _exit(1);
  close(list);
}

// As libFuzzer does, all of it in the handler: the process is about to end.
void note_crash(int) {
  std::fprintf(stderr, "==%d== ERROR: libFuzzer: deadly signal\n", getpid());
  print_stack();
  std::fprintf(stderr, "SUMMARY: libFuzzer: deadly signal\n");
  if (flags.paths.size() != 1 || std::filesystem::is_directory(flags.paths.front())) write_artifact();
  _exit(kExitOfAFinding);
}

void end_in_order(int) {
  std::fprintf(stderr, "==%d== libFuzzer: run interrupted; exiting\n", getpid());
  _exit(0);
}

void run(Input input) {
  current = std::move(input);
  ++runs;
  LLVMFuzzerTestOneInput(current.data(), current.size());
}

Input read_input(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The only smaller input there is: the first byte is the bug.
int minimize() {
  const Input input = read_input(flags.paths.front());
  if (input.size() > 1) std::ofstream(flags.smaller, std::ios::binary).put(static_cast<char>(input.front()));
  return 0;
}

void fuzz() {
  std::random_device seed;
  std::mt19937 random(seed());
  const auto end = Clock::now() + std::chrono::duration<double>(flags.seconds);
  while (Clock::now() < end) {
    Input input(1 + random() % 64);
    for (std::uint8_t& byte : input) byte = static_cast<std::uint8_t>(random());
    run(std::move(input));
    // Slow enough that a process lives for a while and a session sees several die.
    usleep(1000);
    if (runs % 64 == 0) std::fprintf(stderr, "#%ju\tpulse  cov: 2 ft: 2 corp: 1/1b exec/s: 0 rss: 1Mb\n", runs);
  }
}

bool take_flag(std::string_view argument, std::string_view name, std::string& value) {
  const std::string start = "-" + std::string(name) + "=";
  if (!argument.starts_with(start)) return false;
  value = argument.substr(start.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    std::string value;
    if (argument == "-help=1") {
      std::puts(" max_total_time\t0\tOf all runs, in seconds");
      return 0;
    }
    if (take_flag(argument, "max_total_time", value)) {
      flags.seconds = std::stod(value);
    } else if (take_flag(argument, "artifact_prefix", flags.artifacts) ||
               take_flag(argument, "exact_artifact_path", flags.smaller)) {
      continue;
    } else if (argument == "-minimize_crash=1") {
      flags.minimize = true;
    } else if (!argument.starts_with('-')) {
      flags.paths.emplace_back(argument);
    }
  }
  if (flags.minimize) return minimize();
  std::signal(SIGABRT, note_crash);
  std::signal(SIGTERM, end_in_order);
  if (flags.paths.size() == 1 && !std::filesystem::is_directory(flags.paths.front())) {
    std::fprintf(stderr, "Running: %s\n", flags.paths.front().c_str());
    run(read_input(flags.paths.front()));
    return 0;
  }
  for (const std::string& folder : flags.paths) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) run(read_input(entry.path()));
  }
  fuzz();
  std::fprintf(stderr, "Done %ju runs\n", runs);
  return 0;
}
