"""The worker answers what its programs are told to show: .venv/bin/python tools/keras/hunt_worker_test.py"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
HEAD = "import keras\nimport numpy as np\n\n"
LINEAR = HEAD + """K = 2

def make():
    model = keras.Sequential()
    model.add(keras.Input((4,)))
    model.add(LAYER)
    return model

x = np.linspace(-1, 1, 8, dtype='float32').reshape(2, 4)

def use(thing, **how):
    return thing(x, **how)
"""


OWN = """class Own(keras.layers.Layer):
    def __init__(self, units=0):
        super().__init__()
        self.inner = keras.layers.Dense(units or 1)

    def call(self, inputs):
        return self.inner(inputs) + keras.ops.ones((3, 3, 3, 3))


"""


def with_own(text):
    return text.replace("def make():", OWN + "def make():")


class Worker:
    def __init__(self, *options):
        self.scratch = tempfile.TemporaryDirectory()
        environment = {**os.environ, "KERAS_BACKEND": "numpy", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen([sys.executable, HERE / "hunt_worker.py", "--scratch", self.scratch.name, *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def case(self, text, droppable=(), formats=("keras",)):
        return self.ask(verb="case", text=text, droppable=list(droppable), formats=list(formats))

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.scratch.cleanup()


def changed(answer, stage, base="before"):
    """The paths in which a stage differs from another."""
    first, stages = answer["snapshots"][0], answer["stages"]
    sides = [{**first, **(answer["snapshots"][at] if at else {})} for at in (stages[base], stages[stage])]
    return sorted(path for path in {*sides[0], *sides[1]} if sides[0].get(path) != sides[1].get(path))


class WorkerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.worker = Worker()

    @classmethod
    def tearDownClass(cls):
        cls.worker.close()

    def test_how_an_array_lies_in_memory_is_no_change(self):
        # A transposed matrix, the last bit of whose sum depends on its layout with two of these seeds.
        text = LINEAR.replace("(4,)", "(3, 2)").replace("reshape(2, 4)", "repeat(3).reshape(4, 3, 2)")
        text = text.replace("LAYER", "keras.layers.LSTM(4, recurrent_regularizer='l2')")
        for seed in range(8):
            answer = self.worker.case(text.replace("make():", f"make():\n    keras.utils.set_random_seed({seed})"))
            self.assertIn("thing.losses[0]", answer["snapshots"][0])
            self.assertNotIn("thing.losses[0]", changed(answer, "keras/loaded"), seed)

    def test_hello_says_what_is_installed(self):
        hello = self.worker.ask(verb="hello", protocol=1)
        self.assertEqual((hello["protocol"], hello["backend"]), (1, "numpy"))
        self.assertTrue(hello["keras"].startswith("3."))

    def test_api_follows_parameters_up_the_mro(self):
        classes = {entry["name"]: entry for entry in self.worker.ask(verb="api")["classes"]}
        dense = {parameter["name"]: parameter for parameter in classes["keras.layers.Dense"]["parameters"]}
        self.assertEqual(dense["units"]["owner"], "Dense")
        self.assertNotIn("default", dense["units"])
        self.assertEqual((dense["dtype"]["owner"], dense["dtype"]["default"]), ("Layer", "None"))
        # What only a base class that is not public takes, its subclasses say.
        self.assertNotIn("pool_mode", {p["name"] for p in classes["keras.layers.MaxPooling1D"]["parameters"]})
        self.assertEqual(sum(name.endswith(".MaxPool1D") for name in classes), 0)

    def test_what_comes_back_is_the_same_in_every_format(self):
        formats = ["keras", "h5", "weights", "config", "json", "clone", "fresh", "second", "trained"]
        answer = self.worker.case(LINEAR.replace("LAYER", "keras.layers.Dense(3)"), formats=formats)
        self.assertEqual([stage for stage, what in answer["stages"].items() if not isinstance(what, int)], [])
        for stage in ("keras/saved", "keras/loaded", "keras/second", "h5/loaded", "fresh/loaded"):
            self.assertEqual(changed(answer, stage), [], stage)
        for stage in ("weights", "config", "json", "clone"):
            self.assertEqual(changed(answer, f"{stage}/loaded", f"{stage}/before"), [], stage)

    def test_a_name_of_the_module_is_missed(self):
        answer = self.worker.case(LINEAR.replace("LAYER", "keras.layers.Lambda(lambda v: v * K)"))
        error = answer["stages"]["keras/loaded/call"]["error"]
        self.assertEqual(error["type"], "NameError")
        self.assertTrue(error["frame"].endswith("lambda_layer.py:call"), error["frame"])
        self.assertIn("thing.layers[0].function.__globals__['K']", changed(answer, "keras/loaded"))

    def test_what_keras_refuses_is_dropped_and_named(self):
        refused = "    model.add(keras.layers.Conv2D(3, 2))"
        text = LINEAR.replace("LAYER)", "keras.layers.Dense(3))\n" + refused)
        line = 1 + text.split("\n").index(refused)
        answer = self.worker.case(text, droppable=[line])
        self.assertEqual([entry["line"] for entry in answer["dropped"]], [line])
        self.assertIn("ValueError", answer["dropped"][0]["error"])
        self.assertIn("refused", self.worker.case(text))

    def test_two_executions_say_what_is_noise(self):
        text = HEAD + """import itertools
count = itertools.count()

class Counted(keras.layers.Layer):
    def __init__(self, **how):
        super().__init__(**how)
        self.number = next(count)

def make():
    return Counted()
"""
        answer = self.worker.case(text)
        self.assertEqual(changed(answer, "object/loaded"), ["thing.number"])
        self.assertEqual(changed(answer, "again"), ["thing.number"])

    def test_noise_is_told_where_it_is_asked_for(self):
        text = HEAD + "import itertools\ncount = itertools.count()\n\ndef make():\n    made = keras.layers.Dense(2)\n" \
            "    made.number = next(count)\n    return made\n"
        answer = self.worker.ask(verb="case", text=text, droppable=[], formats=[], noise=False)
        self.assertNotIn("again", answer["stages"])
        self.assertEqual(list(self.worker.ask(verb="again")["again"]), ["thing.number"])

    def test_arguments_that_keras_refuses_go_alone(self):
        lines = ["    thing = keras.layers.Dense(", "        units=3,", "        activation='no such',", "        use_bias=False,",
                 "        kernel_initializer=5,", "        bias_initializer=6,", "    )", "    return thing"]
        text = HEAD + "\n\ndef make():\n" + "\n".join(lines) + "\n"
        first = 1 + text.split("\n").index(lines[0])
        answer = self.worker.ask(verb="object", text=text, droppable=list(range(first + 2, first + 6)), formats=[])
        self.assertEqual(sorted(entry["line"] - first for entry in answer["dropped"]), [2, 4, 5])
        self.assertEqual(answer["snapshots"][0]["thing.use_bias"], "False")

    def check_that_nothing_is_left_of(self, refused, text, first):
        """Of a line that Keras refuses, beside others that may go: what is made at once is what is made without it."""
        times = f"times_{abs(hash(text))}"
        text = text.replace("def make():\n", f"def make():\n    keras.{times} = getattr(keras, '{times}', 0) + 1\n")
        text = text.replace("    return model", f"    model.made = keras.{times}\n    return model")
        line = 1 + text.split("\n").index(refused)
        answer = self.worker.case(text, droppable=[line - 1, line, line + 1])
        self.assertEqual([entry["line"] for entry in answer["dropped"]], [line])
        self.assertEqual(answer["snapshots"][0]["thing.made"], "1")
        without = self.worker.case(text.replace(refused, ""))
        without["snapshots"][0]["thing.made"] = "1"
        self.assertEqual(answer["snapshots"][0], without["snapshots"][0])
        self.assertEqual(answer["snapshots"][0][first], "'dropout_1'")

    def test_a_layer_that_is_refused_leaves_nothing_and_nothing_is_made_again(self):
        good = "keras.layers.Dropout(0.5)"
        layers = ("keras.layers.Dropout(7)", "keras.layers.Conv2D(3, 2, kernel_initializer='glorot_normal')",
                  "keras.layers.Dense(3, activation=5)", "keras.layers.Nothing()", "Own()", "Own(2)",
                  "keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Conv2D(3, 2)])")
        for bad in layers:
            for refused in (f"model.add({bad})", f"part = keras.Input((4,)); model.add(keras.Model(part, {bad}(part)))"):
                text = LINEAR.replace("LAYER)", f"{good})\n    {refused}\n    model.add({good})\n    model.add(keras.layers.Dense(2))")
                with self.subTest(refused):
                    self.check_that_nothing_is_left_of("    " + refused, with_own(text), "thing.layers[1].name")
        for refused in [*(f"x = {bad}(x)" for bad in layers), "x = x[:, [0, 1]]", "x = keras.ops.matmul(x, keras.ops.ones((3, 2)))",
                        "part = keras.Input((4,)); x = keras.Model(part, keras.layers.Conv2D(3, 2)(part))(x)"]:
            start, end = text.index("    model = "), text.index("    return model")
            body = f"    x = inputs = keras.Input((4,))\n    x = {good}(x)\n    {refused}\n    x = {good}(x)\n" \
                "    x = keras.layers.Dense(2)(x)\n    model = keras.Model(inputs, x)\n"
            with self.subTest(refused):
                self.check_that_nothing_is_left_of("    " + refused, with_own(text[:start] + body + text[end:]),
                                                   "thing.layers[2].name")

    def test_what_is_left_of_a_refused_line_is_made_again_without_it(self):
        for shared, refused in (("BatchNormalization()", "x = keras.layers.Conv2D(3, 2)(shared(keras.ops.ones((2, 4)), training=True))"),
                                ("Dense(4)", "shared = keras.layers.Dense(5); x = x[:, [0, 1]]")):
            body = f"x = inputs = keras.Input((4,))\n    shared = keras.layers.{shared}\n    {refused}\n    x = shared(x)\n" \
                "    model = keras.Model(inputs, x)"
            text = LINEAR.replace("model = keras.Sequential()", body).replace("    model.add(keras.Input((4,)))\n", "")
            text = text.replace("    model.add(LAYER)\n", "")
            line = 1 + text.split("\n").index("    " + refused)
            with self.subTest(refused):
                answer = self.worker.case(text, droppable=[line])
                self.assertEqual([entry["line"] for entry in answer["dropped"]], [line])
                self.assertEqual(answer["snapshots"][0], self.worker.case(text.replace(refused, "pass"))["snapshots"][0])

    def test_layers_after_one_that_was_refused_stay(self):
        bad = "    model.add(keras.layers.Conv2D(3, 2))"
        text = LINEAR.replace("LAYER)", f"keras.layers.Dense(3))\n{bad}\n    model.add(keras.layers.Dense(5))\n{bad}")
        lines = [1 + i for i, line in enumerate(text.split("\n")) if line.startswith("    model.add(keras.layers")]
        answer = self.worker.case(text, droppable=lines)
        self.assertEqual([entry["line"] for entry in answer["dropped"]], lines[1::2])
        self.assertEqual(answer["snapshots"][0]["thing.layers[1].units"], "5")

    def test_what_saving_changes_is_seen_though_nothing_is_called(self):
        text = LINEAR.replace("LAYER", "Marked(3)").replace("\ndef make", """
class Marked(keras.layers.Dense):
    def get_build_config(self):
        self.{0} = True
        return super().get_build_config()

def make""")
        for name, seen in (("marked", True), ("_marked", False)):
            answer = self.worker.case(text.replace("{0}", name))
            self.assertEqual(changed(answer, "keras/saved") == ["thing.layers[0].marked"], seen, name)
        text = LINEAR.replace("LAYER", "keras.layers.Dense(3)") + """
class Model(keras.Sequential):
    def save(self, *args, **how):
        super().save(*args, **how)
        self.layers[0].kernel.assign(self.layers[0].kernel + 1)

keras.Sequential = Model
"""
        worker = Worker()
        self.addCleanup(worker.close)
        self.assertIn("use(thing)", changed(worker.case(text), "keras/saved"))

    def test_losses_that_cannot_be_computed_are_compared(self):
        text = LINEAR.replace("(4,)", "(4, 4, 3)").replace("8, dtype='float32').reshape(2, 4)", "96, dtype='float32').reshape(2, 4, 4, 3)")
        text = text.replace("LAYER", "keras.layers.Conv2D(2, 3, kernel_regularizer='orthogonal_regularizer')")
        answer = self.worker.case(text)
        self.assertEqual(answer["snapshots"][0]["thing.losses"], "raises ValueError")
        self.assertEqual(changed(answer, "keras/loaded"), [])

    def test_a_step_that_does_nothing_leaves_the_others(self):
        text = LINEAR.replace("LAYER", "keras.layers.Dense(3)")
        text += "\ndef step(thing):\n    thing.no_such()\n    thing.layers[0].trainable = False\n    return thing\n"
        line = 1 + text.split("\n").index("    thing.no_such()")
        answer = self.worker.case(text, droppable=[line, line + 1])
        self.assertEqual([entry["line"] for entry in answer["dropped"]], [line])
        self.assertEqual(answer["snapshots"][0]["thing.layers[0].trainable"], "False")

    def test_a_crash_and_a_hang_are_answers_and_the_worker_goes_on(self):
        crash = HEAD + "import os, signal\n\ndef make():\n    os.kill(os.getpid(), signal.SIGSEGV)\n"
        self.assertEqual(self.worker.case(crash), {"died": "killed by signal 11"})
        self.assertEqual(self.worker.ask(verb="hello")["protocol"], 1)

    def test_memory_that_is_filled_is_what_saving_raises(self):
        worker = Worker("--memory", "4000")
        self.addCleanup(worker.close)
        answer = worker.case(HEAD + "class Greedy(keras.layers.Layer):\n    def get_config(self):\n"
                             "        return {'much': bytearray(1 << 40)}\n\ndef make():\n    return Greedy()\n")
        self.assertEqual(answer["stages"]["object/save"]["error"]["type"], "MemoryError")

    def test_a_case_leaves_every_folder_but_its_own_alone(self):
        script = "import sys, hunt_cases; hunt_cases.run_case({'text': sys.argv[1], 'formats': ['keras']}, sys.argv[2])"
        with tempfile.TemporaryDirectory() as temporary, tempfile.TemporaryDirectory() as scratch:
            kept = pathlib.Path(temporary) / "of_somebody_else"
            kept.touch()
            subprocess.run([sys.executable, "-c", script, LINEAR.replace("LAYER", "keras.layers.Dense(3)"), scratch],
                           check=True, cwd=HERE, env={**os.environ, "TMPDIR": temporary, "KERAS_BACKEND": "numpy"})
            self.assertTrue(kept.exists())
            self.assertEqual(os.listdir(scratch), ["model.keras"])

    def test_a_program_alone_fails_or_holds(self):
        self.assertEqual(self.worker.ask(verb="run", text="x = 1\n"), {"failed": False, "said": ""})
        self.assertEqual(self.worker.ask(verb="run", text="assert False, 'no'\n"),
                         {"failed": True, "said": "AssertionError: no"})

    def test_a_marshalled_function_is_code_whatever_it_takes(self):
        text = HEAD + "class Held(keras.layers.Layer):\n    pass\n\ndef make():\n    made = Held()\n" \
            "    made.value = [keras.src.utils.python_utils.func_dump(f)[0] for f in (lambda: 1, lambda v: v, lambda v, k=1: v)]\n" \
            "    return made\n"
        first = self.worker.ask(verb="object", text=text, formats=[])["snapshots"][0]
        self.assertEqual([first[f"thing.value[{i}]"] for i in range(3)], ["code"] * 3)

    def test_numbers_of_other_kinds_are_other_leaves(self):
        leaves = set()
        for value in ("1", "1.0", "True", "np.int64(1)", "np.float32(1)", "np.array(1)", "(1,)", "[1]", "'1'", "None"):
            text = HEAD + f"class Held(keras.layers.Layer):\n    pass\n\ndef make():\n    made = Held()\n" \
                f"    made.held = {value}\n    return made\n"
            leaves.add(self.worker.case(text)["snapshots"][0]["thing.held"])
        self.assertEqual(len(leaves), 10)

    def test_a_hang_is_ended(self):
        worker = Worker("--seconds", "8")
        self.addCleanup(worker.close)
        answer = worker.case(HEAD + "import time\n\ndef make():\n    time.sleep(600)\n")
        self.assertEqual(answer, {"died": "hangs: no answer within 8.0 s"})

    def test_a_fault_is_planted(self):
        worker = Worker("--patch", "key_dropped")
        self.addCleanup(worker.close)
        answer = worker.case(LINEAR.replace("LAYER", "keras.layers.Dense(3, trainable=False)"))
        self.assertIn("thing.layers[0].trainable", changed(answer, "keras/loaded"))

    def test_no_backend_is_one_sentence(self):
        run = subprocess.run([sys.executable, HERE / "hunt_worker.py"], input="", stdout=subprocess.PIPE, text=True,
                             stderr=subprocess.DEVNULL, env={**os.environ, "KERAS_BACKEND": "no_such_backend"})
        self.assertIn("Keras cannot be imported", json.loads(run.stdout)["error"])


if __name__ == "__main__":
    unittest.main()
