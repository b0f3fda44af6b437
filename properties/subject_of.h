// A C++ type as a Subject.
//
//   struct MySerializer {
//     std::vector<std::byte> save(const Sequential& model) const;
//     MyModel load(std::span<const std::byte> archive) const;
//     Tensor predict(const MyModel& model, const Tensor& input) const;
//   };
//   Subject subject = subject_of(MySerializer{}, "mine");
//
// Members may be static. Only load() has to be there. save() and load() may take the Environment as their last argument
// (subject.h says what it is for). Each returns the thing itself or a Result of it; an exception that leaves one
// becomes an Error (subject_refused), so a serializer may refuse by throwing. What load() brings back is
//   - a Sequential: its config and weights are compared, and revive runs it where there is no predict();
//   - a Loaded, which may hold a Sequential beside what predict() runs;
//   - anything else: what predict() takes. Nothing but outputs is compared.
// A type that knows some layers alone lists their classes, `static constexpr std::string_view kLayers[] = {"Dense",
// "Sequential"}`, or throws Unsupported("the layer Conv1D"), or returns unsupported() where it returns a Result.
// `static constexpr bool kKerasArchives` says whether the archives are .keras archives (false unless said; true without
// save()), `static constexpr double kTolerance` how far an output may be off (0), `static constexpr bool kConcurrent`
// whether predict() may be called from several threads at once (false unless said, and then nobody tries; true without
// predict(), where revive runs the model).
#pragma once

#include <concepts>
#include <exception>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "revive/properties/subject.h"

namespace revive::properties {

// Thrown by a type for what it does not know.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

namespace door {

template <typename T>
struct Unwrapped {
  using type = T;
};
template <typename T>
struct Unwrapped<Result<T>> {
  using type = T;
};

// Calls `call`; an exception is a refusal.
template <typename T, typename Call>
Result<T> guarded(Call call) {
  try {
    return call();
  } catch (const Unsupported& exception) {
    return std::unexpected(unsupported(exception.what()));
  } catch (const std::exception& exception) {
    return fail(ErrorCode::subject_refused, "", std::string("it threw: ") + exception.what());
  } catch (...) {
    return fail(ErrorCode::subject_refused, "", "it threw what is no std::exception");
  }
}

template <typename T>
concept SavesInEnvironment =
    requires(const T& type, const Sequential& model, const Environment& environment) { type.save(model, environment); };
template <typename T>
concept SavesAlone = requires(const T& type, const Sequential& model) { type.save(model); };
template <typename T>
concept Saves = SavesInEnvironment<T> || SavesAlone<T>;
template <typename T>
concept LoadsInEnvironment = requires(const T& type, std::span<const std::byte> archive,
                                      const Environment& environment) { type.load(archive, environment); };
template <typename T>
concept LoadsAlone = requires(const T& type, std::span<const std::byte> archive) { type.load(archive); };

template <typename T>
auto load_with(const T& type, std::span<const std::byte> archive, const Environment& environment) {
  if constexpr (LoadsInEnvironment<T>) {
    return type.load(archive, environment);
  } else {
    return type.load(archive);
  }
}

// What load() of T brings back.
template <typename T>
using ModelOf = Unwrapped<decltype(load_with(std::declval<const T&>(), std::span<const std::byte>(),
                                             std::declval<const Environment&>()))>::type;

template <typename T>
concept Predicts =
    requires(const T& type, const ModelOf<T>& model, const Tensor& input) { type.predict(model, input); };

template <typename T>
constexpr bool keras_archives() {
  if constexpr (requires { T::kKerasArchives; }) {
    return T::kKerasArchives;
  } else {
    return !Saves<T>;
  }
}

template <typename T>
constexpr double tolerance() {
  if constexpr (requires { T::kTolerance; }) {
    return T::kTolerance;
  } else {
    return 0;
  }
}

template <typename T>
constexpr bool concurrent() {
  if constexpr (requires { T::kConcurrent; }) {
    return T::kConcurrent;
  } else {
    return !Predicts<T>;
  }
}

template <typename T>
std::optional<std::vector<std::string>> layers() {
  if constexpr (requires { T::kLayers; }) {
    return std::vector<std::string>(std::begin(T::kLayers), std::end(T::kLayers));
  } else {
    return std::nullopt;
  }
}

template <typename Model>
Loaded to_loaded(Model model) {
  if constexpr (std::same_as<Model, Loaded> || std::same_as<Model, Sequential>) {
    return Loaded(std::move(model));
  } else {
    Loaded loaded;
    loaded.handle = std::make_shared<const Model>(std::move(model));
    return loaded;
  }
}

template <typename Model>
const Model& from_loaded(const Loaded& loaded) {
  if constexpr (std::same_as<Model, Loaded>) {
    return loaded;
  } else if constexpr (std::same_as<Model, Sequential>) {
    return *loaded.model;
  } else {
    return *static_cast<const Model*>(loaded.handle.get());
  }
}

}  // namespace door

template <typename T>
concept SubjectType = door::LoadsInEnvironment<T> || door::LoadsAlone<T>;

template <SubjectType T>
Subject subject_of(T type, const std::string& name) {
  using Model = door::ModelOf<T>;
  const auto shared = std::make_shared<const T>(std::move(type));
  Subject subject{
      .name = name,
      .save = {},
      .load = [shared](std::span<const std::byte> archive, const Environment& environment) -> Result<Loaded> {
        auto model =
            door::guarded<Model>([&]() -> Result<Model> { return door::load_with(*shared, archive, environment); });
        if (!model) return std::unexpected(std::move(model.error()));
        return door::to_loaded(*std::move(model));
      },
      .predict = {},
      .save_to = {},
      .foreign = true,
      .keras_archives = door::keras_archives<T>(),
      .describes = std::same_as<Model, Sequential> || std::same_as<Model, Loaded>,
      .concurrent = door::concurrent<T>(),
      .tolerance = door::tolerance<T>(),
      .layers = door::layers<T>()};
  if constexpr (door::Saves<T>) {
    subject.save = [shared](const Sequential& model, const Environment& environment) -> Result<Bytes> {
      return door::guarded<Bytes>([&]() -> Result<Bytes> {
        if constexpr (door::SavesInEnvironment<T>) {
          return shared->save(model, environment);
        } else {
          return shared->save(model);
        }
      });
    };
  }
  if constexpr (door::Predicts<T>) {
    subject.predict = [shared](const Loaded& loaded, const Tensor& input) -> Result<Tensor> {
      return door::guarded<Tensor>(
          [&]() -> Result<Tensor> { return shared->predict(door::from_loaded<Model>(loaded), input); });
    };
  } else if constexpr (std::same_as<Model, Sequential>) {
    subject.predict = [](const Loaded& loaded, const Tensor& input) { return loaded.model->predict(input); };
  }
  return subject;
}

}  // namespace revive::properties
