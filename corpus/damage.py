"""Tools to damage an archive in one place and leave everything else whole. Standard library only.

`zip_of` writes a zip byte by byte, so that any field of a header can be set wrong. `Hdf5` finds the structures of
the small HDF5 dialect that Keras writes, so that one number in them can be replaced.
"""

import dataclasses
import struct
import zlib

STORED = 0
DEFLATED = 8


@dataclasses.dataclass
class Member:
    """A member as it should be; set a field to write a header that disagrees with the data."""

    name: str
    data: bytes
    method: int = STORED
    crc: int | None = None
    size: int | None = None
    flags: int = 0
    local_name: str | None = None
    gap_before: bytes = b""
    behind_stream: bytes = b""


def zip_of(members, comment=b""):
    archive, directory = b"", b""
    for member in members:
        stored = member.data
        if member.method == DEFLATED:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            stored = packer.compress(member.data) + packer.flush() + member.behind_stream
        crc = zlib.crc32(member.data) if member.crc is None else member.crc
        size = len(member.data) if member.size is None else member.size
        # Version 2.0, the date 1980-01-01 00:00:00 in DOS form, as in the headers that Python writes.
        fields = struct.pack("<HHHHHLLL", 20, member.flags, member.method, 0, 33, crc, len(stored), size)
        name, local_name = member.name.encode(), (member.local_name or member.name).encode()
        archive += member.gap_before
        offset = len(archive)
        archive += b"PK\3\4" + fields + struct.pack("<HH", len(local_name), 0) + local_name + stored
        made_by_unix, mode = 3 << 8 | 20, 0o600 << 16
        directory += b"PK\1\2" + struct.pack("<H", made_by_unix) + fields
        directory += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, mode, offset) + name
    end = struct.pack("<HHHHLLH", 0, 0, len(members), len(members), len(directory), len(archive), len(comment))
    return archive + directory + b"PK\5\6" + end + comment


class Hdf5:
    """Where things are in a weights file that h5py wrote for Keras, and the bytes to change."""

    ROOT_ENTRY = 56
    DATASPACE, DATATYPE, LAYOUT, CONTINUATION, SYMBOL_TABLE = 0x01, 0x03, 0x08, 0x10, 0x11

    def __init__(self, data):
        self.data = bytearray(data)

    def u16(self, at):
        return struct.unpack_from("<H", self.data, at)[0]

    def u64(self, at):
        return struct.unpack_from("<Q", self.data, at)[0]

    def put_u64(self, at, value):
        struct.pack_into("<Q", self.data, at, value)

    def messages(self, header):
        """Type and offset of the data of every message of an object header."""
        blocks = [(header + 16, struct.unpack_from("<L", self.data, header + 8)[0])]
        for start, length in blocks:
            at = start
            while at < start + length:
                kind, size = self.u16(at), self.u16(at + 2)
                if kind == self.CONTINUATION:
                    blocks.append((self.u64(at + 8), self.u64(at + 16)))
                yield kind, at + 8
                at += 8 + size

    def message(self, header, wanted):
        return next(at for kind, at in self.messages(header) if kind == wanted)

    def tree(self, header):
        return self.u64(self.message(header, self.SYMBOL_TABLE))

    def entries(self, header):
        """Name and offset of every symbol table entry of a group; its B-tree has one level."""
        tree = self.tree(header)
        heap_data = self.u64(self.u64(self.message(header, self.SYMBOL_TABLE) + 8) + 24)
        for child in range(self.u16(tree + 6)):
            node = self.u64(tree + 24 + 8 + 16 * child)
            for index in range(self.u16(node + 6)):
                entry = node + 8 + 40 * index
                name = heap_data + self.u64(entry)
                yield self.data[name : self.data.index(0, name)].decode(), entry

    def entry(self, path):
        """The symbol table entry of "layers/dense/vars/0"."""
        at = self.ROOT_ENTRY
        for part in path.split("/"):
            at = dict(self.entries(self.u64(at + 8)))[part]
        return at

    def header(self, path):
        return self.u64(self.entry(path) + 8)
