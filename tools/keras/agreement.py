"""When two outputs agree: the comparison that the witness makes, in one place."""

import numpy as np

# |a - b| <= TOLERANCE + TOLERANCE * |b|: other summation orders and other libraries' exp and tanh.
TOLERANCE = 1e-5


def same_pattern(ours, theirs):
    """None if NaN stands where NaN and each infinity where its equal, else where that first fails."""
    different = (np.isnan(ours) != np.isnan(theirs)) | (np.isposinf(ours) != np.isposinf(theirs))
    different |= np.isneginf(ours) != np.isneginf(theirs)
    if not different.any():
        return None
    place = tuple(int(index) for index in np.argwhere(different)[0])
    return f"at {list(place)}: revive has {ours[place]!s}, Keras {theirs[place]!s}"


def disagreement(ours, theirs, profile):
    """None if revive's output agrees with Keras', else one sentence.

    Profile "tame" compares numbers within TOLERANCE. Profile "specials" compares only which numbers are NaN or
    infinite: beside huge values a last bit decides far more than a last bit.
    """
    if ours.shape != theirs.shape:
        return f"revive's output has shape {list(ours.shape)}, Keras' {list(theirs.shape)}"
    if ours.dtype != theirs.dtype:
        return f"revive's output is {ours.dtype}, Keras' {theirs.dtype}"
    if ours.dtype.kind != "f":
        if np.array_equal(ours, theirs):
            return None
        place = tuple(int(index) for index in np.argwhere(ours != theirs)[0])
        return f"at {list(place)}: revive has {ours[place]!s}, Keras {theirs[place]!s}"
    pattern = same_pattern(ours, theirs)
    if pattern is not None or profile == "specials":
        return pattern
    finite = np.isfinite(theirs)
    ours, theirs = np.where(finite, ours, 0), np.where(finite, theirs, 0)
    excess = np.abs(ours - theirs) - (TOLERANCE + TOLERANCE * np.abs(theirs))
    if excess.size == 0 or excess.max() <= 0:
        return None
    place = tuple(int(index) for index in np.unravel_index(np.argmax(excess), excess.shape))
    return f"at {list(place)}: revive has {ours[place]!r}, Keras {theirs[place]!r}"
