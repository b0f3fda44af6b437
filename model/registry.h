// The layer classes revive knows: the built-in ones of model/layers/ and those a user registers.
//
// Register before the first load, generate or save: registration is not synchronised with readers. Classes
// live until the program ends; pointers to them stay valid.
#pragma once

#include <span>
#include <string_view>

#include "revive/model/layer_class.h"

namespace revive {

// The built-in classes in the order of the table in model/layers/table.cpp, then the user's in the order of
// registration. The order is stable: generators number the classes by it.
std::span<const LayerClass* const> layer_classes();

// The class of plain stacks, of which every model is one, and the class of lambdas.
const LayerClass& stack_class();
const LayerClass& lambda_layer_class();

// By Keras class name or another name that Keras has for it, or "package>Name" for a user's class; nullptr when there
// is none.
const LayerClass* find_layer_class(std::string_view name);

// Adds a user's class. Its name must be "package>Name" and new; its module is what Keras will import.
Status register_layer_class(LayerClass layer_class);

}  // namespace revive
