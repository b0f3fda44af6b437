#include "revive/fuzz/mutators/mutate_zip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "revive/fuzz/mutators/each_row.h"
#include "revive/serializer/keras/structure.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::fuzz {
namespace {

using testing::ElementsAre;
using zip::ZipBuilder;
using zip::ZipEntry;
using zip::ZipHeader;

ArchiveParts three_parts() {
  return {
      {{"metadata.json", "{}"}, {"config.json", R"({"class_name": "Sequential"})"}, {"model.weights.h5", "weights"}}};
}

ZipBuilder as_it_is() {
  ZipBuilder zip;
  for (const Part& part : three_parts().parts) zip.entries.push_back(zip::zip_entry(part.name, part.bytes));
  return zip;
}

using Fields = std::set<std::string>;

void note_header(const std::string& which, const ZipHeader& a, const ZipHeader& b, Fields& changed) {
  const auto note = [&](std::string_view field, bool differs) {
    if (differs) changed.insert(which + std::string(field));
  };
  note("version", a.version != b.version);
  note("flags", a.flags != b.flags);
  note("method", a.method != b.method);
  note("time", a.time != b.time);
  note("date", a.date != b.date);
  note("crc", a.crc != b.crc);
  note("stored_size", a.stored_size != b.stored_size);
  note("size", a.size != b.size);
  note("name", a.name != b.name);
  note("extra", a.extra != b.extra);
}

// What differs from how the archive was. Entries are compared one by one where there are as many as there were, in the
// order in which they were.
Fields changed_fields(const ZipBuilder& zip) {
  const ZipBuilder before = as_it_is();
  Fields changed;
  const auto note = [&](std::string_view field, bool differs) {
    if (differs) changed.insert(std::string(field));
  };
  note("prefix", !zip.prefix.empty());
  note("before_directory", !zip.before_directory.empty());
  note("after_directory", !zip.after_directory.empty());
  note("entry_count", zip.entry_count.has_value());
  note("disk_entry_count", zip.disk_entry_count.has_value());
  note("directory_size", zip.directory_size.has_value());
  note("directory_offset", zip.directory_offset.has_value());
  note("disk", zip.disk != 0);
  note("directory_disk", zip.directory_disk != 0);
  note("comment_size", zip.comment_size.has_value());
  note("comment", !zip.comment.empty());
  note("suffix", !zip.suffix.empty());
  if (zip.entries.size() != before.entries.size()) {
    changed.insert(zip.entries.size() > before.entries.size() ? "one_more" : "one_less");
    return changed;
  }
  std::vector<std::string> names;
  std::vector<std::string> names_before;
  for (const ZipEntry& entry : zip.entries) names.push_back(entry.local.name + entry.data);
  for (const ZipEntry& entry : before.entries) names_before.push_back(entry.local.name + entry.data);
  if (names != names_before && std::ranges::is_permutation(names, names_before)) return {"order"};
  for (std::size_t i = 0; i < zip.entries.size(); ++i) {
    const ZipEntry& a = before.entries[i];
    const ZipEntry& b = zip.entries[i];
    note_header("local.", a.local, b.local, changed);
    note_header("central.", a.central, b.central, changed);
    note("before", !b.before.empty());
    note("data", a.data != b.data);
    note("made_by", a.made_by != b.made_by);
    note("entry.comment", !b.comment.empty());
    note("entry.disk", b.disk != 0);
    note("internal", b.internal != 0);
    note("external", a.external != b.external);
    note("offset", b.offset.has_value());
  }
  return changed;
}

Fields in_both_headers(const Fields& fields) {
  Fields both;
  for (const std::string& field : fields) both.insert({"local." + field, "central." + field});
  return both;
}

// Which fields a row changes, all in all: no other, and each of them for some seed.
TEST(ZipMutations, EachRowChangesItsFieldsAndNoOther) {
  Fields deflated = in_both_headers({"method", "stored_size"});
  deflated.insert("data");
  const std::map<std::string_view, Fields> expected = {
      {"header_field", in_both_headers({"version", "flags", "method", "time", "date", "crc", "stored_size", "size"})},
      {"flags", in_both_headers({"flags"})},
      {"deflate", deflated},
      {"order", {"order"}},
      {"duplicate", {"one_more"}},
      {"rename", in_both_headers({"name"})},
      {"drop", {"one_less"}},
      {"add", {"one_more"}},
      {"bomb", {"one_more"}},
      {"extra", in_both_headers({"extra"})},
      {"comment", {"comment", "entry.comment"}},
      {"gap", {"prefix", "before", "before_directory", "after_directory", "suffix"}},
      {"end_record",
       {"entry_count", "disk_entry_count", "directory_size", "directory_offset", "disk", "directory_disk",
        "comment_size"}},
      {"offset", {"offset"}},
      {"attributes", {"made_by", "entry.disk", "internal", "external"}},
      {"zip64_marks", in_both_headers({"stored_size", "size"})},
      {"two_end_records", {"suffix"}},
      {"cut", {}},
  };
  for (const ZipRow& row : zip_rows()) {
    Fields changed;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Random random(seed);
      ZipBuilder zip = as_it_is();
      static_cast<void>(row.change(zip, random));
      changed.merge(changed_fields(zip));
    }
    ASSERT_TRUE(expected.contains(row.name)) << row.name;
    EXPECT_EQ(changed, expected.at(row.name)) << row.name;
  }
}

// Of zip64 alone the bytes are not those of a member; of the others each member's bytes are somewhere in the archive.
TEST(ZipMutations, EachRowChangesTheArchiveAndLeavesTheMembersBytes) {
  const std::string before = as_it_is().build();
  using Bytes = std::string;
  const auto with_members = [](const Bytes&, const Bytes& made) {
    return std::ranges::all_of(three_parts().parts,
                               [&](const Part& part) { return made.find(part.bytes) != Bytes::npos; });
  };
  const auto without_one = [](const Bytes&, const Bytes& made) {
    return std::ranges::count_if(three_parts().parts,
                                 [&](const Part& part) { return made.find(part.name) == Bytes::npos; }) == 1;
  };
  const auto cut_short = [](const Bytes& a, const Bytes& made) { return a.starts_with(made); };
  const auto small = [](const Bytes& a, const Bytes& made) { return made.size() < a.size() + 1000; };
  expect_each_row_changes<Bytes>(
      "zip", zip_rows(), [](ZipBuilder& zip, Random&) { return zip.build(); },
      {{"header_field", 85, with_members},
       {"flags", 100, with_members},
       {"deflate", 100, small},
       {"order", 75, with_members},
       {"duplicate", 100, with_members},
       {"rename", 100, with_members},
       {"drop", 100, without_one},
       {"add", 100, with_members},
       {"bomb", 100, small},
       {"extra", 100, with_members},
       {"comment", 100, with_members},
       {"gap", 100, with_members},
       {"end_record", 85, with_members},
       {"offset", 75, with_members},
       {"attributes", 85, with_members},
       {"zip64_marks", 100, with_members},
       {"two_end_records", 100, with_members},
       {"cut", 100, cut_short}},
      [&](const ZipRow& row, Random& random) {
        const Bytes made = mutate_zip(three_parts(), random, std::span(&row, 1));
        // zlib's bytes are zlib's.
        const bool deflates = row.name == "deflate" || row.name == "bomb";
        return Step<Bytes>{before, made, made != before, deflates ? Bytes() : made};
      });
  expect_rows_come_up(zip_rows());
}

// What is deflated reads as it was, three times in four.
TEST(ZipMutations, WhatIsDeflatedMostlyReadsAsItWas) {
  std::size_t whole = 0;
  std::size_t broken = 0;
  const auto* const row = std::ranges::find(zip_rows(), std::string_view("deflate"), &ZipRow::name).base();
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const std::string made = mutate_zip(three_parts(), random, std::span(row, 1));
    const auto parts = open_archive({reinterpret_cast<const std::uint8_t*>(made.data()), made.size()});
    if (!parts) {
      ++broken;
      continue;
    }
    ++whole;
    for (std::size_t i = 0; i < parts->parts.size(); ++i) {
      EXPECT_EQ(parts->parts[i].bytes, three_parts().parts[i].bytes);
    }
  }
  EXPECT_NEAR(static_cast<double>(broken), 50, 25);
  EXPECT_GT(whole, 120U);
}

// A bomb inflates to more than its bytes explain, and every second one says that it is smaller.
TEST(ZipMutations, ABombIsLargerThanItSays) {
  const auto* const row = std::ranges::find(zip_rows(), std::string_view("bomb"), &ZipRow::name).base();
  std::map<std::uint32_t, int> sizes;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Random random(seed);
    ZipBuilder zip = as_it_is();
    static_cast<void>(row->change(zip, random));
    const ZipEntry& bomb = zip.entries.back();
    EXPECT_LT(bomb.data.size(), 1000U);
    EXPECT_EQ(bomb.local.name, "assets/zeros");
    EXPECT_EQ(bomb.local.size, bomb.central.size);
    ++sizes[bomb.local.size];
  }
  ASSERT_EQ(sizes.size(), 2U);
  EXPECT_GT(sizes[256 << 10], 30);
  EXPECT_GT(sizes[1 << 10], 30);
}

// One in four changes of a header are of the local one alone, the central one alone; the others are the same in both.
TEST(ZipMutations, HeadersAreChangedAloneOrAlike) {
  for (const std::string_view name : {"flags", "extra", "rename", "zip64_marks", "header_field"}) {
    const auto* const row = std::ranges::find(zip_rows(), name, &ZipRow::name).base();
    std::map<std::string, int> where;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Random random(seed);
      ZipBuilder zip = as_it_is();
      static_cast<void>(row->change(zip, random));
      for (std::size_t i = 0; i < 3; ++i) {
        Fields local;
        Fields central;
        Fields apart;
        note_header("", as_it_is().entries[i].local, zip.entries[i].local, local);
        note_header("", as_it_is().entries[i].central, zip.entries[i].central, central);
        note_header("", zip.entries[i].local, zip.entries[i].central, apart);
        if (!local.empty() && !central.empty()) {
          EXPECT_TRUE(apart.empty()) << name;
          ++where["both"];
        } else if (!local.empty() || !central.empty()) {
          ++where[local.empty() ? "central" : "local"];
        }
      }
    }
    for (const std::string which : {"local", "central", "both"}) EXPECT_GT(where[which], 60) << name << ' ' << which;
  }
}

// Cuts are where a structure begins.
TEST(ZipMutations, CutsAreAtStructures) {
  const auto* const row = std::ranges::find(zip_rows(), std::string_view("cut"), &ZipRow::name).base();
  const std::string before = as_it_is().build();
  const std::vector<std::size_t> boundaries = structure_boundaries(zip::bytes_of(before));
  std::set<std::size_t> cuts;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    cuts.insert(mutate_zip(three_parts(), random, std::span(row, 1)).size());
  }
  std::set<std::size_t> expected(boundaries.begin(), boundaries.end());
  expected.erase(before.size());
  EXPECT_EQ(cuts, expected);
  // Nothing is cut where nothing is known.
  Random random(1);
  ZipBuilder unknown = as_it_is();
  unknown.comment_size = 7;
  EXPECT_EQ(row->change(unknown, random), unknown.build());
}

}  // namespace
}  // namespace revive::fuzz
