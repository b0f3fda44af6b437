// corrupt: every byte and block of an archive changed, and what became of each.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <thread>

#include "revive/properties/archive/repacked_members.h"
#include "revive/properties/checks/corruption.h"
#include "revive/properties/checks/corruption_judge.h"
#include "revive/serializer/io/file.h"
#include "revive/tools/commands/commands.h"
#include "revive/tools/console/json_text.h"
#include "revive/tools/console/text.h"
#include "revive/tools/run/jobs.h"

namespace revive::tools {
namespace {

using properties::Corruption;
using properties::CorruptionJudge;
using properties::CorruptionOutcome;
using properties::Trial;

constexpr std::array kFates = {
#define REVIVE_FATE_NAME(fate) std::string_view(#fate),
    REVIVE_FATES(REVIVE_FATE_NAME)
#undef REVIVE_FATE_NAME
};
constexpr std::string_view kSilent = "no_silent_corruption";
constexpr std::string_view kSealed = "sealed_corruption_is_explained";

// Which of the two properties; both unless one is named.
enum class Chosen : std::uint8_t { both, silent, sealed };
const std::map<std::string, Chosen> kChoices = {{std::string(kSilent), Chosen::silent},
                                                {std::string(kSealed), Chosen::sealed}};

struct Options {
  std::vector<std::string> files;
  Chosen chosen = Chosen::both;
  std::uint64_t stride = 1;
  int jobs = jobs_of_machine();
  bool json = false;
};

// What became of the changes to one file, or to one of its members.
class Tally {
 public:
  Tally(std::string file, std::string_view property, std::string member)
      : file_(std::move(file)), property_(property), member_(std::move(member)) {}

  // The `number`-th change; what is different is listed in their order.
  void add(const Trial& trial, std::size_t number, const std::function<std::string()>& change) {
    ++count_[static_cast<std::size_t>(trial.fate)];
    if (trial.code) codes_.insert(*trial.code);
    if (trial.fate == CorruptionOutcome::different) different_[number] = change() + ": " + trial.message;
  }
  void add(const Tally& part) {
    std::ranges::transform(count_, part.count_, count_.begin(), std::plus());
    codes_.insert(part.codes_.begin(), part.codes_.end());
    different_.insert(part.different_.begin(), part.different_.end());
  }

  bool held() const { return different_.empty(); }

  // What was changed.
  std::string title() const { return fmt::format("{}: {}{}", file_, property_, member_.empty() ? "" : ": " + member_); }

  std::string text() const {
    std::string text = fmt::format("{}: {} tried, {} refused ({})", title(), tried(), count(CorruptionOutcome::refused),
                                   counted(static_cast<std::int64_t>(codes_.size()), "code"));
    for (const CorruptionOutcome fate :
         {CorruptionOutcome::identical, CorruptionOutcome::stable, CorruptionOutcome::different}) {
      // Under checksums that were not mended there is no other model to be.
      if (fate == CorruptionOutcome::stable && property_ == kSilent) continue;
      text += fmt::format(", {} {}", count(fate), kFates[static_cast<std::size_t>(fate)]);
    }
    text += '\n';
    for (const auto& [number, difference] : different_) text += fmt::format("  {}\n", difference);
    return text;
  }

  Value value() const {
    Value::Object object = {{"file", file_}, {"property", property_}};
    if (!member_.empty()) object.emplace_back("member", member_);
    object.emplace_back("tried", tried());
    for (std::size_t i = 0; i < kFates.size(); ++i) object.emplace_back(kFates[i], count_[i]);
    Value::Array codes;
    for (const ErrorCode code : codes_) codes.emplace_back(name_of(code));
    object.emplace_back("codes", std::move(codes));
    Value::Array differences;
    for (const auto& [number, difference] : different_) differences.emplace_back(difference);
    object.emplace_back("differences", std::move(differences));
    return object;
  }

 private:
  std::int64_t count(CorruptionOutcome fate) const { return count_[static_cast<std::size_t>(fate)]; }
  std::int64_t tried() const {
    std::int64_t sum = 0;
    for (const std::int64_t each : count_) sum += each;
    return sum;
  }

  std::string file_;
  std::string_view property_;
  std::string member_;
  std::array<std::int64_t, kFates.size()> count_{};
  std::set<ErrorCode> codes_;
  std::map<std::size_t, std::string> different_;
};

using Report = std::function<void(const Tally&)>;

// All changes to `bytes`, shared out among threads in turn, each judged and counted; `tally` is empty before.
using Judge = std::function<Trial(std::span<const std::byte> changed)>;
Tally try_changes(Tally tally, std::span<const std::byte> bytes, const Judge& judge, const Options& options,
                  Console& console) {
  Progress progress(console, tally.title());
  const auto jobs = static_cast<std::size_t>(options.jobs);
  std::vector<Tally> parts(jobs, tally);
  {
    std::vector<std::jthread> threads;
    for (std::size_t job = 0; job < jobs; ++job) {
      threads.emplace_back([&, job] {
        std::size_t number = 0;
        properties::for_each_corruption(
            bytes, options.stride, [&](const Corruption& change, std::span<const std::byte> changed) {
              if (++number % jobs != job) return;
              parts[job].add(judge(changed), number, [&] { return to_string(change, bytes); });
              progress.step();
            });
      });
    }
  }
  for (const Tally& part : parts) tally.add(part);
  return tally;
}

Status corrupt_file(const std::string& file, const properties::Subject& subject, const Options& options,
                    Console& console, const Report& report) {
  REVIVE_ASSIGN_OR_RETURN(const auto archive, read_file(file, {}));
  const auto judge = CorruptionJudge::make(subject, archive.bytes(), {}, nullptr);
  if (!judge) return std::unexpected(judge.error().within(file + ": "));
  if (options.chosen != Chosen::sealed) {
    const auto silent = [&](std::span<const std::byte> changed) { return judge->silent(changed); };
    report(try_changes(Tally(file, kSilent, ""), archive.bytes(), silent, options, console));
  }
  if (options.chosen == Chosen::silent) return {};
  const auto members = properties::RepackedMembers::open(archive.bytes());
  if (!members) return fail(ErrorCode::archive_unsupported, file, "expected an archive that can be taken apart");
  for (const std::string_view name : members->names()) {
    const auto sealed = [&](std::span<const std::byte> changed) {
      return judge->sealed(members->sealed(name, changed));
    };
    report(try_changes(Tally(file, kSealed, std::string(name)), members->bytes(name), sealed, options, console));
  }
  return {};
}

Result<Outcome> corrupt_files(const Options& options, Console& console) {
  const properties::Subject subject = properties::revive_subject();
  Outcome outcome = Outcome::held;
  Value::Array values;
  const Report report = [&](const Tally& tally) {
    if (!tally.held()) outcome = Outcome::not_held;
    if (options.json) {
      values.push_back(tally.value());
    } else {
      console.out << tally.text() << std::flush;
    }
  };
  for (const std::string& file : options.files) {
    console.out.flush();
    if (const Status status = corrupt_file(file, subject, options, console, report); !status) {
      console.complain(status.error());
      outcome = Outcome::not_held;
    }
  }
  if (options.json) print_value(console, values);
  return outcome;
}

}  // namespace

Command corrupt_command() {
  return {
      .name = "corrupt",
      .summary = "Change every byte and block of archives and see what becomes of each change",
      .help =
          "Every byte becomes each of the 255 others; every aligned block of 16 bytes is zeroed, removed, duplicated\n"
          "and swapped with the next. no_silent_corruption changes the archive: each change is refused or loads as\n"
          "the same model. sealed_corruption_is_explained changes config.json, metadata.json and model.weights.h5\n"
          "under sizes and CRCs that are right: each is refused with a place and a sentence, loads as the same\n"
          "model, or as another that saves and loads as itself. What does neither is counted as different and\n"
          "listed. The time grows with the square of the size: all changes of a file with 8 kB inside take\n"
          "minutes.\n\n"
          "Example: revive corrupt corpus/small/capturing_lambda.keras --stride 16",
      .declare = [](Arguments& app) -> RunCommand {
        const auto options = std::make_shared<Options>();
        app.add_option("FILE", options->files, "Archives").required();
        app.add_option("--property", options->chosen, kChoices, "Only this one of the two properties");
        app.add_option("--stride", options->stride, "Change every so many bytes and blocks only")
            .positive()
            .capture_default_str();
        app.add_option("--jobs", options->jobs, "Threads").range(1, kMostJobs).capture_default_str();
        app.add_flag("--json", options->json, "Print a list of counts as JSON");
        return [options](Console& console) { return corrupt_files(*options, console); };
      }};
}

}  // namespace revive::tools
