"""Makes data_layers.json: what genuine Keras's layers for numbers, categories, texts and sound learn and give.

Run with Keras 3.15.1 and TensorFlow on a CPU: `python make_data_layers.py`. The test beside it needs neither.
"""

import json
import os
import tempfile
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_ENABLE_ONEDNN_OPTS": "0"}

import keras
import numpy as np

RNG = np.random.default_rng(0)
TEXTS = [
    "The quick brown fox, the lazy dog!", "a fox\tand  a DOG?", "Ünïcode wörds; don't panic -- it's (only) 3.5%", "",
    "fox fox fox dog dog cat", "\u00a0non-breaking\u00a0space \u3000wide", "the end.",
]  # fmt: skip
WORDS = ["fox", "dog", "fox", "cat", "bird", "dog", "fox", "", "[UNK]", "ant"]
LONG = ["x" * n + "\u00e9" * (n % 3) for n in (0, 1, 3, 4, 7, 8, 9, 16, 17, 31, 32, 33, 64, 65, 127, 128, 129, 200)]


def case(layer, inputs, *, adapt=None, dtype=None, **config):
    return {"layer": layer, "config": config, "inputs": inputs, "adapt": adapt, "dtype": dtype}


def floats(*shape):
    return RNG.normal(size=shape).round(3).tolist()


NUMBERS = floats(40, 3)
BATCH = {"output_mode": "multi_hot"}
CASES = [
    case("Rescaling", [[0.0, 51.0, 255.0]], scale=1 / 255, offset=-0.5, dtype="float32"),
    case("Rescaling", [[0, 51, 255]], scale=[1.0, 2.0, 3.0], offset=[0.0, 1.0, 2.0], dtype="int32"),
    case("Normalization", NUMBERS, adapt=NUMBERS, dtype="float32"),
    case("Normalization", NUMBERS, adapt=NUMBERS, axis=None, dtype="float32"),
    case("Normalization", NUMBERS, adapt=NUMBERS, axis=[0, 1], dtype="float32"),
    case("Normalization", floats(4, 3, 2), adapt=floats(7, 3, 2), axis=[1, -1], invert=True, dtype="float32"),
    case("Normalization", NUMBERS, mean=[1.0, 2.0, 3.0], variance=[4.0, 0.25, 0.0], dtype="float32"),
    case("Normalization", NUMBERS, mean=2.0, variance=9.0, invert=True, dtype="float32"),
    case("Discretization", [[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]], bin_boundaries=[0.0, 1.0, 2.0], dtype="float32"),
    *(case("Discretization", [[-1.5, 1.0], [0.4, 3.0]], bin_boundaries=[0.0, 1.0, 2.0], output_mode=mode, dtype="float32")
      for mode in ("one_hot", "multi_hot", "count")),
    case("Discretization", floats(6, 2), adapt=floats(300), num_bins=4, epsilon=0.01, dtype="float32"),
    case("Discretization", floats(6, 2), adapt=floats(50, 2), num_bins=7, epsilon=0.1, output_mode="one_hot", dtype="float32"),
    *(case("CategoryEncoding", inputs, num_tokens=4, output_mode=mode, dtype="int32")
      for mode in ("multi_hot", "one_hot", "count") for inputs in ([[0, 1, 1], [3, 2, 0]], [3, 1], [[2], [0]])),
    case("Hashing", LONG, num_bins=10007),
    case("Hashing", LONG, num_bins=10007, salt=[133, 137]),
    case("Hashing", [["A"], ["B"], [""], ["D"]], num_bins=3, mask_value=""),
    case("Hashing", [[1, -2], [30, 4]], num_bins=5, salt=7, dtype="int64"),
    case("Hashing", [[1, 7], [30, 4]], num_bins=5, mask_value=7, dtype="int32"),
    *(case("Hashing", [["A", "B"], ["C", "A"]], num_bins=4, output_mode=mode) for mode in ("one_hot", "multi_hot", "count")),
    case("HashedCrossing", [["A", "B", "A", "B", "A"], [101, 101, 101, 102, -102]], num_bins=1000),
    case("HashedCrossing", [[["A"], ["B"]], [["x"], ["y"]], [[1], [2]]], num_bins=6, output_mode="one_hot"),
    case("StringLookup", [["cat", "fox"], ["new", ""]], vocabulary=["fox", "cat", "dog"]),
    case("StringLookup", [["cat", "fox"], ["new", "old"]], vocabulary=["fox", "cat"], num_oov_indices=4, mask_token=""),
    case("StringLookup", ["cat", "fox", "new", "old"], vocabulary=["fox", "cat"], num_oov_indices=4, salt=[3, 5]),
    case("StringLookup", [["cat", ""], ["fox", "cat"]], vocabulary=["fox", "cat"], num_oov_indices=0, mask_token=""),
    case("StringLookup", WORDS, adapt=WORDS),
    case("StringLookup", WORDS, adapt=WORDS, max_tokens=4, mask_token=""),
    *(case("StringLookup", [["cat", "fox", "fox"], ["new", "", "dog"]], vocabulary=["fox", "cat", "dog"], mask_token="", output_mode=m)
      for m in ("one_hot", "multi_hot", "count")),
    case("StringLookup", [["cat", "fox"]], adapt=WORDS, output_mode="multi_hot", max_tokens=12, pad_to_max_tokens=True),
    case("StringLookup", [["cat", "fox"], ["dog", "dog"]], vocabulary=["fox", "cat", "dog"], idf_weights=[0.5, 1.5, 2.0],
         output_mode="tf_idf"),
    case("StringLookup", [[1, 0], [3, 9]], vocabulary=["fox", "cat", "dog"], invert=True, dtype="int64"),
    case("StringLookup", [[1, 0], [3, 2]], vocabulary=["fox", "cat", "dog"], invert=True, mask_token="-", dtype="int64"),
    case("IntegerLookup", [[12, 36], [-7, 5]], vocabulary=[12, 5, 36], dtype="int64"),
    case("IntegerLookup", [[12, 36], [-7, 5]], vocabulary=[12, 5], num_oov_indices=3, mask_token=36, dtype="int64"),
    case("IntegerLookup", [[12, 36], [-7, 5]], vocabulary=[12, 5], num_oov_indices=3, oov_method="farmhash", dtype="int64"),
    case("IntegerLookup", [[12, 36], [7, 5]], adapt=[[5, 5, 12], [36, 12, 5], [7, 8, 9]], max_tokens=4, dtype="int64"),
    *(case("IntegerLookup", [[12, 36, 36], [7, 5, -1]], vocabulary=[12, 5, 36], mask_token=-1, output_mode=m, dtype="int64")
      for m in ("one_hot", "multi_hot", "count")),
    case("IntegerLookup", [[1, 0], [3, 9]], vocabulary=[12, 5, 36], invert=True, dtype="int64"),
    case("TextVectorization", TEXTS, adapt=TEXTS),
    case("TextVectorization", TEXTS, adapt=TEXTS, output_sequence_length=4, max_tokens=6),
    case("TextVectorization", [[t] for t in TEXTS], adapt=TEXTS, standardize="lower", ngrams=2),
    case("TextVectorization", TEXTS, adapt=TEXTS, standardize="strip_punctuation", ngrams=[1, 3], output_mode="count"),
    case("TextVectorization", TEXTS, adapt=TEXTS, standardize=None, split="character"),
    case("TextVectorization", TEXTS, adapt=TEXTS, output_mode="multi_hot", max_tokens=40, pad_to_max_tokens=True),
    case("TextVectorization", TEXTS, adapt=TEXTS, output_mode="tf_idf"),
    case("TextVectorization", [["fox", "cat"], ["new", "Dog!"]], vocabulary=["fox", "dog"], split=None),
    case("TextVectorization", "the quick fox", vocabulary=["fox", "the"]),
    case("MelSpectrogram", floats(2, 300), fft_length=64, sequence_stride=32, num_mel_bins=8, sampling_rate=4000, dtype="float32"),
    case("MelSpectrogram", floats(200), fft_length=32, sequence_stride=16, sequence_length=20, num_mel_bins=5, sampling_rate=2000,
         power_to_db=False, mag_exp=1.0, window="hamming", max_freq=700.0, dtype="float32"),
    *(case("STFTSpectrogram", floats(2, 40, 2), mode=mode, frame_length=10, frame_step=4, dtype="float32")
      for mode in ("log", "magnitude", "psd", "real", "imag", "stft")),
    case("STFTSpectrogram", floats(1, 40, 1), mode="angle", frame_length=8, window="hamming", periodic=True, dtype="float32"),
    case("STFTSpectrogram", floats(2, 40, 2), mode="psd", frame_length=10, fft_length=16, scaling="spectrum", padding="same",
         expand_dims=True, window="blackman", dtype="float32"),
    case("STFTSpectrogram", floats(2, 40, 2), mode="magnitude", frame_length=9, scaling=None, window=None, dtype="float32"),
]  # fmt: skip


def plain(value):
    """Arrays of numbers or bytes as nested lists."""
    value = np.asarray(value)
    if value.dtype.kind in "SO":
        return np.vectorize(lambda s: s.decode() if isinstance(s, bytes) else str(s), otypes=[object])(value).tolist()
    return value.astype("float64").round(6).tolist() if value.dtype.kind == "f" else value.tolist()


def main():
    for one in CASES:
        config = {
            k: tuple(v) if k in ("axis", "ngrams") and isinstance(v, list) else v for k, v in one["config"].items()
        }
        layer = getattr(keras.layers, one["layer"])(**config)
        if one["adapt"] is not None:
            data = np.asarray(one["adapt"], one["dtype"]) if one["dtype"] else one["adapt"]
            layer.adapt(data)
        if one["layer"] == "HashedCrossing":
            inputs = tuple(one["inputs"])
        else:
            inputs = np.asarray(one["inputs"], one["dtype"]) if one["dtype"] else one["inputs"]
        out = layer(inputs)
        one["dtype_out"] = str(np.asarray(out).dtype) if np.asarray(out).dtype.kind != "O" else "string"
        one["out"] = plain(out)
        if hasattr(layer, "get_vocabulary"):
            one["vocabulary"] = plain(layer.get_vocabulary()) if layer.get_vocabulary() else []
            with tempfile.TemporaryDirectory() as folder:
                layer.save_assets(folder)
                path = Path(folder, "vocabulary.txt")
                one["asset"] = path.read_text() if path.exists() else None
        if one["layer"] == "Discretization":
            one["edges"] = plain(layer.bin_boundaries)
    Path(__file__).with_name("data_layers.json").write_text(json.dumps(CASES))


if __name__ == "__main__":
    main()
