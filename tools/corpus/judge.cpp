#include "revive/tools/corpus/judge.h"

#include <fmt/format.h>

#include "revive/properties/database/case_store.h"
#include "revive/properties/faults/subjects.h"
#include "revive/properties/process/child_process.h"
#include "revive/properties/property.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/keras_archive.h"
#include "revive/tools/command.h"
#include "revive/tools/console/text.h"
#include "revive/tools/corpus/archives.h"
#include "revive/tools/corpus/check.h"
#include "revive/tools/corpus/limit_options.h"
#include "revive/tools/run/resolve_subject.h"

namespace revive::tools {
namespace {

// Files of a corpus are small. What takes longer or more is what the corpus is there to notice.
constexpr properties::ChildLimits kChildLimits = {
    .wall_seconds = 60, .cpu_seconds = 30, .memory_bytes = std::uint64_t{2} << 30};

// Members of a judgement as JSON, where they are set.
constexpr std::string_view kNotAsked = "not_asked";
constexpr std::string_view kProperty = "property";
constexpr std::string_view kSite = "site";

Judgement no_verdict(std::string sentence) {
  return {.verdict = std::nullopt, .sentence = std::move(sentence)};
}

Judgement not_asked(std::string sentence) {
  return {.verdict = std::nullopt, .sentence = std::move(sentence), .asked = false};
}

Judgement judge_archive(const std::string& path) {
  const auto request = recorded_request(path);
  if (!request) return no_verdict(request.error().text());
  const auto options = load_options(*request);
  if (!options) return no_verdict(options.error().text());
  const auto model = load(path, *options);
  if (!model) {
    const Error& error = model.error();
    return {.verdict = Verdict{Verdict::Kind::refused, std::string(name_of(error.code))}, .sentence = error.text()};
  }
  const auto report = check_model(*model, path, {}, limits_for(path, options->limits));
  if (!report) return no_verdict(report.error().text());
  return {.verdict = Verdict{report->not_run ? Verdict::Kind::not_run : Verdict::Kind::revives, report->digest},
          .sentence = fmt::format("{}: {}", path, to_string(*report))};
}

// A case may come from anywhere, so a program that it names is not started; whoever replays it may name one.
Result<properties::Subject> subject_for(const properties::StoredCase& stored, const std::string& other_subject) {
  if (!other_subject.empty()) return resolve_subject(other_subject);
  if (auto known = properties::find_subject(stored.subject)) return *std::move(known);
  return wrong_call(fmt::format("it was found with the subject {}; name a subject with --subject", stored.subject));
}

Judgement judge_case(const std::string& path, const std::string& other_subject) {
  const auto stored = properties::read_case(path);
  if (!stored) return no_verdict(stored.error().text());
  const properties::Property* property = properties::find_property(stored->property);
  if (property == nullptr) return no_verdict(fmt::format("{}: unknown property {}", path, stored->property));
  const auto subject = subject_for(*stored, other_subject);
  if (!subject) return no_verdict(subject.error().within(path + ": ").text());
  if (const auto reason = properties::reason_to_skip(*property, *subject)) {
    return not_asked(fmt::format("{}: {} cannot be asked: {}", path, property->name, *reason));
  }
  std::string about = fmt::format("{}: {} of {}", path, property->name, subject->name);
  if (!stored->choices_current) {
    about += fmt::format(" (re-encoded: its choices now mean another model, {})", properties::why_re_encoded(*stored));
  }
  const auto [violation, unsupported] = properties::try_case(*property, stored->the_case, *subject);
  if (unsupported) return not_asked(fmt::format("{} cannot be asked: it does not support {}", about, *unsupported));
  if (violation) {
    return {.verdict = Verdict{Verdict::Kind::violated, ""},
            .sentence = fmt::format("{} is violated: {}", about, violation->message),
            .property = std::string(property->name),
            .site = properties::failure_site(*violation)};
  }
  return {.verdict = Verdict{Verdict::Kind::holds, ""},
          .sentence = about + (stored->repeats ? " holds" : " holds this time")};
}

}  // namespace

bool can_be_judged(std::string_view path) {
  return path.ends_with(kArchiveExtension) || path.ends_with(properties::kCaseExtension);
}

Judgement judge_file(const std::string& path, const std::string& subject) {
  return path.ends_with(properties::kCaseExtension) ? judge_case(path, subject) : judge_archive(path);
}

Result<Judgement> judge_in_child(const std::string& path, const std::string& subject) {
  std::vector<std::string> command = {properties::own_program(), "verdict", path};
  if (!subject.empty()) command.insert(command.end(), {"--subject", subject});
  REVIVE_ASSIGN_OR_RETURN(const auto end, properties::run_child(command, kChildLimits));
  if (end.exited_with(0)) {
    if (auto judgement = judgement_from_text(end.out)) return judgement;
  }
  const std::string said = last_line(end.err);
  return no_verdict(fmt::format("{}: the process {}{}{}", path, to_string(end), said.empty() ? "" : ": ", said));
}

Value judgement_to_value(const Judgement& judgement) {
  Value::Object object;
  if (judgement.verdict) {
    object = verdict_to_value(*judgement.verdict);
  } else {
    object.emplace_back("verdict", nullptr);
  }
  object.emplace_back("sentence", judgement.sentence);
  if (!judgement.asked) object.emplace_back(kNotAsked, true);
  if (!judgement.property.empty()) object.emplace_back(kProperty, judgement.property);
  if (!judgement.site.empty()) object.emplace_back(kSite, judgement.site);
  return object;
}

Result<Judgement> judgement_from_text(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  REVIVE_ASSIGN_OR_RETURN(const auto value, parse_json(text, {}, "judgement"));
  const Value* sentence = value.find("sentence");
  const Value* verdict = value.find("verdict");
  if (sentence == nullptr || !sentence->is_string() || verdict == nullptr) {
    return fail(ErrorCode::manifest_format, "judgement", "expected a verdict and a sentence");
  }
  Judgement judgement{
      .verdict = std::nullopt, .sentence = sentence->as_string(), .asked = value.find(kNotAsked) == nullptr};
  const std::pair<std::string_view, std::string*> texts[] = {{kProperty, &judgement.property},
                                                             {kSite, &judgement.site}};
  for (const auto& [key, target] : texts) {
    const Value* const found = value.find(key);
    if (found != nullptr && found->is_string()) *target = found->as_string();
  }
  if (verdict->is_null()) return judgement;
  REVIVE_ASSIGN_OR_RETURN(judgement.verdict, verdict_from_value(value, "judgement"));
  return judgement;
}

}  // namespace revive::tools
