#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "revive/model/lambda/lambda_function.h"
#include "revive/properties/faults/fault_injectors.h"
#include "revive/properties/faults/fault_lists.h"

namespace revive::properties::faults {
namespace {

// Makes the lambda anew from its text, with other captures.
Status lower_again(LambdaFunction& lambda, const Captures& captures) {
  auto made = make_expression(lambda.annotation->text, captures, {.input = lambda.annotation->input, .limits = {}});
  if (!made) return std::unexpected(made.error());
  lambda = *std::move(made);
  return {};
}

// Changes every lambda that was written as text.
ChangeModel each_lambda(std::function<Status(LambdaFunction& lambda, const Environment& environment)> change) {
  return [change = std::move(change)](Sequential& model, const Environment& environment) -> Status {
    Status status;
    visit_layers(model.root(), [&](const std::string&, Layer& layer) {
      LambdaFunction* const lambda = layer.lambda();
      if (status && lambda != nullptr && lambda->annotation) status = change(*lambda, environment);
    });
    return status ? model.build(model.input_shape()) : status;
  };
}

ChangeModel bind(std::function<Captures(const Captures& captured, const Environment& environment)> captures) {
  return each_lambda([captures = std::move(captures)](LambdaFunction& lambda, const Environment& environment) {
    return lower_again(lambda, captures(lambda.annotation->captures, environment));
  });
}

// Every captured value on its own.
ChangeModel each_capture(std::function<void(Capture& capture)> change) {
  return bind([change = std::move(change)](Captures captured, const Environment&) {
    for (auto& [name, value] : captured) change(value);
    return captured;
  });
}

// Every number in a captured value, those in tuples included.
void change_scalars(Value& value, const std::function<void(Value&)>& change) {
  if (value.is_array()) {
    for (Value& item : value.as_array()) change_scalars(item, change);
  } else {
    change(value);
  }
}
ChangeModel each_captured_scalar(std::function<void(Value& scalar)> change) {
  return each_capture([change = std::move(change)](Capture& capture) {
    if (Value* const value = std::get_if<Value>(&capture)) change_scalars(*value, change);
  });
}
ChangeModel each_captured_array(std::function<void(Capture& capture, const Tensor& array)> change) {
  return each_capture([change = std::move(change)](Capture& capture) {
    if (const Tensor* const found = std::get_if<Tensor>(&capture)) {
      const Tensor array = *found;
      change(capture, array);
    }
  });
}

// Whether the arguments are alike but for the steps of slices.
bool alike_without_steps(const Argument& a, const Argument& b) {
  const auto* const list = a.get<Argument::List>();
  const auto* const other_list = b.get<Argument::List>();
  if (list != nullptr && other_list != nullptr) return std::ranges::equal(*list, *other_list, alike_without_steps);
  const Slice* const slice = a.get<Slice>();
  const Slice* const other = b.get<Slice>();
  if (slice != nullptr && other != nullptr) return slice->start == other->start && slice->stop == other->stop;
  return a == b;
}

bool alike_but_for_steps(const Node& a, const Node& b) {
  return a.op == b.op && a.settings == b.settings && std::ranges::equal(a.arguments, b.arguments, alike_without_steps);
}

bool alike_but_for_settings(const Node& a, const Node& b) {
  return a.op == b.op && a.arguments == b.arguments;
}

// As keys of a dict, in which 1, 1.0 and True are one, and so are 0.0 and -0.0.
bool alike_as_keys(const Value& a, const Value& b) {
  const auto number = [](const Value& value) -> std::optional<double> {
    if (value.is_bool()) return value.as_bool() ? 1 : 0;
    if (value.is_int()) return static_cast<double>(value.as_int());
    return value.is_real() ? std::optional(value.as_real()) : std::nullopt;
  };
  const auto first = number(a);
  return a == b || (first && first == number(b));
}
bool alike_as_keys(const Argument& a, const Argument& b) {
  const Value* const value = a.get<Value>();
  const Value* const other = b.get<Value>();
  return value != nullptr && other != nullptr ? alike_as_keys(*value, *other) : a == b;
}
bool alike_in_a_dict(const Node& a, const Node& b) {
  return a.op == b.op && a.settings == b.settings &&
         std::ranges::equal(a.arguments, b.arguments,
                            [](const Argument& one, const Argument& other) { return alike_as_keys(one, other); });
}

// Every node that is like an earlier one becomes that one.
ChangeModel merge_nodes(bool (*alike)(const Node& a, const Node& b)) {
  return each_lambda([alike](LambdaFunction& lambda, const Environment&) -> Status {
    std::vector<Node> nodes = lambda.graph.nodes();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto before = std::span(nodes).first(i);
      const auto same = std::ranges::find_if(before, [&](const Node& node) { return alike(node, nodes[i]); });
      if (same != before.end()) nodes[i] = Node(*same);
    }
    auto merged = Graph::make(std::move(nodes), lambda.graph.output());
    if (!merged) return std::unexpected(merged.error());
    lambda = LambdaFunction{*std::move(merged), std::nullopt, lambda.stored_inline};
    return {};
  });
}

Captures look_up(const Captures& captured, const Environment& environment, bool keep_missing) {
  Captures bound;
  for (const auto& [name, value] : captured) {
    const auto found = environment.find(name);
    if (found != environment.end()) {
      bound.emplace_back(name, found->second);
    } else if (keep_missing) {
      bound.emplace_back(name, value);
    }
  }
  return bound;
}

ChangeModel last_of_a_name() {
  return [](Sequential& model, const Environment& environment) {
    Environment all;
    const auto collect = each_lambda([&](LambdaFunction& lambda, const Environment&) -> Status {
      for (const auto& [name, value] : lambda.annotation->captures) all.insert_or_assign(name, value);
      return {};
    });
    if (Status status = collect(model, environment); !status) return status;
    return bind([&](Captures captured, const Environment&) {
      for (auto& [name, value] : captured) value = all.at(name);
      return captured;
    })(model, environment);
  };
}

ChangeModel first_of_a_text() {
  return [](Sequential& model, const Environment& environment) {
    std::map<std::string, LambdaFunction> compiled;
    return each_lambda([&](LambdaFunction& lambda, const Environment&) -> Status {
      lambda = compiled.try_emplace(lambda.annotation->text, lambda).first->second;
      return {};
    })(model, environment);
  };
}

ChangeModel first_of_a_line() {
  return [](Sequential& model, const Environment& environment) {
    std::optional<LambdaFunction> first;
    return each_lambda([&](LambdaFunction& lambda, const Environment&) -> Status {
      if (!first) first = lambda;
      lambda = *first;
      return {};
    })(model, environment);
  };
}

// What str.replace() makes of a lambda: names that are parts of other names are replaced as well.
Status replace_names(LambdaFunction& lambda, const Environment&) {
  Captures rest;
  for (const auto& [name, capture] : lambda.annotation->captures) {
    const Value* const value = std::get_if<Value>(&capture);
    if (value == nullptr || !value->is_int()) {
      rest.emplace_back(name, capture);
      continue;
    }
    std::string& text = lambda.annotation->text;
    const std::string digits = std::to_string(value->as_int());
    // No name is a part of digits, so that this ends.
    for (std::size_t at = 0; (at = text.find(name)) != std::string::npos;) text.replace(at, name.size(), digits);
  }
  return lower_again(lambda, rest);
}

constexpr std::array kFaults = {
    Fault{"captures_by_name",
          "A lambda is stored as its text, and its names are looked up where it is loaded.",
          [] {
            return loads_model(bind([](const Captures& captured, const Environment& environment) {
              return look_up(captured, environment, false);
            }));
          },
          {"outputs_survive", 50, 1}},
    Fault{"captures_dropped",
          "A lambda is stored as its text alone.",
          [] { return loads_model(bind([](const Captures&, const Environment&) { return Captures(); })); },
          {"outputs_survive", 50, 1}},
    Fault{"captures_late_bound",
          "Captures are read when the model is saved, not when the lambda was made.",
          [] {
            return saves_model(bind([](const Captures& captured, const Environment& environment) {
              return look_up(captured, environment, true);
            }));
          },
          {"config_survives", 200, 2}},
    Fault{"captures_in_one_dict",
          "One dict for the whole model holds the captures, so the last of a name wins.",
          [] { return saves_model(last_of_a_name()); },
          {"config_survives", 200, 2}},
    Fault{"lambdas_cached_by_text",
          "Loaded lambdas are cached by their text, captures or not.",
          [] { return loads_model(first_of_a_text()); },
          {"config_survives", 200, 2}},
    Fault{"lambdas_by_source_line",
          "The source line is stored, and its first lambda taken for every lambda on it.",
          [] { return saves_model(first_of_a_line()); },
          {"outputs_survive", 100, 2}},
    Fault{"captures_replaced_in_text",
          "Captured ints are put into the text with str.replace(), WIDTH_2 by WIDTH too.",
          [] { return saves_model(each_lambda(replace_names)); },
          {"what_builds_can_be_saved", 50, 2}},
    Fault{"captured_floats_as_float32",
          "Captured floats are stored in the dtype of the weights.",
          [] {
            return saves_model(each_captured_scalar([](Value& scalar) {
              if (scalar.is_real()) scalar = Value(static_cast<double>(static_cast<float>(scalar.as_real())));
            }));
          },
          {"what_builds_can_be_saved", 20, 2}},
    Fault{"captured_ints_as_floats",
          "Captured ints pass through an array of floats.",
          [] {
            return saves_model(each_captured_scalar([](Value& scalar) {
              if (scalar.is_int()) scalar = Value(static_cast<double>(scalar.as_int()));
            }));
          },
          {"outputs_survive", 200, 1}},
    Fault{"captured_bools_as_ints",
          "A captured True is an instance of int, and is stored as one.",
          [] {
            return saves_model(each_captured_scalar([](Value& scalar) {
              if (scalar.is_bool()) scalar = Value(scalar.as_bool() ? 1 : 0);
            }));
          },
          {"config_survives", 50, 1}},
    Fault{"captured_tuples_dropped",
          "Captured scalars and arrays are stored; nobody thought of tuples.",
          [] {
            return saves_model(bind([](Captures captured, const Environment&) {
              std::erase_if(captured, [](const auto& each) {
                const Value* const value = std::get_if<Value>(&each.second);
                return value != nullptr && value->is_array();
              });
              return captured;
            }));
          },
          {"outputs_survive", 200, 1}},
    Fault{"slices_merged_whatever_their_step",
          "Two parts of x count as the same node if they start and stop alike; nobody thought of the step.",
          [] { return runs_model(merge_nodes(alike_but_for_steps)); },
          {"outputs_survive", 300, 1, "Lambda"}},
    Fault{"nodes_merged_whatever_their_settings",
          "Two nodes are the same if they are called with the same; nobody thought of axis, shift and keepdims.",
          [] { return runs_model(merge_nodes(alike_but_for_settings)); },
          {"outputs_survive", 300, 1, "Lambda"}},
    Fault{"nodes_merged_as_keys_of_a_dict",
          "Nodes are found in a dict, where 1 is 1.0 and 0.0 is -0.0.",
          [] { return loads_model(merge_nodes(alike_in_a_dict)); },
          {"config_survives", 300, 1, "Lambda"}},
    Fault{"captured_arrays_printed",
          "Captured arrays are stored as they are printed, with 4 digits.",
          [] {
            return saves_model(each_captured_array([](Capture& capture, const Tensor& array) {
              if (array.dtype() != DType::float32) return;
              Tensor printed = array;
              for (float& each : printed.data<float>()) each = static_cast<float>(with_digits(each, 4));
              capture = printed;
            }));
          },
          {"what_builds_can_be_saved", 50, 2}},
    Fault{"captured_arrays_flattened",
          "Captured arrays are stored as flat lists, without their shapes.",
          [] {
            return saves_model(each_captured_array([](Capture& capture, const Tensor& array) {
              capture = array.reshaped({static_cast<std::int64_t>(array.size())});
            }));
          },
          {"config_survives", 50, 1}},
    Fault{"captured_arrays_of_one_as_numbers",
          "item() makes a number of every captured array that has one element.",
          [] {
            return saves_model(each_captured_array([](Capture& capture, const Tensor& array) {
              if (array.size() == 1 && array.dtype() == DType::float32) {
                capture = Value(static_cast<double>(array.data<float>()[0]));
              }
            }));
          },
          {"config_survives", 200, 1}},
};

}  // namespace

std::span<const Fault> capture_faults() {
  return kFaults;
}

}  // namespace revive::properties::faults
