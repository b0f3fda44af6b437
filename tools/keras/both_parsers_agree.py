#!/usr/bin/env python3
"""Every archive that revive accepts as a container holds the same members for Python's zipfile.

    both_parsers_agree.py --revive PROGRAM --corpus corpus --work FOLDER [--count 60] [--seed 1]

Keras reads archives with zipfile, so an archive that the two read differently is one model here and another there. What
`revive show --members` says (names, sizes, digests, order) is compared with zipfile for the archives of the corpus, for
generated ones, and for both after changes that keep every checksum right: other methods, flags, extra fields, data
descriptors, zip64 records, comments, names and orders, entries of folders and of the Finder, bytes around the members,
headers that disagree. Exit code 0 if all of it holds, and if a fair share of the
changed archives was accepted, without which nothing was compared.
"""

import argparse
import concurrent.futures
import hashlib
import io
import json
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import warnings
import zipfile
import zlib

LEAST_ACCEPTED = 0.2


def ours(revive, path):
    """[(name, size, digest)] as revive reads it, or None where it refuses."""
    # What revive complains of may hold a name as it stands in the archive, in whatever encoding.
    end = subprocess.run([revive, "show", "--members", "--json", path], check=False, capture_output=True, text=True,
                         errors="replace")
    if end.returncode == 1:
        return None
    end.check_returncode()
    return [(member["member"], member["bytes"], member["sha256"]) for member in json.loads(end.stdout)]


def theirs(path):
    """The same as zipfile reads it, or the error."""
    try:
        with zipfile.ZipFile(path) as opened:
            contents = [(info.filename, opened.read(info)) for info in opened.infolist()]
    except Exception as error:  # zipfile raises whatever the bytes lead it to.
        return f"{type(error).__name__}: {error}"
    return [(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in contents]


def rezipped(data, draw):
    """The same members, written again by zipfile in another way."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        members = [(info.filename, opened.read(info)) for info in opened.infolist()]
    draw.shuffle(members)
    if draw.random() < 0.5:
        members.append((draw.choice(MORE_NAMES + [name for name, _ in members[:1]]), draw.choice([b"abc", b""])))
    out = Unseekable() if draw.random() < 0.3 else io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        for name, content in members:
            info = zipfile.ZipInfo(name, (1980 + draw.randrange(100), 1, 1, 0, 0, 0))
            info.compress_type = draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED])
            info.external_attr = draw.choice([0, 0o600 << 16, 0x10])
            info.extra = drawn_extra(name, draw)
            with written.open(info, "w", force_zip64=draw.random() < 0.1) as member:
                member.write(content)
        if draw.random() < 0.2:
            written.comment = draw.choice([b"hello", bytes(65535), b"PK\5\6" + bytes(18)])
    return out.getvalue()


MORE_NAMES = ["assets/a.txt", "assets/\u00e9.txt", "assets/", "assets", "__MACOSX/._config.json", ".DS_Store", "../up",
              "assets\\a.txt"]


class Unseekable(io.RawIOBase):
    """What zipfile writes data descriptors to."""

    def __init__(self):
        super().__init__()
        self.parts = []

    def writable(self):
        return True

    def write(self, data):
        self.parts.append(bytes(data))
        return len(data)

    def getvalue(self):
        return b"".join(self.parts)


def drawn_extra(name, draw):
    """Extra fields: of no effect, with another name or the same for readers that know of it, with sizes that nothing asks
    for, and bytes that are none."""
    return draw.choice([b""] * 12 + [
        struct.pack("<HHI", 0xCAFE, 4, draw.getrandbits(32)),
        struct.pack("<HHBI", 0x5455, 5, 3, draw.getrandbits(32)),
        struct.pack("<HHBI", 0x7075, 5 + len(name.encode()), 1, zlib.crc32(name.encode())) + name.encode(),
        struct.pack("<HHBI", 0x7075, 5 + 11, 1, zlib.crc32(name.encode())) + b"config.json",
        struct.pack("<HHQQ", 0x0001, 16, draw.randrange(99), draw.randrange(99)),
        b"\0",
    ])


def with_zip64_end(data, draw):
    """zip64's end record and its locator before the plain one, which may leave its numbers to them; some of them lie."""
    end = data.rfind(b"PK\5\6")
    count, size, start = struct.unpack_from("<HII", data, end + 10)
    wide = [count, size, start]
    if draw.random() < 0.3:
        wide[draw.randrange(3)] += draw.choice([-1, 1])
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", draw.choice([44, 44, 44, 45]), 45, 45, 0, 0, wide[0], wide[0],
                         wide[1], wide[2])
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end + draw.choice([0, 0, 0, 1]), 1)
    changed = bytearray(data[end:])
    if draw.random() < 0.5:
        struct.pack_into("<HHII", changed, 8, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    return data[:end] + record + locator + bytes(changed)


def with_tail(data, draw):
    """A comment that is declared, bytes that are not, both, or a comment longer than what is there."""
    end = data.rfind(b"PK\5\6")
    tail = draw.choice([b"\n", bytes(16), b"a comment", bytes(65535), b"PK\5\6", data[end:]])
    declared = draw.choice([0, 0, len(tail), len(tail), 1, len(tail) + 1]) & 0xFFFF
    return data[:end + 20] + struct.pack("<H", declared) + tail


def with_other_descriptor(data, draw):
    """A streamed archive with one byte of a data descriptor changed."""
    streamed = rezipped(data, draw)
    places = list(every(streamed, b"PK\7\10"))
    if not places:
        return streamed
    changed = bytearray(streamed)
    changed[draw.choice(places) + draw.randrange(16)] ^= 1 << draw.randrange(8)
    return bytes(changed)


def with_bytes_around(data, draw):
    junk = bytes(draw.randrange(256) for _ in range(draw.randrange(1, 40)))
    return junk + data if draw.random() < 0.5 else data + junk


def with_changed_header(data, draw):
    """One byte of a local header, a central header or the end record; names and sizes among them."""
    places = [at for mark in (b"PK\3\4", b"PK\1\2", b"PK\5\6") for at in every(data, mark)]
    changed = bytearray(data)
    changed[min(draw.choice(places) + draw.randrange(4, 60), len(data) - 1)] ^= 1 << draw.randrange(8)
    return bytes(changed)


def with_central_order(data, draw):
    """The records of the central directory in another order than their members."""
    end = data.rfind(b"PK\5\6")
    start = struct.unpack_from("<I", data, end + 16)[0]
    records = []
    at = start
    while data[at:at + 4] == b"PK\1\2":
        size = 46 + sum(struct.unpack_from("<HHH", data, at + 28))
        records.append(data[at:at + size])
        at += size
    draw.shuffle(records)
    return data[:start] + b"".join(records) + data[at:]


def two_in_a_row(data, draw):
    """Another archive behind this one, whose offsets a reader may or may not take from its own start."""
    return data + rezipped(data, draw)


def every(data, mark):
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


CHANGES = [rezipped, rezipped, rezipped, with_bytes_around, with_changed_header, with_changed_header, with_central_order,
           two_in_a_row]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--revive", required=True, help="the revive program")
    parser.add_argument("--corpus", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path, help="a folder that may be emptied")
    parser.add_argument("--count", type=int, default=60, help="generated archives")
    parser.add_argument("--changes", type=int, default=1500, help="changed archives")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    # Of names that stand twice, which is what some changes are for.
    warnings.simplefilter("ignore")
    shutil.rmtree(arguments.work, ignore_errors=True)
    generated, changed = arguments.work / "generated", arguments.work / "changed"
    changed.mkdir(parents=True)
    subprocess.run([arguments.revive, "generate", "-n", str(arguments.count), "--seed", str(arguments.seed),
                    "--out", generated], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    whole = sorted(arguments.corpus.rglob("*.keras")) + sorted(generated.glob("*.keras"))
    draw = random.Random(arguments.seed)
    sources = [path for path in whole if zipfile.is_zipfile(path) and not isinstance(theirs(path), str)]
    for count in range(arguments.changes):
        change = draw.choice(CHANGES)
        data = change(draw.choice(sources).read_bytes(), draw)
        (changed / f"{count:05}-{change.__name__}.keras").write_bytes(data)

    paths = whole + sorted(changed.glob("*.keras"))
    accepted = differing = 0
    # The processes of revive do the work; Python waits for them.
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for path, here in zip(paths, pool.map(lambda path: ours(arguments.revive, path), paths)):
            if here is None:
                continue
            accepted += path.parent == changed
            there = theirs(path)
            if here != there:
                differing += 1
                print(f"{path}: revive reads {here}, zipfile {there}")
    print(f"{len(paths)} archives, {arguments.changes} of them changed, {accepted} of which revive accepts; "
          f"{differing} are read differently")
    return 0 if differing == 0 and accepted >= LEAST_ACCEPTED * arguments.changes else 1


if __name__ == "__main__":
    sys.exit(main())
