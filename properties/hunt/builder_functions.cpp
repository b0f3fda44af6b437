// The functions that a program makes on the spot: lambdas, partials, functions of the module, and what they capture.
#include <fmt/format.h>

#include <array>

#include "revive/properties/hunt/builder.h"

namespace revive::properties::hunt {

Builder::Capture Builder::capture(const std::string& name) {
  const std::array<Capture, 17> kinds = {{
      {"2", "v * " + name, "an int"},
      {"0.5", "v * " + name, "a float"},
      {"True", fmt::format("v * 2 if {} else v", name), "a bool"},
      {"(2, 3)", fmt::format("v * {}[0]", name), "a tuple"},
      {"[2, 3]", fmt::format("v * {}[0]", name), "a list"},
      {"{'a': 2}", fmt::format("v * {}['a']", name), "a dict"},
      {"np.array(2.0, dtype='float32')", "v * " + name, "an array"},
      {"keras.ops.relu", fmt::format("{}(v)", name), "a function of Keras"},
      {"lambda v: v * 2", fmt::format("{}(v)", name), "a lambda"},
      {"'relu'", fmt::format("getattr(keras.ops, {})(v)", name), "a string"},
      {"None", fmt::format("v * 2 if {} is None else v", name), "None"},
      {"np.float32(0.5)", "v * " + name, "a NumPy number"},
      {"keras.layers.ReLU()", fmt::format("{}(v)", name), "a layer"},
      {"{'a': (1, [2, {'b': 3}])}", fmt::format("v * {}['a'][1][0]", name), "a nested dict"},
      {"keras.Variable(2.0)", fmt::format("v * {}.value", name), "a variable"},
      {"slice(0, 2)", fmt::format("v[:, {}]", name), "a slice"},
      {"keras.ops.array([2.0])", "v * " + name, "a tensor"},
  }};
  return kinds.at(choices_.draw(kinds.size() - 1));
}

Python Builder::function(std::string& value) {
  const Choices::Scope scope(choices_, "function");
  const std::uint64_t form = place(kFunctionForms, rules_.wanted(kFunctions));
  if (form == 0 || form > kCapturingForms) return without_capture(form, value);
  const std::string name = fresh("K");
  return with_capture(form, capture(name), name, value);
}

Python Builder::with_capture(std::uint64_t form, const Capture& captured, const std::string& name, std::string& value) {
  const auto said = [&](std::string_view how) { value = fmt::format("a lambda with {} {}", captured.told, how); };
  switch (form) {
    case 1:
      said("of the module");
      program_.preamble.push_back(fmt::format("{} = {}", name, captured.value));
      return Python::lambda("v", Python::text(captured.body));
    case 2:
      said("of a closure");
      program_.make.push_back({.text = fmt::format("{} = {}", name, captured.value)});
      return Python::lambda("v", Python::text(captured.body));
    case 3:
      said("as default");
      return Python::lambda(fmt::format("v, {}={}", name, captured.value), Python::text(captured.body));
    case 4:
      said("as keyword-only default");
      return Python::lambda(fmt::format("v, *, {}={}", name, captured.value), Python::text(captured.body));
    case 5:
      value = fmt::format("a partial of a lambda with {}", captured.told);
      return Python::call("functools.partial",
                          {Python::lambda(fmt::format("v, {}", name), Python::text(captured.body))},
                          {{name, Python::text(captured.value)}});
    case 6: {
      value = fmt::format("a function that a function made with {}", captured.told);
      const std::string maker = fresh("maker");
      program_.preamble.push_back(fmt::format("\ndef {}({}):\n    def made(v):\n        return {}\n    return made\n",
                                              maker, name, captured.body));
      return Python::call(maker, {Python::text(captured.value)}, {});
    }
    case 7: {
      value = fmt::format("a lambda with {} of two closures", captured.told);
      const std::string inner = fresh("inner");
      program_.make.push_back({.text = fmt::format("{} = {}", name, captured.value)});
      program_.make.push_back({.text = fmt::format("{} = lambda v: {}", inner, captured.body)});
      return Python::lambda("v", Python::text(fmt::format("{}(v) + {}(v)", inner, inner)));
    }
    case 8: {
      value = fmt::format("a function of the module with {} as default", captured.told);
      const std::string function = fresh("f");
      program_.preamble.push_back(
          fmt::format("\ndef {}(v, {}={}):\n    return {}\n", function, name, captured.value, captured.body));
      return Python::text(function);
    }
    default: break;
  }
  value = fmt::format("a partial of a function of the module with {}", captured.told);
  const std::string function = fresh("f");
  program_.preamble.push_back(fmt::format("\ndef {}(v, {}):\n    return {}\n", function, name, captured.body));
  return Python::call("functools.partial", {Python::text(function)}, {{name, Python::text(captured.value)}});
}

Python Builder::without_capture(std::uint64_t form, std::string& value) {
  const std::string name = form == 0 ? "" : fresh("K");
  switch (form) {
    case 10: {
      value = "a function of the module";
      program_.preamble.push_back(fmt::format("\ndef {}(v):\n    return v * 2\n", name));
      return Python::text(name);
    }
    case 11:
      value = "a slice with a name of the module";
      program_.preamble.push_back(fmt::format("{} = 2", name));
      return Python::lambda("v", Python::text(fmt::format("v[:, -{}:]", name)));
    case 12:
      value = "a lambda of a loop";
      return Python::text(fmt::format("[lambda v: v * {0} for {0} in range(3)][0]", name));
    case 13:
      value = "a lambda of a loop with its default";
      return Python::text(fmt::format("[lambda v, {0}={0}: v * {0} for {0} in range(3)][1]", name));
    case 14: value = "a lambda that uses NumPy"; return Python::lambda("v", Python::text("v * np.float32(2) + np.pi"));
    case 15: value = "a lambda in a lambda"; return Python::lambda("v", Python::text("(lambda w: w * 2)(v)"));
    case 16:
      value = "a lambda with any arguments";
      return Python::lambda("v, *args, **how", Python::text("v * (2 + len(args) + len(how))"));
    case 17:
      value = "a lambda that is told of training";
      return Python::lambda("v, training=False", Python::text("v * 3 if training else v * 2"));
    case 18: {
      value = "an object that can be called";
      program_.preamble.push_back(fmt::format(
          "\nclass C{0}:\n    def __init__(self, k):\n        self.k = k\n\n    def __call__(self, v):\n     "
          "   return v * self.k\n\n    def get_config(self):\n        return {{'k': self.k}}\n\n    "
          "@classmethod\n    def from_config(cls, config):\n        return cls(**config)\n",
          name));
      return Python::call("C" + name, {Python::text("2")}, {});
    }
    default: break;
  }
  value = "a lambda";
  return Python::lambda("v", Python::text("v * 2"));
}

}  // namespace revive::properties::hunt
