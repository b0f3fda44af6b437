#include "revive/fuzz/mutators/mutate_hdf5.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <deque>

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

class Tree {
 public:
  Tree(Group root, Random& random) : root_(std::move(root)), random_(random) { collect(root_); }

  const Group& root() const { return root_; }

  void mutate() {
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3: change_elements(); break;
      case 4:
      case 5: swap_datasets(); break;
      case 6: change_dims(); break;
      case 7: change_dtype(); break;
      case 8: rename(); break;
      case 9: drop(); break;
      case 10: add(); break;
      default: swap_groups(); break;
    }
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

  void swap_groups() {
    if (places_.size() < 2) return;
    const Place a = pick(random_, places_);
    const Place b = pick(random_, places_);
    // Siblings only: an object cannot become part of itself.
    if (a.parent == b.parent) {
      std::swap(a.link->second, b.link->second);
    } else {
      change_elements();
    }
  }

  Group root_;
  Random& random_;
  std::vector<Group*> groups_;
  std::vector<Place> places_;
  std::vector<Dataset*> datasets_;
  std::deque<std::vector<std::byte>> owned_;
};

}  // namespace

std::optional<std::string> mutate_hdf5_tree(std::string_view file, Random& random) {
  auto root = hdf5::read(bytes_of(file), kFuzzLimits);
  if (!root) return std::nullopt;
  Tree tree(std::move(*root), random);
  tree.mutate();
  if (!hdf5::check_writable(tree.root())) return std::nullopt;
  const std::vector<std::byte> bytes = hdf5::write(tree.root());
  return std::string(zip::text_of(bytes));
}

void mutate_hdf5_bytes(std::string& file, Random& random, ByteMutator mutate) {
  // A field of a structure is at most this wide.
  constexpr std::size_t kField = 8;
  std::vector<hdf5::Extent> extents = hdf5::structure_map(bytes_of(file), kFuzzLimits);
  // Values of weights are the business of mutate_hdf5_tree().
  std::erase_if(extents, [](const hdf5::Extent& extent) {
    return extent.structure == hdf5::Structure::raw_data || extent.length == 0;
  });
  if (extents.empty()) return;
  const hdf5::Extent& extent = pick(random, extents);
  const auto offset = static_cast<std::size_t>(extent.offset);
  const auto length = std::min(static_cast<std::size_t>(extent.length), file.size() - offset);
  if (chance(random, 1, 16)) {
    file.resize(offset);
    return;
  }
  const std::size_t within = index_below(random, length) & ~std::size_t{1};
  const std::size_t width = std::min(kField, length - within);
  char* const field = file.data() + offset + within;
  switch (random.below(4)) {
    case 0: mutate(reinterpret_cast<std::uint8_t*>(field), width, width); break;
    case 1: *field = static_cast<char>(*field + (chance(random, 1, 2) ? 1 : -1)); break;
    case 2: *field = static_cast<char>(*field ^ (1 << random.below(8))); break;
    default: {
      // An address: of another structure, of the end, undefined.
      const std::array<std::uint64_t, 4> addresses = {pick(random, extents).offset, file.size(), UINT64_MAX, 0};
      const std::uint64_t address = pick(random, addresses);
      std::memcpy(field, &address, width);
      break;
    }
  }
}

}  // namespace revive::fuzz
