"""One model of stock Keras to revive and back: what has to hold, for whichever script made the model.

Revive's output has the dtype of Keras' own and agrees within its tolerance; the weights of the archive that revive saves
are those of Keras' archive, bit by bit; Keras loads that archive and gives the output that it gave before.
"""

import io
import subprocess
import zipfile

# |a - b| <= tolerance + tolerance * |b|: some units in the last place of the dtype.
TOLERANCES = {"float64": 1e-12, "float32": 1e-5, "float16": 4e-3, "bfloat16": 3e-2}


def randomize(model, random):
    """Gives every weight of a model a value; a variance is positive, and the states of generators stay."""
    for variable in model.weights:
        value = random.uniform(0.5, 1.5, variable.shape) if "variance" in variable.name else random.uniform(-1, 1, variable.shape)
        if variable.dtype != "uint32":
            variable.assign(value)


def weights_of(path):
    """Every dataset of an archive's weights, as name, dtype and bytes."""
    import h5py

    found = {}
    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        def visit(place, item):
            if isinstance(item, h5py.Dataset):
                found[place] = (item.dtype, item.shape, dict(item.attrs), item[()].tobytes())
        file.visititems(visit)
    return found


def load_array(path):
    """An .npy array; NumPy takes the bytes of a bfloat16 for bytes of nothing."""
    import ml_dtypes
    import numpy as np

    array = np.load(path)
    return array.view(ml_dtypes.bfloat16) if array.dtype.kind == "V" else array


def tolerances_apart(found, right, tolerance):
    """How many tolerances the number is away that is furthest from the right one."""
    import numpy as np

    found, right = found.astype("float64"), right.astype("float64")
    same = (found == right) | (np.isnan(found) & np.isnan(right))
    with np.errstate(invalid="ignore"):
        far = np.where(same, 0, np.abs(found - right) / (tolerance * (1 + np.abs(right))))
    return np.max(far, initial=0)


def distance(ours, theirs, tolerance, in_double=None):
    """None, or how far revive's output is from Keras', as a sentence.

    A sum of thousands of numbers is rounded in another way by each library and each processor, and further from the true
    one than a tolerance. Where `in_double` gives what Keras computes in float64, that judges outputs that are apart:
    revive's may be as far from it as Keras' own, within a factor of two.
    """
    if ours.dtype != theirs.dtype or ours.shape != theirs.shape:
        return f"revive's output is {ours.dtype} {ours.shape}, Keras' {theirs.dtype} {theirs.shape}"
    worst = tolerances_apart(ours, theirs, tolerance)
    if worst <= 1:
        return None
    said = f"revive's output is {worst:.3g} times the tolerance {tolerance:g} away from Keras'"
    if in_double is None:
        return said
    right = in_double()
    of_ours, of_theirs = (tolerances_apart(each, right, tolerance) for each in (ours, theirs))
    if of_ours <= max(1, 2 * of_theirs):
        return None
    return f"{said}, {of_ours:.3g} times from Keras' in float64, where Keras' own is {of_theirs:.3g} times away"


def refusal(revive, stem, inputs):
    """Runs and saves STEM.keras by revive; None, or the last line of what it says when it does not."""
    import numpy as np

    np.save(f"{stem}.input.npy", inputs)
    for command in (["run", f"{stem}.keras", "--input", f"{stem}.input.npy", "--output", f"{stem}.output.npy"],
                    ["check", f"{stem}.keras", "--output", f"{stem}.again.keras"]):
        done = subprocess.run([revive, *command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stderr + done.stdout).strip().splitlines()[-1]
    return None


def difference(inputs, theirs, stem, tolerance, in_double=None):
    """None, or what does not hold of the output and the archive that `refusal` left beside STEM.keras.

    `in_double` is that of `distance`.
    """
    import keras
    import numpy as np

    trouble = distance(load_array(f"{stem}.output.npy"), theirs, tolerance, in_double)
    if trouble is not None:
        return trouble
    if weights_of(f"{stem}.keras") != weights_of(f"{stem}.again.keras"):
        return "the weights that revive saves are not those that it loaded"
    again = np.asarray(keras.saving.load_model(f"{stem}.again.keras", safe_mode=True)(inputs, training=False))
    if again.dtype != theirs.dtype or again.tobytes() != theirs.tobytes():
        return "Keras gives another output for the archive that revive saved"
    return None
