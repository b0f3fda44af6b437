#include "revive/fuzz/mutators/mutate_hdf5.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>
#include <iterator>

#include "revive/fuzz/mutators/fuzz_limits.h"
#include "revive/fuzz/mutators/pick.h"
#include "revive/serializer/hdf5/hdf5.h"
#include "revive/serializer/hdf5/structure.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::fuzz {
namespace {

using hdf5::Dataset;
using hdf5::Group;
using hdf5::Links;
using zip::bytes_of;

// Quiet and signalling NaNs with payloads, infinities, zeros, the smallest and the largest numbers.
constexpr std::array<std::uint32_t, 12> kFloatBits = {0x7FC00000, 0xFFC00001, 0x7F800001, 0x7FFFFFFF,
                                                      0x7F800000, 0xFF800000, 0x80000000, 0x00000000,
                                                      0x00000001, 0x007FFFFF, 0x7F7FFFFF, 0xFF7FFFFF};

struct Place {
  Group* parent;
  Links::iterator link;
};

}  // namespace

class Hdf5Tree {
 public:
  Hdf5Tree(Group root, Random& random) : root_(std::move(root)), random_(random) { collect(root_); }

  const Group& root() const { return root_; }

  void change_elements() {
    if (datasets_.empty()) return;
    Dataset& dataset = *pick(random_, datasets_);
    std::vector<std::byte>& bytes = own_bytes(dataset);
    const std::size_t width = size_of(dataset.dtype);
    if (bytes.empty()) return;
    for (std::uint64_t changes = 1 + random_.below(4); changes > 0; --changes) {
      const std::uint64_t value = chance(random_, 1, 2) ? pick(random_, kFloatBits) : random_.next();
      std::memcpy(bytes.data() + width * index_below(random_, bytes.size() / width), &value,
                  std::min(width, sizeof value));
    }
  }

  // Two datasets that no shape tells apart, where there are such; else any two.
  void swap_datasets() {
    if (datasets_.size() < 2) return;
    Dataset& a = *pick(random_, datasets_);
    std::vector<Dataset*> alike;
    for (Dataset* b : datasets_) {
      if (b != &a && b->dims == a.dims && b->dtype == a.dtype) alike.push_back(b);
    }
    if (!alike.empty()) {
      std::swap(a, *pick(random_, alike));
    } else if (chance(random_, 1, 4)) {
      std::swap(a, *pick(random_, datasets_));
    } else {
      change_elements();
    }
  }

  void change_dims() {
    if (datasets_.empty()) return;
    Dataset& dataset = *pick(random_, datasets_);
    switch (random_.below(5)) {
      case 0: dataset.dims.push_back(static_cast<std::int64_t>(random_.below(3))); break;
      case 1: dataset.dims.clear(); break;
      case 2: std::ranges::reverse(dataset.dims); break;
      case 3: dataset.dims.insert(dataset.dims.begin(), index_below(random_, 34), 1); break;
      default:
        if (!dataset.dims.empty()) pick(random_, dataset.dims) += 1;
    }
    own_bytes(dataset);
  }

  void change_dtype() {
    if (datasets_.empty()) return;
    Dataset& dataset = *pick(random_, datasets_);
    dataset.dtype = static_cast<DType>(random_.up_to(static_cast<std::uint64_t>(DType::boolean)));
    std::vector<std::byte>& bytes = own_bytes(dataset);
    // On disk a bool is an enum of 0 and 1.
    if (dataset.dtype == DType::boolean) {
      for (std::byte& each : bytes) each &= std::byte{1};
    }
  }

  void rename() {
    if (places_.empty()) return;
    constexpr std::array<const char*, 8> kNames = {"0", "1", "00", "vars", "layers", "cell", "dense", "optimizer"};
    const Place place = pick(random_, places_);
    if (chance(random_, 1, 4) && std::holds_alternative<Group>(place.link->second)) {
      std::get<Group>(place.link->second).name_attribute = pick(random_, kNames);
      return;
    }
    std::string name = place.link->first;
    if (chance(random_, 1, 2)) {
      name = pick(random_, kNames);
    } else {
      name += chance(random_, 1, 2) ? "_1" : "\xC3\xA9";
    }
    auto node = place.parent->links.extract(place.link);
    node.key() = name;
    place.parent->links.insert(std::move(node));
  }

  void drop() {
    if (places_.empty()) return;
    const Place place = pick(random_, places_);
    place.parent->links.erase(place.link);
  }

  void add() {
    constexpr std::array<const char*, 6> kPaths = {"2",     "vars/1",      "extra/vars/0", "optimizer/vars/0",
                                                   "empty", "dense/vars/0"};
    Group& group = *pick(random_, groups_);
    const char* path = pick(random_, kPaths);
    if (chance(random_, 1, 4)) {
      group.make_group(path);
      return;
    }
    Dataset dataset{.dtype = DType::float32, .dims = {static_cast<std::int64_t>(random_.below(4))}, .bytes = {}};
    own_bytes(dataset);
    group.put(path, dataset);
  }

  // Siblings only: an object cannot become part of itself.
  void swap_groups() {
    std::vector<Group*> parents;
    std::ranges::copy_if(groups_, std::back_inserter(parents),
                         [](const Group* group) { return group->links.size() > 1; });
    if (parents.empty()) return change_elements();
    Links& links = pick(random_, parents)->links;
    const std::size_t one = index_below(random_, links.size());
    const std::size_t other = (one + 1 + index_below(random_, links.size() - 1)) % links.size();
    const auto link = [&](std::size_t i) { return std::next(links.begin(), static_cast<std::ptrdiff_t>(i)); };
    std::swap(link(one)->second, link(other)->second);
  }

 private:
  void collect(Group& group) {
    groups_.push_back(&group);
    for (auto link = group.links.begin(); link != group.links.end(); ++link) {
      places_.push_back({&group, link});
      if (auto* inner = std::get_if<Group>(&link->second)) {
        collect(*inner);
      } else {
        datasets_.push_back(&std::get<Dataset>(link->second));
      }
    }
  }

  // Bytes of its own for a dataset, as long as its dims and dtype ask for.
  std::vector<std::byte>& own_bytes(Dataset& dataset) {
    const auto count = static_cast<std::size_t>(element_count(dataset.dims).value_or(0));
    std::vector<std::byte>& bytes = owned_.emplace_back(dataset.bytes.begin(), dataset.bytes.end());
    bytes.resize(std::min(count * size_of(dataset.dtype), kMostArchiveBytes));
    dataset.bytes = bytes;
    return bytes;
  }

  Group root_;
  Random& random_;
  std::vector<Group*> groups_;
  std::vector<Place> places_;
  std::vector<Dataset*> datasets_;
  std::deque<std::vector<std::byte>> owned_;
};

namespace {

template <void (Hdf5Tree::*kChange)()>
void on(Hdf5Tree& tree) {
  (tree.*kChange)();
}

constexpr std::array kRows = {
    Hdf5Row{"elements", 4, on<&Hdf5Tree::change_elements>},
    Hdf5Row{"swap_datasets", 2, on<&Hdf5Tree::swap_datasets>},
    Hdf5Row{"dims", 1, on<&Hdf5Tree::change_dims>},
    Hdf5Row{"dtype", 1, on<&Hdf5Tree::change_dtype>},
    Hdf5Row{"rename", 1, on<&Hdf5Tree::rename>},
    Hdf5Row{"drop", 1, on<&Hdf5Tree::drop>},
    Hdf5Row{"add", 1, on<&Hdf5Tree::add>},
    Hdf5Row{"swap_groups", 1, on<&Hdf5Tree::swap_groups>},
};

char& first_byte(const Hdf5Field& field) {
  return field.file[field.offset];
}

void by_engine(const Hdf5Field& field, Random&) {
  field.mutate(reinterpret_cast<std::uint8_t*>(&first_byte(field)), field.width, field.width);
}

void step(const Hdf5Field& field, Random& random) {
  char& byte = first_byte(field);
  byte = static_cast<char>(byte + (chance(random, 1, 2) ? 1 : -1));
}

void bit(const Hdf5Field& field, Random& random) {
  char& byte = first_byte(field);
  byte = static_cast<char>(byte ^ (1 << random.below(8)));
}

// Of another structure, of the end, undefined, none.
void address(const Hdf5Field& field, Random& random) {
  const std::array<std::uint64_t, 4> addresses = {field.other, field.file.size(), UINT64_MAX, 0};
  const std::uint64_t drawn = pick(random, addresses);
  std::memcpy(&first_byte(field), &drawn, field.width);
}

constexpr std::array kFieldRows = {
    Hdf5FieldRow{"engine", 4, by_engine},
    Hdf5FieldRow{"step", 4, step},
    Hdf5FieldRow{"bit", 4, bit},
    Hdf5FieldRow{"address", 4, address},
    Hdf5FieldRow{"cut", 1, [](const Hdf5Field& field, Random&) { field.file.resize(field.offset); }},
};

}  // namespace

std::span<const Hdf5Row> hdf5_rows() {
  return kRows;
}

std::span<const Hdf5FieldRow> hdf5_field_rows() {
  return kFieldRows;
}

std::optional<std::string> mutate_hdf5_tree(std::string_view file, Random& random, std::span<const Hdf5Row> rows) {
  auto root = hdf5::read(bytes_of(file), kFuzzLimits);
  if (!root) return std::nullopt;
  Hdf5Tree tree(std::move(*root), random);
  draw_row(rows, random).change(tree);
  if (!hdf5::check_writable(tree.root())) return std::nullopt;
  const std::vector<std::byte> bytes = hdf5::write(tree.root());
  return std::string(zip::text_of(bytes));
}

void mutate_hdf5_bytes(std::string& file, Random& random, ByteMutator mutate, std::span<const Hdf5FieldRow> rows) {
  // A field of a structure is at most this wide, and starts at an even byte of it.
  constexpr std::size_t kField = 8;
  std::vector<hdf5::Extent> extents = hdf5::structure_map(bytes_of(file), kFuzzLimits);
  // Values of weights are the business of mutate_hdf5_tree().
  std::erase_if(extents, [](const hdf5::Extent& extent) {
    return extent.structure == hdf5::Structure::raw_data || extent.length == 0;
  });
  if (extents.empty()) return;
  const hdf5::Extent& extent = pick(random, extents);
  const auto offset = static_cast<std::size_t>(extent.offset);
  // No structure reaches beyond the file.
  const auto length = static_cast<std::size_t>(extent.length);
  const std::size_t within = index_below(random, length) & ~std::size_t{1};
  const Hdf5Field field{.file = file,
                        .offset = offset + within,
                        .width = std::min(kField, length - within),
                        .other = pick(random, extents).offset,
                        .mutate = mutate};
  draw_row(rows, random).change(field, random);
}

}  // namespace revive::fuzz
