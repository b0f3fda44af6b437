// A thing under test: whatever saves a model, brings it back, or runs it.
//
// A Subject is a value made of functions. Only load() has to be there: without save() a subject loads what revive
// saves, without predict() no outputs are compared, and a subject that cannot say what it loaded leaves Loaded::model
// empty. Which properties apply follows from that (Property::needs).
//
// save() and load() get the Environment as it is at that moment: it is filled before save and altered before load, so
// a subject that looks names up there instead of storing values is found out. All functions are pure but for that. A
// subject that fails returns an Error; it does not throw.
//
// One that knows some layers alone says so, by Subject::layers or, case by case, by returning unsupported(): such a
// case says nothing about it, and is discarded and counted.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/sequential.h"
#include "revive/properties/case.h"
#include "revive/serializer/io/file.h"

namespace revive::properties {

using Bytes = std::vector<std::byte>;

// A model that a subject brought back.
struct Loaded {
  // As revive describes it; nothing where the subject cannot tell, as an inference engine may not.
  std::optional<Sequential> model;
  // What predict() of the same subject runs, where that is not `model`.
  std::shared_ptr<const void> handle;

  Loaded() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a model is what most subjects bring back.
  Loaded(Sequential loaded) : model(std::move(loaded)) {}
};

struct Subject {
  std::string name;
  std::function<Result<Bytes>(const Sequential& model, const Environment& environment)> save;
  std::function<Result<Loaded>(std::span<const std::byte> archive, const Environment& environment)> load;
  std::function<Result<Tensor>(const Loaded& loaded, const Tensor& input)> predict;
  // What the subject itself computes of a model that was never saved. With it, outputs are compared with that, by bits:
  // how revive computes them is not asked. Empty: revive's outputs are what the loaded model's are compared with.
  std::function<Result<Tensor>(const Sequential& model, const Tensor& input)> before = {};
  // Saves to a path, every step of it through `files`, which may fail. Without it scenarios do not apply.
  std::function<Status(const Sequential& model, const std::string& path, FileSystem& files)> save_to;
  // Somebody else's serializer: what is true of revive's own models and lambdas is not its business.
  bool foreign = false;
  // It runs in this process, where what it allocates can be counted.
  bool in_process = true;
  // Its archives are .keras archives, so that properties may look into them and spell them differently.
  bool keras_archives = true;
  // What load() gives has a `model`.
  bool describes = true;
  // predict() may be called from several threads at once.
  bool concurrent = true;
  // How far an output may be off, |a - b| <= tolerance + tolerance * |b|; 0 means not by a bit.
  double tolerance = 0;
  // The classes of layers that it knows ("Dense", "Sequential" for a stack in a stack); nothing: all of them. An
  // InputLayer every subject knows.
  std::optional<std::vector<std::string>> layers = {};
};

// What a subject returns for a model with something that it does not know: `what`, as "the layer Conv1D".
Error unsupported(const std::string& what);
bool is_unsupported(const Error& error);
// The first class of a layer in `model` that is not among Subject::layers; how unsupported() says of such a one.
std::string about_layer(std::string_view class_name);
std::optional<std::string> unknown_layer(const Subject& subject, const Sequential& model);

// revive's own serializer, and its name.
inline constexpr std::string_view kOwnSubject = "revive";
Subject revive_subject();

}  // namespace revive::properties
