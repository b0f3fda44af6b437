"""Names the layer in which revive and Keras part ways.

Each layer of the stack is asked about by itself, on the input that it had in Keras: an error made earlier does
not count against a later layer. A layer that reads a mask is given together with the layers since the mask arose,
because a mask cannot be handed over in an .npy file. The search goes into a nested Sequential.

Who is asked is a function from layers and their input to an output, or to the sentence it ended with;
`ask_program` is the one that saves an archive with Keras and calls `PROGRAM run`.
"""

import pathlib
import subprocess
import tempfile

import keras
import numpy as np

from agreement import disagreement

RUN_SECONDS = 60


def stack_of(layers, inputs):
    return keras.Sequential([keras.Input((*inputs.shape[1:],), dtype=str(inputs.dtype)), *layers])


def ask_program(program):
    def ask(layers, inputs):
        with tempfile.TemporaryDirectory() as folder:
            archive, given, answer = (pathlib.Path(folder) / name for name in ("layer.keras", "x.npy", "y.npy"))
            stack_of(layers, inputs).save(archive)
            np.save(given, inputs)
            command = [str(program), "run", str(archive), "--input", str(given), "--output", str(answer)]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS)
            except subprocess.TimeoutExpired:
                return f"revive run takes more than {RUN_SECONDS} s"
            if done.returncode != 0 or not answer.exists():
                said = done.stderr.strip().splitlines()
                return f"revive run ends with {done.returncode}: {said[-1] if said else 'no message'}"
            return np.load(answer)

    return ask


def search(layers, tensor, ask, profile, path):
    masked_run, start = [], None
    for index, layer in enumerate(layers):
        if getattr(tensor, "_keras_mask", None) is None:
            masked_run, start = [], np.asarray(tensor)
        masked_run.append(layer)
        output = stack_of([layer], tensor)(tensor, training=False)
        ours = ask(masked_run, start)
        difference = ours if isinstance(ours, str) else disagreement(ours, np.asarray(output), profile)
        if difference is not None:
            place = f"{path}layer {index} ({type(layer).__name__} '{layer.name}')"
            inner = None
            if isinstance(layer, keras.Sequential):
                inner = search(layer.layers, tensor, ask, profile, f"{place}, ")
            return inner or f"{place}: {difference}"
        tensor = output
    return None


def first_differing_layer(model, inputs, ask, profile):
    """A sentence that names the layer."""
    found = search(model.layers, keras.ops.convert_to_tensor(inputs), ask, profile, "")
    return found or "every layer agrees by itself: the difference arises between layers, or adds up"
