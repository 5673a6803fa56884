"""Batch statistics are read in one pass where a graph asks for a mean and the deviations from it, and nowhere else."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam.dtypes import as_dtype
from hornbeam.interpreters.capture import capture_specs
from hornbeam.primitive import Spec
from hornbeam_cuda.lower.plan import prepare
from hornbeam_cuda.plan import Plan

from tests.cuda.emulator import COMPILER, EmulatedDevice
from tests.cuda.emulator.backend import EmulatedBackend

pytestmark = pytest.mark.skipif(COMPILER is None, reason="the emulated device needs g++")

ops = hb.ops


def statistics(x: Any, axes: tuple[int, ...], factor: float = 1.0) -> Any:
    """The mean of x along some axes, and the sum of squared deviations from it; a factor of 1 is right."""
    wide = ops.cast(x, "float32")
    count = int(np.prod([x.shape[a] for a in axes]))
    mean = ops.sum(wide, axis=axes) * (factor / count)
    return mean, ops.sum(ops.square(wide - mean), axis=axes)


def launches(function: Any, shape: tuple[int, ...], dtype: str) -> list[str]:
    """The names of a plan's steps."""
    graph = capture_specs(function, [Spec(shape, as_dtype(dtype))], {})
    device = EmulatedDevice()
    return [step.name for step in Plan(prepare(graph, device.supports), device).steps]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("shape", [(4096, 5), (4, 26, 27, 8), (9, 40, 64)])
def test_one_pass(shape: tuple[int, ...], dtype: str) -> None:
    axes = tuple(range(len(shape) - 1))
    names = launches(lambda x: statistics(x, axes), shape, dtype)
    assert names.count("moments") == 1
    assert not any("reduce_sum" in name for name in names)
    x = hb.ops.cast(np.random.default_rng(0).normal(3, 2, shape).astype(np.float32), dtype).numpy()
    wide = x.astype(np.float64)
    with using_backend(EmulatedBackend()):
        mean, rest = (found.numpy() for found in hb.jit(lambda x: statistics(x, axes))(hb.ops.asarray(x)))
    np.testing.assert_allclose(mean, wide.mean(axes), rtol=1e-6)
    np.testing.assert_allclose(rest, ((wide - wide.mean(axes)) ** 2).sum(axes), rtol=1e-5)


def test_what_only_looks_alike() -> None:
    assert "moments" not in launches(lambda x: statistics(x, (0,), 0.5), (64, 8), "float32")  # not the mean
    assert "moments" not in launches(lambda x: statistics(ops.transpose(x), (0,)), (8, 64), "float32")  # not in order
    assert "moments" not in launches(lambda x: ops.sum(ops.square(x - ops.sum(x, axis=0)), axis=0), (64, 8), "float32")
