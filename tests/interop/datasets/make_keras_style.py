"""Makes keras_style.json: what genuine Keras 3.15.1 (TensorFlow backend) gives (`python make_keras_style.py`)."""

import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}

import keras
import numpy as np
from keras.src.legacy.preprocessing import sequence, text

TEXTS = ["The old tree; the wind!", "A tree\tand the wind_wind", "", "OLD ox ox ox", "unseen words, and the"]
found = {"texts": TEXTS, "tokenizer": [], "generator": [], "windows": []}
for how in (
    {},
    {"num_words": 4},
    {"num_words": 4, "oov_token": "?"},
    {"char_level": True},
    {"lower": False, "filters": ";"},
):
    words = text.Tokenizer(**how)
    words.fit_on_texts(TEXTS[:4])
    words.word_docs = dict(sorted(words.word_docs.items()))  # counted over sets, whose order changes from run to run
    words.index_docs = dict(sorted(words.index_docs.items()))
    numbers = words.texts_to_sequences(TEXTS)
    found["tokenizer"].append(
        {
            "how": how,
            "index": words.word_index,
            "numbers": numbers,
            "back": words.sequences_to_texts(numbers),
            "matrices": {m: words.texts_to_matrix(TEXTS, m).tolist() for m in ("binary", "count", "freq", "tfidf")},
            "json": words.to_json(),
        }  # fmt: skip
    )
found["hashes"] = [text.hashing_trick(t, 50, "md5") for t in TEXTS]
found["table"] = sequence.make_sampling_table(40).tolist()
x = np.arange(30).reshape(15, 2)
for how in (
    {"length": 3}, {"length": 4, "sampling_rate": 2, "stride": 3, "batch_size": 2}, {"length": 5, "reverse": True, "start_index": 2},
    {"length": 2, "end_index": 9, "batch_size": 3},
):  # fmt: skip
    batches = sequence.TimeseriesGenerator(x, np.arange(15), **how)
    found["generator"].append({"how": how, "batches": [[a.tolist() for a in batches[i]] for i in range(len(batches))]})
for how in (
    {"sequence_length": 3}, {"sequence_length": 4, "sampling_rate": 2, "sequence_stride": 3, "batch_size": 2},
    {"sequence_length": 2, "start_index": 3, "end_index": 11, "batch_size": 3}, {"sequence_length": 5, "sequence_stride": 2},
):  # fmt: skip
    for targets in (None, np.arange(15) * 10, np.arange(12) * 10):
        batches = keras.utils.timeseries_dataset_from_array(x, targets, **how)
        rows = [[np.asarray(p).tolist() for p in (b if targets is not None else (b,))] for b in batches]
        found["windows"].append({"how": how, "targets": None if targets is None else targets.tolist(), "batches": rows})
Path(__file__).with_name("keras_style.json").write_text(json.dumps(found))
