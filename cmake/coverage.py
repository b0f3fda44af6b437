#!/usr/bin/env python3
"""Reports by folder which lines and which conditions the tests reached, from the profiles that a coverage build's tests
left, and holds the floors.

A condition is reached where two tests show that it alone decides (MC/DC). Decisions that clang cannot measure, those
with an operation of a nested boolean expression such as `a && f(b || c)`, are counted from its warnings."""

import argparse
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Per cent of the lines and of the conditions that the tests of a folder must reach.
FLOORS = {"lines": {"serializer": 90.0}, "mcdc": {"model": 85.0, "serializer": 85.0}}
TITLES = {"lines": "lines", "mcdc": "conditions"}
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
    run("llvm-cov-19", "show", "-format=html", "-show-mcdc", f"-output-dir={build / 'html'}", *inputs)
    files = json.loads(run("llvm-cov-19", "export", "-summary-only", *inputs))["data"][0]["files"]

    held = all([report(measure, counts(files, measure)) for measure in TITLES])
    unmeasured = decisions_not_measured(build)
    print(f"decisions that clang cannot measure: {len(unmeasured)}")
    (build / "not_measured.txt").write_text("".join(f"{place}\n" for place in unmeasured), encoding="utf-8")
    print(f"they are in {build.relative_to(ROOT)}/not_measured.txt")
    print(f"line by line: {build.relative_to(ROOT)}/html/index.html")
    return 0 if held else 1


def counts(files, measure):
    """How many there are and how many were reached, by folder."""
    found = {folder: (0, 0) for folder in counted_folders()}
    for file in files:
        folder = folder_of(file["filename"])
        count, covered = found[folder]
        summary = file["summary"][measure]
        found[folder] = (count + summary["count"], covered + summary["covered"])
    return found


def decisions_not_measured(build):
    """The places of the decisions of our libraries and programs that clang said it cannot measure."""
    warning = re.compile(r"^(\S+?):(\d+):(\d+): warning: unsupported MC/DC boolean expression")
    places = set()
    for kept in build.rglob("*.warnings"):
        for line in kept.read_text(encoding="utf-8", errors="replace").splitlines():
            match = warning.match(line)
            if not match:
                continue
            file = (build / match[1]).resolve()
            if not file.is_relative_to(ROOT) or file.name.endswith("_test.cpp"):
                continue
            if file.relative_to(ROOT).parts[0] in counted_folders():
                places.add((str(file.relative_to(ROOT)), int(match[2]), int(match[3])))
    return [f"{file}:{line}:{column}" for file, line, column in sorted(places)]


def report(measure, found):
    """Prints the table of one measure; whether every folder was seen and every floor is reached."""
    print(f"{'folder':<12} {TITLES[measure]:>10} {'reached':>8} {'share':>7}  floor")
    held = True
    for folder, (count, covered) in sorted(found.items()):
        share = 100.0 * covered / count if count else 0.0
        floor = FLOORS[measure].get(folder, 0.0)
        reached = count > 0 and share >= floor
        held = held and reached
        verdict = f"{floor:.0f} %" if floor else ""
        if not reached:
            verdict = f"{verdict} NOT REACHED" if count else "NOT MEASURED"
        print(f"{folder:<12} {count:>10} {covered:>8} {share:>5.1f} %  {verdict}".rstrip())
    return held


if __name__ == "__main__":
    sys.exit(main())
