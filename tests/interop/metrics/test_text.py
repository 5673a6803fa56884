"""BLEU and chrF are sacrebleu's, ROUGE is rouge-score's; text.json holds their figures (see make_text.py)."""

import json
from pathlib import Path

import hornbeam as hb
import pytest

CASES = json.loads(Path(__file__).with_name("text.json").read_text())


def metric_of(key):
    kind, *how = key.split(" ")
    if key == "bleu 2":
        return hb.metrics.BLEU(max_order=2)
    if kind == "bleu":
        return hb.metrics.BLEU(smooth_method=how[0], tokenize=how[1], lowercase=how[0] == "none")
    if key == "chrf spaces":
        return hb.metrics.ChrF(whitespace=True, beta=1, lowercase=True)
    return hb.metrics.ChrF(word_order=int(how[0])) if kind == "chrf" else hb.metrics.ROUGE(kind, how[0])


@pytest.mark.parametrize("key", CASES[0]["found"])
def test_figures(key):
    for case in CASES:
        metric = metric_of(key)
        assert float(metric.result()) == 0.0
        for at in range(0, len(case["said"]), 2):  # in batches of two
            metric.update_state(case["given"][at : at + 2], case["said"][at : at + 2])
        assert float(metric.result()) == pytest.approx(case["found"][key], rel=1e-6, abs=1e-6)
        metric.reset_state()
        assert float(metric.result()) == 0.0
