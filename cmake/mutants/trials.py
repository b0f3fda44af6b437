"""Which tests reach a fault, and whether they notice it.

A test is what CTest knows as one. Each is run once without a fault: how long it takes, and which faults it reaches, are
known from then on. A fault is tried with the tests that reach it, the nearest and quickest first; GoogleTest's tests of
one program run in one process, as long as they are quick.
"""

import collections
import dataclasses
import json
import pathlib
import re
import subprocess

from . import fence, tree

MOST_MUTANTS = 1 << 16
# A fault may make a test slow; what is three times as slow and some seconds more is noticed as well.
TIMES_SLOWER = 3
SECONDS_MORE = 10
# Seconds that tests run together in one process take without a fault, one process after the other.
BATCHES = (0.5, 2, 8, 30)
# What cannot run inside of the fence, or is about something that faults are not planted in.
NOT_ASKED = re.compile(r"build_scripts|keras|find_package|install|subproject|examples?\b|readme")
SLOWEST_ASKED = 120
FAILED = re.compile(r"^\[  FAILED  \] ([\w/.]+)", re.MULTILINE)
RUNNING = re.compile(r"^\[ RUN      \] ([\w/.]+)", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Test:
    name: str  # CTest's
    command: tuple
    folder: str
    environment: tuple
    filter: str  # GoogleTest's name of it; empty where it is no GoogleTest
    source: str  # where it is written, from the root; empty where that is not known


@dataclasses.dataclass
class Measured:
    seconds: float
    reached: frozenset
    run: frozenset = frozenset()  # of those reached, the ones that not every test of the program reaches


def listed(folders):
    """CTest's tests that are asked: those of programs of these folders."""
    out = subprocess.run(["ctest", "--test-dir", tree.OUT, "--show-only=json-v1"], stdout=subprocess.PIPE, check=True)
    found = []
    sources = {}
    for entry in json.loads(out.stdout)["tests"]:
        command = entry.get("command")
        properties = {item["name"]: item["value"] for item in entry["properties"]}
        if not command or NOT_ASKED.search(entry["name"]) or "keras" in properties.get("LABELS", []):
            continue
        program = pathlib.Path(command[0])
        if not program.is_relative_to(tree.OUT) or program.relative_to(tree.OUT).parts[0] not in folders:
            continue
        if not program.exists():
            continue
        filters = [word.split("=", 1)[1] for word in command if word.startswith("--gtest_filter=")]
        if filters and command[0] not in sources:
            sources[command[0]] = sources_of(command[0])
        found.append(Test(entry["name"], tuple(command), properties.get("WORKING_DIRECTORY", str(tree.OUT)),
                          tuple(properties.get("ENVIRONMENT", [])), filters[0] if filters else "",
                          sources[command[0]].get(filters[0], "") if filters else ""))
    return found


def sources_of(program):
    """The source file, from the root, of each of a GoogleTest program's tests."""
    file = tree.WORK / "tests.json"
    subprocess.run([program, "--gtest_list_tests", f"--gtest_output=json:{file}"], stdout=subprocess.DEVNULL, check=True)
    found = {}
    for suite in json.loads(file.read_text(encoding="utf-8"))["testsuites"]:
        for test in suite["testsuite"]:
            found[f"{suite['name']}.{test['name']}"] = from_root(test.get("file", "/"))
    return found


def from_root(file):
    """A path as the compiler was given it, in the build's folder, from the root; empty where it is no source."""
    path = (tree.OUT / file).resolve()
    return str(path.relative_to(tree.SOURCE)) if path.is_relative_to(tree.SOURCE) else ""


def environment_of(test, more):
    return {**dict(item.split("=", 1) for item in test.environment), **more}


def measure(test, scratch, clock):
    """A Measured, or why the test is not asked: it fails, or takes too long, without any fault."""
    reached = scratch / "reached"
    reached.write_bytes(bytes(MOST_MUTANTS))
    before = clock()
    outcome = fence.run(scratch, test.command, test.folder,
                        environment_of(test, {"REVIVE_MUTANT_REACHED": str(reached)}), SLOWEST_ASKED)
    seconds = clock() - before
    if outcome.status is None:
        return f"takes more than {SLOWEST_ASKED} s"
    if outcome.status != 0:
        return f"ends with {outcome.status} without any fault"
    return Measured(seconds, frozenset(number for number, byte in enumerate(reached.read_bytes()) if byte))


def leave_out_tables(tests, measured):
    """Sets what each test runs: a program's tables are reached before any of its tests begins."""
    of_program = collections.defaultdict(list)
    for test in tests:
        if test.name in measured:
            of_program[test.command[0]].append(measured[test.name])
    for some in of_program.values():
        always = frozenset.intersection(*(one.reached for one in some)) if len(some) > 1 else frozenset()
        for one in some:
            one.run = one.reached - always


def is_near(fault, test):
    """Whether a test is of a program of the fault's own folder."""
    return pathlib.Path(test.command[0]).relative_to(tree.OUT).parts[0] == fault.path.split("/")[0]


def distance(fault, test):
    """How far a test is from a fault: 0 is the test file beside the source."""
    path, source = pathlib.PurePosixPath(fault.path), pathlib.PurePosixPath(test.source)
    if not test.filter:
        return 4
    if source == path.with_name(path.stem + "_test.cpp"):
        return 0
    if source.parent == path.parent:
        return 1
    return 2 if source.parts[:1] == path.parts[:1] else 3


def batches(fault, tests, measured, at_home, budget):
    """Lists of tests, in the order in which they are run, each for one process; and how many do not fit the budget.

    `at_home` names those that run something of the fault's file: a fault in a table is reached by all tests.
    """
    def remoteness(test):
        return test.name not in at_home, distance(fault, test)
    order = sorted(tests, key=lambda test: (remoteness(test), measured[test.name].seconds, test.name))
    found, spent, left_out = [], 0.0, 0
    size = collections.Counter()
    for test in order:
        seconds = measured[test.name].seconds
        if spent and spent + seconds > budget:
            left_out += 1
            continue
        spent += seconds
        key = (remoteness(test), test.command[0], test.folder, test.environment)
        last = found[-1] if found else None
        limit = BATCHES[min(max(size[key], 1), len(BATCHES)) - 1]
        if last and test.filter and last[0] == key and last[2] + seconds <= limit:
            last[1].append(test)
            last[2] += seconds
        else:
            found.append([key, [test], seconds])
            size[key] += 1
    return [tests for _, tests, _ in found], left_out


def command_of(tests, scratch):
    if not tests[0].filter:
        return tests[0].command
    flags = scratch / "flags"
    flags.write_text("--gtest_filter=" + ":".join(test.filter for test in tests) + "\n", encoding="utf-8")
    return (tests[0].command[0], f"--gtest_flagfile={flags}", "--gtest_fail_fast", "--gtest_also_run_disabled_tests")


def how(first, outcome):
    """Which test noticed a fault, and how; `first` is the first of those that ran."""
    if failed := FAILED.search(outcome.output):
        return failed.group(1)
    running = RUNNING.findall(outcome.output)
    end = "takes too long" if outcome.status is None else f"exit {outcome.status}"
    return f"{running[-1] if running else first}: {end}"


def killer(number, fault, tests, measured, at_home, scratch, budget):
    """The name of the test that notices a fault and how, or None; and how many tests did not fit the budget."""
    runs, left_out = batches(fault, tests, measured, at_home, budget)
    for some in runs:
        expected = sum(measured[test.name].seconds for test in some)
        outcome = fence.run(scratch, command_of(some, scratch), some[0].folder,
                            environment_of(some[0], {"REVIVE_MUTANT": str(number)}),
                            TIMES_SLOWER * expected + SECONDS_MORE)
        if outcome.status == 0:
            continue
        return how(some[0].name, outcome), left_out
    return None, left_out
