#!/usr/bin/env python3
"""Writes static expressions of Python, and what CPython makes of each.

    model/lambda/python_expressions.py SEED COUNT [NAME=LITERAL ...]

One line an expression: the expression as the body of a lambda of one parameter, its value, and the marshalled code of
the lambda in base64, with tabs between them. The NAMEs are values that the lambda captures. A value is spelled with its
type: `n`, `b1`, `i-7`, `f` and the bits, `s` and the bytes of the text, `(..)`, `[..]`, `{key:value}`, `l(..)` a slice,
`r(..)` a range, `v(..)` a view of a dict, `y(..)` what can be walked through once, `e` for `...`. `!TypeError` stands
for a text that Python refuses.

Texts are drawn by the type that they are to have, with brackets left out at random: what they then mean, Python says.
One in twenty is of another type than its place wants, and in one in twelve a token is taken away, doubled or replaced.
"""

import ast
import base64
import functools
import io
import marshal
import math
import random
import resource
import struct
import sys
import tokenize
import warnings

BUILTINS = [abs, all, any, bool, callable, dict, enumerate, filter, float, int, isinstance, len, list, map, max, min,
            pow, range, reversed, round, slice, sorted, str, sum, tuple, zip]
KINDS = ["int", "float", "bool", "str", "ints", "numbers", "strs", "pairs", "dict", "none"]
# What a mutation may put in place of a token.
TOKENS = ["+", "-", "*", "**", "/", "//", "%", "@", "<<", ">>", "&", "|", "^", "~", "<", "<=", "==", "!=", "is", "in",
          "not", "and", "or", "if", "else", "for", "lambda", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=", "...",
          "0", "1", "2.5", "'a'", "None", "True", "i", "class", "0x1__f", "1_0", "07", "1__0", "'''", "*i", "**i"]
MOST_EXPONENT = 4000
MOST_ITEMS = 20000


class Writer:
    def __init__(self, rng, captures):
        self.rng = rng
        self.names = {kind: [] for kind in KINDS}
        for name, value in captures.items():
            self.names[self.kind_of(value)].append(name)

    @staticmethod
    def kind_of(value):
        if value is None:
            return "none"
        if isinstance(value, tuple):
            return "ints"
        return type(value).__name__

    def pick(self, *choices):
        return self.rng.choice(choices)

    def odds(self, share):
        return self.rng.random() < share

    def bracketed(self, text):
        return f"({text})" if self.odds(0.45) else text

    def write(self, kind, depth):
        """An expression of the kind, most of the time."""
        if self.odds(0.012):
            kind = self.rng.choice(KINDS)
        if self.names[kind] and self.odds(0.25):
            return self.rng.choice(self.names[kind])
        if depth <= 0:
            return self.leaf(kind)
        if self.odds(0.07):
            return self.bracketed(self.chosen(kind, depth - 1))
        return self.bracketed(getattr(self, "write_" + kind)(depth - 1))

    def chosen(self, kind, depth):
        """What every kind can be written as."""
        other = lambda k: self.write(k, depth)
        return self.pick(
            lambda: f"{other(kind)} if {self.condition(depth)} else {other(kind)}",
            lambda: f"{other(kind)} or {other(kind)}",
            lambda: f"{other(kind)} and {other(kind)}",
            lambda: f"[{other(kind)}, {other(kind)}][{self.pick('0', '1', '-1', '-2', '2')}]",
            lambda: f"{{'a': {other(kind)}, 1: {other(kind)}}}[{self.pick(repr('a'), '1', '1.0', 'True', repr('b'))}]",
            lambda: f"{{'a': {other(kind)}}}.get({self.pick(repr('a'), repr('b'))}, {other(kind)})",
            lambda: self.function_call(kind, depth),
        )()

    def condition(self, depth):
        return self.write(self.pick("bool", "bool", "bool", "int", "float", "str", "ints", "none", "dict"), depth)

    def function_call(self, kind, depth):
        parameter = self.pick("i", "j", "k", "class") if self.odds(0.05) else self.pick("i", "j", "k")
        given = self.rng.choice(KINDS)
        argument = self.write(given, depth)
        default = self.write(given, 0)
        self.names[given].append(parameter)
        body = self.write(kind, depth)
        self.names[given].pop()
        return self.pick(
            f"(lambda {parameter}: {body})({argument})",
            f"(lambda {parameter}={default}: {body})()",
            f"(lambda {parameter}={default}: {body})({parameter}={argument})",
            f"(lambda a, {parameter}={default}, *rest: {body})({argument}, {argument}, *rest)"
            if self.odds(0.1) else f"(lambda a, {parameter}={default}, *rest: {body})({argument}, {argument}, 0)",
            f"(lambda a={default}, {parameter}: {body})({argument})"
            if self.odds(0.2) else f"(lambda *{parameter}: {parameter}[0])({argument})",
            f"(lambda {parameter}: {body})({argument}, name=0)"
            if self.odds(0.1) else f"(lambda {parameter}: {body})(*[{argument}])",
            f"(lambda {parameter}: {body})(**{{'{parameter}': {argument}}})",
        )

    def leaf(self, kind):
        if kind == "int":
            return self.pick("0", "1", "2", "3", "5", "7", "10", "0x1F", "0o17", "0b101", "1_000", "00", "2147483648",
                             "9007199254740993", "9223372036854775807", "-1", "-2", "-3", "~4")
        if kind == "float":
            return self.pick("0.0", "-0.0", ".5", "1.", "2.5", "-1.5", "1e3", "1E-3", "1_0.5", "0.1", "1e16", "1e-7",
                             "1e308", "5e-324", "-3.7", "9007199254740992.0", "9.223372036854775807e18", "3.14e+2",
                             "01.5", "math.pi", "math.e", "math.inf", "-math.inf", "float('inf')", "float('-inf')",
                             "float('nan')", "math.nan")
        if kind == "bool":
            return self.pick("True", "False")
        if kind == "str":
            return self.pick("''", "'a'", '"abc"', "'it\\'s'", '"q\\"q"', "'\\x41\\u00e9'", "'a' 'b'", "'\\\\'", "'\\0'",
                             "'caf\u00e9'", "'\\t'", "'same'", "'VALID'", "'\\n'", "'''tri'''", "'''a''b'''",
                             '"""c"d"""', "'\u00c9'", "'\\U0001F600'")
        if kind == "none":
            return "None"
        if kind == "dict":
            return self.pick("{}", "{'a': 1, 'b': 2.5}", "{1: 'a', 1.0: 'b', True: 'c'}", "{None: 0, 'a': (1,)}")
        items = {"ints": "int", "numbers": "float", "strs": "str"}.get(kind)
        if items is None:
            return self.pick("((1, 'a'), (2, 'b'))", "[(3, 'c')]", "()", "[(1, 2), [3, 4]]")
        count = self.pick(0, 1, 2, 3, 3, 4)
        texts = [self.leaf(self.pick(items, items, "int", "bool") if kind == "numbers" else items)
                 for _ in range(count)]
        comma = "," if count == 1 else self.pick("", "", ",") if count else ""
        return self.pick(f"({', '.join(texts)}{comma})", f"[{', '.join(texts)}]")

    def literal_count(self):
        return self.pick("0", "1", "2", "3", "-1", "True")

    def write_int(self, depth):
        number = lambda: self.write("int", depth)
        either = lambda: self.write(self.pick("int", "int", "int", "bool"), depth)
        binary = lambda: f"{either()} {self.pick('+', '-', '*', '//', '%', '&', '|', '^')} {either()}"
        return self.pick(
            binary, binary, binary, binary,
            lambda: f"{self.pick('-', '+', '~')}{either()}",
            lambda: f"{either()} {self.pick('<<', '>>')} {self.pick('0', '1', '3', '62', '63', '64', '-1', either())}",
            lambda: f"{either()} ** {self.pick('0', '1', '2', '3', '-1', '63', 'True')}",
            lambda: f"{self.pick('min', 'max')}({either()}, {number()}, {number()})",
            lambda: f"{self.pick('min', 'max', 'sum')}({self.write('ints', depth)})",
            lambda: f"sum({self.write('ints', depth)}, {self.pick('', 'start=')}{number()})",
            lambda: f"abs({either()})",
            lambda: f"int({self.write(self.pick('float', 'bool', 'int'), depth)})",
            lambda: f"{self.pick('round', 'math.floor', 'math.ceil')}({self.write(self.pick('float', 'int'), depth)})",
            lambda: f"len({self.write(self.pick('ints', 'numbers', 'strs', 'str', 'dict', 'pairs'), depth)})",
            lambda: f"{self.write('ints', depth)}[{self.index(depth)}]",
            lambda: f"{self.write('ints', depth)}.index({number()})",
            lambda: f"pow({either()}, {self.pick('0', '2', '3', '-1')})",
            lambda: f"math.prod({self.write('ints', depth)})",
            lambda: f"functools.reduce(lambda a, b: {self.pick('a + b', 'a * b', 'a - b', 'a', 'max(a, b)')}, "
                    f"{self.write('ints', depth)}{self.pick('', ', 0', ', ' + number())})",
        )()

    def index(self, depth):
        return self.pick("0", "1", "2", "-1", "-2", "True", self.write("int", depth), "0,", "slice(1)")

    def write_float(self, depth):
        number = lambda: self.write(self.pick("float", "float", "float", "int", "bool"), depth)
        binary = lambda: f"{number()} {self.pick('+', '-', '*', '/', '//', '%')} {number()}"
        functions = ("cos", "exp", "fabs", "log", "log10", "log2", "sin", "sqrt", "tan", "tanh")
        return self.pick(
            binary, binary, binary, binary,
            lambda: f"{self.pick('-', '+')}{number()}",
            lambda: f"{number()} / {number()}",
            lambda: f"{number()} ** {self.pick('0', '2', '0.5', '-1', '-0.5', '2.0', '3', number())}",
            lambda: f"float({number()})",
            lambda: f"math.{self.rng.choice(functions)}({number()})",
            lambda: f"{self.pick('math.pow', 'pow')}({number()}, {self.pick('2', '0.5', '-1', number())})",
            lambda: f"{self.pick('min', 'max')}({number()}, {number()})",
            lambda: f"{self.pick('min', 'max', 'sum', 'math.prod')}({self.write('numbers', depth)})",
            lambda: f"abs({number()})",
            lambda: f"{self.write('numbers', depth)}[{self.index(depth)}]",
        )()

    def write_bool(self, depth):
        number = lambda: self.write(self.pick("int", "float", "bool"), depth)
        compare = lambda: self.pick("<", "<=", "==", "!=", ">=", ">")
        same = lambda kind: f"{self.write(kind, depth)} {self.pick('==', '!=')} {self.write(kind, depth)}"
        return self.pick(
            lambda: f"{number()} {compare()} {number()}",
            lambda: f"{number()} {compare()} {number()}",
            lambda: f"{number()} {compare()} {number()} {compare()} {number()}",
            lambda: f"{number()} {compare()} {number()} {compare()} {number()} {compare()} {number()}",
            lambda: f"not {self.condition(depth)}",
            lambda: f"{self.write('bool', depth)} {self.pick('and', 'or')} {self.write('bool', depth)}",
            lambda: f"{self.write('bool', depth)} {self.pick('&', '|', '^')} {self.write('bool', depth)}",
            lambda: f"bool({self.condition(depth)})",
            lambda: same(self.rng.choice(KINDS)),
            lambda: f"{self.write(self.rng.choice(KINDS), depth)} {self.pick('==', '!=')} "
                    f"{self.write(self.rng.choice(KINDS), depth)}",
            lambda: f"{self.write('str', depth)} {compare()} {self.write('str', depth)}",
            lambda: f"{self.write('ints', depth)} {compare()} {self.write('ints', depth)}",
            lambda: f"{self.write('int', depth)} {self.pick('in', 'not in')} {self.write('ints', depth)}",
            lambda: f"{number()} {self.pick('in', 'not in')} {self.write('numbers', depth)}",
            lambda: f"{self.write('str', depth)} {self.pick('in', 'not in')} "
                    f"{self.write(self.pick('str', 'strs', 'dict'), depth)}",
            lambda: f"{self.write(self.pick('none', 'none', 'int', 'bool', 'str'), depth)} "
                    f"{self.pick('is', 'is not')} {self.pick('None', 'None', 'True', 'False')}",
            lambda: f"{self.pick('all', 'any')}({self.write(self.pick('ints', 'numbers', 'strs'), depth)})",
            lambda: f"{self.pick('all', 'any')}({self.generator('bool', depth)})",
            lambda: f"isinstance({self.write(self.rng.choice(KINDS), depth)}, "
                    f"{self.pick('int', 'float', 'bool', 'str', 'tuple', 'list', 'dict', '(int, float)', '[int]', '()')})",
            lambda: f"{self.write('str', depth)}.{self.pick('startswith', 'endswith')}({self.write('str', 0)})",
            lambda: f"callable({self.pick('len', 'lambda: 0', '1')})",
            lambda: f"{self.pick('int', 'len', '...', 'slice(1)', 'slice(1, 2)')} == "
                    f"{self.pick('int', 'len', '...', 'slice(1)', 'slice(None, 1)')}",
        )()

    def write_str(self, depth):
        return self.pick(
            lambda: f"{self.write('str', depth)} + {self.write('str', depth)}",
            lambda: f"{self.write('str', depth)} + {self.write('str', depth)}",
            lambda: f"str({self.write(self.pick('int', 'int', 'str', 'bool', 'none', 'float'), depth)})",
            lambda: f"{self.write('str', depth)}.{self.pick('upper', 'lower')}()",
            lambda: self.format_string(depth),
            lambda: f"{self.write('str', depth)} * {self.literal_count()}",
            lambda: f"{self.write('str', depth)}[{self.pick(self.index(depth), self.slice(depth))}]",
            lambda: f"{self.write('strs', depth)}[{self.index(depth)}]",
        )()

    def format_string(self, depth):
        inner = self.write(self.pick("int", "int", "bool", "none"), depth)
        if any(each in inner for each in "'\"\\{}:!=\n"):
            inner = self.leaf("bool")
        return self.pick(f"f'{{{inner}}}'", f"f'a{{{inner}}}b{{{inner}}}'", f"f'{{{{a}}}}{{{inner}}}'",
                         f"f'{{{inner}!r:>4}}'" if self.odds(0.2) else f"'c' f'{{{inner}}}'")

    def slice(self, depth):
        bound = lambda: self.pick("", "", "0", "1", "2", "-1", "-3", "5", "None", self.write("int", depth))
        return self.pick(f"{bound()}:{bound()}", f"{bound()}:{bound()}:{bound()}", "::-1", "::2", "::-2", "::0", ":",
                         f"slice({self.pick('1', 'None', '-1', '2, 4', 'None, None, -1', '0, 3, 2')})")

    def target(self, kind):
        name = self.pick("i", "j", "k", "class") if self.odds(0.03) else self.pick("i", "j", "k", "len")
        return name if self.odds(0.97) or kind != "pairs" else f"({name},)"

    def generator(self, kind, depth):
        """`f(i) for i in s if c`, of elements of the kind."""
        source = self.pick("ints", "ints", "numbers", "strs", "pairs")
        iterable = self.write(source, depth)
        element = {"ints": "int", "numbers": "float", "strs": "str"}
        if source == "pairs":
            names = ["i", "j"]
            bound = [("int", "i"), ("str", "j")]
            target = self.pick("i, j", "(i, j)")
        else:
            target = self.target(source)
            bound = [(element[source], target)]
            names = [target]
        for of_kind, name in bound:
            self.names[of_kind].append(name)
        body = self.write(kind, depth)
        clauses = self.pick("", "", f" if {self.condition(depth)}")
        if self.odds(0.2):
            clauses += f" for {self.pick('k', names[0])} in {self.write('ints', depth)}"
        for of_kind, name in bound:
            self.names[of_kind].remove(name)
        return f"{body} for {target} in {iterable}{clauses}"

    def sequence(self, kind, item, depth):
        whole = lambda: self.write(kind, depth)
        one = lambda: self.write(item, depth)
        return self.pick(
            lambda: f"({one()}, {one()}, {one()})",
            lambda: f"[{one()}, {one()}]",
            lambda: f"({one()},)",
            lambda: f"[*{whole()}, {one()}]",
            lambda: f"({one()}, *{whole()})",
            lambda: f"(*{whole()}{self.pick(',', ',', '')})",
            lambda: f"{whole()} + {whole()}",
            lambda: f"list({whole()}) + list({whole()})",
            lambda: f"{whole()} * {self.literal_count()}",
            lambda: f"{self.literal_count()} * {whole()}",
            lambda: f"{whole()}[{self.slice(depth)}]",
            lambda: f"[{self.generator(item, depth)}]",
            lambda: f"{self.pick('list', 'tuple', 'tuple', 'list', '')}({self.generator(item, depth)})",
            lambda: f"{self.pick('list', 'tuple')}({whole()})",
            lambda: f"{self.pick('list', 'tuple', '')}({self.pick('reversed', 'sorted')}({whole()}))",
            lambda: f"list(filter({self.pick('None', 'lambda i: i', 'bool')}, {whole()}))",
            lambda: f"list(map(lambda i: {self.pick('i', '(i, i)[0]')}, {whole()}))",
        )()

    def write_ints(self, depth):
        number = lambda: self.write("int", 0)
        if self.odds(0.25):
            return self.pick(
                f"range({number()})", f"range({self.pick('3', '5', '-2', number())}, {number()})",
                f"range({number()}, {number()}, {self.pick('1', '2', '-1', '-3', '0', number())})",
                f"list(range({self.pick('3', '5')}))", f"tuple(range(4, {self.pick('0', '9')}, -1))",
                f"[i for i, j in enumerate({self.write('strs', depth)}{self.pick('', ', 1', ', start=2', ', True')})]",
                f"sorted({self.write('ints', depth)}, {self.pick('reverse=True', 'reverse=False', 'True', 'reverse=None')})",
                f"list(map(len, {self.write(self.pick('pairs', 'strs'), depth)}))",
                f"tuple(map(int, {self.write('numbers', depth)}))",
                f"[f() for f in [lambda{self.pick('', ' i=i')}: i for i in {self.write('ints', 0)}]]",
                f"[(lambda: i)() for i in {self.write('ints', 0)}]",
                f"(lambda i: list(i) + list(i))({self.pick('zip', 'list', 'reversed', 'range')}"
                f"({self.write('ints', 0)}))")
        return self.sequence("ints", "int", depth)

    def write_numbers(self, depth):
        return self.sequence("numbers", self.pick("float", "float", "int", "bool"), depth)

    def write_strs(self, depth):
        if self.odds(0.15):
            return self.pick(f"list({self.write('dict', depth)})", f"{self.write('dict', depth)}.keys()",
                             f"list({self.write('dict', depth)}.keys())", f"tuple({self.write('str', depth)})",
                             f"{self.write('dict', depth)}")
        return self.sequence("strs", "str", depth)

    def write_pairs(self, depth):
        return self.pick(
            lambda: f"{self.pick('list', 'tuple', '')}(zip({self.write('ints', depth)}, {self.write('strs', depth)}))",
            lambda: f"{self.pick('list', 'tuple', '')}(enumerate({self.write('strs', depth)}))",
            lambda: f"{self.pick('list', 'tuple', '')}({self.write('dict', depth)}.items())",
            lambda: f"[({self.write('int', depth)}, {self.write('str', depth)})]",
            lambda: f"{self.write('pairs', depth)}[{self.slice(depth)}]",
            lambda: f"{self.write('pairs', depth)} + {self.write('pairs', depth)}",
        )()

    def write_dict(self, depth):
        key = lambda: self.write(self.pick("str", "str", "int", "none", "float"), depth)
        value = lambda: self.write(self.rng.choice(KINDS), depth)
        return self.pick(
            lambda: f"{{{key()}: {value()}}}",
            lambda: f"{{{key()}: {value()}, {key()}: {value()},}}",
            lambda: f"{{**{self.write('dict', depth)}, {key()}: {value()}}}",
            lambda: f"dict({self.write('dict', depth)})",
        )()

    def write_none(self, depth):
        return self.pick("None", f"{self.write('dict', depth)}.get({self.write('str', depth)})")


def mutated(rng, text):
    """The text with a token taken away, doubled or replaced."""
    try:
        tokens = [t.string for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.string.strip()]
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return text
    if not tokens:
        return text
    at = rng.randrange(len(tokens))
    change = rng.randrange(4)
    tokens[at:at + 1] = [[], [tokens[at]] * 2, [rng.choice(TOKENS)], [tokens[at], rng.choice(TOKENS)]][change]
    return " ".join(tokens)


def spelled(value):
    if value is None:
        return "n"
    if value is Ellipsis:
        return "e"
    if isinstance(value, bool):
        return f"b{int(value)}"
    if isinstance(value, int):
        return f"i{value}"
    if isinstance(value, float):
        return "fnan" if math.isnan(value) else "f" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "s" + value.encode().hex()
    if isinstance(value, dict):
        return "{" + ",".join(f"{spelled(k)}:{spelled(v)}" for k, v in value.items()) + "}"
    if isinstance(value, slice):
        return f"l({spelled(value.start)},{spelled(value.stop)},{spelled(value.step)})"
    opening = {tuple: "(", list: "[", range: "r("}.get(type(value))
    if opening is None:
        if callable(value):
            return "c"
        opening = "v(" if type(value).__name__ in ("dict_keys", "dict_values", "dict_items") else "y("
    return opening + ",".join(spelled(item) for item in value) + ("]" if opening == "[" else ")")


class TooLarge(Exception):
    pass


class Guarded(ast.NodeTransformer):
    """Operators that can take for ever become calls of functions that refuse to."""

    def visit_BinOp(self, node):
        self.generic_visit(node)
        name = {ast.Pow: "_power", ast.LShift: "_shift", ast.Mult: "_times"}.get(type(node.op))
        if name is None:
            return node
        call = ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))


def guarded_power(a, b):
    if isinstance(a, int) and isinstance(b, int) and b > MOST_EXPONENT:
        raise TooLarge
    return a**b


def guarded_shift(a, b):
    if isinstance(b, int) and b > MOST_EXPONENT:
        raise TooLarge
    return a << b


def guarded_times(a, b):
    for items, count in ((a, b), (b, a)):
        if isinstance(items, (tuple, list, str)) and isinstance(count, int) and len(items) * count > MOST_ITEMS:
            raise TooLarge
    return a * b


def guarded_range(*bounds):
    made = range(*bounds)
    if made and abs(made[-1] - made[0]) // abs(made.step) > MOST_ITEMS:
        raise TooLarge
    return made


GUARDS = {"_power": guarded_power, "_shift": guarded_shift, "_times": guarded_times, "pow": guarded_power,
          "range": guarded_range}


def decided(text, names):
    """The value that CPython gives the text, spelled, and its code; None for what takes too long."""
    code = ""
    try:
        tree = ast.parse("lambda x: " + text, mode="eval")
        if not isinstance(tree.body, ast.Lambda):
            return "!SyntaxError", code
        function = eval(compile(tree, "static", "eval"), dict(names))
        code = base64.b64encode(marshal.dumps(function.__code__)).decode()
        try:
            guarded = compile(Guarded().visit(tree), "static", "eval")
            spelled(eval(guarded, {**names, **GUARDS})(None))
        except TooLarge:
            return None
        except Exception:
            pass
        return spelled(function(None)), code
    except Exception as error:  # Whatever it is, Python has refused the text.
        return "!" + type(error).__name__, code


def main(seed, count, *given):
    warnings.simplefilter("ignore")
    memory = 1 << 30
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    captures = {name: ast.literal_eval(value) for name, value in (each.split("=", 1) for each in given)}
    names = {**{each.__name__: each for each in BUILTINS}, "math": math, "functools": functools, **captures}
    names["__builtins__"] = {}
    rng = random.Random(int(seed))
    left = int(count)
    while left > 0:
        text = Writer(rng, captures).write(rng.choice(KINDS), rng.choice((1, 2, 2, 3, 3, 4)))
        if rng.random() < 1 / 12:
            text = mutated(rng, text)
        if len(text) > 600 or "\n" in text or "\t" in text:
            continue
        found = decided(text, names)
        if found is None:
            continue
        print(text, *found, sep="\t")
        left -= 1


if __name__ == "__main__":
    main(*sys.argv[1:])
