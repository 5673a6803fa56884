"""Every layer keeps the contract of `hornbeam.testing.check_layer`."""

import os

import hornbeam as hb
import pytest
from hornbeam.testing import check_layer

from tests.layers.preprocessing_cases import CASES as PREPROCESSING
from tests.layers.preprocessing_cases import ELSEWHERE
from tests.layers.sequence_cases import CASES as SEQUENCES

CASES = [
    ("Dense", {"units": 3, "activation": "tanh"}, (4,), {}),
    ("Dense", {"units": 3, "use_bias": False, "kernel_regularizer": "l2"}, (2, 4), {}),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "strides": 2}, (6, 2), {}),
    ("Conv2D", {"filters": 4, "kernel_size": (2, 3), "padding": "same", "groups": 2}, (5, 4, 2), {}),
    ("Conv2D", {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "activation": "sigmoid"}, (5, 5, 1), {}),
    ("Conv3D", {"filters": 2, "kernel_size": 2}, (3, 3, 4, 1), {}),
    ("MaxPooling1D", {"pool_size": 2}, (5, 2), {}),
    ("MaxPooling2D", {"pool_size": 3, "strides": 1, "padding": "same"}, (4, 5, 2), {}),
    ("MaxPooling3D", {"pool_size": 2}, (4, 2, 3, 1), {}),
    ("AveragePooling1D", {"pool_size": 3, "padding": "same"}, (5, 2), {}),
    ("AveragePooling2D", {"pool_size": (2, 1)}, (4, 5, 2), {}),
    ("AveragePooling3D", {"pool_size": 2}, (4, 2, 3, 1), {}),
    ("BatchNormalization", {"momentum": 0.9}, (3, 4), {}),
    ("BatchNormalization", {"axis": 1, "scale": False}, (3, 4), {}),
    ("Dropout", {"rate": 0.3, "seed": 1}, (8,), {"deterministic": False}),
    ("Flatten", {}, (2, 3, 2), {}),
    ("Reshape", {"target_shape": (3, -1)}, (2, 6), {}),
    ("Activation", {"activation": "gelu"}, (4,), {}),
    ("ReLU", {"negative_slope": 0.1, "max_value": 1.0}, (4,), {}),
    ("Softmax", {"axis": -1}, (2, 4), {}),
    ("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True}, (4,), {"input_dtype": "int32", "high": 7}),
    ("Masking", {"mask_value": 1.0}, (3, 2), {}),
    ("LSTM", {"units": 3}, (4, 2), {}),
    ("LSTM", {"units": 2, "return_sequences": True, "return_state": True, "go_backwards": True}, (3, 2), {}),
    ("LSTM", {"units": 2, "activation": "gelu", "use_bias": False, "unit_forget_bias": False}, (3, 2), {}),
    ("LSTM", {"units": 2, "dropout": 0.3, "recurrent_dropout": 0.3, "seed": 1}, (3, 2), {"deterministic": False}),
    ("GRU", {"units": 3, "return_sequences": True}, (4, 2), {}),
    ("GRU", {"units": 2, "reset_after": False, "return_state": True}, (3, 2), {}),
    ("GRU", {"units": 2, "activation": "silu", "go_backwards": True}, (3, 2), {}),
    ("SimpleRNN", {"units": 3, "recurrent_regularizer": "l2", "unroll": True}, (4, 2), {}),
    ("SimpleRNN", {"units": 2, "activation": "mish", "unroll": True}, (4, 2), {}),
    ("RNN", lambda p: {"cell": hb.layers.GRUCell(3, dtype=p), "return_state": True}, (4, 2), {}),
    ("RNN", lambda p: {"cell": [hb.layers.LSTMCell(3, dtype=p), hb.layers.SimpleRNNCell(2, dtype=p)]}, (3, 2), {}),
    ("Bidirectional", lambda p: {"layer": hb.layers.LSTM(2, dtype=p)}, (3, 2), {}),
    (
        "Bidirectional",
        lambda p: {"layer": hb.layers.GRU(2, return_sequences=True, dtype=p), "merge_mode": "mul"},
        (3, 2),
        {},
    ),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, (4, 5), {}),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "use_gate": True, "output_shape": 4}, (3, 5), {}),
    ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2, "attention_axes": 2}, (2, 3, 4), {}),
    ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2, "sliding_window": 2}, (4, 3), {}),
    ("MultiHeadAttention", {"num_heads": 1, "key_dim": 2, "dropout": 0.4, "seed": 1}, (3, 4), {"deterministic": False}),
    ("LayerNormalization", {}, (3, 4), {}),
    ("LayerNormalization", {"axis": (1, -1), "center": False}, (3, 4), {}),
    ("RMSNormalization", {}, (3, 4), {}),
    ("GroupNormalization", {"groups": 2}, (3, 4), {}),
    ("GroupNormalization", {"groups": -1, "axis": 1, "scale": False}, (2, 3), {}),
    ("GlobalAveragePooling1D", {}, (4, 2), {}),
    ("GlobalAveragePooling2D", {"data_format": "channels_first"}, (2, 3, 4), {}),
    ("GlobalAveragePooling3D", {"keepdims": True}, (2, 3, 2, 2), {}),
    ("GlobalMaxPooling1D", {}, (4, 2), {}),
    ("GlobalMaxPooling2D", {"keepdims": True}, (2, 3, 4), {}),
    ("GlobalMaxPooling3D", {}, (2, 3, 2, 2), {}),
    ("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal", "data_format": "channels_first"}, (2, 5), {}),
    ("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "output_padding": 1}, (4, 2), {}),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}, (3, 2, 2), {}),
    ("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "data_format": "channels_first"}, (1, 2, 2, 2), {}),
    ("DepthwiseConv1D", {"kernel_size": 2, "depth_multiplier": 2, "activation": "tanh"}, (5, 2), {}),
    ("DepthwiseConv2D", {"kernel_size": 2, "data_format": "channels_first"}, (2, 4, 3), {}),
    ("SeparableConv1D", {"filters": 3, "kernel_size": 2, "dilation_rate": 2}, (5, 2), {}),
    ("SeparableConv2D", {"filters": 3, "kernel_size": 2, "depth_multiplier": 2}, (3, 4, 2), {}),
    ("LocallyConnected1D", {"filters": 3, "kernel_size": 2, "strides": 2, "activation": "tanh"}, (5, 2), {}),
    ("LocallyConnected2D", {"filters": 2, "kernel_size": (2, 1), "data_format": "channels_first"}, (2, 3, 3), {}),
    ("AdaptiveAveragePooling1D", {"output_size": 3}, (5, 2), {}),
    ("AdaptiveAveragePooling2D", {"output_size": (2, 3), "data_format": "channels_first"}, (2, 3, 5), {}),
    ("AdaptiveAveragePooling3D", {"output_size": 2}, (3, 2, 2, 1), {}),
    ("AdaptiveMaxPooling1D", {"output_size": 2}, (5, 2), {}),
    ("AdaptiveMaxPooling2D", {"output_size": (2, 3)}, (3, 5, 2), {}),
    ("AdaptiveMaxPooling3D", {"output_size": 2}, (3, 2, 2, 1), {}),
    ("Permute", {"dims": (2, 1)}, (3, 2), {}),
    ("RepeatVector", {"n": 3}, (4,), {}),
    ("Cropping1D", {"cropping": (1, 2)}, (5, 2), {}),
    ("Cropping2D", {"cropping": ((1, 0), (0, 2)), "data_format": "channels_first"}, (2, 3, 4), {}),
    ("Cropping3D", {"cropping": 1}, (3, 4, 3, 1), {}),
    ("ZeroPadding1D", {"padding": 2}, (3, 2), {}),
    ("ZeroPadding2D", {"padding": (1, 2), "data_format": "channels_first"}, (2, 2, 3), {}),
    ("ZeroPadding3D", {"padding": ((1, 0), (0, 1), (1, 1))}, (2, 1, 2, 1), {}),
    ("UpSampling1D", {"size": 3}, (3, 2), {}),
    ("UpSampling2D", {"size": (2, 1), "interpolation": "bilinear"}, (3, 2, 2), {}),
    ("UpSampling2D", {"data_format": "channels_first"}, (2, 2, 3), {}),
    ("UpSampling3D", {"size": (1, 2, 1)}, (2, 2, 1, 2), {}),
    ("Add", {}, [(3, 2), (3, 2), (2,)], {}),
    ("Subtract", {}, [(3, 2), (1, 2)], {}),
    ("Average", {}, [(3,), (3,), (3,)], {}),
    ("Multiply", {}, [(3, 2), (3, 2)], {}),
    ("Maximum", {}, [(3,), (3,)], {}),
    ("Minimum", {}, [(3,), (3,)], {}),
    ("Concatenate", {"axis": 1}, [(3, 2), (2, 2)], {}),
    ("Dot", {"axes": (1, 2), "normalize": True}, [(3, 2), (4, 3)], {}),
    ("BatchNormalization", {"renorm": True, "renorm_clipping": {"rmax": 2.0}}, (3,), {}),
    ("InstanceNormalization", {"axis": 1, "center": False}, (2, 4), {}),
    ("UnitNormalization", {"axis": (1, 2)}, (2, 3), {}),
    ("RMSNormalization", {"axis": (1, 2)}, (2, 3), {}),
    ("SpectralNormalization", lambda p: {"layer": hb.layers.Dense(3, dtype=p)}, (4,), {}),
    ("WeightNormalization", lambda p: {"layer": hb.layers.Conv1D(3, 2, dtype=p)}, (4, 2), {}),
    ("Identity", {}, (3,), {}),
    ("Lambda", {"function": hb.ops.square}, (3,), {}),
    ("ReversibleEmbedding", {"input_dim": 7, "output_dim": 3}, (4,), {"input_dtype": "int32", "high": 7}),
    ("LeakyReLU", {"negative_slope": 0.2}, (4,), {}),
    ("ELU", {"alpha": 0.5}, (4,), {}),
    ("ThresholdedReLU", {"theta": 0.5}, (4,), {}),
    ("PReLU", {"shared_axes": (1,), "alpha_initializer": "ones"}, (3, 2), {}),
    ("ActivityRegularization", {"l1": 0.1, "l2": 0.1}, (3,), {}),
    ("GaussianNoise", {"stddev": 0.3, "seed": 1}, (4,), {"deterministic": False}),
    ("GaussianDropout", {"rate": 0.3, "seed": 1}, (4,), {"deterministic": False}),
    ("AlphaDropout", {"rate": 0.3, "seed": 1}, (4,), {"deterministic": False}),
    ("SpatialDropout1D", {"rate": 0.3, "seed": 1}, (3, 2), {"deterministic": False}),
    ("SpatialDropout2D", {"rate": 0.3, "data_format": "channels_first"}, (2, 2, 3), {"deterministic": False}),
    ("SpatialDropout3D", {"rate": 0.3}, (2, 1, 2, 2), {"deterministic": False}),
    *PREPROCESSING,
    *SEQUENCES,
]


def of_itself(kind):
    """Attention of a sequence to itself: one input, as the contract gives."""

    class OfItself(kind):
        def call(self, query, training=None):
            return super().call(query, query, training=training)

    return OfItself


# these are compared with the engine on NumPy already, and their own tests run on the engine
HERE = [c for c in CASES if c not in [*PREPROCESSING, *SEQUENCES] or os.environ.get("HORNBEAM_TEST_BACKEND") != "cpu"]


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "options"), HERE, ids=[f"{c[0]}-{i}" for i, c in enumerate(HERE)]
)
def test_layer(name, arguments, shape, options):
    layer = getattr(hb.layers, name)
    layer = of_itself(layer) if name in ("MultiHeadAttention", "GroupQueryAttention") else layer
    check_layer(layer, arguments, input_shape=shape, **options)


def test_every_layer_is_checked():
    steps = {"LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells", "ConvLSTMCell"}  # checked within their layers
    skipped = {"Input", "InputLayer", "Layer", "Wrapper", *steps, *ELSEWHERE}
    classes = {
        n
        for n in hb.layers.__all__
        if isinstance(getattr(hb.layers, n), type) and issubclass(getattr(hb.layers, n), hb.Layer)
    }
    same = {n for n in classes for m, *_ in CASES if getattr(hb.layers, n) is getattr(hb.layers, m)}
    assert classes - skipped - same == set()
