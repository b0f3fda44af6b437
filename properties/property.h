// A property: a named sentence over a generated case.
//
// Properties know cases and subjects; they never mention RapidCheck or a fuzzing engine, read no file and no clock.
// kProperties is the one list: the program, the fuzz targets and the documentation derive from it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "revive/properties/case.h"
#include "revive/properties/subject.h"
#include "revive/serializer/compare.h"

namespace revive::properties {

// Why a case does not have a property.
struct Violation {
  // The first difference or the error, with its place, and what was done to the case to find it.
  std::string message;
  // What differs, where a difference is the violation: the model's own value on the left.
  std::optional<Difference> difference = {};
  // Which kind of failure it is, where the message alone would not say: "load failed archive_crc".
  std::string kind = {};
  // What failed, where the property made another model of the case's; the difference is about this one then.
  std::optional<Sequential> varied = {};
};

// The place or kind of a failure as part of a file name, the same for other sizes and names of layers:
// "layers-N-vars-N-kernel-of-Dense-N". At most 64 characters of A-Z a-z 0-9 _ and -.
std::string failure_site(const Violation& violation);

// What a subject must be able to do for a property to mean something.
enum class Need : std::uint8_t {
  // Nothing of the subject: the property is about revive's own models and lambdas.
  nothing = 0,
  save = 1,
  load = 2,
  predict = 4,
  // Loaded::model.
  describe = 8,
  // Its archives are .keras archives.
  keras_archives = 16,
  // The subject runs in this process, and the program counts allocations (allocation_meter.h).
  allocation_meter = 32,
  // predict or describe: there is something to tell models by.
  tell_apart = 64,
};
constexpr Need operator|(Need a, Need b) {
  return static_cast<Need>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
constexpr bool includes(Need all, Need one) {
  return (static_cast<std::uint8_t>(all) & static_cast<std::uint8_t>(one)) == static_cast<std::uint8_t>(one);
}

struct Property {
  std::string_view name;
  // "After save and load, every output has the same bits."
  std::string_view sentence;
  Need needs;
  std::optional<Violation> (*check)(const Case&, const Subject&);
};

// What the check of a case came to: it holds where neither is set.
struct CaseResult {
  std::optional<Violation> violation = {};
  // What the subject does not know of the case, or of what the property made of it: then the case says nothing.
  std::optional<std::string> unsupported = {};
};
CaseResult try_case(const Property& property, const Case& the_case, const Subject& subject);

// Whether the case has the property, and why not. A subject that fails (ErrorCode::subject_failed: a crash, a hang, an
// answer that is none) violates every property, those too that want an archive to be refused.
// A case that says nothing has it.
std::optional<Violation> check_case(const Property& property, const Case& the_case, const Subject& subject);

std::span<const Property> all_properties();
// Why the property means nothing for the subject, as a sentence; nothing when the subject can do what it needs.
std::optional<std::string> reason_to_skip(const Property& property, const Subject& subject);
bool applies(const Property& property, const Subject& subject);
const Property* find_property(std::string_view name);

}  // namespace revive::properties
