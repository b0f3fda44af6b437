#!/usr/bin/env python3
"""Makes corpus/rezipped/: one model of Keras, packed by the zip writers that people have.

    corpus/make_rezipped.py         # needs what packages.txt lists under `zips`; replay needs none of it

Every archive holds the members of keras/dense.keras, most of them as if somebody had unpacked it, looked at it and
packed it again; assets/words.txt is there for the entry of its folder. The Finder's layout is written here field by
field, as macOS's Archive Utility writes it; so is what Windows' Explorer writes. What revive answers to each is in
manifest.json. Rewrites the archives only: versions of the writers differ, and one of each is enough.
"""

import io
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

import make_refusals
from damage import zip_of
from refusals import members

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "keras" / "dense.keras"
ASSET = "assets/words.txt"
WRITERS = {}

JAVA = """
import java.io.*;
import java.nio.file.*;
import java.util.zip.*;

public class Pack {
  public static void main(String[] arguments) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(new FileOutputStream(arguments[0]))) {
      zip.putNextEntry(new ZipEntry("assets/"));
      zip.closeEntry();
      for (int i = 1; i < arguments.length; ++i) {
        zip.putNextEntry(new ZipEntry(arguments[i]));
        zip.write(Files.readAllBytes(Path.of(arguments[i])));
        zip.closeEntry();
      }
    }
  }
}
"""


def writer(make):
    WRITERS[make.__name__] = make
    return make


class Unseekable(io.RawIOBase):
    """A pipe, as a program sees it that sends a zip over the network."""

    def __init__(self):
        self.bytes = b""

    def writable(self):
        return True

    def write(self, data):
        self.bytes += bytes(data)
        return len(data)


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def files():
    return [path.as_posix() for path in sorted(pathlib.Path().rglob("*")) if path.is_file()]


@writer
def info_zip(path):
    run("zip", "-q", "-r", path, ".")


@writer
def info_zip_without_extra_fields(path):
    run("zip", "-q", "-X", "-D", "-r", path, ".")


@writer
def info_zip_best_with_comment(path):
    subprocess.run(("zip", "-q", "-9", "-z", "-r", path, "."), check=True, input=b"the model of Monday\n")


@writer
def info_zip_streamed(path):
    pathlib.Path(path).write_bytes(output_of("zip", "-q", "-r", "-", "."))


@writer
def info_zip_streamed_zip64(path):
    pathlib.Path(path).write_bytes(output_of("zip", "-q", "-fz", "-fd", "-r", "-", "."))


@writer
def seven_zip(path):
    run("7z", "a", "-tzip", path, ".")


@writer
def bsdtar(path):
    run("bsdtar", "--format", "zip", "-cf", path, *sorted(os.listdir()))


@writer
def bsdtar_streamed(path):
    pathlib.Path(path).write_bytes(output_of("bsdtar", "--format", "zip", "-cf", "-", *sorted(os.listdir())))


@writer
def bsdtar_zip64(path):
    run("bsdtar", "--format", "zip", "--options", "zip:zip64", "-cf", path, *sorted(os.listdir()))


@writer
def java_stream(path):
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "Pack.java"
        program.write_text(JAVA)
        run("java", str(program), path, *files())


@writer
def java_jar(path):
    run("jar", "--create", "--no-manifest", "--file", path, "-C", ".", ".")


@writer
def python_make_archive(path):
    shutil.move(shutil.make_archive(path, "zip"), path)


@writer
def python_streamed(path):
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files():
            archive.write(name)
    pathlib.Path(path).write_bytes(stream.bytes)


@writer
def python_zip64(path):
    with zipfile.ZipFile(path, "w") as archive:
        for name in files():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(pathlib.Path(name).read_bytes())


@writer
def finder(path):
    """Archive Utility: DEFLATE, data descriptors, owners and times as extra fields of two sizes, and a twin of each file
    with its attributes."""
    owner = struct.pack("<HHLLHH", 0x5855, 12, 0x65000000, 0x65000000, 501, 20)
    times = struct.pack("<HHLL", 0x5855, 8, 0x65000000, 0x65000000)
    twin = b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(32)
    entries = [("assets/", b""), (".DS_Store", b"\0\0\0\1Bud1" + bytes(24)), ("__MACOSX/", b"")]
    entries += [(name, pathlib.Path(name).read_bytes()) for name in files()]
    entries += [("__MACOSX/._" + name, twin) for name in files() if "/" not in name]
    body, directory = b"", b""
    for name, data in entries:
        crc, folder, offset = zlib.crc32(data), name.endswith("/"), len(body)
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        stored = b"" if folder else packer.compress(data) + packer.flush()
        flags, method, mode = (0, 0, 0o40755) if folder else (8, 8, 0o100644)
        head = struct.pack("<HHHHH", 10 if folder else 20, flags, method, 0x6000, 0x5921)
        sizes = struct.pack("<LLL", crc, len(stored), len(data))
        body += b"PK\3\4" + head + (sizes if folder else bytes(12)) + struct.pack("<HH", len(name), len(owner))
        body += name.encode() + owner + stored + (b"" if folder else b"PK\7\10" + sizes)
        directory += b"PK\1\2" + struct.pack("<H", 3 << 8 | 21) + head + sizes
        directory += struct.pack("<HHHHHLL", len(name), len(times), 0, 0, 0, mode << 16, offset) + name.encode() + times
    end = struct.pack("<HHHHLLH", 0, 0, len(entries), len(entries), len(directory), len(body), 0)
    pathlib.Path(path).write_bytes(body + directory + b"PK\5\6" + end)


@writer
def windows_explorer(path):
    """Explorer: DOS attributes, times to two seconds, no extra fields, no entries for folders."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in files():
            info = zipfile.ZipInfo(name, (2024, 5, 3, 17, 20, 42))
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0x20
            archive.writestr(info, pathlib.Path(name).read_bytes())


@writer
def comment_at_the_end(path):
    pathlib.Path(path).write_bytes(zip_of(members(), comment=b"hello"))


@writer
def bytes_behind(path):
    """As after a transfer that fills the last block."""
    pathlib.Path(path).write_bytes(zip_of(members()) + b"\0" * 16)


def main():
    folder = HERE / "rezipped"
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        with zipfile.ZipFile(SOURCE) as archive:
            archive.extractall(work)
        (pathlib.Path(work) / ASSET).parent.mkdir()
        (pathlib.Path(work) / ASSET).write_text("one\ntwo\n")
        os.chdir(work)
        for name, make in WRITERS.items():
            path = folder / f"{name}.keras"
            path.unlink(missing_ok=True)
            # Info-ZIP and 7z add a suffix to a name that has none they know.
            with tempfile.TemporaryDirectory() as made:
                make(os.path.join(made, "model.zip"))
                shutil.move(os.path.join(made, "model.zip"), path)
    make_refusals.update_manifest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
