"""A small fault in a source file, and how it is switched on at run time."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Edit:
    """Bytes [start, end) of a file, and what stands there instead."""
    start: int
    end: int
    text: bytes

    def of(self, source, start, end):
        """Bytes [start, end) of `source`, which hold this edit, as they are after it."""
        return source[start:self.start] + self.text + source[self.end:end]


@dataclasses.dataclass(frozen=True)
class Fault:
    path: str
    operator: str
    edit: Edit  # what the fault is, for people
    start: int  # bytes [start, end) are switched: the expression or statement around the edit
    end: int
    form: str = "value"  # a key of FORMS
    faulty: bytes | None = None  # what takes the place of [start, end), where it is not what the edit leaves there
    also: tuple = ()  # edits that are needed for it, fault or no fault
    function: str = ""


# How a fault is written: what stands in front of its faulty text, between it and the right one, and after that.
FORMS = {
    "value": (b"(revive_mutant(%d)\n? (", b")\n: (", b"))"),
    "condition": (b"(revive_mutant(%d)\n? !(", b")\n: static_cast<bool>(", b"))"),
    "declared": (b"; (revive_mutant(%d)\n? !(", b")\n: static_cast<bool>(", b"))"),
    "call": (b"(revive_mutant(%d)\n? void(", b")\n: void(", b"))"),
    "statement": (b"{ if (revive_mutant(%d)) {\n", b"\n} else ", b" }"),
}


def rendered(source, faults):
    """The text of a file with all of these faults in it, each under its number, and where each number's own text is.

    `faults` maps numbers to faults. Where one fault is inside another, the outer one's faulty text is without the inner
    one, as no two of them are ever on.
    """
    order = sorted(faults.items(), key=lambda item: (item[1].start, -item[1].end, item[0]))
    edits = sorted({edit for fault in faults.values() for edit in fault.also}, key=lambda edit: edit.start)
    out, places = [], {}
    length = 0

    def put(text):
        nonlocal length
        out.append(text)
        length += len(text)

    def copy(start, end):
        for edit in edits:
            if start <= edit.start and edit.end <= end:
                put(source[start:edit.start])
                put(edit.text)
                start = edit.end
        put(source[start:end])

    def write(start, end, inside):
        while inside:
            number, fault = inside[0]
            if fault.start < start:  # overlaps one that is written already
                inside = inside[1:]
                continue
            nested = [item for item in inside[1:] if item[1].start < fault.end and item[1].end <= fault.end]
            copy(start, fault.start)
            before, between, after = FORMS[fault.form]
            begin = length
            put(before % number)
            put(fault.edit.of(source, fault.start, fault.end) if fault.faulty is None else fault.faulty)
            put(between)
            places[number] = (begin, length)
            if fault.start < fault.end:
                write(fault.start, fault.end, nested)
            else:  # put in between
                put(fault.faulty)
            put(after)
            start = fault.end
            inside = [item for item in inside[1:] if item[1].start >= fault.end]
        copy(start, end)

    write(0, len(source), order)
    return b"".join(out), places
