// How fast load, save, round trip and predict are, each beside its floor in the same run.
//
// A time says little on a machine that others use; the ratio of two times taken in turns says more. Every pair is
// measured by Google Benchmark in interleaved repetitions, in time on the processor, and the fastest repetition of each
// counts.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "revive/bench/floor.h"
#include "revive/bench/keras.h"
#include "revive/bench/kernels.h"
#include "revive/bench/models.h"
#include "revive/bench/product.h"
#include "revive/serializer/keras_archive.h"

namespace revive::bench {
namespace {

struct Subject {
  std::string name;
  Sequential model;
  Tensor input;
  Buffer archive;
  std::vector<FloorMember> members;
};

Subject make_subject(std::string name, Sequential model) {
  Tensor input = input_for(model);
  auto archive = save_bytes(model);
  if (!archive) {
    fmt::print(stderr, "revive_bench: {}\n", archive.error().text());
    std::exit(1);
  }
  auto members = floor_load(archive->bytes());
  return {std::move(name), std::move(model), std::move(input), std::move(*archive), std::move(members)};
}

Buffer save_of(const Sequential& model) {
  return std::move(*save_bytes(model, {.verify = false}));
}

// The weights once through memory, which is the least that a prediction with a batch of one must do.
void touch_weights(const Subject& subject, std::vector<std::byte>& target) {
  std::size_t at = 0;
  visit_layers(subject.model.root(), [&](const std::string&, const Layer& layer) {
    for (const Tensor& tensor : layer.weights()) {
      std::memcpy(target.data() + at, tensor.bytes().data(), tensor.byte_size());
      at += tensor.byte_size();
    }
  });
}

std::size_t weight_bytes(const Sequential& model) {
  std::size_t bytes = 0;
  visit_layers(model.root(), [&](const std::string&, const Layer& layer) {
    for (const Tensor& tensor : layer.weights()) bytes += tensor.byte_size();
  });
  return bytes;
}

template <typename Work>
void measure(const std::string& name, Work work) {
  benchmark::RegisterBenchmark(name.c_str(), [work = std::move(work)](benchmark::State& state) mutable {
    for ([[maybe_unused]] auto _ : state) work();
  })->Unit(benchmark::kMicrosecond);
}

// "X/load" is measured against "X/load floor": libzip + CRC + nlohmann/json on the same bytes.
void register_pairs(const Subject& subject) {
  const auto bytes = subject.archive.bytes();
  const auto named = [&](std::string_view what) { return fmt::format("{}/{}", subject.name, what); };
  measure(named("load"), [&, bytes] { benchmark::DoNotOptimize(load_bytes(bytes)); });
  measure(named("load floor"), [bytes] { benchmark::DoNotOptimize(floor_load(bytes)); });
  measure(named("save"), [&] { benchmark::DoNotOptimize(save_of(subject.model)); });
  measure(named("save floor"), [&] { benchmark::DoNotOptimize(floor_save(subject.members)); });
  measure(named("round trip"), [&] { benchmark::DoNotOptimize(load_bytes(save_of(subject.model).bytes())); });
  measure(named("round trip floor"),
          [&] { benchmark::DoNotOptimize(floor_load(floor_save(subject.members).bytes())); });
  measure(named("predict"), [&] { benchmark::DoNotOptimize(subject.model.predict(subject.input)); });
  measure(named("predict floor"), [&, target = std::vector<std::byte>(weight_bytes(subject.model))]() mutable {
    touch_weights(subject, target);
    benchmark::ClobberMemory();
  });
}

// Keeps the fastest repetition of every benchmark.
class Fastest : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      const double microseconds = run.GetAdjustedCPUTime();
      const auto [entry, fresh] = times_.emplace(run.run_name.function_name, microseconds);
      if (!fresh && microseconds < entry->second) entry->second = microseconds;
    }
  }
  double operator[](const std::string& name) const { return times_.at(name); }

 private:
  std::map<std::string, double> times_;
};

std::string time_text(double microseconds) {
  return microseconds < 1000 ? fmt::format("{:.1f} us", microseconds) : fmt::format("{:.1f} ms", microseconds / 1000);
}

void print_ratios(const Subject& subject, const Fastest& fastest) {
  for (const std::string_view what : {"load", "save", "round trip", "predict"}) {
    const std::string name = fmt::format("{}/{}", subject.name, what);
    const double time = fastest[name];
    const double floor = fastest[name + " floor"];
    const std::string_view of = what == "predict" ? "memcpy of the weights"
                                : what == "save"  ? "libzip + CRC"
                                                  : "libzip + CRC + nlohmann/json";
    fmt::print("{:<18} {:>12}   floor {:>12}   ratio {:5.2f}   ({})\n", name, time_text(time), time_text(floor),
               time / floor, of);
  }
}

void print_products(const Fastest& fastest) {
  const std::vector<Product> all = products();
  const double eigen = fastest[all[0].name];
  const double plain = fastest[all[1].name];
  for (const Product& each : all) {
    const double time = fastest[each.name];
    fmt::print("{:<18} {:>12}   {:.2f} of Eigen's speed, {:.2f} of the plain one's\n", each.name, time_text(time),
               eigen / time, plain / time);
  }
}

void print_kernels(const std::string& python, const Fastest& fastest) {
  const auto peers = python.empty() ? std::nullopt : numpy_kernels(python);
  for (const Kernel& each : kernels()) {
    const double time = fastest[each.name];
    fmt::print("{:<26} {:>12}", each.name, time_text(time));
    if (peers && peers->contains(each.name)) {
      const double peer = peers->at(each.name) * 1e6;
      fmt::print("   NumPy {:>12}   ratio {:5.2f}", time_text(peer), time / peer);
    }
    fmt::print("\n");
  }
}

void print_keras(const std::string& python, const Subject& subject, const Fastest& fastest) {
  const auto path = std::filesystem::temp_directory_path() / fmt::format("revive-bench-{}.keras", getpid());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(subject.archive.bytes().data()),
             static_cast<std::streamsize>(subject.archive.size()));
  file.close();
  const auto seconds = keras_round_trip(python, path.string());
  std::filesystem::remove(path);
  if (!seconds) {
    fmt::print("stock Keras: {} cannot load and save the small model\n", python);
    return;
  }
  const double own = fastest[subject.name + "/round trip"];
  fmt::print("{:<18} {:>12}   which is {:.0f} times as long as revive's\n", "Keras/round trip",
             time_text(*seconds * 1e6), *seconds * 1e6 / own);
}

int run(int argc, char** argv) {
  CLI::App app{"Times load, save, round trip and predict beside their floors.\nexample: revive_bench --repetitions 9"};
  int repetitions = 5;
  std::string python;
  bool kernels_alone = false;
  app.add_option("--repetitions", repetitions, "interleaved repetitions, of which the fastest counts")
      ->check(CLI::PositiveNumber);
  app.add_option("--keras", python, "a Python with Keras, to time its round trip of the small model");
  app.add_flag("--kernels", kernels_alone, "only the product and the layers that have a peer");
  CLI11_PARSE(app, argc, argv);

  std::vector<Subject> subjects;
  if (!kernels_alone) {
    subjects.push_back(make_subject("small", small_model()));
    subjects.push_back(make_subject("100 MB", large_model()));
  }
  for (const Subject& each : subjects) register_pairs(each);
  for (const Product& each : products()) measure(each.name, [work = each.work] { work(); });
  for (const Kernel& each : kernels()) measure(each.name, each.work);
  const std::string repeat = fmt::format("--benchmark_repetitions={}", repetitions);
  std::vector<std::string> flags = {argv[0], repeat, "--benchmark_enable_random_interleaving=true",
                                    "--benchmark_min_time=0.1"};
  std::vector<char*> pointers;
  for (std::string& flag : flags) pointers.push_back(flag.data());
  int count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  Fastest fastest;
  benchmark::RunSpecifiedBenchmarks(&fastest);
  fmt::print("fastest of {}\n", repetitions);
  for (const Subject& each : subjects) {
    fmt::print("{}: {} bytes\n", each.name, each.archive.size());
    print_ratios(each, fastest);
  }
  print_products(fastest);
  print_kernels(python, fastest);
  if (!python.empty() && !subjects.empty()) print_keras(python, subjects.front(), fastest);
  return 0;
}

}  // namespace
}  // namespace revive::bench

int main(int argc, char** argv) {
  return revive::bench::run(argc, argv);
}
