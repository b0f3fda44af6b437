"""Plants small faults in a copy of the source and counts which of them the tests notice.

All faults are in one build, each behind a switch of its own that an environment variable throws. Those that survive are
listed at the end, and all of them are in build/mutants/results.json.
"""

import argparse
import collections
import concurrent.futures
import json
import multiprocessing
import os
import pathlib
import queue
import re
import sys
import time

from . import draw, equivalents, fault, fence, report, tree, trials

FOLDERS = ("fuzz", "tools", "properties", "serializer", "model")
# Whose programs hold a folder's code: no other test can reach a fault there.
USED_BY = {"fuzz": {"fuzz"}, "tools": {"tools"}, "properties": {"properties", "fuzz", "tools"},
           "serializer": {"serializer", "properties", "fuzz", "tools"}, "model": set(FOLDERS)}
RESULTS = tree.WORK / "results.json"


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="dev mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, action="append", metavar="N",
                        help="of the draw; the same seeds plant the same faults; may be repeated, for one build in all")
    parser.add_argument("--count", type=int, default=100, help="faults in each folder")
    parser.add_argument("--file", action="append", metavar="FILE",
                        help="plant every fault of this source instead; may be repeated")
    parser.add_argument("--folder", choices=FOLDERS, action="append", help="draw in this folder alone; may be repeated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument("--budget", type=float, default=60, metavar="SECONDS",
                        help="of tests, by what they take without a fault, that are run for one that nothing notices")
    parser.add_argument("--near", action="store_true",
                        help="run the tests of the fault's own folder alone: a lower bound, sooner")
    parser.add_argument("--tests", default="", metavar="REGEXP", help="run those alone whose names in CTest match")
    parser.add_argument("--again", action="store_true", help="try those alone that survived the last run")
    parser.add_argument("--report", action="store_true",
                        help="run nothing: print the last run anew, with what equivalents.json lists by now")
    parser.add_argument("--json", action="store_true", help="print every fault and what became of it as JSON")
    options = parser.parse_args()
    options.seed = list(dict.fromkeys(options.seed or [1]))
    if options.file:
        options.file = [str((pathlib.Path.cwd() / file).resolve().relative_to(tree.ROOT)) for file in options.file]
        options.folder = sorted({file.split("/")[0] for file in options.file})
    return options


def asked(options):
    """The folders whose tests are run: those that can reach the faults."""
    folders = options.folder or FOLDERS
    return sorted(folders if options.near else set().union(*(USED_BY[folder] for folder in folders)))


def planted(options):
    """The faults that were drawn and compile, by number, and by number too the seeds that drew each.

    Those that no seed drew are planted as well: they tell which tests reach a file.
    """
    names = tree.ours()
    tree.copy(names, {})
    tree.configure()
    tree.build(["revive_std_precompiled"], options.jobs)
    commands = tree.compile_commands()
    if unknown := [file for file in options.file or [] if file not in commands]:
        sys.exit(f"dev mutants: nothing compiles {unknown[0]}")
    seeds, spare = {}, []
    with multiprocessing.Pool(options.jobs) as pool:
        if options.file:
            faults = draw.faults_in_files(options.file, options.seed[0], commands, pool)
            seeds = {one: options.seed[:1] for one in faults}
            say(f"{len(seeds)} faults")
        for folder in [] if options.file else options.folder or FOLDERS:
            drawn, unwanted = draw.faults_in_folder(folder, options.count, options.seed, commands, pool)
            spare += unwanted
            for seed, faults in drawn.items():
                say(f"{folder}, seed {seed}: {len(faults)} faults in {len({one.path for one in faults})} files")
                for one in faults:
                    seeds.setdefault(one, []).append(seed)
    return names, dict(enumerate([*seeds, *dict.fromkeys(spare)])), dict(enumerate(seeds.values()))


def build(names, faults, options):
    by_path = {}
    for number, one in faults.items():
        by_path.setdefault(one.path, {})[number] = one
    tree.copy(names, {path: fault.rendered((tree.ROOT / path).read_bytes(), some)[0] for path, some in by_path.items()})
    tree.build([f"{folder}/all" for folder in asked(options)], options.jobs)


class Workers:
    """Runs work in threads, each with a scratch folder of its own."""

    def __init__(self, jobs):
        self.scratch = queue.SimpleQueue()
        for job in range(jobs):
            self.scratch.put(fence.scratch_folder(tree.WORK, f"scratch{job}"))
        self.pool = concurrent.futures.ThreadPoolExecutor(jobs)

    def start(self, work, *arguments):
        def with_scratch():
            scratch = self.scratch.get()
            try:
                return work(*arguments, scratch)
            finally:
                self.scratch.put(scratch)
        return self.pool.submit(with_scratch)


def measured_tests(workers, folders, pattern):
    tests = [test for test in trials.listed(folders) if re.search(pattern, test.name)]
    waiting = {test: workers.start(lambda test, scratch: trials.measure(test, scratch, time.monotonic), test)
               for test in tests}
    measured = {}
    for test, future in waiting.items():
        if isinstance(future.result(), str):
            say(f"not asked, as it {future.result()}: {test.name}")
        else:
            measured[test.name] = future.result()
    trials.leave_out_tables(tests, measured)
    return [test for test in tests if test.name in measured], measured


def tried(number, one, tests, measured, of_file, options, scratch):
    near = [test for test in tests if number in measured[test.name].reached
            and not (options.near and not trials.is_near(one, test))]
    at_home = {name for name, some in measured.items() if some.run & of_file}
    killer, left_out = trials.killer(number, one, near, measured, at_home, scratch, options.budget)
    return {"killer": killer, "reached_by": len(near), "left_out": left_out}


def tell(entries, options):
    """Keeps what became of the faults, and prints it."""
    as_json = json.dumps(entries, indent=1)
    RESULTS.write_text(as_json + "\n", encoding="utf-8")
    print(as_json if options.json else report.text(entries))


def main():
    options = arguments()
    if options.report:
        tell(report.with_equivalents(json.loads(RESULTS.read_text(encoding="utf-8")), equivalents.known()), options)
        return 0
    clock = time.monotonic
    begin = clock()
    names, faults, seeds = planted(options)
    sources = {one.path: (tree.ROOT / one.path).read_bytes() for one in faults.values()}
    keys = {number: equivalents.key_of(one, sources[one.path]) for number, one in faults.items()}
    known = equivalents.known()
    drawn_at = clock()
    build(names, faults, options)
    built_at = clock()
    say(f"drawn in {drawn_at - begin:.0f} s, built in {built_at - drawn_at:.0f} s")

    workers = Workers(options.jobs)
    tests, measured = measured_tests(workers, asked(options), options.tests)
    measured_at = clock()
    say(f"{len(tests)} tests take {sum(one.seconds for one in measured.values()):.0f} s one by one; "
        f"what each reaches is known after {measured_at - built_at:.0f} s")

    of_file = collections.defaultdict(set)
    for number, one in faults.items():
        of_file[one.path].add(number)
    again = report.survivors_of(RESULTS) if options.again else None
    todo = {number: one for number, one in faults.items()
            if number in seeds and keys[number] not in known and (again is None or keys[number] in again)}

    def work(number, one, scratch):
        return tried(number, one, tests, measured, of_file[one.path], options, scratch)
    futures = {workers.start(work, number, one): number for number, one in todo.items()}
    results = {}
    for done in concurrent.futures.as_completed(futures):
        number = futures[done]
        results[number] = done.result()
        say(f"{len(results)} of {len(todo)}: {report.line(faults[number], sources, results[number])}")

    entries = [{**report.entry(one, keys[number], sources, results.get(number), known.get(keys[number])),
                "seeds": seeds[number]}
               for number, one in faults.items() if number in results or number in seeds and keys[number] in known]
    say(f"tried in {clock() - measured_at:.0f} s")
    tell(entries, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
