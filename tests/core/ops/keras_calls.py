"""Calls that Keras and Hornbeam have to answer alike; keras_numbers.json holds Keras's answers.

Made with Keras 3.15.1 on JAX (float32): `KERAS_BACKEND=jax python tests/core/ops/keras_calls.py`.
"""

import json
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("keras_numbers.json")


def numbers(*shape):
    """Fixed numbers between -3 and 3 that look random."""
    count = int(np.prod(shape))
    return (((np.arange(count) * 37 + 11) % 61 - 30.5) / 10).astype(np.float32).reshape(shape)


IDS = np.array([0, 2, 2, 5, -1, 0], np.int32)
CLASSES = np.array([[0], [3], [1]], np.int32)
ACTIVATIONS = (
    *("celu", "elu", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu"),
    *("log_sigmoid", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softplus", "softsign"),
    *(
        "sparse_plus",
        "sparse_sigmoid",
        "sparsemax",
        "squareplus",
        "swish",
        "tanh_shrink",
        "glu",
        "softmax",
        "log_softmax",
    ),
)
CALLS = {
    **{name: lambda o, name=name: getattr(o, name)(numbers(3, 4)) for name in ACTIVATIONS},
    "celu alpha": lambda o: o.celu(numbers(5), alpha=0.3),
    "gelu exact": lambda o: o.gelu(numbers(5), approximate=False),
    "glu first axis": lambda o: o.glu(numbers(4, 3), axis=0),
    "sparsemax first axis": lambda o: o.sparsemax(numbers(4, 3), axis=0),
    "squareplus b": lambda o: o.squareplus(numbers(5), b=1),
    "threshold": lambda o: o.threshold(numbers(5), 0.7, -9.0),
    "adaptive_average_pool": lambda o: o.adaptive_average_pool(numbers(2, 5, 7, 3), (3, 4), "channels_last"),
    "adaptive_average_pool first": lambda o: o.adaptive_average_pool(numbers(2, 3, 7), 3, "channels_first"),
    "adaptive_max_pool": lambda o: o.adaptive_max_pool(numbers(2, 5, 7, 3), (3, 4), "channels_last"),
    "unfold": lambda o: o.unfold(numbers(2, 3, 6, 7), (2, 3), dilation=2, padding=1, stride=2),
    "fold": lambda o: o.fold(numbers(2, 12, 20), (6, 7), (2, 3), dilation=1, padding=(0, 1), stride=(1, 2)),
    "depth_to_space": lambda o: o.depth_to_space(numbers(2, 2, 3, 8), 2),
    "depth_to_space first": lambda o: o.depth_to_space(numbers(2, 8, 2, 3), 2, "channels_first"),
    "space_to_depth": lambda o: o.space_to_depth(numbers(2, 4, 6, 2), 2),
    "space_to_depth first": lambda o: o.space_to_depth(numbers(2, 2, 4, 6), 2, "channels_first"),
    "extract_sequences": lambda o: o.extract_sequences(numbers(2, 9), 4, 2),
    "rearrange": lambda o: o.rearrange(numbers(2, 6, 4), "b (h p) c -> (b c) p h", p=3),
    "segment_sum": lambda o: o.segment_sum(numbers(6, 2), IDS, 4),
    "segment_max": lambda o: o.segment_max(numbers(6, 2), IDS, 4),
    "segment_min": lambda o: o.segment_min(numbers(6, 2), IDS, 4),
    "segment_prod": lambda o: o.segment_prod(numbers(6, 2), IDS, 4),
    "in_top_k": lambda o: o.in_top_k(np.array([0, 3, 1], np.int32), numbers(3, 4), 2),
    "multi_hot": lambda o: o.multi_hot(np.array([[0, 2], [1, 1]], np.int32), 4),
    "saturate_cast": lambda o: o.saturate_cast(numbers(6) * 100, "uint8"),
    "saturate_cast int8": lambda o: o.saturate_cast(np.array([-300, 5, 300], np.int32), "int8"),
    "polar": lambda o: o.view_as_real(o.polar(np.abs(numbers(4)), numbers(4))),
    "view_as_complex": lambda o: o.imag(o.view_as_complex(numbers(3, 2))),
    "logspace": lambda o: o.logspace(0.0, 2.0, 5, endpoint=False, base=2),
    "geomspace": lambda o: o.geomspace(1.0, 16.0, 5),
    "top_k": lambda o: o.top_k(numbers(3, 5), 2),
    "one_hot": lambda o: o.one_hot(np.array([0, 3, -1], np.int32), 3),
    "nan_to_num": lambda o: o.nan_to_num(np.array([np.nan, np.inf, 1.0], np.float32), posinf=5.0),
    "scatter": lambda o: o.scatter(np.array([[0], [2], [0]], np.int32), numbers(3), (4,)),
    "scatter_update": lambda o: o.scatter_update(numbers(3, 2), np.array([[2], [0]], np.int32), numbers(2, 2)),
    "scatter_update add": lambda o: o.scatter_update(
        numbers(3), np.array([[2], [2]], np.int32), numbers(2), reduction="add"
    ),
    "scatter_update max": lambda o: o.scatter_update(
        numbers(3), np.array([[2], [0]], np.int32), numbers(2), reduction="max"
    ),
    "scatter_update min": lambda o: o.scatter_update(
        numbers(3), np.array([[2], [0]], np.int32), numbers(2), reduction="min"
    ),
    "scatter_update mul": lambda o: o.scatter_update(
        numbers(3), np.array([[2], [2]], np.int32), numbers(2), reduction="mul"
    ),
    "slice": lambda o: o.slice(numbers(4, 5), np.array([1, 2], np.int32), (2, 3)),
    "slice_update": lambda o: o.slice_update(numbers(4, 5), np.array([1, 2], np.int32), numbers(2, 3)),
    "searchsorted": lambda o: o.searchsorted(np.array([0.0, 1.0, 1.0, 4.0], np.float32), numbers(3, 2), "right"),
    "binary_crossentropy": lambda o: o.binary_crossentropy(np.abs(numbers(4)) / 4, np.abs(numbers(4))[::-1] / 3.2),
    "binary_crossentropy logits": lambda o: o.binary_crossentropy(np.abs(numbers(4)) / 4, numbers(4), from_logits=True),
    "categorical_crossentropy": lambda o: o.categorical_crossentropy(np.abs(numbers(3, 4)), np.abs(numbers(3, 4)) + 1),
    "categorical_crossentropy logits": lambda o: o.categorical_crossentropy(numbers(3, 4), numbers(3, 4) * 2, True, 0),
    "sparse_categorical_crossentropy": lambda o: o.sparse_categorical_crossentropy(CLASSES, np.abs(numbers(3, 4)) + 1),
    "sparse_categorical_crossentropy logits": lambda o: o.sparse_categorical_crossentropy(CLASSES, numbers(3, 4), True),
    "moments": lambda o: o.moments(numbers(3, 4, 2), (0, 2), keepdims=True),
    "normalize": lambda o: o.normalize(numbers(3, 4)),
    "normalize 3": lambda o: o.normalize(numbers(3, 4), axis=0, order=3),
    "inner": lambda o: o.inner(numbers(3, 4), numbers(2, 4)),
    "vdot": lambda o: o.vdot(numbers(3, 4), numbers(3, 4) + 1),
}


def arrays(result):
    """The results of a call as nested lists of numbers; infinities are written as words."""
    parts = result if isinstance(result, (tuple, list)) else [result]
    return [np.asarray(p) for p in parts]


def main():
    """Ask Keras."""
    import keras

    answers = {}
    for name, call in CALLS.items():
        found = arrays(call(keras.ops))
        answers[name] = [{"shape": a.shape, "values": a.astype(np.float64).round(7).ravel().tolist()} for a in found]
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(answer)}" for name, answer in answers.items())
    FILE.write_text("{\n" + lines + "\n}\n")
    print(keras.__version__)


if __name__ == "__main__":
    main()
