"""Where a source file can be wrong in a small way: one fault for each thing that a person gets wrong there.

The compiler's own tree says what is an operand, a condition or a statement, and the text of the source what it is
changed into. What comes out of a macro's body is left alone; what a macro is given is not.
"""

import ctypes
import re

from clang import cindex

from .fault import Edit, Fault

Kind = cindex.CursorKind

BOUNDARIES = {b"<": b"<=", b"<=": b"<", b">": b">=", b">=": b">", b"==": b"!=", b"!=": b"=="}
CHAINS = {b"&&": b"||", b"||": b"&&"}
ARITHMETIC = {b"+": b"-", b"-": b"+", b"*": b"/", b"/": b"*", b"%": b"/", b"&": b"|", b"|": b"&", b"<<": b">>",
              b">>": b"<<", b"+=": b"-=", b"-=": b"+=", b"*=": b"/=", b"/=": b"*="}
# Functions that stand for each other in a moment of no attention.
TWINS = {b"min": b"max", b"max": b"min", b"lower_bound": b"upper_bound", b"upper_bound": b"lower_bound",
         b"any_of": b"all_of", b"all_of": b"any_of", b"front": b"back", b"back": b"front", b"floor": b"ceil",
         b"ceil": b"floor"}
# Functions whose arguments may change places, and what the names of others begin with.
SYMMETRIC = {"min", "max", "gcd", "lcm", "swap", "iter_swap"}
COMPARING = "same_"
# Functions that compile their text, which then cannot be switched by itself.
FORMATTING = {"format", "format_to", "print"}
CHECK = b"REVIVE_RETURN_IF_ERROR("
FUNCTIONS = {Kind.FUNCTION_DECL, Kind.CXX_METHOD, Kind.CONSTRUCTOR, Kind.DESTRUCTOR, Kind.FUNCTION_TEMPLATE,
             Kind.CONVERSION_FUNCTION}
BLOCKS = {Kind.COMPOUND_STMT, Kind.IF_STMT, Kind.CASE_STMT, Kind.DEFAULT_STMT}
LOOPS = {Kind.FOR_STMT, Kind.WHILE_STMT, Kind.CXX_FOR_RANGE_STMT}
INTEGERS = {getattr(cindex.TypeKind, name)
            for name in ("INT", "UINT", "LONG", "ULONG", "LONGLONG", "ULONGLONG", "SHORT", "USHORT", "UCHAR", "SCHAR")}


def library():
    """Where Debian's package of the bindings does not find its own library, by the name that it has there."""
    if not cindex.Config.loaded:
        cindex.Config.set_library_file("libclang-19.so.19")
    return cindex.conf.lib


def place(location, function):
    """(file name, offset) that one of libclang's functions gives for a location."""
    file, line, column, offset = ctypes.c_void_p(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    function(location, ctypes.byref(file), ctypes.byref(line), ctypes.byref(column), ctypes.byref(offset))
    return file.value, offset.value


def bare(kind):
    """A type without what does not matter when two arguments change places."""
    kind = kind.get_canonical()
    if kind.kind in (cindex.TypeKind.LVALUEREFERENCE, cindex.TypeKind.RVALUEREFERENCE):
        kind = kind.get_pointee()
    return kind.spelling.removeprefix("const ")


class Sites:
    """Collects the faults of one translation unit's own file; `chance` decides between two faults of one place."""

    def __init__(self, path, source, unit, chance):
        self.path, self.source, self.chance = path, source, chance
        self.lib = library()
        self.lib.clang_getFileLocation.restype = None
        self.lib.clang_getSpellingLocation.restype = None
        self.file = place(self.start_of(unit.cursor), self.lib.clang_getFileLocation)[0]
        self.unit = unit
        self.faults = {}
        self.functions = []

    def start_of(self, cursor):
        return self.lib.clang_getRangeStart(cursor.extent)

    def extent(self, cursor):
        """Bytes [start, end) of the file that a cursor stands for, None where it is not all written there."""
        extent = cursor.extent
        begin, end = self.lib.clang_getRangeStart(extent), self.lib.clang_getRangeEnd(extent)
        written = place(begin, self.lib.clang_getFileLocation)
        if written != place(begin, self.lib.clang_getSpellingLocation):
            return None
        last = place(end, self.lib.clang_getFileLocation)
        if written[0] is None or last[0] != written[0] or last[1] <= written[1]:
            return None
        return written[1], last[1]

    def text(self, extent):
        return self.source[extent[0]:extent[1]]

    def add(self, operator, edit, extent, form="value", faulty=None, also=()):
        fault = Fault(self.path, operator, edit, extent[0], extent[1], form, faulty, also)
        self.faults.setdefault((operator, edit, form), fault)

    def collect(self):
        main = self.unit.spelling
        for cursor in self.unit.cursor.get_children():
            if cursor.location.file is not None and cursor.location.file.name == main:
                self.visit(cursor, [], ())
        self.checks()
        found = []
        for fault in self.faults.values():
            around = [(end - start, name) for start, end, name in self.functions
                      if start <= fault.edit.start and fault.edit.end <= end]
            name = min(around)[1] if around else ""
            found.append(Fault(**{**vars(fault), "function": name}))
        return sorted(found, key=lambda fault: (fault.edit.start, fault.edit.end, fault.operator, fault.edit.text))

    def checks(self):
        """Checks whose verdict is handed on by a macro: each may be forgotten."""
        position = self.source.find(CHECK)
        while position >= 0:
            end, depth = position + len(CHECK), 1
            while end < len(self.source) and depth:
                depth += {40: 1, 41: -1}.get(self.source[end], 0)
                end += 1
            line = self.source[self.source.rfind(b"\n", 0, position) + 1:position]
            if self.source[end:end + 1] == b";" and not line.lstrip().startswith((b"#", b"//")):
                self.add("check forgotten", Edit(position, end + 1, b""), (position, end + 1), "statement")
            position = self.source.find(CHECK, position + 1)

    # One kind of cursor after the other. `above` are the cursors around this one, outermost first; `also` what a fault
    # in here needs: a constant that the compiler computes becomes one that the program computes.

    def visit(self, cursor, above, also):
        kind = cursor.kind
        extent = self.extent(cursor)
        if kind in FUNCTIONS or kind == Kind.LAMBDA_EXPR:
            if extent and kind in FUNCTIONS:
                self.functions.append((*extent, cursor.spelling))
            also = ()
        if kind == Kind.STATIC_ASSERT or kind == Kind.ENUM_DECL:
            return
        children = list(cursor.get_children())
        if kind == Kind.VAR_DECL and extent:
            also = self.computed_at_run_time(extent)
        if extent:
            self.here(cursor, kind, extent, children, above, also)
        if kind in BLOCKS:
            for child in children:
                self.statement(child)
        elif kind in LOOPS:
            for child in children[-1:]:
                self.statement(child)
        above = [*above, cursor]
        for child in children:
            self.visit(child, above, also)

    def computed_at_run_time(self, extent):
        head = self.source[extent[0]:extent[1]].split(b"=")[0].split(b"{")[0]
        found = re.search(rb"\bconstexpr\b", head)
        return (Edit(extent[0] + found.start(), extent[0] + found.end(), b"const"),) if found else ()

    def here(self, cursor, kind, extent, children, above, also):
        if kind in (Kind.BINARY_OPERATOR, Kind.COMPOUND_ASSIGNMENT_OPERATOR):
            self.binary(extent, children, also)
        elif kind == Kind.CALL_EXPR:
            self.call(cursor, extent, children, above, also)
        elif kind == Kind.UNARY_OPERATOR:
            self.unary(extent, children, also)
        elif kind in (Kind.IF_STMT, Kind.WHILE_STMT, Kind.CONDITIONAL_OPERATOR) and children:
            self.condition(children[0], also)
        elif kind == Kind.FOR_STMT:
            for child in children[:-1]:
                if child.kind.is_expression() and child.type.get_canonical().kind == cindex.TypeKind.BOOL:
                    self.condition(child, also)
        elif kind == Kind.DO_STMT and children:
            self.condition(children[-1], also)
        elif kind == Kind.INTEGER_LITERAL:
            self.integer(extent, also)
        elif kind == Kind.CXX_BOOL_LITERAL_EXPR:
            other = {b"true": b"false", b"false": b"true"}.get(self.text(extent))
            if other:
                self.add("bool flipped", Edit(*extent, other), extent, also=also)
        elif kind == Kind.STRING_LITERAL:
            self.string(extent, above, also)
        elif kind == Kind.RETURN_STMT:
            self.result(extent, children)
        elif kind in (Kind.BREAK_STMT, Kind.CONTINUE_STMT):
            self.dropped(extent, "jump dropped")

    def binary(self, extent, children, also):
        if len(children) < 2:
            return
        left, right = self.extent(children[0]), self.extent(children[-1])
        if not left or not right or left[1] > right[0]:
            return
        extent = (left[0], right[1])
        gap = self.source[left[1]:right[0]]
        word = gap.strip()
        start = left[1] + len(gap) - len(gap.lstrip())
        operator = (start, start + len(word))
        for name, table in (("boundary", BOUNDARIES), ("and/or", CHAINS), ("arithmetic", ARITHMETIC)):
            if word in table:
                self.add(name, Edit(*operator, table[word]), extent, also=also)
        if word in CHAINS:
            for edit, kept in ((Edit(left[0], right[0], b""), right), (Edit(left[1], right[1], b""), left)):
                self.add("operand dropped", edit, extent, faulty=b"static_cast<bool>(" + self.text(kept) + b")", also=also)

    def call(self, cursor, extent, children, above, also):
        name = cursor.spelling
        if name.startswith("operator"):
            if name not in ("operator()", "operator[]", "operator->", "operator="):
                self.binary(extent, children, also)
            return
        # The "call" of a constructor whose object has a name begins with that name.
        if above and above[-1].kind in (Kind.VAR_DECL, Kind.CONSTRUCTOR, Kind.FIELD_DECL):
            return
        callee = re.match(rb"[\w:.\->\s]*?\b(" + b"|".join(TWINS) + rb")\s*(<[^()]*>)?\(", self.text(extent))
        if callee:
            word = (extent[0] + callee.start(1), extent[0] + callee.end(1))
            self.add("twin called", Edit(*word, TWINS[callee.group(1)]), extent, also=also)
        if name in SYMMETRIC or name.startswith(COMPARING):
            return
        arguments = [argument for argument in cursor.get_arguments() if argument is not None]
        for first, second in zip(arguments, arguments[1:]):
            a, b = self.extent(first), self.extent(second)
            if not a or not b or a[1] > b[0] or b[1] > extent[1] or a[0] < extent[0] or self.text(a) == self.text(b):
                continue
            if bare(first.type) == bare(second.type) and first.type.spelling:
                swapped = self.text(b) + self.source[a[1]:b[0]] + self.text(a)
                self.add("arguments swapped", Edit(a[0], b[1], swapped), extent, also=also)

    def unary(self, extent, children, also):
        word = self.source[extent[0]:extent[0] + 1]
        operand = self.extent(children[0]) if children else None
        if word not in (b"-", b"!") or not operand or operand[0] <= extent[0] or self.text(extent)[:2] == b"--":
            return
        edit = Edit(extent[0], operand[0], b"")
        faulty = b"static_cast<bool>(" + self.text(operand) + b")" if word == b"!" else None
        self.add("sign dropped" if word == b"-" else "not dropped", edit, extent, faulty=faulty, also=also)

    def condition(self, cursor, also):
        extent = self.extent(cursor)
        if not extent:
            return
        if cursor.kind == Kind.VAR_DECL:
            # if (auto x = f()) means if (auto x = f(); x).
            name = cursor.spelling.encode()
            self.add("condition negated", Edit(*extent, b"!(" + self.text(extent) + b")"), (extent[1], extent[1]),
                     "declared", faulty=name)
            return
        if cursor.kind.is_expression():
            self.add("condition negated", Edit(*extent, b"!(" + self.text(extent) + b")"), extent, "condition",
                     faulty=self.text(extent), also=also)

    def integer(self, extent, also):
        text = self.text(extent)
        if not text[:1].isdigit():
            return
        step = b"+" if re.fullmatch(rb"0[xX]?0*[uUlLzZ]*", text) or self.chance.random() < 0.5 else b"-"
        self.add("off by one", Edit(*extent, text + b" " + step + b" 1"), extent, also=also)

    def string(self, extent, above, also):
        text = self.text(extent)
        inner = re.fullmatch(rb'"(.+)"(\w*)', text, re.DOTALL)
        if not inner:
            return
        letter = re.search(rb"[A-Za-z](?![^{]*\})", inner.group(1))
        if letter and self.chance.random() < 0.5 and b"\\" not in text:
            at = 1 + letter.start()
            other = {b"z": b"a", b"Z": b"A"}.get(text[at:at + 1], bytes([text[at] + 1]))
            edit, name = Edit(extent[0] + at, extent[0] + at + 1, other), "letter changed"
            edit = Edit(*extent, text[:at] + other + text[at + 1:])
        else:
            edit, name = Edit(*extent, b'""' + inner.group(2)), "text emptied"
        around = [cursor for cursor in above if cursor.kind == Kind.CALL_EXPR and cursor.spelling in FORMATTING]
        switched = self.extent(around[-1]) if around else extent
        if switched and switched[0] <= extent[0] and extent[1] <= switched[1]:
            self.add(name, edit, switched, also=also)

    def result(self, extent, children):
        if not children:
            self.dropped(extent, "jump dropped")
            return
        value = self.extent(children[0])
        if not value:
            return
        kind = children[0].type.get_canonical().kind
        if kind == cindex.TypeKind.BOOL and self.text(value) not in (b"true", b"false"):
            self.add("result turned", Edit(*value, b"!(" + self.text(value) + b")"), value)
        elif kind in INTEGERS:
            self.add("result turned", Edit(*value, b"(" + self.text(value) + b") + 1"), value)

    def statement(self, cursor):
        extent = self.extent(cursor)
        if not extent or not cursor.kind.is_expression() or not self.source[extent[1]:].lstrip().startswith(b";"):
            return
        self.add("statement dropped", Edit(*extent, b""), extent, "call")

    def dropped(self, extent, operator):
        end = self.source.find(b";", extent[1])
        if end >= 0 and not self.source[extent[1]:end].strip():
            self.add(operator, Edit(extent[0], end + 1, b""), (extent[0], end + 1), "statement")


def parsed(path, copy, source, arguments):
    """The tree of a file; `copy` is where its text lies, `arguments` those that compile it."""
    library()
    unit = cindex.Index.create().parse(copy, arguments[1:], unsaved_files=[(copy, source.decode())])
    errors = [str(diagnostic) for diagnostic in unit.diagnostics if diagnostic.severity >= cindex.Diagnostic.Error]
    if errors:
        raise ValueError(f"{path} does not compile: {errors[0]}")
    return unit


def faults_of(path, source, unit, chance):
    """The faults of a file, in order."""
    return Sites(path, source, unit, chance).collect()
