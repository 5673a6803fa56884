"""On a GPU: arrays, libraries, graphs and whole training steps. Skipped where there is none; the reason says what is missing.

The rest of the suite runs there, too: HORNBEAM_TEST_BACKEND=cuda .venv/bin/pytest tests/core tests/layers tests/optimizers tests/models
"""

from __future__ import annotations

import gc
from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.dtypes import as_dtype
from hornbeam.errors import OutOfMemoryError
from hornbeam.host import native_dtype
from hornbeam.policy import dtype_policy, set_dtype_policy
from hornbeam.primitive import Primitive, primitives
from hornbeam.testing import check_backend, check_engine, gradient_of, graphs
from hornbeam.testing.backends import check_transfers
from hornbeam.testing.graphs import SMOOTH, Sample
from hornbeam_cuda.device.probe import why_not
from hornbeam_cuda.library import Attention, Convolution, Product, Recurrent
from hypothesis import given

from tests.cpu.workloads import MODELS, batch, model, state

REASON = why_not()
pytestmark = [pytest.mark.device, pytest.mark.skipif(REASON is not None, reason=f"no GPU to test on: {REASON}")]
TOLERANCE = {"float64": 1e-12, "float32": 1e-5, "float16": 4e-3, "bfloat16": 3e-2}


@pytest.fixture(scope="module")
def cuda() -> Any:
    return make_backend("cuda")


# ---- arrays


def test_transfers(cuda: Any) -> None:
    check_transfers(cuda)


def test_many_uploads_while_the_gpu_is_busy(cuda: Any) -> None:
    target = cuda.target
    busy = target.upload(np.ones((4096, 4096), np.float32))
    found = []
    for number in range(64):
        busy = cuda.xp.matmul(busy, busy) * 1e-4
        with target.active():
            found.append(target.upload(np.full((256, 1024), number, np.int32)) + 0)
    for number, array in enumerate(found):
        assert (target.download(array) == number).all()


@pytest.mark.parametrize("primitive", primitives().values(), ids=str)
def test_every_primitive(cuda: Any, primitive: Primitive) -> None:
    check_backend(cuda, primitive)


def test_dlpack_with_cupy_and_torch(cuda: Any) -> None:
    cupy = pytest.importorskip("cupy")
    with using_backend(cuda):
        x = hb.ops.arange(6, dtype="float32")
        seen = cupy.from_dlpack(x)
        assert seen.data.ptr == cuda.target.address(x.value)  # the same memory
        back = hb.ops.from_dlpack(seen, copy=False)
        assert cuda.target.address(back.value) == seen.data.ptr
        torch = pytest.importorskip("torch")
        theirs = torch.from_dlpack(x)
        assert theirs.is_cuda and theirs.tolist() == [0, 1, 2, 3, 4, 5]
        ours = hb.ops.from_dlpack(torch.arange(4, device="cuda", dtype=torch.bfloat16))
        assert ours.dtype == "bfloat16" and hb.ops.astype(ours, "float32").numpy().tolist() == [0, 1, 2, 3]


def test_every_gpu_by_its_number(cuda: Any) -> None:
    from cupy.cuda.runtime import getDeviceCount

    for number in range(getDeviceCount()):
        with using_backend(f"cuda:{number}") as backend:
            assert backend.device == f"cuda:{number}"
            np.testing.assert_array_equal((hb.ops.arange(5) * 2).numpy(), [0, 2, 4, 6, 8])


# ---- libraries


def _random(rng: Any, shape: Any, dtype: str) -> Any:
    return rng.uniform(-1, 1, shape).astype(native_dtype(as_dtype(dtype)))


def _near(got: Any, expected: Any, dtype: str, terms: int) -> None:
    np.testing.assert_allclose(
        got.astype(np.float64), expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * np.sqrt(terms)
    )


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("epilogue", ["none", "bias", "left sums", "right sums"])
@pytest.mark.parametrize("addend", [False, True])
@pytest.mark.parametrize("sizes", [(1, 32, 10, 784), (1, 8192, 512, 512), (3, 17, 33, 65), (12, 128, 128, 64)])
def test_products(cuda: Any, dtype: str, sizes: Any, addend: bool, epilogue: str) -> None:
    rng, target = np.random.default_rng(0), cuda.target
    b, m, n, k = sizes
    left, right, vector, added = (
        _random(rng, s, dtype) for s in ((b, m, k), (b, n, k), (m if epilogue == "left sums" else n,), (b, m, n))
    )
    call = Product(dtype, dtype, sizes, (m * k, k, 1), (n * k, 1, k), (m * n, n), epilogue, addend)
    if "sums" in epilogue and (b > 1 or not target.supports(call)):
        pytest.skip(f"no {epilogue} of {dtype} and {sizes}: the engine sums up by itself")
    assert target.supports(call)
    out = target.empty((b, m, n), dtype)
    arrays = [target.upload(left), target.upload(right), out]
    arrays += [target.upload(vector)] * (epilogue != "none") + [target.upload(added)] * addend
    workspace = target.allocate(target.workspace(call))
    target.library(call, [target.address(a) for a in arrays], workspace.address)
    wide = [a.astype(np.float64) for a in (left, right.transpose(0, 2, 1), vector, added)]
    expected = wide[0] @ wide[1] + (wide[2] if epilogue == "bias" else 0) + (wide[3] if addend else 0)
    _near(target.download(out), expected, dtype, k)
    if "sums" in epilogue:
        sums = wide[0][0].sum(1) if epilogue == "left sums" else wide[1][0].sum(0)
        _near(target.download(arrays[3]), sums, dtype, k)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("direction", ["forward", "input", "kernel"])
def test_convolutions(cuda: Any, dtype: str, direction: str) -> None:
    from tests.cuda.device.cupy_like import convolve

    rng, target = np.random.default_rng(0), cuda.target
    for shapes, about in [
        (((4, 16, 16, 32), (64, 3, 3, 32), (4, 16, 16, 64)), ((1, 1), (1, 1), (1, 1), (1, 1), 1)),
        (((4, 32, 32, 3), (16, 7, 7, 3), (4, 16, 16, 16)), ((2, 2), (3, 3), (3, 3), (1, 1), 1)),
        (((4, 16, 16, 32), (64, 3, 3, 8), (4, 16, 16, 64)), ((1, 1), (0, 1), (2, 1), (1, 1), 4)),
        (((4, 100, 16), (32, 3, 16), (4, 98, 32)), ((1,), (0,), (0,), (1,), 1)),
    ]:
        call = Convolution(direction, dtype, *shapes, *about)
        assert target.supports(call), call
        order = {"forward": (0, 1, 2), "input": (1, 2, 0), "kernel": (0, 2, 1)}[direction]
        given = [_random(rng, shapes[i], dtype) for i in order[:2]]
        expected = np.zeros(shapes[order[2]], np.float32)
        singles = [np.ascontiguousarray(a, np.float32) for a in given]
        convolve(Convolution(direction, "float32", *shapes, *about), [a.ctypes.data for a in (*singles, expected)])
        out = target.empty(expected.shape, dtype)
        workspace = target.allocate(max(1, target.workspace(call)))
        moved = [target.upload(a) for a in given]
        target.library(call, [target.address(a) for a in (*moved, out)], workspace.address)
        _near(target.download(out), expected, dtype, 9 * 64 * (1 if direction != "kernel" else 16))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("causal", [False, True])
def test_attention_and_its_gradient(cuda: Any, dtype: str, causal: bool) -> None:
    rng, target = np.random.default_rng(0), cuda.target
    b, t, h, d = sizes = (2, 128, 4, 64)
    q, k, v, ct = (_random(rng, sizes, dtype) for _ in range(4))
    out, sums = target.empty(sizes, dtype), target.empty((b, h, t), "float32")
    forward, backward = (Attention(way, dtype, (b, t, t, h, d, d), d**-0.5, causal) for way in (False, True))
    moved = [target.upload(a) for a in (q, k, v)]
    gradients = [target.empty(sizes, dtype) for _ in range(3)]
    for call, arrays in (
        (forward, [*moved, out, sums]),
        (backward, [*moved, out, sums, target.upload(ct), *gradients]),
    ):
        assert target.supports(call)
        workspace = target.allocate(max(1, target.workspace(call)))
        target.library(call, [target.address(a) for a in arrays], workspace.address)
    wide = [a.astype(np.float64).transpose(0, 2, 1, 3) for a in (q, k, v, ct)]
    scores = wide[0] @ wide[1].swapaxes(-1, -2) * d**-0.5
    scores = np.where(np.tri(t, dtype=bool), scores, -np.inf) if causal else scores
    top = scores.max(-1, keepdims=True)
    total = np.exp(scores - top).sum(-1, keepdims=True)
    p = np.exp(scores - top) / total
    dp = wide[3] @ wide[2].swapaxes(-1, -2)
    ds = p * (dp - (dp * p).sum(-1, keepdims=True)) * d**-0.5
    expected = [p @ wide[2], ds @ wide[1], ds.swapaxes(-1, -2) @ wide[0], p.swapaxes(-1, -2) @ wide[3]]
    np.testing.assert_allclose(target.download(sums), (top + np.log(total))[..., 0], atol=2e-2)
    for got, want in zip([out, *gradients], expected, strict=True):
        np.testing.assert_allclose(target.download(got).astype(np.float64), want.transpose(0, 2, 1, 3), atol=5e-2)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "tanh", "relu"])
def test_recurrent_layers_and_their_gradients(cuda: Any, cell: str, dtype: str) -> None:
    from tests.cuda.test_recurrent import gradients, some, walked

    arrays = some(cell, (20, 16, 24, 32), (True, True), dtype)
    arrays = {name: a if name == "x" else a / 4 for name, a in arrays.items()}
    call = Recurrent("forward", cell, dtype, (20, 16, 24, 32), (True, cell == "gru"))
    assert cuda.target.supports(call)  # else this compares the own way

    def function(given: Any) -> Any:
        return sum(hb.ops.sum(hb.ops.sin(found)) for found in walked(cell, given, reverse=True))

    ours, again = (gradients(cuda, function, arrays, sorted(arrays)) for _ in range(2))
    expected = gradients(make_backend("numpy"), function, arrays, sorted(arrays))
    for found, other, there in zip(ours, again, expected, strict=True):
        np.testing.assert_array_equal(found, other)
        np.testing.assert_allclose(found, there, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype] * 30)


def test_tf32_is_not_taken_unasked(cuda: Any, monkeypatch: Any) -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 1, (512, 512)).astype(np.float32)
    exact = x.astype(np.float64) @ x.astype(np.float64)
    errors = []
    for switch in ("0", "1"):
        monkeypatch.setenv("HORNBEAM_CUDA_TF32", switch)
        moved = cuda.target.upload(x)
        errors.append(float(abs(cuda.target.download(cuda.xp.matmul(moved, moved)) / exact - 1).max()))
    assert errors[0] < 1e-5 < errors[1] < 1e-2


# ---- compiled graphs


@given(graphs())
def test_the_engine_computes_what_the_reference_computes(sample: Sample) -> None:
    check_engine(make_backend("cuda"), sample)


@given(graphs(dtype="float64", families=SMOOTH, variables=False))
def test_gradients(sample: Sample) -> None:
    check_engine(make_backend("cuda"), gradient_of(sample))


def _trained(backend: Any, kind: str, policy: str) -> tuple[Any, Any]:
    before = dtype_policy()
    set_dtype_policy(policy)
    try:
        with using_backend(backend):
            made = model(kind)
            losses = [float(np.ravel(made.train_on_batch(*batch(kind, 6, seed=i)))[0]) for i in range(8)]
            return np.array(losses), state(made)
    finally:
        set_dtype_policy(before)


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("kind", MODELS)
def test_training_is_numpys_and_the_same_bits_twice(cuda: Any, kind: str, policy: str) -> None:
    expected, _ = _trained("numpy", kind, policy)
    found, first = _trained(cuda, kind, policy)
    np.testing.assert_allclose(found, expected, rtol=1e-3 if policy == "float32" else 0.08)
    again, second = _trained(cuda, kind, policy)
    np.testing.assert_array_equal(found, again)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(np.asarray(a, np.float64), np.asarray(b, np.float64))


def test_replays_do_not_depend_on_what_memory_held(cuda: Any) -> None:
    """Memory of the pool is filled with NaN between the steps: nothing is read that the step itself has not written."""
    with using_backend(cuda):
        made, plain = model("transformer"), model("transformer")
        plain.set_weights(made.get_weights())
        for i in range(6):
            size = cuda.target.memory_left() // 4 // 4
            poison = cuda.target.upload(np.full(1 << 20, np.nan, np.float32))
            held = cuda.target.allocate(size)
            cuda.target.fill(held.address, 0xFF, size)
            del poison, held
            x, y = batch("transformer", 6, seed=i)
            assert np.isfinite(np.ravel(made.train_on_batch(x, y))[0])


def test_out_of_memory_leaves_everything_usable(cuda: Any) -> None:
    with using_backend(cuda):
        host = np.arange(5.0)
        x = hb.ops.asarray(host)
        rows = 2 * cuda.target.properties.memory // (4 << 20)
        step = hb.jit(
            lambda a: hb.ops.sum(hb.ops.exp(hb.ops.broadcast_to(a, (rows, 1 << 20))) @ hb.ops.ones((1 << 20, 2)))
        )
        with pytest.raises(OutOfMemoryError):
            step(hb.ops.ones((1 << 20,)))
        gc.collect()
        np.testing.assert_array_equal((x + 1).numpy(), host + 1)
