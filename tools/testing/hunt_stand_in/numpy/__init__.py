"""A stand-in for NumPy: arrays that hold nothing."""


class ndarray:
    dtype = "float32"
    shape = ()

    def __init__(self, *args, **how):
        pass

    def reshape(self, *shape):
        return self

    def tobytes(self):
        return b""


pi = 3.0
array = linspace = arange = asarray = float32 = int64 = bool_ = ndarray
