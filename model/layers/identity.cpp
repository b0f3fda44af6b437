// Identity: what goes in comes out. Source: Keras' Identity.
#include "revive/model/layers/identity_layer.h"

namespace revive {
namespace {

struct Identity : IdentityLayer {};

}  // namespace

LayerClass identity_class() {
  return declare_identity<Identity>("Identity").layer();
}

}  // namespace revive
