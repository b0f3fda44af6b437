// Models of the hunt: how layers are put together, what goes in and comes out, and what is done before saving.
//
// A ModelMaker writes into a Program through a Builder. What is remarkable about a model is a feature of it, so that a
// finding is known by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revive/properties/hunt/builder.h"

namespace revive::properties::hunt {

class ModelMaker {
 public:
  ModelMaker(Choices& choices, const ProgramRules& rules, Builder& builder, Program& program)
      : choices_(choices), rules_(rules), builder_(builder), program_(program) {}

  void make();

 private:
  // How a model is put together: own is a class of the program's own that is no chain of layers.
  enum class Form : std::uint8_t { sequential, functional, without_input, known_batch, own };

  const ClassInfo& any_layer();
  std::uint64_t by_weight(Random& chance, const std::vector<std::size_t>& places) const;
  // The first layer says what the input is.
  void begin(const ClassInfo& info);
  // A layer of Keras, or now and then one of the program's own.
  std::string layer_text(const ClassInfo& info, std::vector<Feature>& features);
  void add_layer(bool first);
  void add_to_chain(std::uint64_t how, const std::string& layer, std::vector<Feature> features);
  void add_call(std::uint64_t how, const std::string& layer, const std::string& inputs, bool single,
                std::vector<Feature> features);
  void add_ends();
  void end_functional(const std::string& name);
  void make_own();
  void rewire();
  void compile();
  void add_steps();
  // Whether a model like this has what the step uses.
  bool has_what_it_needs(const std::string& step) const;
  // Whether the entry that the model is to have is a step that needs an optimizer.
  bool wants_optimizer() const;
  // A name of the table's; empty: none.
  std::string odd_name();
  // An entry of the table, one time in `one_in`, and then a feature of the model; empty otherwise.
  std::string now_and_then(std::string_view table, std::uint64_t one_in, std::vector<Feature>& features);
  // The same of classes of the program's own, which are defined.
  std::string own_now_and_then(std::string_view table, std::uint64_t one_in, std::vector<Feature>& features);
  // A string of the table's, a function, or an object of the kind.
  std::string any_of(std::string_view names, std::string_view kind, std::vector<Feature>& features);

  Choices& choices_;
  const ProgramRules& rules_;
  Builder& builder_;
  Program& program_;
  Form form_ = Form::sequential;
  const ClassInfo* first_ = nullptr;
  bool focus_made_ = false;
  bool entry_made_ = false;
  bool two_inputs_ = false;
  bool compiled_ = false;
  // What the last layer is called: "keras.layers.Dense", "Scaled".
  std::string last_;
};

}  // namespace revive::properties::hunt
