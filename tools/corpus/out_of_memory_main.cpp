// Memory that runs out at every allocation (every_allocation.h) while an archive is loaded, saved, run, checked and
// compared.
//
//   out_of_memory ARCHIVE...
//
// No signal and no exception may end it. Prints how many allocations each job has and how the runs ended; exit code 1
// where one did not hold.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <streambuf>

#include "revive/model/base/out_of_memory.h"
#include "revive/properties/generate/generate.h"
#include "revive/serializer/compare.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/check.h"
#include "revive/tools/corpus/every_allocation.h"
#include "revive/tools/run/working_folder.h"

namespace revive::tools {
namespace {

// Takes everything and no memory.
class Nowhere : public std::streambuf {
 protected:
  int overflow(int c) override { return traits_type::not_eof(c); }
  std::streamsize xsputn(const char*, std::streamsize size) override { return size; }
};

class Trial {
 public:
  explicit Trial(std::string archive) : archive_(std::move(archive)) {}

  bool run() {
    auto model = load(archive_);
    if (!model) return refuse(model.error().text());
    auto input = properties::default_input(*model);
    if (!input) return refuse(input.error().text());
    bool held = every_allocation("load", [&] { return end_of(load(archive_)); });
    held &= every_allocation("save", [&] { return end_of(save(*model, target_.path())); });
    held &= every_allocation("predict", [&] { return end_of(model->predict(*input)); });
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
    const auto counts = fail_every_allocation<properties::FailingAllocation>(target_, std::forward<Job>(job));
    if (!counts) return refuse(fmt::format("{}: {}: {}", archive_, name, counts.error()));
    std::cout << fmt::format("{:<50} {:<8} {:>7} allocations, {:>7} runs, {:>7} errors, {:>5} successes\n",
                             std::filesystem::path(archive_).filename().string(), name, counts->allocations,
                             counts->runs, counts->errors, counts->runs - counts->errors)
              << std::flush;
    return true;
  }

  static bool refuse(const std::string& sentence) {
    std::cerr << sentence << '\n';
    return false;
  }

  std::string archive_;
  WorkingFolder folder_;
  WatchedTarget target_{folder_.path()};
  Nowhere nowhere_;
};

}  // namespace
}  // namespace revive::tools

int main(int argc, char** argv) {
  bool held = argc > 1;
  for (int i = 1; i < argc; ++i) held &= revive::tools::Trial(argv[i]).run();
  return held ? EXIT_SUCCESS : EXIT_FAILURE;
}
