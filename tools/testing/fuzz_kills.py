#!/usr/bin/env python3
"""Ends sessions of `revive fuzz` at random moments, and looks for what they found.

    fuzz_kills.py --revive build/release/tools/revive --target build/release/tools/two_bugs --kills 50 --interrupts 50

The target has two bugs (two_bugs_fuzzer.cpp); linked with stand_in_engine_main.cpp it notes every finding in a ledger once it
is on the disk, and --target may as well be a build of it with libFuzzer, which keeps no ledger. After SIGKILL every bug
of the ledger has to be among the artifacts or the stored findings, and no process may stay; the next session, ended by
its time, has to store each bug as one file. After SIGINT or SIGTERM the session itself has to store and report all.
Exit code 0: all of that held; 1: not.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BUGS = {"A", "B"}
PATIENCE = 20


def make_build(folder, target):
    """A build as `revive fuzz` expects one, with this one target."""
    (folder / "fuzz").mkdir(parents=True)
    (folder / "fuzz_targets.txt").write_text("two_bugs\n")
    shutil.copy(target, folder / "fuzz" / "two_bugs")


def first_byte(path):
    with open(path, "rb") as file:
        return file.read(1).decode("latin-1")


def findings(folder):
    """The bugs that the files below a folder show."""
    return [first_byte(path) for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size > 0]


def processes_in(folder):
    """Commands of live processes that name the folder, which is this run's alone."""
    found = []
    for process in pathlib.Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(folder) in command:
            found.append(f"{process.name} {command}")
    return found


def orphans(folder):
    """Those that are still there after the kernel had a moment to end them."""
    end = time.monotonic() + 2
    while processes_in(folder) and time.monotonic() < end:
        time.sleep(0.01)
    return processes_in(folder)


class Trial:
    def __init__(self, arguments, folder):
        self.folder = folder
        self.corpus = folder / "corpus"
        self.ledger = folder / "ledger"
        self.revive = arguments.revive
        make_build(folder / "build", arguments.target)

    def start(self, seconds):
        command = [self.revive, "fuzz", "--build", self.folder / "build", "--corpus", self.corpus, "--time", seconds,
                   "--jobs", 2, "--minimize-time", 2, "--json"]
        return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                env=os.environ | {"STAND_IN_LEDGER": str(self.ledger)})

    def found(self):
        return set(self.ledger.read_text().split()) if self.ledger.exists() else set()

    def stored(self):
        return findings(self.corpus / "found")

    def kill(self, moment):
        """What went wrong, or nothing."""
        session = self.start(60)
        time.sleep(moment)
        session.kill()
        session.wait()
        stayed = orphans(self.folder)
        found = self.found()
        kept = set(self.stored()) | set(findings(self.corpus / "run" / "two_bugs.artifacts"))
        if stayed:
            return f"processes stayed: {stayed}"
        if not found <= kept:
            return f"found {sorted(found)}, kept {sorted(kept)}"
        # The next session tells them apart, even where it finds nothing itself.
        out, _ = self.start(1).communicate(timeout=PATIENCE)
        stored = self.stored()
        if not found <= set(stored) or len(stored) != len(set(stored)):
            return f"found {sorted(found)}, the next session stored {stored}"
        reported = len(json.loads(out)[0]["findings"])
        return None if reported == len(stored) else f"stored {stored}, reported {reported}"

    def interrupt(self, moment, number):
        session = self.start(60)
        time.sleep(moment)
        session.send_signal(number)
        out, _ = session.communicate(timeout=PATIENCE)
        found = self.found()
        stored = self.stored()
        stayed = orphans(self.folder)
        if stayed:
            return f"processes stayed: {stayed}"
        # Before it listens, a session has found nothing.
        if session.returncode == -number:
            return f"found {sorted(found)} before it listened" if found else None
        report = json.loads(out)[0]
        if report["interrupted_by"] != number:
            return f"interrupted by {report['interrupted_by']}"
        if not found <= set(stored):
            return f"found {sorted(found)}, stored {stored}"
        reported = sorted(finding["path"] for finding in report["findings"])
        there = sorted(str(path) for path in (self.corpus / "found").rglob("*") if path.is_file())
        return None if reported == there else f"stored {there}, reported {reported}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--revive", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--interrupts", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="moments are drawn from so long a span")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    random.seed(arguments.seed)
    failed = 0
    told_apart = 0
    with_findings = 0
    ways = ["kill"] * arguments.kills + ["interrupt"] * arguments.interrupts
    for number, way in enumerate(ways):
        with tempfile.TemporaryDirectory(prefix="revive-kills-") as folder:
            trial = Trial(arguments, pathlib.Path(folder))
            moment = random.uniform(0, arguments.seconds)
            trouble = trial.kill(moment) if way == "kill" else trial.interrupt(
                moment, signal.SIGINT if number % 2 == 0 else signal.SIGTERM)
            with_findings += bool(trial.found() or trial.stored())
            told_apart += set(trial.stored()) == BUGS
            if trouble:
                failed += 1
                print(f"{way} after {moment:.3f} s: {trouble}", file=sys.stderr)
    print(f"{arguments.kills} kills and {arguments.interrupts} interrupts: {len(ways) - failed} of {len(ways)} kept all; "
          f"{with_findings} had found something, {told_apart} ended with both bugs, one file each")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
