#!/usr/bin/env python3
"""Runs clang-tidy over the sources that a build folder's compile_commands.json names.

A source found clean leaves a stamp, named by a digest of everything of ours that clang-tidy looked at: the tool's
version, the checks, the compile command, the source and the headers it includes. While that digest stays the
same, the source is not looked at again.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = "clang-tidy-19"
OUR_INCLUDE = re.compile(rb'^\s*#\s*include\s+"revive/([^"]+)"', re.MULTILINE)


@functools.cache
def read(path):
    return path.read_bytes()


def with_headers(source):
    """The source and, in a fixed order, every header of ours that it includes, directly or not."""
    seen, waiting = {source}, [source]
    while waiting:
        for name in OUR_INCLUDE.findall(read(waiting.pop())):
            header = ROOT / name.decode()
            if header.is_file() and header not in seen:
                seen.add(header)
                waiting.append(header)
    return sorted(seen)


def digest(source, command, common):
    result = hashlib.sha256(common)
    for part in (command.encode(), *(read(path) for path in with_headers(source))):
        result.update(len(part).to_bytes(8, "little") + part)
    return result.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path, help="a configured build folder")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()

    version = subprocess.run([TOOL, "--version"], capture_output=True, check=True).stdout
    common = version + read(ROOT / ".clang-tidy")
    stamps = arguments.build / "tidy"
    stamps.mkdir(exist_ok=True)

    stamp_of = {}
    for entry in json.loads(read(arguments.build / "compile_commands.json")):
        source = pathlib.Path(entry["directory"], entry["file"])
        if source.is_relative_to(ROOT) and not source.is_relative_to(arguments.build.resolve()):
            stamp_of[source] = stamps / digest(source, entry["command"], common)

    for stamp in set(stamps.iterdir()) - set(stamp_of.values()):
        stamp.unlink()
    # The largest first, so that the last one to finish is a short one.
    todo = sorted((source for source, stamp in stamp_of.items() if not stamp.exists()), key=lambda s: -s.stat().st_size)

    def check(source):
        command = [TOOL, "-p", arguments.build, "--quiet", source]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    unclean = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for source, result in zip(todo, pool.map(check, todo)):
            if result.returncode == 0:
                stamp_of[source].touch()
            else:
                unclean += 1
                print(result.stdout or result.stderr, flush=True)
    print(f"clang-tidy: {len(stamp_of)} sources, {len(todo)} looked at, {unclean} not clean")
    return 1 if unclean else 0


if __name__ == "__main__":
    sys.exit(main())
