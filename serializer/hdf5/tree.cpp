#include <algorithm>

#include <fmt/format.h>

#include "revive/model/base/utf8.h"
#include "revive/serializer/hdf5/format.h"
#include "revive/serializer/hdf5/hdf5.h"

namespace revive::hdf5 {
namespace {

// The first name of a path, which is cut off from it; empty when nothing is left.
std::string_view next_name(std::string_view& path) {
  const auto begin = std::min(path.find_first_not_of('/'), path.size());
  const auto end = std::min(path.find('/', begin), path.size());
  const auto name = path.substr(begin, end - begin);
  path.remove_prefix(end);
  return name;
}

const Object* child(const Group& group, std::string_view name) {
  const auto found = group.links.find(name);
  return found == group.links.end() ? nullptr : &found->second;
}

Object& link(Group& group, std::string_view name) {
  if (const auto found = group.links.find(name); found != group.links.end()) return found->second;
  return group.links.emplace(std::string(name), Object()).first->second;
}

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

std::string_view last_name_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

Status check_string(std::string_view text, const std::string& place) {
  if (is_utf8(text) && text.find('\0') == text.npos) return {};
  return fail(ErrorCode::hdf5_structure, place, "expected an attribute that is UTF-8 without NUL");
}

Status check_dataset(const Dataset& dataset, const Limits& limits, const std::string& place) {
  if (dataset.dims.size() > limits.tensor_rank) {
    return fail(ErrorCode::limit_exceeded, place,
                fmt::format("expected at most {} dims, found {}", limits.tensor_rank, dataset.dims.size()));
  }
  const auto count = element_count(dataset.dims);
  const bool fits = count && static_cast<std::uint64_t>(*count) <= dataset.bytes.size() &&
                    static_cast<std::uint64_t>(*count) * size_of(dataset.dtype) == dataset.bytes.size();
  if (fits) return {};
  return fail(ErrorCode::hdf5_structure, place,
              fmt::format("expected the bytes of a {} of shape {}, found {} bytes", name_of(dataset.dtype),
                          to_string(dataset.dims), dataset.bytes.size()));
}

Status check_group(const Group& group, const Limits& limits, std::uint64_t depth, std::uint64_t& objects,
                   const std::string& place) {
  if (depth > limits.hdf5_depth) {
    return fail(ErrorCode::limit_exceeded, place, fmt::format("expected at most {} nested groups", limits.hdf5_depth));
  }
  if (group.name_attribute) {
    if (auto status = check_string(*group.name_attribute, place); !status) return status;
  }
  for (const auto& [name, object] : group.links) {
    if (!is_link_name(name)) {
      return fail(ErrorCode::hdf5_structure, place,
                  "expected link names that are UTF-8, not empty, not \".\" and without '/' and NUL");
    }
    if (name.size() > limits.hdf5_name_bytes || ++objects > limits.hdf5_objects) {
      return fail(ErrorCode::limit_exceeded, place,
                  fmt::format("expected at most {} objects with names of at most {} bytes", limits.hdf5_objects,
                              limits.hdf5_name_bytes));
    }
    const std::string child_place = place + (place.ends_with('/') ? "" : "/") + name;
    const auto* dataset = std::get_if<Dataset>(&object);
    auto status = dataset != nullptr ? check_dataset(*dataset, limits, child_place)
                                     : check_group(std::get<Group>(object), limits, depth + 1, objects, child_place);
    if (!status) return status;
  }
  return {};
}

}  // namespace

bool operator==(const Dataset& a, const Dataset& b) {
  return a.dtype == b.dtype && a.dims == b.dims && std::ranges::equal(a.bytes, b.bytes);
}

bool operator==(const Group& a, const Group& b) {
  return a.name_attribute == b.name_attribute && a.links == b.links;
}

const Group* Group::group(std::string_view path) const {
  const Group* here = this;
  for (auto name = next_name(path); !name.empty() && here != nullptr; name = next_name(path)) {
    here = std::get_if<Group>(child(*here, name));
  }
  return here;
}

const Dataset* Group::dataset(std::string_view path) const {
  const Group* parent = group(parent_of(path));
  return parent == nullptr ? nullptr : std::get_if<Dataset>(child(*parent, last_name_of(path)));
}

Group& Group::make_group(std::string_view path) {
  Group* here = this;
  for (auto name = next_name(path); !name.empty(); name = next_name(path)) {
    Object& object = link(*here, name);
    if (!std::holds_alternative<Group>(object)) object.emplace<Group>();
    here = &std::get<Group>(object);
  }
  return *here;
}

void Group::put(std::string_view path, Dataset dataset) {
  link(make_group(parent_of(path)), last_name_of(path)) = std::move(dataset);
}

Status check_writable(const Group& root, const Limits& limits) {
  std::uint64_t objects = 1;
  return check_group(root, limits, 0, objects, std::string(kMemberName) + ": /");
}

}  // namespace revive::hdf5
