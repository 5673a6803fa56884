"""Text and windows by Keras's names give what genuine Keras gives (make_keras_style.py says how that was made)."""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = json.loads(Path(__file__).with_name("keras_style.json").read_text())
TEXTS = STORED["texts"]
X = np.arange(30).reshape(15, 2)


@pytest.mark.parametrize("case", STORED["tokenizer"], ids=lambda c: str(c["how"]))
def test_tokenizer(case):
    words = hb.datasets.Tokenizer(**case["how"])
    words.fit_on_texts(TEXTS[:4])
    for one in (words, hb.datasets.tokenizer_from_json(case["json"]), hb.datasets.tokenizer_from_json(words.to_json())):
        assert one.word_index == case["index"]
        assert one.texts_to_sequences(TEXTS) == case["numbers"]
        assert one.sequences_to_texts(case["numbers"]) == case["back"]
        for mode, matrix in case["matrices"].items():
            np.testing.assert_allclose(one.texts_to_matrix(TEXTS, mode), matrix, rtol=1e-12)
    assert json.loads(json.loads(words.to_json())["config"]["word_docs"]) == json.loads(
        json.loads(case["json"])["config"]["word_docs"]
    )


def test_hashes_and_chances():
    assert [hb.datasets.hashing_trick(t, 50, "md5") for t in TEXTS] == STORED["hashes"]
    np.testing.assert_allclose(hb.datasets.make_sampling_table(40), STORED["table"], rtol=1e-12)


@pytest.mark.parametrize("case", STORED["generator"], ids=lambda c: str(c["how"]))
def test_generator(case):
    batches = hb.datasets.TimeseriesGenerator(X, np.arange(15), **case["how"])
    assert [[a.tolist() for a in batches[i]] for i in range(len(batches))] == case["batches"]


@pytest.mark.parametrize("case", STORED["windows"], ids=lambda c: f"{c['how']} {c['targets'] and len(c['targets'])}")
def test_windows(case):
    targets = None if case["targets"] is None else np.array(case["targets"])
    found = list(hb.datasets.timeseries_dataset_from_array(X, targets, **case["how"]))
    assert [[p.tolist() for p in (b if targets is not None else (b,))] for b in found] == case["batches"]
