"""What became of the faults, as entries for JSON and as text."""

import collections
import json

from . import equivalents

SHORT = 100


def short(text):
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[:SHORT - 4] + " ..."


def entry(fault, key, sources, result, why_equivalent):
    """`result` is what a trial said, None for a fault that is known to change nothing, for which `why_equivalent` is."""
    state = "equivalent" if result is None else "killed" if result["killer"] else "survived"
    found = {"state": state, **dict(zip(equivalents.KEYS, key)),
             "number": equivalents.line_of(fault, sources[fault.path])}
    return {**found, "why": why_equivalent} if result is None else {**found, **result}


def survivors_of(file):
    """The keys of those that survived a run."""
    return {tuple(one[key] for key in equivalents.KEYS) for one in json.loads(file.read_text(encoding="utf-8"))
            if one["state"] == "survived"}


def with_equivalents(entries, known):
    """The same entries, where a survivor that is known to change nothing by now is an equivalent."""
    def judged(one):
        why = known.get(tuple(one[key] for key in equivalents.KEYS))
        return {**one, "state": "equivalent", "why": why} if one["state"] == "survived" and why else one
    return [judged(one) for one in entries]


def described(one):
    was, becomes = short(one["was"]), short(one["becomes"])
    return f"{one['file']}:{one['number']}: {one['operator']}: {was}" + (f"  ->  {becomes}" if becomes else "")


def line(fault, sources, result):
    """One fault, for the progress."""
    key = equivalents.key_of(fault, sources[fault.path])
    return f"{result['killer'] or 'SURVIVED'}: {described(entry(fault, key, sources, result, None))}"


def per_cent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(entries):
    counts = collections.defaultdict(collections.Counter)
    for one in entries:
        for folder in (one["file"].split("/")[0], "all"):
            counts[folder][one["state"]] += 1
    rows = [f"{'folder':<12} {'killed':>7} {'survived':>9} {'equivalent':>11} {'score':>8}"]
    for folder, count in sorted(counts.items(), key=lambda item: (item[0] == "all", item[0])):
        noticeable = count["killed"] + count["survived"]
        rows.append(f"{folder:<12} {count['killed']:>7} {count['survived']:>9} {count['equivalent']:>11} "
                    f"{per_cent(count['killed'], noticeable):>8}")
    return rows


def text(entries):
    rows = []
    for seed in dict.fromkeys(seed for one in entries for seed in one["seeds"]):
        rows += [f"seed {seed}", *table([one for one in entries if seed in one["seeds"]]), ""]
    rows += ["survived:"]
    for one in sorted(entries, key=lambda one: (one["file"], one["number"])):
        if one["state"] == "survived":
            reached = "no test reaches it" if not one["reached_by"] else f"{one['reached_by']} tests reach it"
            left_out = f", {one['left_out']} of them beyond the budget" if one["left_out"] else ""
            rows.append(f"{described(one)}\n    {one['line']}\n    ({reached}{left_out})")
    return "\n".join(rows)
