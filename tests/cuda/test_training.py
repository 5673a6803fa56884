"""Models of every kind train on the emulated device to the numbers that NumPy gives, in single and in mixed precision."""

from __future__ import annotations

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import Backend, make_backend, using_backend
from hornbeam.policy import dtype_policy, set_dtype_policy

from tests.cpu.workloads import MODELS, batch, model, state
from tests.cuda.emulator.backend import EmulatedBackend
from tests.cuda.emulator.device import EmulatedDevice

CUDA, NUMPY = EmulatedBackend(), make_backend("numpy")


def trained(backend: Backend, kind: str, policy: str = "float32") -> tuple[np.ndarray, list[np.ndarray]]:
    """Losses of three steps, and all state after them."""
    before = dtype_policy()
    set_dtype_policy(policy)
    try:
        with using_backend(backend):
            made = model(kind)
            losses = [made.train_on_batch(*batch(kind, 6, seed=i)) for i in range(3)]
            return np.array([[float(v) for v in np.atleast_1d(loss)] for loss in losses]), state(made)
    finally:
        set_dtype_policy(before)


@pytest.mark.parametrize("kind", MODELS)
def test_single_precision(kind: str) -> None:
    losses, expected = trained(NUMPY, kind)
    found, ours = trained(CUDA, kind)
    np.testing.assert_allclose(found, losses, rtol=2e-4)
    for a, b in zip(ours, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-3, atol=2e-4)


@pytest.mark.parametrize("kind", MODELS)
def test_without_libraries_and_with_threads_from_the_last_to_the_first(kind: str) -> None:
    losses, expected = trained(NUMPY, kind)
    found, ours = trained(EmulatedBackend(EmulatedDevice(backwards=True, libraries=False)), kind)
    np.testing.assert_allclose(found, losses, rtol=2e-4)
    for a, b in zip(ours, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a, float), np.asarray(b, float), rtol=1e-3, atol=2e-4)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("kind", MODELS)
def test_mixed_precision(kind: str, policy: str) -> None:
    losses, _ = trained(NUMPY, kind, policy)
    found, ours = trained(CUDA, kind, policy)
    np.testing.assert_allclose(found[:, 0], losses[:, 0], rtol=0.05)
    assert all(np.isfinite(np.asarray(a, float)).all() for a in ours)


def test_predictions_are_numpys() -> None:
    found = []
    for backend in (NUMPY, CUDA):
        with using_backend(backend):
            made = model("convnet")
            found += [np.asarray(made.predict(batch("convnet", 7)[0], verbose=0)) for _ in range(2)]
    for other in found[1:]:
        np.testing.assert_allclose(found[0], other, rtol=1e-4, atol=1e-6)


def test_hb_profile_tells_of_every_step() -> None:
    with using_backend(CUDA):
        step = hb.jit(lambda x, w: hb.ops.sum(hb.ops.exp(x @ w)))
        x, w = hb.ops.ones((8, 4)), hb.ops.ones((4, 3))
        before = float(step(x, w))
        with hb.profile() as taken:
            assert float(step(x, w)) == before
    assert any(name.startswith("product") for name in taken.records)
    product = next(r for name, r in taken.records.items() if name.startswith("product"))
    assert product.flops == 2 * 8 * 4 * 3 and product.bytes == 4 * (8 * 4 + 4 * 3 + 8 * 3)
