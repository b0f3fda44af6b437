"""Layers around layers: Bidirectional, TimeDistributed."""

import keras
import numpy as np
from keras import layers

from keras_models.table import masked, model, op_graph, set_weights, stack, tame


@model
def bidirectional(random):
    return stack(random, (5, 3), layers.Bidirectional(layers.LSTM(4)))


@model
def bidirectional_sum_of_sequences(random):
    return stack(random, (None, 3), layers.Bidirectional(layers.GRU(4, return_sequences=True), merge_mode="sum"))


@model
def bidirectional_product(random):
    return stack(random, (5, 3), layers.Bidirectional(layers.SimpleRNN(4), merge_mode="mul"))


@model
def bidirectional_average_backwards_first(random):
    first = layers.LSTM(4, return_sequences=True, go_backwards=True)
    second = layers.LSTM(4, return_sequences=True, use_bias=False)
    return stack(random, (5, 3), layers.Bidirectional(first, merge_mode="ave", backward_layer=second))


@model
def bidirectional_own_backward_layer(random):
    backward = layers.GRU(4, activation="relu", return_sequences=True, go_backwards=True)
    return stack(random, (5, 3), layers.Bidirectional(layers.LSTM(4, return_sequences=True), backward_layer=backward))


@model
def bidirectional_masked(random):
    """Both halves zero what is masked where they return sequences, and the mask goes on."""
    lower = layers.Bidirectional(layers.LSTM(3, return_sequences=True))
    return masked(random, lower, layers.Bidirectional(layers.GRU(2, use_bias=False)))


@model
def bidirectional_cells(random):
    rnn = layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True)
    return stack(random, (4, 3), layers.Bidirectional(rnn))


@model
def bidirectional_stateful(random):
    wrapped = layers.Bidirectional(layers.SimpleRNN(3, stateful=True))
    made = keras.Sequential([keras.Input(batch_shape=(2, 5, 3)), wrapped])
    set_weights(made, random)
    return made, 2 * tame(random, (2, 5, 3))


@model
def time_distributed(random):
    return stack(random, (5, 3), layers.TimeDistributed(layers.Dense(4, activation="tanh")))


@model
def time_distributed_unknown_steps(random):
    return stack(random, (None, 4, 3), layers.TimeDistributed(layers.Conv1D(2, 3, padding="same")))


@model
def time_distributed_stack(random):
    inner = keras.Sequential([keras.Input((4, 3)), layers.LSTM(3), layers.Dense(2)])
    return stack(random, (3, 4, 3), layers.TimeDistributed(inner), layers.SimpleRNN(2))


@model
def time_distributed_expression(random):
    return stack(random, (3, 4), layers.TimeDistributed(op_graph((4,), lambda x: x[:, ::-1] * 0.5 + x)))


@model
def time_distributed_masked(random):
    """A mask goes by a layer that does not look at it."""
    return masked(random, layers.TimeDistributed(layers.Dense(3)), layers.LSTM(2))


@model
def time_distributed_steps_of_steps_masked(random):
    ids = np.array([[[3, 1, 0], [0, 0, 0], [2, 0, 4]], [[5, 5, 5], [1, 0, 0], [0, 6, 0]]])
    embedding = layers.Embedding(7, 3, mask_zero=True)
    sentence = layers.TimeDistributed(layers.LSTM(3))
    return stack(random, (3, 3), embedding, sentence, layers.Dense(2), dtype="int32", inputs=ids)


@model
def time_distributed_twice(random):
    return stack(random, (3, 2, 4), layers.TimeDistributed(layers.TimeDistributed(layers.Dense(2))))


@model
def time_distributed_bidirectional(random):
    return stack(random, (3, 4, 2), layers.TimeDistributed(layers.Bidirectional(layers.GRU(2))))
