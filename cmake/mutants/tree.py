"""The copy of the source that faults are planted in, and its build.

A file is only written where its content changes, and the copy is always in the same place: so a second run compiles what
the faults of one of the two runs touch, and ccache knows the rest.
"""

import json
import os
import pathlib
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "build" / "mutants"
SOURCE = WORK / "source"
OUT = WORK / "out"
SWITCH = SOURCE / "cmake" / "mutants" / "switch.h"
SWITCH_OBJECT = WORK / "switch.o"
COMPILER = "clang++-19"
# Without warnings, because a fault may well deserve one.
FLAGS = f"-w -Wno-c++11-narrowing -ferror-limit=0 -include {SWITCH}"
SETTINGS = {
    "CMAKE_BUILD_TYPE": "Release",
    "CMAKE_COMPILE_WARNING_AS_ERROR": "OFF",
    "CMAKE_CXX_COMPILER": COMPILER,
    "CMAKE_CXX_FLAGS": FLAGS,
    "CMAKE_CXX_FLAGS_RELEASE": "-O1 -DNDEBUG",
    "CMAKE_EXE_LINKER_FLAGS": SWITCH_OBJECT,
    "REVIVE_BENCH": "OFF",
}


def ours():
    """The files of the working tree, also those not yet committed, by their path from the root."""
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"],
                           cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [name for name in names.split("\0") if name and (ROOT / name).is_file()]


def write_if_changed(path, content):
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def copy(names, planted):
    """Makes SOURCE hold these files, with the texts of `planted` in place of their own."""
    for name in names:
        target = SOURCE / name
        text = planted.get(name)
        write_if_changed(target, (ROOT / name).read_bytes() if text is None else text)
        target.chmod((ROOT / name).stat().st_mode)
    kept = {SOURCE / name for name in names}
    for folder, _, files in os.walk(SOURCE):
        for file in files:
            path = pathlib.Path(folder, file)
            if path not in kept:
                path.unlink()


def run(command, **arguments):
    return subprocess.run([str(part) for part in command], check=True, **arguments)


def configure():
    SWITCH_OBJECT.parent.mkdir(parents=True, exist_ok=True)
    run([COMPILER, "-O1", "-c", SWITCH.with_suffix(".cpp"), "-o", SWITCH_OBJECT])
    run(["cmake", "-S", SOURCE, "-B", OUT, "-G", "Ninja", "--log-level=WARNING",
         *(f"-D{name}={value}" for name, value in SETTINGS.items())], stdout=subprocess.DEVNULL)


def build(targets, jobs):
    run(["ninja", "-C", OUT, "-j", jobs, "--quiet", *targets])


def compile_commands():
    """The compiler's arguments by source file from the root, without the source and where to put the object."""
    commands = {}
    for entry in json.loads((OUT / "compile_commands.json").read_text(encoding="utf-8")):
        source = pathlib.Path(entry["directory"], entry["file"])
        if not source.is_relative_to(SOURCE):
            continue
        words = shlex.split(entry["command"])
        # A launcher comes first: "cmake -E env ... ccache clang++".
        words = words[words.index(next(word for word in words if word.endswith(COMPILER))):]
        for option in ("-c", "-o"):
            del words[words.index(option):words.index(option) + 2]
        commands[str(source.relative_to(SOURCE))] = words
    return commands
