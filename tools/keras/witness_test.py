#!/usr/bin/env python3
"""Tests of the witness itself: that it agrees, that it notices, and that it names the right layer.

Archives come from Keras and stand in for revive's; a function that answers wrongly for one class of layer stands
in for `revive run`. Run with the interpreter that has Keras: `python tools/keras/witness_test.py`.
"""

import contextlib
import io
import json
import os
import pathlib
import tempfile
import unittest

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
from keras import layers

import agreement
import first_differing_layer
import witness

ONES = np.ones((2, 3), "float32")

def wrong_by_one_for(layer_class):
    """Answers as Keras does, but wrongly for layers that are or hold one of a class."""

    def holds(layer):
        return isinstance(layer, layer_class) or any(map(holds, getattr(layer, "layers", [])))

    def ask(asked, inputs):
        return np.asarray(first_differing_layer.stack_of(asked, inputs)(inputs, training=False)) + np.float32(holds(asked[-1]))

    return ask


class Agreement(unittest.TestCase):
    def test_numbers_within_tolerance_agree(self):
        self.assertIsNone(agreement.disagreement(np.float32([1.00001, 0]), np.float32([1, 1e-5]), "tame"))

    def test_numbers_outside_tolerance_do_not(self):
        self.assertIn("at [1]", agreement.disagreement(np.float32([1, 2.0001]), np.float32([1, 2]), "tame"))

    def test_specials_compare_only_the_pattern(self):
        ours, theirs = np.float32([np.nan, np.inf, 1]), np.float32([np.nan, np.inf, 2])
        self.assertIsNone(agreement.disagreement(ours, theirs, "specials"))
        self.assertIn("at [2]", agreement.disagreement(ours, theirs, "tame"))

    def test_infinities_differ_by_sign_and_nan_from_numbers(self):
        for ours, theirs in ((np.inf, -np.inf), (np.nan, 1), (1, np.nan), (np.inf, 3e38)):
            self.assertIsNotNone(agreement.disagreement(np.float32([ours]), np.float32([theirs]), "specials"))

    def test_shape_and_dtype_count(self):
        one = np.ones((2, 2), "float32")
        self.assertIn("shape", agreement.disagreement(one, one[0], "tame"))
        self.assertIn("float64", agreement.disagreement(one, one.astype("float64"), "tame"))
        self.assertIn("at [0, 1]", agreement.disagreement(np.array([[1, 2]]), np.array([[1, 3]]), "tame"))


class Witness(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.dense = keras.Sequential([keras.Input((3,)), layers.Dense(2, name="dense")])

    def generate(self, name, model, inputs, error=0.0):
        model.save(self.folder / f"{name}.keras")
        np.save(self.folder / f"{name}.input.npy", inputs)
        np.save(self.folder / f"{name}.output.npy", np.asarray(model(inputs, training=False)) + np.float32(error))

    def witness(self, *arguments):
        """Exit code and standard output."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
            try:
                code = witness.main([str(self.folder), "--resave", str(self.folder / "again"), *arguments])
            except SystemExit as stopped:
                code = stopped.code
        return code, said.getvalue()

    def test_agreement_is_exit_code_zero_and_everything_is_saved_again(self):
        self.generate("0000", self.dense, ONES)
        code, said = self.witness()
        self.assertEqual(code, 0)
        self.assertIn("1 of 1 archives agree", said)
        again = keras.saving.load_model(self.folder / "again" / "0000.keras")
        np.testing.assert_array_equal(again.get_weights()[0], self.dense.get_weights()[0])
        self.assertTrue((self.folder / "again" / "0000.output.npy").exists())

    def test_another_output_is_exit_code_one(self):
        self.generate("0000", self.dense, ONES)
        self.generate("0001", self.dense, ONES, error=0.001)
        code, said = self.witness("--json")
        self.assertEqual(code, 1)
        verdict = json.loads(said)
        self.assertEqual((verdict["checked"], list(verdict["failures"])), (2, ["0001"]))

    def test_the_rest_is_what_was_not_saved_yet(self):
        self.generate("0000", self.dense, ONES)
        self.generate("0001", self.dense, ONES, error=0.001)
        code, said = self.witness("--quiet")
        self.assertEqual((code, "0001" in said), (1, False))
        code, said = self.witness("--rest")
        self.assertEqual((code, "0000" in said, "0001" in said), (1, False, True))
        self.assertIn("0 of 1 archives agree", said)
        self.generate("0001", self.dense, ONES)
        self.assertIn("1 of 1 archives agree", self.witness("--rest")[1])
        self.assertEqual(self.witness("--rest")[0], 0)

    def test_what_keras_refuses_is_a_failure(self):
        self.generate("0000", self.dense, ONES)
        (self.folder / "0000.keras").write_bytes(b"not a zip")
        code, said = self.witness()
        self.assertEqual(code, 1)
        self.assertIn("Keras cannot load or run it", said)

    def test_asks_the_program_and_reports_how_it_ended(self):
        self.generate("0000", self.dense, ONES, error=1)
        program = self.folder / "revive"
        program.write_text('#!/bin/sh\necho "$1 refuses" >&2\nexit 1\n')
        program.chmod(0o755)
        code, said = self.witness("--revive", str(program))
        self.assertEqual(code, 1)
        self.assertIn("layer 0 (Dense 'dense'): revive run ends with 1: run refuses", said)

    def test_wrong_calls_are_exit_code_two(self):
        self.assertEqual(self.witness()[0], 2)
        self.generate("0000", self.dense, ONES)
        self.assertEqual(self.witness("--revive", str(self.folder / "missing"))[0], 2)
        (self.folder / "0000.input.npy").unlink()
        self.assertEqual(self.witness()[0], 2)


class Blame(unittest.TestCase):
    def test_names_the_layer_inside_a_nested_stack(self):
        inner = keras.Sequential([keras.Input((4, 2)), layers.Dense(3), layers.LSTM(2)], name="inner")
        model = keras.Sequential([keras.Input((4, 2)), layers.Dropout(0.5), inner, layers.Dense(2)])
        inputs = np.ones((2, 4, 2), "float32")
        found = first_differing_layer.first_differing_layer(model, inputs, wrong_by_one_for(layers.LSTM), "tame")
        self.assertRegex(found, r"^layer 1 \(Sequential 'inner'\), layer 1 \(LSTM '\w+'\): at ")

    def test_gives_a_masked_layer_the_layers_that_made_its_mask(self):
        parts = [layers.Embedding(5, 2, mask_zero=True), layers.Dropout(0.1), layers.LSTM(2), layers.Dense(1)]
        model = keras.Sequential([keras.Input((4,), dtype="int32"), *parts])
        inputs = np.int32([[1, 0, 2, 0]])
        found = first_differing_layer.first_differing_layer(model, inputs, wrong_by_one_for(layers.LSTM), "tame")
        self.assertRegex(found, r"^layer 2 \(LSTM ")
        # Without the Embedding the LSTM would not see the mask, and an honest answer would look wrong.
        found = first_differing_layer.first_differing_layer(model, inputs, wrong_by_one_for(layers.GRU), "tame")
        self.assertIn("every layer agrees by itself", found)


if __name__ == "__main__":
    unittest.main()
