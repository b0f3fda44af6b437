#include "revive/fuzz/mutators/shrink_archive.h"

#include <array>
#include <iterator>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/mutate_json.h"
#include "revive/fuzz/mutators/mutate_model.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/json/json.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::fuzz {
namespace {

std::optional<std::string> without_value(ArchiveParts& parts, Random& random) {
  const std::string_view name = chance(random, 1, 4) ? kMetadataMember : kConfigMember;
  auto document = read_json_part(parts, name);
  if (!document) return std::nullopt;
  std::vector<Value*> containers;
  for (Value* value : all_values(*document)) {
    if ((value->is_array() && !value->as_array().empty()) || (value->is_object() && !value->as_object().empty())) {
      containers.push_back(value);
    }
  }
  if (containers.empty()) return std::nullopt;
  const auto erase_one = [&](auto& items) {
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(random.below(items.size())));
  };
  Value& container = *pick(random, containers);
  if (container.is_array()) {
    erase_one(container.as_array());
  } else {
    erase_one(container.as_object());
  }
  parts.find(name)->bytes = print_json(*document);
  return repack_archive(parts);
}

void erase_object(hdf5::Group& group, Random& random) {
  if (group.links.empty()) return;
  const auto link = std::next(group.links.begin(), static_cast<std::ptrdiff_t>(random.below(group.links.size())));
  auto* inner = std::get_if<hdf5::Group>(&link->second);
  if (inner != nullptr && !inner->links.empty() && chance(random, 2, 3)) {
    erase_object(*inner, random);
  } else {
    group.links.erase(link);
  }
}

std::optional<std::string> without_weights(ArchiveParts& parts, Random& random) {
  Part* part = parts.find(kWeightsMember);
  const std::string file = part->bytes;
  auto tree = hdf5::read(zip::bytes_of(file), kFuzzLimits);
  if (!tree) return std::nullopt;
  erase_object(*tree, random);
  part->bytes = zip::text_of(hdf5::write(*tree));
  return repack_archive(parts);
}

std::optional<std::string> without_member(ArchiveParts& parts, Random& random) {
  parts.parts.erase(parts.parts.begin() + static_cast<std::ptrdiff_t>(random.below(parts.parts.size())));
  return repack_archive(parts);
}

std::optional<std::string> without_layer(ArchiveParts& parts, Random& random) {
  const auto model = salvage_model(parts, random);
  const auto smaller = model ? shrink_model(*model, random) : std::nullopt;
  return smaller ? archive_of(*smaller) : std::nullopt;
}

constexpr std::array kRows = {
    ShrinkRow{"member", 1, without_member},
    ShrinkRow{"weights", 1, without_weights},
    ShrinkRow{"value", 2, without_value},
    ShrinkRow{"layer", 2, without_layer},
};

}  // namespace

std::span<const ShrinkRow> shrink_rows() {
  return kRows;
}

// NOLINTNEXTLINE(performance-unnecessary-value-param): a row changes it.
std::optional<std::string> shrink_archive(ArchiveParts parts, Random& random, std::span<const ShrinkRow> rows) {
  return draw_row(rows, random).change(parts, random);
}

}  // namespace revive::fuzz
