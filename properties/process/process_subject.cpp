#include "revive/properties/process/process_subject.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "revive/properties/database/model_json.h"
#include "revive/properties/database/tensor_json.h"
#include "revive/serializer/io/base64.h"
#include "revive/serializer/json/json.h"

namespace revive::properties {
namespace {

constexpr std::int64_t kProtocol = 1;

// What the program said about itself.
struct Hello {
  std::string name;
  std::vector<std::string> verbs;
  bool keras_archives = false;
  bool describes = false;
  double tolerance = 0;
  std::optional<std::vector<std::string>> layers = {};

  bool knows(std::string_view verb) const { return std::ranges::find(verbs, verb) != verbs.end(); }
};

std::unexpected<Error> malformed(std::string message) {
  return fail(ErrorCode::subject_failed, "", std::move(message));
}

// A traceback or a dump of a tensor is cut to what a person reads.
std::string sentence_of(const Value& said) {
  constexpr std::size_t kMostCharacters = 2000;
  std::string text = said.is_string() ? said.as_string() : said.brief();
  if (text.size() <= kMostCharacters) return text;
  const std::size_t size = text.size();
  text.resize(kMostCharacters);
  // Not inside of a character of UTF-8.
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.pop_back();
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.pop_back();
  return fmt::format("{} [cut: {} bytes in all]", text, size);
}

Result<Hello> read_hello(const Value& answer) {
  const Value* const protocol = answer.find("protocol");
  const Value* const name = answer.find("name");
  const Value* const verbs = answer.find("verbs");
  if (protocol == nullptr || *protocol != Value(kProtocol)) {
    return malformed(fmt::format("expected \"protocol\": {}, found {}", kProtocol, answer.brief()));
  }
  if (name == nullptr || !name->is_string() || verbs == nullptr || !verbs->is_array()) {
    return malformed("expected a name and a list of verbs, found " + answer.brief());
  }
  Hello hello{.name = name->as_string(), .verbs = {}};
  for (const Value& verb : verbs->as_array()) {
    if (!verb.is_string()) return malformed("expected verbs to be strings, found " + verb.brief());
    hello.verbs.push_back(verb.as_string());
  }
  if (!hello.knows("load")) return malformed("expected the verb load among " + verbs->brief());
  const std::pair<std::string_view, bool*> flags[] = {{"keras_archives", &hello.keras_archives},
                                                      {"describes", &hello.describes}};
  for (const auto& [key, flag] : flags) {
    const Value* const found = answer.find(key);
    if (found == nullptr) continue;
    if (!found->is_bool()) return malformed(fmt::format("expected {} to be a bool, found {}", key, found->brief()));
    *flag = found->as_bool();
  }
  if (const Value* const found = answer.find("tolerance")) {
    const double tolerance = found->is_int()    ? static_cast<double>(found->as_int())
                             : found->is_real() ? found->as_real()
                                                : std::numeric_limits<double>::quiet_NaN();
    if (!(tolerance >= 0) || std::isinf(tolerance)) {
      return malformed("expected tolerance to be a number from 0 on, found " + found->brief());
    }
    hello.tolerance = tolerance;
  }
  if (const Value* const layers = answer.find("layers")) {
    if (!layers->is_array()) return malformed("expected layers to be a list, found " + layers->brief());
    hello.layers.emplace();
    for (const Value& layer : layers->as_array()) {
      if (!layer.is_string()) return malformed("expected layers to be strings, found " + layer.brief());
      hello.layers->push_back(layer.as_string());
    }
  }
  if (!hello.knows("save")) hello.keras_archives = true;
  return hello;
}

// The program, while it runs and across its starts.
class Connection {
 public:
  Connection(std::string command, const LineLimits& limits) : command_(std::move(command)), limits_(limits) {}

  Result<Hello> hello() {
    const std::lock_guard lock(mutex_);
    REVIVE_RETURN_IF_ERROR(ensure_started());
    return hello_;
  }

  // `read` takes the answer apart, while no other request runs. An answer of another form than the protocol's
  // (subject_failed) ends the program. A request about what an earlier request gave names the start it was made in.
  template <typename T>
  Result<T> request(std::string_view verb, Value::Object fields, const std::function<Result<T>(const Value&)>& read,
                    std::optional<std::uint64_t> start = std::nullopt) {
    const std::lock_guard lock(mutex_);
    REVIVE_RETURN_IF_ERROR(ensure_started());
    if (start && *start != starts_) return malformed("the program was started anew since it loaded the model");
    REVIVE_RETURN_IF_ERROR(forget_released());
    REVIVE_ASSIGN_OR_RETURN(const auto answer, ask(verb, std::move(fields)));
    auto result = read(answer);
    if (!result && result.error().code == ErrorCode::subject_failed) {
      return std::unexpected(broken(verb, result.error()));
    }
    return result;
  }

  // REQUIRES: called while a request reads its answer.
  std::uint64_t starts() const { return starts_; }

  void release(std::int64_t handle, std::uint64_t start) {
    const std::lock_guard lock(mutex_);
    if (start == starts_ && process_ != nullptr && hello_.knows("forget")) released_.push_back(handle);
  }

 private:
  Error broken(std::string_view verb, const Error& error) {
    process_.reset();
    return Error{ErrorCode::subject_failed, command_, fmt::format("asked to {}: {}", verb, error.text())};
  }

  Status ensure_started() {
    if (process_ != nullptr) return {};
    REVIVE_ASSIGN_OR_RETURN(auto process, LineProcess::start(command_));
    process_ = std::move(process);
    released_.clear();
    ++starts_;
    const auto answer = ask("hello", {{"protocol", kProtocol}});
    if (!answer) {
      process_.reset();
      return std::unexpected(answer.error());
    }
    auto hello = read_hello(*answer);
    if (!hello) return std::unexpected(broken("hello", hello.error()));
    hello_ = *std::move(hello);
    return {};
  }

  Status forget_released() {
    if (released_.empty()) return {};
    Value::Array handles(released_.begin(), released_.end());
    released_.clear();
    const auto answer = ask("forget", {{"handles", std::move(handles)}});
    if (!answer) return std::unexpected(answer.error());
    return {};
  }

  Result<Value> ask(std::string_view verb, Value::Object fields) {
    fields.emplace(fields.begin(), "verb", verb);
    const auto line = process_->exchange(print_json(fields), limits_);
    if (!line) return std::unexpected(broken(verb, line.error()));
    auto answer = parse_json(*line, Limits{}.for_file(line->size()), "the answer");
    if (!answer) return std::unexpected(broken(verb, answer.error()));
    if (!answer->is_object()) {
      return std::unexpected(broken(verb, malformed("expected an object, found " + answer->brief()).error()));
    }
    if (const Value* const unknown = answer->find("unsupported")) {
      return std::unexpected(unsupported(sentence_of(*unknown)));
    }
    if (const Value* const error = answer->find("error")) {
      return fail(ErrorCode::subject_refused, "", sentence_of(*error));
    }
    return answer;
  }

  const std::string command_;
  const LineLimits limits_;
  std::mutex mutex_;
  std::unique_ptr<LineProcess> process_;
  std::uint64_t starts_ = 0;
  Hello hello_;
  std::vector<std::int64_t> released_;
};

Result<Tensor> read_output(const Value& answer) {
  const Value* const output = answer.find("output");
  if (output == nullptr) return malformed("expected an output, found " + answer.brief());
  return tensor_from_value(*output, "/output", ErrorCode::subject_failed);
}

// A model that the program holds.
class RemoteModel {
 public:
  RemoteModel(std::shared_ptr<Connection> connection, std::int64_t handle, std::uint64_t start)
      : connection_(std::move(connection)), handle_(handle), start_(start) {}
  RemoteModel(const RemoteModel&) = delete;
  RemoteModel& operator=(const RemoteModel&) = delete;
  ~RemoteModel() { connection_->release(handle_, start_); }

  Result<Tensor> predict(const Tensor& input) const {
    return connection_->request<Tensor>("predict", {{"handle", handle_}, {"input", tensor_to_value(input)}},
                                        read_output, start_);
  }

 private:
  std::shared_ptr<Connection> connection_;
  std::int64_t handle_;
  std::uint64_t start_;
};

Result<Bytes> save(Connection& connection, const Sequential& model, const Environment& environment) {
  const auto read = [](const Value& answer) -> Result<Bytes> {
    const Value* const archive = answer.find("archive");
    auto bytes = archive != nullptr && archive->is_string() ? from_base64(archive->as_string()) : std::nullopt;
    if (!bytes) return malformed("expected an archive in base64, found " + answer.brief());
    return *std::move(bytes);
  };
  return connection.request<Bytes>(
      "save", {{"model", model_to_value(model)}, {"environment", environment_to_value(environment)}}, read);
}

Result<Loaded> load(const std::shared_ptr<Connection>& connection, const Hello& hello,
                    std::span<const std::byte> archive, const Environment& environment) {
  std::optional<std::int64_t> handle;
  std::uint64_t start = 0;
  const auto read = [&](const Value& answer) -> Result<Loaded> {
    Loaded loaded;
    const Value* const id = answer.find("handle");
    const Value* const model = answer.find("model");
    if (hello.knows("predict")) {
      if (id == nullptr || !id->is_int()) return malformed("expected an int as handle, found " + answer.brief());
      handle = id->as_int();
      start = connection->starts();
    }
    if (hello.describes) {
      if (model == nullptr) return malformed("expected a model, found " + answer.brief());
      auto described = model_from_value(*model);
      if (!described) return std::unexpected(described.error().within("the model: "));
      loaded.model = *std::move(described);
    }
    return loaded;
  };
  auto loaded = connection->request<Loaded>(
      "load", {{"archive", to_base64(archive)}, {"environment", environment_to_value(environment)}}, read);
  if (loaded && handle) loaded->handle = std::make_shared<const RemoteModel>(connection, *handle, start);
  return loaded;
}

}  // namespace

Result<Subject> process_subject(const std::string& command, const LineLimits& limits) {
  auto connection = std::make_shared<Connection>(command, limits);
  const auto hello = connection->hello();
  if (!hello) return std::unexpected(hello.error());
  Subject subject{.name = hello->name,
                  .save = {},
                  .load = [connection, hello = *hello](
                              std::span<const std::byte> archive,
                              const Environment& environment) { return load(connection, hello, archive, environment); },
                  .predict = {},
                  .save_to = {},
                  .foreign = true,
                  .in_process = false,
                  .keras_archives = hello->keras_archives,
                  .describes = hello->describes,
                  // One line at a time: two threads would only wait for each other.
                  .concurrent = false,
                  .tolerance = hello->tolerance,
                  .layers = hello->layers};
  if (hello->knows("save")) {
    subject.save = [connection](const Sequential& model, const Environment& environment) {
      return save(*connection, model, environment);
    };
  }
  if (hello->knows("predict")) {
    subject.predict = [](const Loaded& loaded, const Tensor& input) {
      return static_cast<const RemoteModel*>(loaded.handle.get())->predict(input);
    };
  }
  if (hello->knows("before")) {
    subject.before = [connection](const Sequential& model, const Tensor& input) {
      return connection->request<Tensor>(
          "before", {{"model", model_to_value(model)}, {"input", tensor_to_value(input)}}, read_output);
    };
  }
  return subject;
}

}  // namespace revive::properties
