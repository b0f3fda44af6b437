#!/usr/bin/env python3
"""Reports line coverage by folder from the profiles that a coverage build's tests left, and holds the floors."""

import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Per cent of lines that the tests of a folder must reach.
FLOORS = {"serializer": 90.0}
# What no test is there to reach, and the coverage preset does not build.
NOT_COUNTED = {"bench", "examples"}


def counted_folders():
    """The folders of the repository that hold a library or a program, by name."""
    folders = [file.parent for file in ROOT.glob("*/CMakeLists.txt") if any(file.parent.rglob("*.cpp"))]
    return sorted(folder.name for folder in folders if folder.name not in NOT_COUNTED)


def folder_of(filename):
    """The folder of the repository that a file belongs to; headers are found through the link that stands for it."""
    return pathlib.Path(filename).resolve().relative_to(ROOT).parts[0]


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def test_programs(build):
    """The programs that ctest runs, and the one that they run in turn."""
    tests = json.loads(run("ctest", "--test-dir", build, "--show-only=json-v1"))["tests"]
    programs = {pathlib.Path(test["command"][0]) for test in tests if "command" in test}
    programs.add(build / "tools" / "revive")
    return sorted(program for program in programs if program.is_relative_to(build) and program.is_file())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help="the build folder of the coverage preset, its tests run")
    build = parser.parse_args().build.resolve()

    profile = build / "coverage.profdata"
    run("llvm-profdata-19", "merge", "-sparse", "-o", profile, *sorted(build.glob("profiles/*.profraw")))
    first, *others = test_programs(build)
    inputs = [f"-instr-profile={profile}", r"-ignore-filename-regex=_test\.cpp$", first]
    inputs += [f"-object={program}" for program in others]
    inputs += [ROOT / folder for folder in counted_folders()]
    run("llvm-cov-19", "show", "-format=html", f"-output-dir={build / 'html'}", *inputs)
    files = json.loads(run("llvm-cov-19", "export", "-summary-only", *inputs))["data"][0]["files"]

    lines = {folder: (0, 0) for folder in counted_folders()}
    for file in files:
        folder = folder_of(file["filename"])
        count, covered = lines[folder]
        summary = file["summary"]["lines"]
        lines[folder] = (count + summary["count"], covered + summary["covered"])
    held = report(lines)
    print(f"line by line: {build.relative_to(ROOT)}/html/index.html")
    return 0 if held else 1


def report(lines):
    """Prints the table; whether every folder was seen and every floor is reached."""
    print(f"{'folder':<12} {'lines':>7} {'reached':>8} {'share':>7}  floor")
    held = True
    for folder, (count, covered) in sorted(lines.items()):
        share = 100.0 * covered / count if count else 0.0
        floor = FLOORS.get(folder, 0.0)
        reached = count > 0 and share >= floor
        held = held and reached
        verdict = f"{floor:.0f} %" if floor else ""
        if not reached:
            verdict = f"{verdict} NOT REACHED" if count else "NOT MEASURED"
        print(f"{folder:<12} {count:>7} {covered:>8} {share:>5.1f} %  {verdict}".rstrip())
    return held


if __name__ == "__main__":
    sys.exit(main())
