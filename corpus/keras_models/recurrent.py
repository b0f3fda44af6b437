"""Recurrent layers and their cells."""

import keras
from keras import layers

from keras_models.table import masked, model, set_weights, stack, tame


@model
def lstm(random):
    return stack(random, (5, 3), layers.LSTM(4))


@model
def lstm_sequences_backwards(random):
    return stack(random, (5, 3), layers.LSTM(4, return_sequences=True, go_backwards=True, unroll=True))


@model
def lstm_other_activations(random):
    return stack(random, (5, 3), layers.LSTM(4, activation="relu", recurrent_activation="hard_sigmoid", use_bias=False))


@model
def lstm_masked(random):
    return masked(random, layers.LSTM(4))


@model
def lstm_masked_zeroed(random):
    return masked(random, layers.LSTM(4, return_sequences=True, zero_output_for_mask=True))


@model
def gru(random):
    return stack(random, (5, 3), layers.GRU(4))


@model
def gru_reset_before(random):
    return stack(random, (5, 3), layers.GRU(4, reset_after=False, return_sequences=True))


@model
def gru_no_bias_backwards(random):
    return stack(random, (None, 3), layers.GRU(4, use_bias=False, go_backwards=True))


@model
def gru_masked_backwards(random):
    return masked(random, layers.GRU(4, return_sequences=True, go_backwards=True))


@model
def gru_masked_reset_before(random):
    return masked(random, layers.GRU(4, reset_after=False, zero_output_for_mask=True))


@model
def mask_through_layers(random):
    """What passes a mask on in 3.15.1: also a recurrent layer that returns sequences, and a nested Sequential."""
    inner = keras.Sequential([keras.Input((None, 3)), layers.Dense(3, activation="tanh")])
    between = [inner, layers.Dropout(0.5), layers.BatchNormalization(), layers.ReLU(), layers.LSTM(3, return_sequences=True)]
    return masked(random, *between, layers.GRU(2))


@model
def mask_lost_in_conv(random):
    return masked(random, layers.Conv1D(3, 2, padding="same"), layers.LSTM(3))


@model
def lstm_stateful(random):
    """Its states are in no file: what was loaded starts from zeros."""
    made = keras.Sequential([keras.Input(batch_shape=(2, 5, 3)), layers.LSTM(4, stateful=True)])
    set_weights(made, random)
    return made, 2 * tame(random, (2, 5, 3))


@model
def simple_rnn(random):
    return stack(random, (5, 3), layers.SimpleRNN(4))


@model
def simple_rnn_sequences_backwards(random):
    return stack(random, (None, 3), layers.SimpleRNN(4, activation="relu", return_sequences=True, go_backwards=True))


@model
def simple_rnn_no_bias_unrolled(random):
    return stack(random, (5, 3), layers.SimpleRNN(4, use_bias=False, activation="softmax", unroll=True))


@model
def simple_rnn_masked_zeroed(random):
    return masked(random, layers.SimpleRNN(4, return_sequences=True, zero_output_for_mask=True))


@model
def simple_rnn_mixed_float16(random):
    # JAX draws no orthogonal matrix in 16 bits.
    rnn = layers.SimpleRNN(4, return_sequences=True, dtype="mixed_float16", recurrent_initializer="glorot_uniform")
    return stack(random, (5, 3), rnn)


@model
def simple_rnn_stateful(random):
    made = keras.Sequential([keras.Input(batch_shape=(2, 5, 3)), layers.SimpleRNN(4, stateful=True)])
    set_weights(made, random)
    return made, 2 * tame(random, (2, 5, 3))


@model
def rnn_lstm_cell(random):
    return stack(random, (5, 3), layers.RNN(layers.LSTMCell(4)))


@model
def rnn_gru_cell_sequences(random):
    cell = layers.GRUCell(4, reset_after=False, recurrent_activation="hard_sigmoid")
    return stack(random, (None, 3), layers.RNN(cell, return_sequences=True, go_backwards=True))


@model
def rnn_simple_cell_masked(random):
    return masked(random, layers.RNN(layers.SimpleRNNCell(4), return_sequences=True), layers.LSTM(2))


@model
def rnn_simple_cell_no_bias(random):
    return stack(random, (None, 3), layers.RNN(layers.SimpleRNNCell(3, activation="softsign", use_bias=False)))


@model
def rnn_two_cells(random):
    return stack(random, (5, 3), layers.RNN([layers.LSTMCell(4), layers.LSTMCell(2)], return_sequences=True))


@model
def rnn_three_cells_masked(random):
    cells = [layers.GRUCell(4), layers.SimpleRNNCell(3, use_bias=False), layers.LSTMCell(2)]
    return masked(random, layers.RNN(cells, return_sequences=True, zero_output_for_mask=True))


@model
def rnn_cells_of_one_class_between(random):
    cells = [layers.SimpleRNNCell(2), layers.GRUCell(3), layers.SimpleRNNCell(4)]
    return stack(random, (4, 3), layers.RNN(layers.StackedRNNCells(cells, name="tower"), unroll=True))


def conv_lstm(random, rank, shape, **kwargs):
    # JAX draws no orthogonal matrix in 16 bits.
    layer = getattr(layers, f"ConvLSTM{rank}D")
    return stack(random, shape, layer(recurrent_initializer="glorot_uniform", **kwargs))


@model
def conv_lstm1d(random):
    return conv_lstm(random, 1, (3, 5, 2), filters=2, kernel_size=2)


@model
def conv_lstm1d_same_strides_backwards(random):
    return conv_lstm(random, 1, (None, 5, 2), filters=2, kernel_size=3, strides=2, padding="same", go_backwards=True,
                     return_sequences=True)


@model
def conv_lstm1d_dilated_channels_first(random):
    return conv_lstm(random, 1, (3, 2, 6), filters=2, kernel_size=2, dilation_rate=2, data_format="channels_first",
                     use_bias=False)


@model
def conv_lstm1d_mixed_bfloat16(random):
    return conv_lstm(random, 1, (3, 5, 2), filters=2, kernel_size=2, dtype="mixed_bfloat16", return_sequences=True)


@model
def conv_lstm2d(random):
    return conv_lstm(random, 2, (3, 4, 3, 2), filters=2, kernel_size=2)


@model
def conv_lstm2d_uneven_sequences(random):
    return conv_lstm(random, 2, (2, 4, 5, 1), filters=2, kernel_size=(1, 3), strides=(2, 1), padding="same",
                     return_sequences=True, activation="relu", recurrent_activation="hard_sigmoid")


@model
def conv_lstm2d_channels_first(random):
    return conv_lstm(random, 2, (None, 2, 3, 4), filters=3, kernel_size=2, data_format="channels_first")


@model
def conv_lstm2d_two_ways(random):
    first = layers.ConvLSTM2D(2, 2, padding="same", return_sequences=True)
    return stack(random, (3, 3, 3, 1), layers.Bidirectional(first), layers.ConvLSTM2D(1, (2, 1)))


@model
def conv_lstm3d(random):
    return conv_lstm(random, 3, (2, 3, 2, 3, 1), filters=2, kernel_size=2)


@model
def conv_lstm3d_same(random):
    return conv_lstm(random, 3, (None, 2, 2, 3, 2), filters=1, kernel_size=(2, 1, 3), padding="same",
                     return_sequences=True)


@model
def conv_lstm3d_channels_first(random):
    return conv_lstm(random, 3, (2, 2, 3, 2, 2), filters=2, kernel_size=(2, 2, 1), data_format="channels_first")


@model
def conv_lstm3d_no_bias_unrolled(random):
    return conv_lstm(random, 3, (2, 2, 2, 2, 1), filters=1, kernel_size=1, use_bias=False, unroll=True)
