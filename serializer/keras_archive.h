// load and save: .keras archives, whole.
//
//   auto model = revive::load("model.keras");
//   if (!model) std::cerr << model.error().text() << '\n';
//   auto report = revive::save(*model, "copy.keras");
//
// What is saved is a pure function of the model: equal models give equal bytes, on every machine. What is loaded is
// whole or an Error; nothing in an archive is run, and what is saved holds no Python and names nothing outside Keras
// but layers that the user registered, unless it is asked to. A save that fails leaves the file at its target as it
// was. Both may be called from several threads at once on different models. Errors: every code of the archive, json,
// hdf5, config, weights and graph families, and verify_failed; places start with the path, then the member.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "revive/model/base/limits.h"
#include "revive/model/sequential.h"
#include "revive/serializer/io/buffer.h"
#include "revive/serializer/io/file.h"
#include "revive/serializer/load_options.h"

namespace revive {

Result<Sequential> load(const std::string& path, const LoadOptions& options = {});
// `bytes` is only read during the call.
Result<Sequential> load_bytes(std::span<const std::byte> bytes, const LoadOptions& options = {});

struct SaveOptions {
  // Before the rename, load what was written and compare it with the model.
  bool verify = true;
  // Drop what matters for training alone, so that older readers find no key they do not know.
  bool without_training_state = false;
  // Training state that is Python code, or names classes and functions that are not Keras' own, is left out otherwise:
  // stock Keras refuses it in safe mode. It has no effect on what the model computes.
  bool keep_training_code = false;
  // Used by `verify`, and for what save() promises load() will take.
  Limits limits = {};
};

struct SaveReport {
  // What a save without training state left out: "/layers/1 (Dense 'dense'): kernel_initializer", "optimizer/vars/0",
  // ...; of any other what is not safe, and why: "compile_config: loss: a Python lambda".
  std::vector<std::string> dropped;
  // Layers of classes that the user registered, "/layers/1 (my>Scale 'scale')": what reads the archive has to know
  // them.
  std::vector<std::string> registered;
  // What of the lambdas and of training state asks for a newer Keras than kOldestKeras, and for which: "/layers/1
  // (Lambda 'bits'): keras.ops.bitwise_and: 3.6.0", "compile_config: loss: Circle: 3.7.0".
  std::vector<std::string> newer_keras;
};

Result<SaveReport> save(const Sequential& model, const std::string& path, const SaveOptions& options = {},
                        FileSystem& files = posix_file_system());
// The archive in memory; `verify` applies as for files.
Result<Buffer> save_bytes(const Sequential& model, const SaveOptions& options = {});

}  // namespace revive
