#!/usr/bin/env python3
"""Checks who includes whom: between folders, and between the rooms of a folder.

A file may include headers of its own room, of the rooms before it and of the folders before its own, and the headers
at the root of its folder, which are the folder's face. Sources at the root use every room. Tests, and what is there
for them alone, may include everything that their folder's library may.
"""

import argparse
import pathlib
import re
import sys

# Folders in order, each with its rooms in order. What is not listed here holds no C++ of a library.
ROOMS = {
    "model": ("base", "tensor", "kernels", "graph", "ops", "lambda", "layers"),
    "serializer": ("io", "json", "zip", "hdf5", "python", "keras"),
    "properties": ("choices", "generate", "print", "archive", "database", "process", "allocation", "shrink", "checks",
                   "faults", "hunt"),
    "fuzz": ("mutators", "oracles", "seeds", "targets", "programs"),
    "tools": ("console", "run", "corpus", "report", "commands"),
}
# Beside the order of folders: what a folder that is not in the chain may use is what stands before it.
BESIDE = {"bench": ("model", "serializer"), "tools": ("model", "serializer", "properties")}
FACE = ""
TESTING = "testing"
INCLUDE = re.compile(r'^#include "revive/([^"]+)"', re.MULTILINE)


def folder_and_room(path):
    folder, *rest = pathlib.PurePosixPath(path).parts
    return folder, rest[0] if len(rest) > 1 else FACE


def is_test(path):
    name = pathlib.PurePosixPath(path)
    return name.stem.endswith("_test") or name.stem == TESTING or TESTING in name.parts


def folders_before(folder):
    order = list(ROOMS)
    return BESIDE.get(folder, order[:order.index(folder)] if folder in order else order)


def objection(path, included):
    """Why `path` must not include `included`, as a sentence; None where it may."""
    folder, room = folder_and_room(path)
    other_folder, other_room = folder_and_room(included)
    if other_folder != folder:
        if folder in ROOMS and other_folder not in folders_before(folder):
            return f"{folder}/ may use {', '.join(folders_before(folder)) or 'no other folder'} alone"
        return None
    if folder not in ROOMS or is_test(path) or other_room in (FACE, room):
        return None
    rooms = ROOMS[folder]
    if other_room not in rooms:
        return f"{folder}/{other_room}/ is no room that cmake/rooms.py lists"
    if room == FACE or rooms.index(other_room) < rooms.index(room):
        return None
    return f"{folder}/{room}/ comes before {folder}/{other_room}/"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", help="headers and sources, by their path from the root of the repository")
    wrong = 0
    for path in parser.parse_args().files:
        for included in INCLUDE.findall(pathlib.Path(path).read_text(encoding="utf-8")):
            if sentence := objection(path, included):
                wrong += 1
                print(f"{path}: includes {included}, but {sentence}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
