#include "revive/properties/hunt/check_text.h"

#include <fmt/format.h>

#include "revive/properties/hunt/python_tree.h"

namespace revive::properties::hunt {
namespace {

constexpr std::string_view kHelpers = R"(

def told(value):
    """What is compared: kind, bits and spelling, not identity."""
    if isinstance(value, str) and value[:2] in ("4w", "4Q", "Yw") and value[3:7] == "AAAA":
        # A marshalled function, which is written differently each time.
        return "code"
    if isinstance(value, (bool, int, float, str, bytes, type(None))):
        return type(value).__name__, repr(value)
    if isinstance(value, dict):
        return "dict", sorted(map(repr, set(value) - {"build_config", "build_input_shape", "code"}))
    if isinstance(value, (list, tuple)):
        return "list" if isinstance(value, list) else "tuple", len(value)
    if isinstance(value, np.ndarray) or hasattr(value, "__array__"):
        array = np.asarray(value)
        return array.dtype, array.shape, array.tobytes()
    return type(value).__name__, getattr(value, "__qualname__", "")


def look(thing):
    keras.utils.set_random_seed(0)
    try:
        return told({path})
    except (AttributeError, KeyError, IndexError, TypeError):
        return "missing"


def build():
    keras.config.enable_unsafe_deserialization()
    keras.utils.set_random_seed(0)
    thing = make()
{steps}{settings}    return thing

)";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  if (const std::size_t at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

// How `again` comes from `thing` in each format.
std::string trip(const std::string& format, const std::string& from, const std::string& to) {
  if (format == "object") {
    return fmt::format(
        "text = json.dumps(keras.saving.serialize_keras_object({0}))\n"
        "with keras.saving.custom_object_scope(custom):\n"
        "    {1} = keras.saving.deserialize_keras_object(json.loads(text), safe_mode=False)\n",
        from, to);
  }
  if (format == "weights" || format == "reload" || format == "reload_h5" || format == "sharded" ||
      format == "by_name" || format == "skipping") {
    std::string save = "save_weights('model.weights.h5'";
    if (format == "reload") save = "save('model.keras'";
    if (format == "reload_h5" || format == "by_name") save = "save('model.h5'";
    std::string how;
    if (format == "by_name") how = ", by_name=True";
    if (format == "skipping") how = ", skip_mismatch=True";
    if (format == "sharded") save = "save_weights('model.weights.json'";
    return fmt::format(
        "{0}.{2}{4})\n"
        "{1} = build()\n"
        "for weight in {1}.weights:\n"
        "    weight.assign(keras.ops.full_like(weight, 7))\n"
        "{1}.load_weights({3}{5})\n",
        from, to, save, save.substr(save.find('(') + 1), format == "sharded" ? ", max_shard_size=1e-6" : "", how);
  }
  if (format == "pickle" || format == "copy") {
    return fmt::format(
        "import copy, pickle\n"
        "with keras.saving.custom_object_scope(custom):\n"
        "    {1} = {2}\n",
        from, to,
        format == "copy" ? fmt::format("copy.deepcopy({})", from)
                         : fmt::format("pickle.loads(pickle.dumps({}))", from));
  }
  if (format == "config" || format == "json" || format.starts_with("clone")) {
    std::string made = fmt::format("type({0}).from_config({0}.get_config())", from);
    if (format == "json") made = fmt::format("keras.models.model_from_json({0}.to_json())", from);
    if (format == "clone") made = fmt::format("keras.models.clone_model({0})", from);
    if (format == "clone_inputs") {
      made = fmt::format(
          "keras.models.clone_model({0}, input_tensors=keras.tree.map_structure(\n"
          "        lambda t: keras.Input(batch_shape=t.shape, dtype=t.dtype, name=t.name),\n"
          "        {0}._inputs_struct if hasattr({0}, '_inputs_struct') else {0}.inputs))",
          from);
    }
    if (format == "clone_deep") {
      made = fmt::format(
          "keras.models.clone_model({0}, clone_function=lambda layer: type(layer).from_config(layer.get_config()),\n"
          "                                      recursive=True)",
          from);
    }
    return fmt::format(
        "keras.utils.set_random_seed(0)\n"
        "with keras.saving.custom_object_scope(custom):\n"
        "    {1} = {2}\n"
        "if not {1}.built:\n"
        "    use({1})\n"
        "{1}.set_weights({0}.get_weights())\n",
        from, to, made);
  }
  std::string file = format == "h5" ? "model.h5" : "model.keras";
  if (format == "unzipped") file = "model.folder";
  return fmt::format(
      "{0}.save('{2}'{3})\n{1} = keras.saving.load_model('{2}', custom_objects=dict(custom), safe_mode=False)\n", from,
      to, file, format == "unzipped" ? ", zipped=False" : "");
}

std::string compare(std::string_view before, std::string_view after) {
  return fmt::format("before, after = {}, {}\nassert before == after, f'{{before}} became {{after}}'\n", before, after);
}

// Another process loads what this one saved.
std::string fresh(const Site& site) {
  const bool compares = !site.before.empty();
  return fmt::format(
      "import pickle, subprocess, sys\n"
      "if sys.argv[1:] == ['load']:\n"
      "    keras.config.enable_unsafe_deserialization()\n"
      "    thing = keras.saving.load_model('model.keras', custom_objects=dict(custom), safe_mode=False)\n"
      "    {0}\n"
      "    sys.exit()\n"
      "thing = build()\n"
      "thing.save('model.keras')\n"
      "{1}"
      "sys.exit(subprocess.run([sys.executable, __file__, 'load']).returncode)\n",
      compares ? "before, after = pickle.load(open('before', 'rb')), look(thing)\n"
                 "    assert before == after, f'{before} became {after}'"
               : "use(thing)",
      compares ? "pickle.dump(look(thing), open('before', 'wb'))\n" : "");
}

std::string body(const Site& site) {
  const std::string build = "thing = build()\n";
  if (site.format == "fresh") return fresh(site);
  const std::string there = trip(site.format, "thing", "again");
  const std::string and_back = trip(site.format, "again", "again");
  if (site.stage == "mutated") {
    return build +
           "config = thing.get_config()\nbefore = repr(config)\n"
           "with keras.saving.custom_object_scope(custom):\n    type(thing).from_config(config)\n"
           "assert before == repr(config), f'{before} became {config}'\n";
  }
  if (site.stage == "get_config" || site.stage == "from_config") {
    return build + "with keras.saving.custom_object_scope(custom):\n    type(thing).from_config(thing.get_config())\n";
  }
  if (site.stage == "json") {
    const std::string text = site.format == "object" ? "json.dumps(keras.saving.serialize_keras_object(thing))"
                                                     : "zipfile.ZipFile('model.keras').read('config.json')";
    return build + (site.format == "object" ? "" : "import zipfile\nthing.save('model.keras')\n") +
           fmt::format(
               "def refuse(constant):\n    raise AssertionError(f'{{constant}} is not JSON')\n\njson.loads({}, "
               "parse_constant=refuse)\n",
               text);
  }
  if (site.stage == "shared") {
    return build + there +
           "shared = {id(v) for v in thing.variables} & {id(v) for v in again.variables}\n"
           "assert again is thing or not shared, 'a variable of the copy is one of the original'\n";
  }
  if (site.stage == "asked") {
    return build +
           "asked = set()\n\n\ndef anew(layer):\n    asked.add(id(layer))\n"
           "    return type(layer).from_config(layer.get_config())\n\n\n"
           "def innermost(model):\n    for layer in model.layers:\n        if isinstance(layer, keras.Sequential) or "
           "hasattr(layer, 'operations'):\n"
           "            yield from innermost(layer)\n"
           "        elif not isinstance(layer, keras.layers.InputLayer):\n            yield layer\n\n\n"
           "keras.models.clone_model(thing, clone_function=anew, recursive=True)\n"
           "assert all(id(layer) in asked for layer in innermost(thing)), 'not asked for a layer'\n";
  }
  if (site.stage == "files") {
    return build + fmt::format(
                       "import os, tempfile\nos.mkdir('here')\nos.mkdir('temporary')\n"
                       "tempfile.tempdir = os.path.abspath('temporary')\nos.chdir('here')\n{}"
                       "left = [*os.listdir('.'), *os.listdir('../temporary')]\n"
                       "assert len(left) == 1, f'left behind: {{left}}'\n",
                       there.substr(0, there.find('\n') + 1));
  }
  if (site.stage == "saved") return build + "before = look(thing)\n" + there + compare("before", "look(thing)");
  if (site.stage == "second")
    return build + there + "before = look(again)\n" + and_back + compare("before", "look(again)");
  if (site.stage.starts_with("second")) return build + there + and_back + "use(again)\n";
  if (!site.before.empty()) return build + there + compare("look(thing)", "look(again)");
  std::string call;
  if (site.stage == "loaded/call") call = "use(again)\n";
  if (site.stage == "trained/call") call = "use(again, training=True)\n";
  return build + there + call;
}

}  // namespace

std::string standalone_text(const Program& program, const Site& site) {
  std::string text = print(program).text;
  std::string steps;
  if (!program.use.empty()) steps += "    use(thing)\n";
  if (!program.step.empty()) steps += "    step(thing)\n";
  std::string settings;
  if (text.contains("keras.config.set_")) {
    settings =
        "    # Who loads has other settings.\n"
        "    keras.config.set_floatx('float32')\n    keras.config.set_dtype_policy('float32')\n"
        "    keras.config.set_image_data_format('channels_last')\n    keras.config.set_epsilon(1e-7)\n";
  }
  const std::string path = site.before.empty() || site.path.empty() ? "None" : site.path;
  text += replaced(replaced(replaced(std::string(kHelpers), "{path}", path), "{steps}", steps), "{settings}", settings);
  text +=
      "\n# What a user hands to load_model: what this program defines by name, and does not register.\n"
      "custom = {name: value for name, value in globals().items()\n"
      "          if callable(value) and getattr(value, '__module__', '') == '__main__'\n"
      "          and keras.saving.get_registered_name(value) == getattr(value, '__name__', '')}\n";
  text += body(site);
  // Modules that the checks need stand where modules do.
  return replaced(std::move(text), "import keras\n", "import json\n\nimport keras\n");
}

}  // namespace revive::properties::hunt
