#include "revive/properties/hunt/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <unordered_set>

#include "revive/properties/hunt/told_snapshots.h"

namespace revive::properties::hunt {
namespace {

constexpr std::string_view kSaveRaises = "save raises";
constexpr std::string_view kLoadRaises = "load raises";
constexpr std::string_view kCallRaises = "call raises";
constexpr std::string_view kConfigRaises = "config raises";
constexpr std::string_view kState = "state";
constexpr std::string_view kCapture = "capture";
constexpr std::string_view kWeights = "weights";
constexpr std::string_view kConfig = "config";
constexpr std::string_view kOutput = "output";
constexpr std::string_view kTraining = "training output";
constexpr std::string_view kMask = "mask";
constexpr std::string_view kLoss = "loss";
constexpr std::string_view kSaving = "saving changes";
constexpr std::string_view kSecond = "second trip";
constexpr std::string_view kMutated = "config mutated";
constexpr std::string_view kFiles = "files";
constexpr std::string_view kJson = "strict JSON";
constexpr std::string_view kShared = "shared";
constexpr std::string_view kAsked = "clone function";
constexpr std::string_view kProcess = "process";

std::string_view oracle_of(const std::string& path) {
  if (path.starts_with("getattr(")) return kMask;
  if (path.starts_with("use(thing, training")) return kTraining;
  if (path.starts_with("use(")) return kOutput;
  if (path.starts_with("thing.losses")) return kLoss;
  if (path.contains(".__closure__") || path.contains(".__defaults__") || path.contains(".__kwdefaults__") ||
      path.contains(".__globals__") || path.contains(".__code__")) {
    return kCapture;
  }
  if (path.contains("variables[") || path.contains(".weights[")) return kWeights;
  if (path.starts_with("thing.get_config()") || path.starts_with("thing.get_compile_config()")) return kConfig;
  return kState;
}

class Judge {
 public:
  Judge(const ToldSnapshots& snapshots, const Value::Object& stages) : snapshots_(snapshots), stages_(stages) {}

  std::vector<Site> sites() {
    read_noise();
    for (const auto& [name, what] : stages_) {
      const std::size_t slash = name.find('/');
      if (slash == std::string::npos) continue;
      const std::string format = name.substr(0, slash);
      // What the model raises as it was built, no saving is at fault for.
      if (format == "before" || format == "again" || format == "trained") continue;
      const std::string stage = name.substr(slash + 1);
      if (what.is_int()) compare(format, stage, what.as_int());
      if (const Value* const error = what.find("error")) add_error(format, stage, *error);
      if (const Value* const fact = what.find("fact")) add_fact(format, stage, *fact);
    }
    return std::move(sites_);
  }

 private:
  std::optional<std::size_t> snapshot_of(const std::string& stage) const {
    const auto found = std::ranges::find(stages_, stage, &Value::Member::first);
    if (found == stages_.end() || !found->second.is_int()) return std::nullopt;
    return snapshot_at(found->second.as_int());
  }
  // A negative place is beyond the last as well.
  std::optional<std::size_t> snapshot_at(std::int64_t index) const {
    const auto at = static_cast<std::size_t>(index);
    return at < snapshots_.count() ? std::optional(at) : std::nullopt;
  }
  bool raised(const std::string& stage) const {
    return std::ranges::find(stages_, stage, &Value::Member::first) != stages_.end();
  }

  void read_noise() {
    const auto before = snapshot_of("before");
    const auto again = snapshot_of("again");
    if (!before || !again) return;
    for (std::string& path : snapshots_.differences(*before, *again)) noise_.insert(std::move(path));
  }

  void compare(const std::string& format, const std::string& stage, std::int64_t index) {
    std::string with = "before";
    std::string_view oracle;
    if (stage == "before") return;
    if (stage == "saved") oracle = kSaving;
    if (stage == "second") {
      oracle = kSecond;
      with = format + "/loaded";
    }
    if (stage == "trained") with = "trained";
    if (stage == "loaded" && snapshot_of(format + "/before")) with = format + "/before";
    const auto base = snapshot_of(with);
    const auto now = snapshot_at(index);
    if (!base || !now) return;
    const bool called = !raised(format + "/" + stage + "/call") && !raised(with + "/call");
    for (const std::string& path : snapshots_.differences(*base, *now)) {
      const bool of_call =
          path.starts_with("use(") || path.starts_with("getattr(use(") || path.starts_with("thing.losses");
      if (noise_.contains(path) || (of_call && !called)) continue;
      if (format == "object" && is_weight(path, *base)) continue;
      add({.oracle = oracle.empty() ? oracle_of(path) : oracle,
           .what = what_of(path, *base),
           .format = format,
           .stage = stage,
           .path = path,
           .before = snapshots_.at(*base, path).value_or("missing"),
           .after = snapshots_.at(*now, path).value_or("missing")});
    }
  }

  // A config holds no weights, only the states of what draws numbers.
  bool is_weight(const std::string& path, std::size_t snapshot) const {
    return oracle_of(path) == kWeights || snapshots_.at(snapshot, path).value_or("").starts_with("variable float");
  }

  // The innermost object that has the path, by its class, and what of it differs.
  std::string what_of(const std::string& path, std::size_t snapshot) const {
    std::string what = whole_what_of(path, snapshot);
    // However the inputs and outputs of a model are nested.
    for (const std::string_view ends : {"['input_layers']", "['output_layers']"}) {
      if (const std::size_t at = what.find(ends); at != std::string::npos) what.resize(at + ends.size());
    }
    return what;
  }

  std::string whole_what_of(const std::string& path, std::size_t snapshot) const {
    for (std::string above = ToldSnapshots::parent(path); !above.empty(); above = ToldSnapshots::parent(above)) {
      const auto leaf = snapshots_.at(snapshot, above);
      if (leaf && leaf->starts_with('<')) {
        return leaf->substr(1, leaf->size() - 2) + without_places(std::string_view(path).substr(above.size()));
      }
      const auto class_name = snapshots_.at(snapshot, above + "['class_name']");
      if (class_name) {
        std::string_view rest = std::string_view(path).substr(above.size());
        if (rest.starts_with("['config']")) rest.remove_prefix(std::string_view("['config']").size());
        return *class_name + without_places(rest);
      }
    }
    return path.starts_with("thing") ? snapshots_.at(snapshot, "thing").value_or("") + without_places(path) : path;
  }

  void add_error(const std::string& format, const std::string& stage, const Value& error) {
    if (stage == "make" || stage == "again") return;
    // A call that fails before saving as well is not the fault of saving.
    if (stage == "trained/call" && raised("trained/call")) return;
    const auto text = [&](std::string_view key) {
      const Value* const found = error.find(key);
      return found != nullptr && found->is_string() ? found->as_string() : std::string();
    };
    std::string_view oracle = kLoadRaises;
    if (stage.ends_with("call")) oracle = kCallRaises;
    if (stage.ends_with("save")) oracle = kSaveRaises;
    if (stage.ends_with("config")) oracle = kConfigRaises;
    if (text("type") == "died") oracle = kProcess;
    const std::string message = text("message");
    add({.oracle = oracle,
         .what = fmt::format("{} in {}: {}", text("type"), text("frame"), plain_message(message)),
         .format = format,
         .stage = stage,
         .path = text("raised").empty() ? text("type") : text("raised"),
         .before = "",
         .after = message});
  }

  void add_fact(const std::string& format, const std::string& stage, const Value& fact) {
    std::string_view oracle = kFiles;
    if (stage == "json") oracle = kJson;
    if (stage == "mutated") oracle = kMutated;
    if (stage == "shared") oracle = kShared;
    if (stage == "asked") oracle = kAsked;
    const std::string said = fact.is_string() ? fact.as_string() : "";
    std::string what = plain_message(said);
    if (oracle == kMutated && said.starts_with("config")) what = mutated(said);
    add({.oracle = oracle, .what = what, .format = format, .stage = stage, .path = said, .before = "", .after = said});
  }

  // "config['layers'][0]['config']['units']" of a model: the class below and its key.
  std::string mutated(const std::string& path) const {
    const std::string full = "thing.get_config()" + path.substr(std::string_view("config").size());
    std::string what = what_of(full, snapshot_of("before").value_or(0));
    // One key that is changed in many classes is changed by what they have in common.
    const std::size_t config = what.find(".get_config()['");
    if (config == std::string::npos) return what;
    const std::size_t name = what.rfind('.', config - 1) + 1;
    return what.replace(name, config - name, "*");
  }

  void add(Site site) {
    if (keys_.insert(site.key()).second) sites_.push_back(std::move(site));
  }

  const ToldSnapshots& snapshots_;
  const Value::Object& stages_;
  std::unordered_set<std::string> noise_;
  std::unordered_set<std::string> keys_;
  std::vector<Site> sites_;
};

// "ReLU" of "{'module': 'keras.layers', 'class_name': 'ReLU', ...".
std::string_view class_of_config(std::string_view config) {
  constexpr std::string_view kKey = "'class_name': '";
  constexpr std::size_t kNear = 60;
  const std::size_t at = config.find(kKey);
  // npos is further than that.
  if (at > kNear) return "";
  const std::string_view name = config.substr(at + kKey.size());
  return name.substr(0, name.find('\''));
}

bool is_of_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Where a path from the root that begins here ends; here, where none begins.
std::size_t end_of_path(std::string_view message, std::size_t at) {
  const bool begins = message[at] == '/' && at + 1 < message.size() && is_of_name(message[at + 1]) &&
                      (at == 0 || (!is_of_name(message[at - 1]) && message[at - 1] != '.'));
  if (!begins) return at;
  return std::min(message.find_first_of(" ,:;)", at), message.size());
}

// What Keras says of the objects that it could not load is below: "A total of 2 objects could not be loaded. Example
// error message for object <Dense ...>:\n\nLayer 'dense' expected 2 variables, ...".
std::string what_was_not_loaded(std::string_view message) {
  constexpr std::string_view kBeginning = "Example error message for object ";
  constexpr std::string_view kSays = ":\n\n";
  const std::size_t object = message.find(kBeginning);
  const std::size_t says = message.find(kSays);
  // Nothing is behind npos.
  if (says == std::string_view::npos || says < object) return "";
  const std::string_view which = message.substr(object + kBeginning.size(), says - object - kBeginning.size());
  return fmt::format("{}: {}", plain_message(which), plain_message(message.substr(says + kSays.size())));
}

}  // namespace

const std::vector<Oracle>& all_oracles() {
  static const std::vector<Oracle> kOracles = {
      {kSaveRaises, "What Keras builds, it saves."},
      {kLoadRaises, "What Keras saves, it loads."},
      {kCallRaises, "What could be called before saving can be called after loading."},
      {kConfigRaises, "What has a config is made from it."},
      {kState, "What the constructor was given is in effect after loading."},
      {kCapture, "A function comes back with its code, defaults, closure and the names that it reads."},
      {kWeights, "Every weight has the same bits, shape and dtype."},
      {kConfig, "The config of what was loaded is the config that was saved."},
      {kOutput, "The output at inference has the same bits, shape and dtype."},
      {kTraining, "With the same seed, a training call gives the same output."},
      {kMask, "The mask of the output is the same."},
      {kLoss, "The losses of the layers are the same."},
      {kSaving, "Saving leaves what is saved as it was."},
      {kSecond, "What was loaded survives being saved and loaded again."},
      {kMutated, "from_config leaves the config that it is given alone."},
      {kFiles, "Saving writes its target and nothing else."},
      {kShared, "What is made from a model has variables of its own."},
      {kAsked, "Who clones with a function is asked for every layer."},
      {kJson, "What is written as JSON is JSON."},
      {kProcess, "A program does not end, hang or overfill its process."},
  };
  return kOracles;
}

std::string Site::key() const {
  return fmt::format("{}: {}", oracle, what);
}

std::string Site::text() const {
  if (before.empty()) return fmt::format("{} ({}/{}): {}", oracle, format, stage, after);
  return fmt::format("{} ({}/{}): {} was {} and is {}", oracle, format, stage, path, before, after);
}

std::string plain_message(std::string_view message) {
  constexpr std::size_t kMost = 100;
  // Keras sets what was said at first in bold.
  if (const std::size_t bold = message.find("\x1b[1m"); bold != std::string_view::npos) {
    message.remove_prefix(bold + 4);
    message = message.substr(0, message.find("\x1b["));
  }
  if (std::string inner = what_was_not_loaded(message); !inner.empty()) return inner;
  message = message.substr(0, message.find('\n'));
  std::string plain;
  for (std::size_t i = 0; i < message.size() && plain.size() < kMost; ++i) {
    const char c = message[i];
    const bool quote = c == '\'' || c == '"' || c == '`';
    const std::size_t end = quote ? message.find(c, i + 1) : std::string_view::npos;
    if (end != std::string_view::npos) {
      plain += "_";
      i = end;
    } else if (const std::size_t past = end_of_path(message, i); past != i) {
      plain += "_";
      i = past - 1;
    } else if (c >= '0' && c <= '9') {
      if (!plain.ends_with('0')) plain += '0';
    } else if (c == '<' || c == '{' || c == '[' || c == '(') {
      // What an object says of itself, of which its class counts; a config, a shape.
      plain += c;
      while (c == '<' && i + 1 < message.size() && is_of_name(message[i + 1])) plain += message[++i];
      if (c == '{') plain += class_of_config(message.substr(i));
      plain += "..";
      break;
    } else {
      plain += c;
    }
  }
  return plain;
}

Result<std::vector<Site>> judge(const Value& answer) {
  if (const Value* const died = answer.find("died")) {
    Site site{.oracle = kProcess, .format = "", .stage = "died"};
    site.what = died->is_string() ? plain_message(died->as_string()) : "";
    site.after = died->is_string() ? died->as_string() : "";
    return std::vector<Site>{site};
  }
  if (answer.find("refused") != nullptr) return std::vector<Site>{};
  const Value* const stages = answer.find("stages");
  const Value* const snapshots = answer.find("snapshots");
  if (stages == nullptr || !stages->is_object() || snapshots == nullptr || !snapshots->is_array()) {
    const Value* const error = answer.find("error");
    return fail(
        ErrorCode::subject_failed, "",
        fmt::format("expected stages and snapshots, found {}", error != nullptr ? error->brief() : answer.brief()));
  }
  return Judge(ToldSnapshots(snapshots->as_array()), stages->as_object()).sites();
}

}  // namespace revive::properties::hunt
