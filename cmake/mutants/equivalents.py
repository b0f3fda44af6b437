"""Faults that are known to change nothing that any input can tell, each with why."""

import json
import pathlib

FILE = pathlib.Path(__file__).resolve().with_name("equivalents.json")
KEYS = ("file", "function", "operator", "line", "was", "becomes")


def key_of(fault, source):
    """What a fault is known by: its text, and not its number of line, which moves."""
    before = source[:fault.edit.start]
    begin, end = before.rfind(b"\n") + 1, source.find(b"\n", fault.edit.start)
    line = source[begin:end if end >= 0 else len(source)]
    values = (fault.path, fault.function, fault.operator, line.strip(), source[fault.edit.start:fault.edit.end],
              fault.edit.text)
    return tuple(value if isinstance(value, str) else value.decode() for value in values)


def line_of(fault, source):
    return source.count(b"\n", 0, fault.edit.start) + 1


def known(file=FILE):
    """The reason by key."""
    entries = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    return {tuple(entry[key] for key in KEYS): entry["why"] for entry in entries}


def entry_of(key):
    """How the file names a fault, for whoever adds it with its reason."""
    return {**dict(zip(KEYS, key)), "why": ""}
