"""Values computed anew where they are used: the same numbers, and fewer bytes."""

from __future__ import annotations

from collections.abc import Iterator

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.testing import check_engine, gradient_of, graphs
from hornbeam.testing.graphs import SMOOTH, Sample
from hornbeam_cuda.lower import recompute
from hornbeam_cuda.lower.plan import prepare
from hornbeam_cuda.plan import Plan
from hypothesis import given, settings

from tests.cuda.emulator.backend import EmulatedBackend
from tests.cuda.models import Planned

CUDA = EmulatedBackend()
some = settings(max_examples=max(5, settings().max_examples // 4))


@pytest.fixture(autouse=True, scope="module")
def _whatever_the_size() -> Iterator[None]:
    before, recompute.LEAST = recompute.LEAST, 0
    yield
    recompute.LEAST = before


@some
@given(graphs(size=15))
def test_graphs_compute_what_they_did(sample: Sample) -> None:
    check_engine(CUDA, sample)


@some
@given(graphs(dtype="float64", families=SMOOTH, variables=False))
def test_gradients(sample: Sample) -> None:
    check_engine(CUDA, gradient_of(sample))


def test_a_normalisation_of_half_floats_keeps_no_single_precision() -> None:
    x = np.random.default_rng(0).normal(size=(64, 8, 32))

    def norm(x):  # type: ignore[no-untyped-def]
        wide = hb.ops.cast(x, "float32")
        centred = wide - hb.ops.mean(wide, axis=(0, 1), keepdims=True)
        variance = hb.ops.mean(centred * centred, axis=(0, 1), keepdims=True)
        return hb.ops.cast(centred * hb.ops.rsqrt(variance + 1e-3), "bfloat16")

    half = hb.ops.asarray(x, dtype="bfloat16")
    graph = hb.capture(norm, half)
    device = Planned()
    plan = Plan(prepare(graph, device.supports), device)
    wide = [v for step in plan.steps for v in step.writes if v.size == x.size and v.dtype == "float32"]
    assert wide == []
