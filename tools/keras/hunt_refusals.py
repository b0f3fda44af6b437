"""The lines of a program that Keras refuses while it runs, and whether anything is left of one."""

import ast
import random
import re
import sys

import keras
import numpy as np
from keras.src.backend.common import global_state

# Puts one more layer into a model, and does nothing else to it.
ADDS_A_LAYER = re.compile(r"model\.add\(([^;]*)\)$")
NAMES_OF_KERAS = "object_name_uids"


class Stopped(Exception):
    """A line was refused, and left behind what makes those after it fail."""


def names_of(node, context):
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, context)}


class Line:
    """What a line of assignments, and perhaps of adding a layer at its end, reads and assigns."""

    def __init__(self, text):
        self.read, self.assigned = set(), set()
        # Assigned before the last statement: these names have new values even where the last one is refused.
        self.early = set()
        self.is_plain = True
        try:
            statements = ast.parse(text.strip()).body
        except SyntaxError:
            # The first line of a block.
            self.is_plain = False
            self.read = set(re.findall(r"\w+", text))
            return
        for statement in statements:
            self.early = set(self.assigned)
            self.read |= names_of(statement, ast.Load) - self.assigned
            self.assigned |= names_of(statement, ast.Store)
            self.is_plain = self.is_plain and isinstance(statement, ast.Assign)


def is_tensor(value):
    """What nothing can be left in; a list of such as well."""
    if isinstance(value, (list, tuple)):
        return all(map(is_tensor, value))
    return isinstance(value, (keras.KerasTensor, np.ndarray, np.generic)) or keras.ops.is_tensor(value)


class Refusals:
    """The lines that Keras refuses while a program runs, each with what it said."""

    def __init__(self, text):
        self.lines = text.split("\n")
        self.errors = {}
        # Lines without which nothing is left of what they did, so that the program need not run once more.
        self.undone = set()

    def before(self, line):
        """What a layer changes besides itself: the numbers in names, the state that seeds are drawn from, the model."""
        self.names = dict(global_state.get_global_attribute(NAMES_OF_KERAS) or {})
        self.seeds = random.getstate()
        if "model.add(" in self.lines[line - 1]:
            self.count = len(sys._getframe(1).f_locals["model"]._layers)

    def note(self, line):
        self.errors[line] = sys.exc_info()[1]
        text = self.lines[line - 1].strip()
        values = sys._getframe(1).f_locals
        adds = ADDS_A_LAYER.search(text)
        computed = text[:adds.start()] + f"_ = {adds[1]}" if adds else text
        if self.is_of_tensors(computed, line, values) and (adds is None or self.take_out(values["model"])):
            names = global_state.get_global_attribute(NAMES_OF_KERAS)
            if names is not None:
                names.clear()
                names.update(self.names)
            random.setstate(self.seeds)
            self.undone.add(line)
        elif "model.add(" in text:
            # The layer stands in the model, and in the way of the next.
            raise Stopped

    def is_of_tensors(self, text, line, values):
        """Whether a line makes what it makes of tensors and of what is new, so that nothing else can be changed by it."""
        what = Line(text)
        if not what.is_plain or not all(is_tensor(values[name]) for name in what.read & values.keys() - {"model"}):
            return False
        if "model" in what.read and "model.add(" not in self.lines[line - 1]:
            return False
        # What it had assigned before it was refused is read by no other.
        return not what.early or not any(what.early & Line(other).read
                                         for i, other in enumerate(self.lines) if 1 + i != line)

    def take_out(self, model):
        """Whether the model is as it was before a layer was added that it refused."""
        more = len(model._layers) - self.count
        if more == 1 and self.count > 0:
            model.pop()
        return more == 0 or more == 1 and self.count > 0
