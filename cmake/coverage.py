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
NOT_COUNTED = r"(_test\.cpp$|/examples/|/build/|^/usr/)"


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
    inputs = [f"-instr-profile={profile}", f"-ignore-filename-regex={NOT_COUNTED}", first]
    inputs += [f"-object={program}" for program in others]
    run("llvm-cov-19", "show", "-format=html", f"-output-dir={build / 'html'}", *inputs)
    files = json.loads(run("llvm-cov-19", "export", "-summary-only", *inputs))["data"][0]["files"]

    lines = {}
    for file in files:
        folder = pathlib.Path(file["filename"]).relative_to(ROOT).parts[0]
        count, covered = lines.get(folder, (0, 0))
        summary = file["summary"]["lines"]
        lines[folder] = (count + summary["count"], covered + summary["covered"])

    print(f"{'folder':<12} {'lines':>7} {'reached':>8} {'share':>7}  floor")
    held = True
    for folder, (count, covered) in sorted(lines.items()):
        share = 100.0 * covered / count
        floor = FLOORS.get(folder)
        verdict = "" if floor is None else f"{floor:.0f} %" if share >= floor else f"{floor:.0f} % NOT REACHED"
        held = held and "NOT" not in verdict
        print(f"{folder:<12} {count:>7} {covered:>8} {share:>5.1f} %  {verdict}".rstrip())
    print(f"line by line: {build.relative_to(ROOT)}/html/index.html")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
