#!/usr/bin/env python3
"""Defects that Keras' releases mended: whether an oracle of the hunt sees each, given a program that shows it.

    python tools/keras/hunt_kinds.py --python .venv/bin/python --releases DIR

The programs were written by hand from Keras' changelog; the hunt does not know them. Each is run by the worker on the last
release that had the defect and on the one that mended it. Seen is what a stage says of the left one alone. What the hunt
has to find without being told is the matter of hunt_score.py; this says where its eyes are.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from hunt_score import release

HERE = pathlib.Path(__file__).parent.absolute()
HEAD = "import keras\nimport numpy as np\n\nx = np.linspace(-1, 1, 48, dtype='float32').reshape(2, 6, 4)\n\n"
USE = "\n\ndef use(thing, **how):\n    return thing(CALL, **how)\n"


def an_object(expression, formats=(), before=""):
    return "object", f"{HEAD}{before}\n\ndef make():\n    thing = {expression}\n    return thing\n", formats


def a_model(*lines, formats=("keras",), before="", step="", call="x"):
    text = HEAD + before + "\n\ndef make():\n" + "".join(f"    {line}\n" for line in lines) + "    return model\n"
    text += USE.replace("CALL", call)
    if step:
        text += f"\n\ndef step(thing):\n    {step}\n"
    return "case", text, formats


def a_chain(*layers, **how):
    return a_model("model = keras.Sequential([keras.Input((6, 4))])", *(f"model.add({layer})" for layer in layers), **how)


def a_graph(body, inputs="inputs", outputs="x", made="keras.Model", more="", **how):
    return a_model("x = inputs = keras.Input((6, 4))", body, f"model = {made}({inputs}, {outputs}{more})", **how)


DOUBLE = """class Double(keras.Operation):
    def __init__(self, k, *, name=None):
        super().__init__(name=name)
        self.k = k

    def call(self, v):
        return v * self.k

    def compute_output_spec(self, v):
        return keras.KerasTensor(v.shape, v.dtype)
"""
SUBCLASS = """class Own(keras.Model):
    def __init__(self, *args, k=1, **how):
        super().__init__(*args, **how)
        self.k = k

    def get_config(self):
        return {**super().get_config(), 'k': self.k}
"""
ROWS = """class Rows(keras.layers.Layer):
    def __init__(self, **how):
        super().__init__(**how)
        self.rows = [[keras.layers.Dense(3), keras.layers.Dense(3)]]

    def call(self, v):
        return self.rows[0][1](self.rows[0][0](v))
"""

# What was mended, where, and a program of it. The numbers are Keras' pull requests.
KINDS = [
    ("a Bidirectional LSTM does not load", "3.3.2", "3.3.3",
     a_graph("x = keras.layers.Bidirectional(keras.layers.LSTM(3))(x)")),
    ("a layer has no pickle (#19592)", "3.3.2", "3.3.3", an_object("keras.layers.MelSpectrogram()", ["copy", "pickle"])),
    ("rms_scaling is not in the config (#19807)", "3.3.3", "3.4.1",
     an_object("keras.layers.LayerNormalization(rms_scaling=True)")),
    ("activity_regularizer is not in the config", "3.3.3", "3.4.1",
     an_object("keras.layers.Dense(2, activity_regularizer='l2')")),
    ("output_shape of a Lambda (#19785, #19827)", "3.3.3", "3.4.1",
     an_object("keras.layers.Lambda(lambda v: v, output_shape=(None, 3))")),
    ("QLoRA of EinsumDense does not save (#20029)", "3.4.1", "3.5.0",
     a_chain("keras.layers.EinsumDense('abc,cde->abde', output_shape=(6, 3, 2))",
             step="thing.layers[-1].enable_lora(2); thing.layers[-1].quantize('int8')")),
    ("a SeedGenerator of an initializer stays a dict", "3.5.0", "3.6.0",
     an_object("keras.initializers.RandomNormal(seed=keras.random.SeedGenerator(7))")),
    ("a tuple of outputs is a list after from_config (#20120)", "3.5.0", "3.6.0",
     a_graph("pass", outputs="(keras.layers.Dense(2)(x), x)", formats=["config"])),
    ("layers of a Pipeline stay dicts (#20367)", "3.6.0", "3.7.0",
     an_object("keras.layers.Pipeline([keras.layers.AutoContrast()])")),
    ("a subclass of Functional loses its arguments (#20321)", "3.6.0", "3.7.0",
     a_graph("x = keras.layers.Dense(2)(x)", made="Own", more=", k=3", before=SUBCLASS, formats=["config"])),
    ("a registered function under another name (#20406)", "3.6.0", "3.7.0",
     an_object("keras.layers.Dense(2, activation=own)",
               before="@keras.saving.register_keras_serializable(package='pack', name='other')\n"
                      "def own(v):\n    return v * 2\n")),
    ("Discretization(num_bins) does not load (#20971)", "3.8.0", "3.9.0",
     an_object("keras.layers.Discretization(num_bins=4)")),
    ("mask_value as a tensor (#20791)", "3.8.0", "3.9.0",
     an_object("keras.layers.Masking(mask_value=keras.ops.convert_to_tensor([0.0]))")),
    ("a clone is not compiled (#20888)", "3.8.0", "3.9.0",
     a_model("model = keras.Sequential([keras.Input((6, 4)), keras.layers.Dense(2)])", "model.compile('adam', 'mse')",
             formats=["clone"])),
    ("an axis in .h5 (#20973)", "3.8.0", "3.9.0",
     a_graph("x = keras.layers.Concatenate(axis=1)([x, x])", formats=["h5"])),
    ("a layer as activation (#21117)", "3.9.2", "3.10.0",
     an_object("keras.layers.Dense(2, activation=keras.layers.ReLU(name='own'))")),
    ("a nested input (#20993)", "3.9.2", "3.10.0",
     a_graph("x = keras.layers.Dense(2)(x)", inputs="[[inputs]]", call="[[x]]", formats=["keras", "json", "config"])),
    ("the name of an operation (#21373)", "3.10.0", "3.11.3",
     a_graph("x = Double(2, name='own')(x)", before=DOUBLE)),
    ("vectorized_map does not save (#21597)", "3.11.3", "3.12.1",
     a_graph("x = keras.ops.vectorized_map(keras.ops.relu, x)")),
    ("use_cudnn of what Bidirectional wraps (#21534)", "3.11.3", "3.12.1",
     an_object("keras.layers.Bidirectional(keras.layers.LSTM(3, use_cudnn=False))")),
    ("num_chains and chain_depth of AugMix (#21979)", "3.13.2", "3.14.1",
     an_object("keras.layers.AugMix(num_chains=2, chain_depth=3)")),
    ("the name of a SeedGenerator (#21975)", "3.13.2", "3.14.1", an_object("keras.random.SeedGenerator(3, name='own')")),
    ("clone_model(recursive=True) of three levels (#22276)", "3.13.2", "3.14.1",
     a_graph("x = keras.Sequential([keras.Sequential([keras.layers.Dense(2)])])(x)", formats=["clone_deep"])),
    ("output_padding is not in the config (#23014)", "3.14.1", "3.15.0",
     an_object("keras.layers.Conv1DTranspose(2, 3, strides=2, output_padding=1)")),
    ("data_format is not in the config (#23023)", "3.14.1", "3.15.0",
     an_object("keras.layers.CutMix(data_format='channels_first')")),
    ("the seed of Attention (#23029)", "3.14.1", "3.15.0", an_object("keras.layers.Attention(dropout=0.5, seed=1)")),
    ("Pipeline writes into its config (#23004)", "3.14.1", "3.15.0",
     an_object("keras.layers.Pipeline([keras.layers.AutoContrast()])")),
    ("an ellipsis in an operation (#19564)", "3.2.1", "3.3.2", a_graph("x = x[..., 1:]")),
    ("a model that is nested and shared (7dae3e91)", "3.2.1", "3.3.2",
     a_graph("part = keras.Input((6, 4)); part = keras.Model(part, keras.layers.Dense(4)(part)); "
             "x = keras.layers.Add()([part(x), part(x * 2)])", formats=["keras", "config"])),
    ("a clone of Sequential on new inputs (#20550)", "3.6.0", "3.7.0",
     a_model("model = keras.Sequential([keras.Input((6, 4)), keras.layers.Dense(2)])", formats=["clone_inputs"])),
    ("weights by name (#20537)", "3.7.0", "3.8.0", a_chain("keras.layers.Dense(2)", formats=["by_name"])),
    ("layers in lists of lists (#22362)", "3.14.1", "3.15.0", a_chain("Rows()", before=ROWS, formats=["keras", "weights"])),
]


class Worker:
    def __init__(self, python):
        self.scratch = tempfile.TemporaryDirectory()
        environment = {**os.environ, "KERAS_BACKEND": "numpy", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen([python, HERE / "hunt_worker.py", "--scratch", self.scratch.name], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def sites(self, verb, text, formats):
        """What the stages say that differs from before saving."""
        asked = {"verb": verb, "text": text, "droppable": [], "formats": list(formats)}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "stages" not in answer:
            # Nothing was saved, so nothing is seen of it.
            return set()
        found, stages, snapshots = set(), answer["stages"], answer["snapshots"]
        for stage, what in stages.items():
            if isinstance(what, dict):
                said = what["fact"] if "fact" in what else what["error"]["message"]
                found.add(f"{stage}: {said.strip()}".split("\n")[0][:90])
                continue
            base = stages.get(stage.split("/")[0] + "/before", stages["before"])
            sides = [{**snapshots[0], **(snapshots[at] if at else {})} for at in (base, what)]
            if stage not in ("before", "again"):
                found |= {f"{stage}: {path}" for path in {*sides[0], *sides[1]} if sides[0].get(path) != sides[1].get(path)}
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--releases", required=True)
    options = parser.parse_args()
    workers = {}
    print("| mended | left | right | seen on the left alone |\n|---|---|---|---|")
    seen = 0
    for name, left, right, (verb, text, formats) in KINDS:
        sides = []
        for version in (left, right):
            if version not in workers:
                workers[version] = Worker(release(options, version))
            sides.append(workers[version].sites(verb, text, formats))
        alone = sorted(sides[0] - sides[1], key=len)
        seen += bool(alone)
        print(f"| {name} | {left} | {right} | {f'`{alone[0]}`' if alone else 'not seen'} |", flush=True)
    print(f"\n{seen} of {len(KINDS)}")


if __name__ == "__main__":
    main()
