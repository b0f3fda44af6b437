// Memory that runs out at every allocation: the n-th one fails, for every n, alone and with all that follow, while an
// archive is loaded, saved, run, checked and compared.
//
//   out_of_memory ARCHIVE...
//
// Each time it has to end in success or in an Error with a sentence: no signal, no exception, no block of memory that
// nobody gives back, and the file at the target of a save with its old bytes or, after a success, the new ones, alone
// in its folder. Prints how many allocations each job has and how the runs ended; exit code 1 where one did not hold.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <streambuf>

#include "revive/model/base/out_of_memory.h"
#include "revive/properties/allocation/failing_allocation.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/check.h"

namespace revive::tools {
namespace {

using properties::Failing;
using properties::FailingAllocation;

enum class End : std::uint8_t { success, error, wrong };

// Takes everything and no memory.
class Nowhere : public std::streambuf {
 protected:
  int overflow(int c) override { return traits_type::not_eof(c); }
  std::streamsize xsputn(const char*, std::streamsize size) override { return size; }
};

template <typename T>
End end_of(const Result<T>& result) {
  if (result) return End::success;
  // Whatever it is, it has a sentence.
  return result.error().message.empty() ? End::wrong : End::error;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Trial {
 public:
  explicit Trial(std::string archive) : archive_(std::move(archive)) {
    std::string pattern = (std::filesystem::temp_directory_path() / "revive-memory-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    target_ = folder_ + "/target.keras";
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  ~Trial() { std::filesystem::remove_all(folder_); }

  bool run() {
    auto model = load(archive_);
    if (!model) return refuse(model.error().text());
    auto input = properties::default_input(*model);
    if (!input) return refuse(input.error().text());
    model_ = std::move(*model);
    input_ = std::move(*input);
    bool held = every_allocation("load", [&] { return end_of(load(archive_)); });
    held &= every_allocation("save", [&] { return end_of(save(*model_, target_)); });
    held &= every_allocation("predict", [&] { return end_of(model_->predict(input_)); });
    held &= every_allocation("check", [&] { return end_of(within_memory([&] { return check(); })); });
    held &= every_allocation("diff", [&] { return end_of(within_memory([&] { return diff(); })); });
    return held;
  }

 private:
  // What the commands of these names do, but for reading their options.
  Result<std::string> check() {
    std::ostream nowhere(&nowhere_);
    Console console{.out = nowhere, .err = nowhere};
    REVIVE_ASSIGN_OR_RETURN(const auto model, load_archive(archive_, {}, console));
    REVIVE_ASSIGN_OR_RETURN(const auto report, check_model(model, archive_));
    return to_string(report);
  }
  Result<std::string> diff() const {
    REVIVE_ASSIGN_OR_RETURN(const auto left, load(archive_));
    REVIVE_ASSIGN_OR_RETURN(const auto right, load(archive_));
    if (const auto difference = first_difference(left, right)) return difference->text();
    return left.name();
  }

  template <typename Job>
  bool every_allocation(std::string_view name, Job&& job) {
    if (job() != End::success) return refuse(fmt::format("{} fails with all the memory there is", name));
    std::uint64_t allocations = 0;
    std::uint64_t errors = 0;
    std::uint64_t runs = 0;
    for (const Failing how : {Failing::one_allocation, Failing::all_from_then_on}) {
      for (std::uint64_t number = 1;; ++number) {
        std::ofstream(target_, std::ios::binary) << kOld;
        FailingAllocation failing(number, how);
        const End end = job();
        failing.end();
        const bool reached = failing.reached();
        const std::int64_t held = failing.held();
        ++runs;
        if (end == End::error) ++errors;
        const std::string what = fmt::format("{}: allocation {} of {}", archive_, number, name);
        if (end == End::wrong) return refuse(what + ": an error without a sentence");
        if (held != 0) return refuse(fmt::format("{}: {} blocks of memory are not given back", what, held));
        if (const auto wrong = target_after(end)) return refuse(fmt::format("{}: {}", what, *wrong));
        if (!reached) {
          if (end != End::success) return refuse(what + ": an error though nothing failed");
          allocations = number - 1;
          break;
        }
      }
    }
    std::cout << fmt::format("{:<50} {:<8} {:>7} allocations, {:>7} runs, {:>7} errors, {:>5} successes\n",
                             std::filesystem::path(archive_).filename().string(), name, allocations, runs, errors,
                             runs - errors)
              << std::flush;
    return true;
  }

  // What is wrong with the folder and the target in it.
  std::optional<std::string> target_after(End end) const {
    const auto files = std::distance(std::filesystem::directory_iterator(folder_), {});
    if (files != 1) return fmt::format("{} files beside the target", files - 1);
    if (end == End::error && content_of(target_) != kOld) return "the target is not as it was";
    return std::nullopt;
  }

  static bool refuse(const std::string& sentence) {
    std::cerr << sentence << '\n';
    return false;
  }

  static constexpr std::string_view kOld = "as it was";

  std::string archive_;
  std::string folder_;
  std::string target_;
  std::optional<Sequential> model_;
  Tensor input_;
  Nowhere nowhere_;
};

}  // namespace
}  // namespace revive::tools

int main(int argc, char** argv) {
  bool held = argc > 1;
  for (int i = 1; i < argc; ++i) held &= revive::tools::Trial(argv[i]).run();
  return held ? EXIT_SUCCESS : EXIT_FAILURE;
}
