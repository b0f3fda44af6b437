#include "revive/fuzz/mutators/mutate_zip.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "revive/fuzz/mutators/pick.h"
#include "revive/serializer/keras/structure.h"
#include "revive/serializer/zip/archive.h"
#include "revive/serializer/zip/zip_builder.h"

namespace revive::fuzz {
namespace {

using zip::ZipBuilder;
using zip::ZipEntry;
using zip::ZipHeader;

constexpr std::array<std::uint32_t, 12> kNumbers = {0,      1,       2,          8,          22,         30,
                                                    0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF};

std::uint32_t nudge(std::uint32_t value, Random& random, std::uint64_t bits = 32) {
  switch (random.below(4)) {
    case 0: return value + 1;
    case 1: return value - 1;
    case 2: return value ^ (1U << random.below(bits));
    default: return pick(random, kNumbers);
  }
}
void nudge16(std::uint16_t& value, Random& random) {
  value = static_cast<std::uint16_t>(nudge(value, random, 16));
}

// Calls `change` on the local header, the central one or both.
template <typename Change>
void change_headers(ZipEntry& entry, Random& random, Change change) {
  const std::uint64_t which = random.below(3);
  const Random start = random;
  if (which != 0) change(entry.local, random);
  if (which == 0) {
    change(entry.central, random);
  } else if (which == 2) {
    random = start;
    change(entry.central, random);
  }
}

void header_field(ZipBuilder& zip, Random& random) {
  change_headers(pick(random, zip.entries), random, [](ZipHeader& header, Random& rng) {
    switch (rng.below(7)) {
      case 0: nudge16(header.version, rng); break;
      case 1: nudge16(header.flags, rng); break;
      case 2: nudge16(header.method, rng); break;
      case 3: nudge16(rng.below(2) == 0 ? header.time : header.date, rng); break;
      case 4: header.crc = nudge(header.crc, rng); break;
      case 5: header.stored_size = nudge(header.stored_size, rng); break;
      default: header.size = nudge(header.size, rng);
    }
  });
}

void flags(ZipBuilder& zip, Random& random) {
  // Encryption, data descriptor, patched data, strong encryption, a UTF-8 name, masked headers.
  constexpr std::array<std::uint16_t, 6> kFlags = {1, 1 << 3, 1 << 5, 1 << 6, 1 << 11, 1 << 13};
  const std::uint16_t flag = pick(random, kFlags);
  change_headers(pick(random, zip.entries), random, [flag](ZipHeader& header, Random&) { header.flags = flag; });
}

void deflate(ZipBuilder& zip, Random& random) {
  ZipEntry& entry = pick(random, zip.entries);
  entry = zip::deflated_entry(entry.local.name, entry.data, Z_BEST_SPEED);
  // Not even an empty member is deflated to nothing.
  if (chance(random, 1, 4)) pick(random, entry.data) ^= static_cast<char>(1 + random.below(255));
}

void order(ZipBuilder& zip, Random& random) {
  for (ZipEntry& entry : zip.entries) std::swap(entry, pick(random, zip.entries));
}

void duplicate(ZipBuilder& zip, Random& random) {
  ZipEntry copy = pick(random, zip.entries);
  if (chance(random, 1, 2)) {
    copy.change([](ZipHeader& header) {
      for (char& c : header.name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
  }
  zip.entries.insert(zip.entries.begin() + static_cast<std::ptrdiff_t>(random.below(zip.entries.size() + 1)), copy);
}

std::string odd_name(const std::string& name, Random& random) {
  switch (random.below(14)) {
    case 0: return "../" + name;
    case 1: return "/" + name;
    case 2: return "./" + name;
    case 3: return "assets/../" + name;
    case 4: return "assets\\" + name;
    case 5: return "C:" + name;
    case 6: return name + std::string(1, '\0');
    case 7: return name + "\n";
    case 8: return name + "/";
    case 9: return "";
    case 10: return "assets/" + std::string(2000, 'n');
    case 11: return "assets/\xC3\xA9";  // UTF-8 without the flag that says so
    case 12: return "assets//" + name;
    default: return "assets/" + name;
  }
}

void rename(ZipBuilder& zip, Random& random) {
  ZipEntry& entry = pick(random, zip.entries);
  const std::string name = odd_name(entry.local.name, random);
  change_headers(entry, random, [&](ZipHeader& header, Random&) { header.name = name; });
}

void drop(ZipBuilder& zip, Random& random) {
  zip.entries.erase(zip.entries.begin() + static_cast<std::ptrdiff_t>(random.below(zip.entries.size())));
}

void add(ZipBuilder& zip, Random& random) {
  constexpr std::array<const char*, 7> kNames = {"assets/vocabulary.txt", "assets/a/b", "model.weights.npz",
                                                 "model.weights.json",    "assets/",    "readme.txt",
                                                 "assets/VOCABULARY.TXT"};
  std::string bytes(index_below(random, 16), 'v');
  zip.entries.push_back(zip::zip_entry(pick(random, kNames), std::move(bytes)));
}

void bomb(ZipBuilder& zip, Random& random) {
  constexpr std::size_t kZeros = 256 << 10;
  ZipEntry entry = zip::deflated_entry("assets/zeros", std::string(kZeros, '\0'));
  // Or one that says it is smaller than it is.
  if (chance(random, 1, 2)) entry.change([](ZipHeader& header) { header.size = 1 << 10; });
  zip.entries.push_back(std::move(entry));
}

void extra(ZipBuilder& zip, Random& random) {
  // A zip64 field of 16 bytes, a timestamp, one that is longer than it says, padding.
  using namespace std::string_literals;
  const std::array<std::string, 4> fields = {"\x01\x00\x10\x00"s + std::string(16, '\0'),
                                             "UT\x05\x00\x01\x00\x00\x00\x00"s, "\x01\x00\xFF\x7F"s, "\0\0\0\0"s};
  const std::string field = pick(random, fields);
  change_headers(pick(random, zip.entries), random, [&](ZipHeader& header, Random&) { header.extra = field; });
}

std::string filler(Random& random) {
  switch (random.below(3)) {
    case 0: return std::string(1 + index_below(random, 64), '\0');
    case 1: return "PK\3\4";
    default: return zip::small_zip().build();
  }
}

void comment(ZipBuilder& zip, Random& random) {
  if (chance(random, 1, 2)) {
    pick(random, zip.entries).comment = filler(random);
  } else {
    zip.comment = filler(random);
  }
}

void gap(ZipBuilder& zip, Random& random) {
  switch (random.below(5)) {
    case 0: zip.prefix = filler(random); break;
    case 1: pick(random, zip.entries).before = filler(random); break;
    case 2: zip.before_directory = filler(random); break;
    case 3: zip.after_directory = filler(random); break;
    default: zip.suffix = filler(random);
  }
}

void end_record(ZipBuilder& zip, Random& random) {
  const auto entries = static_cast<std::uint32_t>(zip.entries.size());
  const auto number = [&](std::uint32_t near) { return static_cast<std::uint16_t>(nudge(near, random, 16)); };
  switch (random.below(7)) {
    case 0: zip.entry_count = number(entries); break;
    case 1: zip.disk_entry_count = number(entries); break;
    case 2: zip.entry_count = zip.disk_entry_count = number(entries); break;
    case 3: zip.directory_size = nudge(64 * entries, random); break;
    case 4: zip.directory_offset = nudge(4096, random); break;
    case 5: (chance(random, 1, 2) ? zip.disk : zip.directory_disk) = number(0); break;
    default: zip.comment_size = number(0);
  }
}

void offset(ZipBuilder& zip, Random& random) {
  // Where another member lies, or nowhere.
  pick(random, zip.entries).offset = chance(random, 1, 2) ? 0 : nudge(4096, random);
}

void attributes(ZipBuilder& zip, Random& random) {
  constexpr std::array<std::uint32_t, 5> kModes = {0120777U << 16, 0040755U << 16, 0020600U << 16, 0x10,
                                                   0100644U << 16};
  ZipEntry& entry = pick(random, zip.entries);
  switch (random.below(4)) {
    case 0: nudge16(entry.made_by, random); break;
    case 1: nudge16(entry.disk, random); break;
    case 2: nudge16(entry.internal, random); break;
    default: entry.external = pick(random, kModes);
  }
}

void zip64_marks(ZipBuilder& zip, Random& random) {
  change_headers(pick(random, zip.entries), random,
                 [](ZipHeader& header, Random&) { header.size = header.stored_size = 0xFFFFFFFF; });
}

void two_end_records(ZipBuilder& zip, Random&) {
  const std::string end = zip.build();
  constexpr std::size_t kEndRecordBytes = 22;
  zip.suffix = end.substr(end.size() - kEndRecordBytes);
}

// Cut short where one of its structures begins.
std::string cut(ZipBuilder& zip, Random& random) {
  std::string bytes = zip.build();
  std::vector<std::size_t> cuts = structure_boundaries(zip::bytes_of(bytes));
  std::erase(cuts, bytes.size());
  if (!cuts.empty()) bytes.resize(pick(random, cuts));
  return bytes;
}

template <void (*kChange)(ZipBuilder&, Random&)>
std::string built(ZipBuilder& zip, Random& random) {
  kChange(zip, random);
  return zip.build();
}

constexpr std::array kRows = {
    ZipRow{"header_field", 1, built<header_field>},
    ZipRow{"flags", 1, built<flags>},
    ZipRow{"deflate", 1, built<deflate>},
    ZipRow{"order", 1, built<order>},
    ZipRow{"duplicate", 1, built<duplicate>},
    ZipRow{"rename", 1, built<rename>},
    ZipRow{"drop", 1, built<drop>},
    ZipRow{"add", 1, built<add>},
    ZipRow{"bomb", 1, built<bomb>},
    ZipRow{"extra", 1, built<extra>},
    ZipRow{"comment", 1, built<comment>},
    ZipRow{"gap", 1, built<gap>},
    ZipRow{"end_record", 1, built<end_record>},
    ZipRow{"offset", 1, built<offset>},
    ZipRow{"attributes", 1, built<attributes>},
    ZipRow{"zip64_marks", 1, built<zip64_marks>},
    ZipRow{"two_end_records", 1, built<two_end_records>},
    ZipRow{"cut", 1, cut},
};

}  // namespace

std::span<const ZipRow> zip_rows() {
  return kRows;
}

std::string mutate_zip(const ArchiveParts& parts, Random& random, std::span<const ZipRow> rows) {
  ZipBuilder zip;
  for (const Part& part : parts.parts) zip.entries.push_back(zip::zip_entry(part.name, part.bytes));
  return draw_row(rows, random).change(zip, random);
}

}  // namespace revive::fuzz
