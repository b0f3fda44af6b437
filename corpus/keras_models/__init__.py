"""The models of corpus/keras/: one function each, from a random generator to (model, inputs), by family of layers.

Models of one layer are named after the layer and what is particular about it; stacks begin with `stack_`. Each module
puts its functions into the table MODELS.
"""

from keras_models import (  # noqa: F401
    activations,
    chains,
    convolutions,
    core,
    images,
    lambdas,
    niche,
    normalizations,
    recurrent,
    stacks,
    training,
    wrappers,
)
from keras_models.table import MODELS  # noqa: F401
