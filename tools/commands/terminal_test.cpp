// What the program prints to terminals and to what is none: colour on standard output, one line of progress that
// changes on standard error, and neither of them for who set NO_COLOR.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <future>

#include "revive/tools/testing.h"

namespace revive::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

// The far end of a terminal, which collects what is printed there.
class Terminal {
 public:
  Terminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) return;
    path_ = ptsname(master_);
    slave_ = open(path_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    close(slave_);
    close(master_);
  }
  const std::string& path() const { return path_; }
  // What was printed so far; of a few lines, so that whoever prints need not wait for it to be read.
  std::string printed() const {
    fcntl(master_, F_SETFL, O_NONBLOCK);
    std::string text(4096, '\0');
    const ssize_t size = read(master_, text.data(), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }

 private:
  int master_;
  int slave_ = -1;
  std::string path_;
};

class Terminals : public FolderTest {
 protected:
  struct Printed {
    std::string out;
    std::string err;
  };
  // The program run by a shell, with what stands before and behind it in its line.
  static Printed run(const std::string& before, const std::string& behind, bool out_is_terminal, bool err_is_terminal,
                     int exit_code) {
    const Terminal out;
    const Terminal err;
    std::string line = fmt::format("{} '{}' {}", before, REVIVE_PROGRAM, behind);
    if (out_is_terminal) line += " > " + out.path();
    if (err_is_terminal) line += " 2> " + err.path();
    const auto end = properties::run_child({"/bin/sh", "-c", line}, {.wall_seconds = 60});
    if (!end) return {};
    EXPECT_TRUE(end->exited_with(exit_code)) << to_string(*end);
    return {out_is_terminal ? out.printed() : end->out, err_is_terminal ? err.printed() : end->err};
  }
  std::string properties(bool out_is_terminal, bool err_is_terminal, const std::string& before) const {
    return run(before, fmt::format("properties bytes_are_stable --cases 1 --fresh --out '{}'", in_folder("found")),
               out_is_terminal, err_is_terminal, 0)
        .out;
  }
  // A session of a target that takes longer than two seconds and fails.
  std::string fuzz(const std::string& name, bool out_is_terminal, bool err_is_terminal,
                   const std::string& before) const {
    return run(before, fmt::format("fuzz --build '{}' --corpus '{}' --time 3", in_folder("build"), in_folder(name)),
               out_is_terminal, err_is_terminal, 1)
        .err;
  }
};

TEST_F(Terminals, AreColouredAndNothingElse) {
  constexpr const char* kGreen = "bytes_are_stable: \x1b[32mheld\x1b[0m, 1 case";
  constexpr const char* kPlain = "bytes_are_stable: held, 1 case";
  EXPECT_THAT(properties(true, false, ""), HasSubstr(kGreen));
  EXPECT_THAT(properties(false, true, ""), HasSubstr(kPlain));
  EXPECT_THAT(properties(true, true, "NO_COLOR=1"), HasSubstr(kPlain));
  // Whatever its value is.
  EXPECT_THAT(properties(true, true, "NO_COLOR="), HasSubstr(kPlain));
}

TEST_F(Terminals, ShowProgressInOneLine) {
  std::filesystem::create_directories(in_folder("build/fuzz"));
  write_text(in_folder("build/fuzz_targets.txt"), "slow\n");
  const std::string path = in_folder("build/fuzz/slow");
  write_text(path,
             "#!/bin/sh\nfor flag; do case $flag in\n  -help=1) echo 'max_total_time 0'; exit 0 ;;\nesac; done\n"
             "sleep 2.3; echo broken >&2; exit 1\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  constexpr auto kAsync = std::launch::async;
  auto seen = std::async(kAsync, [&] { return fuzz("seen", false, true, ""); });
  auto logged = std::async(kAsync, [&] { return fuzz("logged", true, false, ""); });
  auto plain = std::async(kAsync, [&] { return fuzz("plain", true, true, "NO_COLOR=1"); });
  EXPECT_THAT(seen.get(), HasSubstr("\r\x1b[Kslow: 0 runs"));
  for (auto* const each : {&logged, &plain}) {
    const std::string text = each->get();
    EXPECT_THAT(text, HasSubstr("slow: 0 runs"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace revive::tools
