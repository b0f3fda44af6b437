"""Draws faults from the files of a folder, and drops those that do not compile."""

import collections
import math
import pathlib
import random
import re
import subprocess

from . import fault, tree

# More are drawn than wanted: a number that the compiler itself needs cannot be switched.
DRAWN_FOR_ONE = 2
DIAGNOSTIC = re.compile(r"^(?P<file>[^\n:]+):(?P<line>\d+):(?P<column>\d+): (?P<kind>(?:fatal )?error|note):", re.MULTILINE)
MOST_ROUNDS = 12


def sources(folder, compiled):
    """The files of a folder that are there to be tested, in order."""
    def is_subject(name):
        path = pathlib.PurePosixPath(name)
        return path.parts[0] == folder and not path.stem.endswith("_test") and "testing" not in (path.stem, *path.parts)
    return sorted(filter(is_subject, compiled))


def numbers_of_files(folder, names, count, seed):
    """How often each file is drawn, as a list of names; long files come more often."""
    chance = random.Random(f"{seed} {folder}")
    lines = [(tree.ROOT / name).read_bytes().count(b"\n") for name in names]
    return chance.choices(names, lines, k=count)


def drawn(faults, count, chance):
    """Some of a file's faults: first a kind of fault, the frequent ones more often but not as much more, then one."""
    kinds = collections.defaultdict(list)
    for one in faults:
        kinds[one.operator].append(one)
    found = []
    while kinds and len(found) < count:
        names = sorted(kinds)
        name = chance.choices(names, [math.sqrt(len(kinds[name])) for name in names])[0]
        found.append(kinds[name].pop(chance.randrange(len(kinds[name]))))
        if not kinds[name]:
            del kinds[name]
    return found


def offsets_of_lines(text):
    offsets, position = [0], text.find(b"\n")
    while position >= 0:
        offsets.append(position + 1)
        position = text.find(b"\n", position + 1)
    return offsets


def blamed(output, file, text, places):
    """The numbers of the faults that a compiler's messages are about."""
    lines = offsets_of_lines(text)
    numbers, groups = set(), []
    for match in DIAGNOSTIC.finditer(output):
        if match["kind"] != "note":
            groups.append([])
        if groups and match["file"] == file:
            groups[-1].append(lines[min(int(match["line"]), len(lines)) - 1] + int(match["column"]) - 1)
    for positions in groups:
        inside = {number for number, (start, end) in places.items() if any(start <= at < end for at in positions)}
        if not inside and positions:
            # Said of what is around it: the nearest in front of the message.
            before = [(positions[0] - start, number) for number, (start, _) in places.items() if start <= positions[0]]
            inside = {min(before)[1]} if before else set()
        numbers |= inside
    return numbers


def that_compile(name, source, arguments, faults):
    """Those of a file's faults that compile, all together."""
    left = dict(enumerate(faults))
    file = tree.WORK / "check" / name
    for _ in range(MOST_ROUNDS):
        if not left:
            break
        text, places = fault.rendered(source, left)
        left = {number: one for number, one in left.items() if number in places}
        tree.write_if_changed(file, text)
        result = subprocess.run([*arguments, "-fsyntax-only", "-fno-color-diagnostics", "-fno-caret-diagnostics",
                                 str(file)], capture_output=True, text=True, errors="replace")
        if result.returncode == 0:
            return [one for _, one in sorted(left.items())]
        wrong = blamed(result.stderr, str(file), text, places) or set(sorted(left)[len(left) // 2:])
        left = {number: one for number, one in left.items() if number not in wrong}
    return []


def faults_in_file(work):
    """What a child process does for one file: (name, by seed the faults drawn there that compile, in the order drawn)."""
    name, counts, arguments = work
    source = (tree.ROOT / name).read_bytes()
    # Needs clang's bindings, which the tests of the rest do without.
    from . import sites

    unit = sites.parsed(name, str(tree.SOURCE / name), source, arguments)
    found = {}
    for seed, count in counts.items():
        chance = random.Random(f"{seed} {name}")
        faults = sites.faults_of(name, source, unit, chance)
        found[seed] = faults if count is None else drawn(faults, count, chance)
    return name, that_compile_together(name, source, arguments, found)


def that_compile_together(name, source, arguments, found):
    """What was drawn in a file, by seed, without those that do not compile beside all others."""
    kept = set(that_compile(name, source, arguments, dict.fromkeys(one for some in found.values() for one in some)))
    return {seed: [one for one in some if one in kept] for seed, some in found.items()}


def faults_in_folder(folder, count, seeds, commands, pool):
    """By seed, the first `count` faults drawn in a folder that compile; and those that nobody wants."""
    names = {seed: numbers_of_files(folder, sources(folder, commands), DRAWN_FOR_ONE * count, seed) for seed in seeds}
    often = collections.defaultdict(dict)
    for seed in seeds:
        for name, times in collections.Counter(names[seed]).items():
            often[name][seed] = times
    found = dict(pool.imap_unordered(faults_in_file, [(name, often[name], commands[name]) for name in often]))
    wanted = {seed: [] for seed in seeds}
    for seed in seeds:
        for name in names[seed]:
            if found[name][seed] and len(wanted[seed]) < count:
                wanted[seed].append(found[name][seed].pop(0))
    taken = {one for some in wanted.values() for one in some}
    return wanted, [one for some in found.values() for faults in some.values() for one in faults if one not in taken]


def faults_in_files(names, seed, commands, pool):
    """Every fault of these files that compiles."""
    work = [(name, {seed: None}, commands[name]) for name in names]
    return [one for _, found in pool.imap(faults_in_file, work) for one in found[seed]]
