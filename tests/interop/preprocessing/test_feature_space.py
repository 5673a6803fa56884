"""FeatureSpace learns, gives and reads what genuine Keras's does; see make_feature_space.py."""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pandas as pd
import polars as pl
import pytest

HERE = Path(__file__).parent
STORED = json.loads((HERE / "feature_space.json").read_text())
DATA, CASES = STORED["data"], STORED["cases"]
SHAPES = {
    "dict": dict,
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "lazy": pl.LazyFrame,
    "batches": lambda data: [{n: np.asarray(v[i : i + 32]) for n, v in data.items()} for i in range(0, 100, 32)],
    "samples": hb.datasets.Dataset.of,
    "pipeline": lambda data: hb.datasets.Dataset.of((data, np.zeros(100))).batch(32),
}


def made(case):
    space = hb.utils.FeatureSpace
    given = {n: k if isinstance(k, str) else getattr(space, k[0])(**k[1]) for n, k in case["features"].items()}
    return space(given, **case["arguments"])


def check(space, case):
    for batch, expected in zip(case["batches"], case["outs"], strict=True):
        out = space(batch)
        found = {n: v.numpy() for n, v in out.items()} if isinstance(out, dict) else {"": out.numpy()}
        expected = expected if isinstance(expected, dict) else {"": expected}
        assert list(found) == list(expected)
        for name, values in found.items():
            assert values.shape == np.shape(expected[name])
            np.testing.assert_allclose(values, expected[name], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("case", CASES, ids=[" ".join(c["features"]) for c in CASES])
def test_what_it_gives(case, tmp_path):
    space = made(case)
    space.adapt({name: DATA[name] for name in case["features"]})
    check(space, case)
    space.save(tmp_path / "space.keras")
    check(hb.models.load_model(tmp_path / "space.keras"), case)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_it_learns_from(shape):
    case = CASES[-1]
    space = made(case)
    space.adapt(SHAPES[shape]({name: DATA[name] for name in case["features"]}))
    check(space, case)
    some = case["batches"][0]
    if shape in ("pandas", "polars", "lazy"):
        np.testing.assert_array_equal(space(SHAPES[shape](some)).numpy(), space(some).numpy())


def test_a_file_of_keras():
    check(hb.models.load_model(HERE / "feature_space.keras"), CASES[-1])
