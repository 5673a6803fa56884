"""What a GPU and its libraries do with the building blocks of the engine, in the order in which answers matter.

    python benchmarks/gpu/probe.py                 # everything; about ten minutes
    python benchmarks/gpu/probe.py capture latency # some parts
    python benchmarks/gpu/probe.py --list

Each part prints its findings and adds them to benchmarks/results/probe.json; one that fails says why and the next goes on.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parents[1] / "results" / "probe.json"
Findings = dict[str, Any]


def timed(target: Any, work: Callable[[], Any], least: float = 0.2) -> float:
    """Seconds of one call, by many of them in a stream, waited for at the end; the fastest of five turns."""
    work()
    target.synchronize()
    count, best = 1, float("inf")
    while True:
        begin = time.perf_counter()
        for _ in range(count):
            work()
        target.synchronize()
        took = time.perf_counter() - begin
        if took >= least / 5:
            break
        count *= 4
    for _ in range(5):
        begin = time.perf_counter()
        for _ in range(count):
            work()
        target.synchronize()
        best = min(best, (time.perf_counter() - begin) / count)
    return best


def gpu() -> Any:
    """The first GPU."""
    from hornbeam.backends.base import make_backend

    return make_backend("cuda")


def run_call(target: Any, call: Any, arrays: list[Any]) -> Callable[[], None]:
    """A function that launches a library call."""
    workspace = target.allocate(max(1, target.workspace(call)))
    addresses = [target.address(a) for a in arrays]
    return lambda: (workspace, target.library(call, addresses, workspace.address))[1]


# ---- 1


def capture() -> Findings:
    """A kernel of our own, a product, convolutions, attention, a recurrent layer: captured together, replayed on poisoned memory."""
    from hornbeam_cuda.library import Attention, Convolution, Product
    from hornbeam_cuda.source.kernel import kernel

    target = gpu().target
    rng = np.random.default_rng(0)
    found: Findings = {}
    text = "@@int64_t i = blockIdx.x * (int64_t)blockDim.x + threadIdx.x;\nif (i < n) y[i] = 2.0f * x[i];"
    parameters = [("pointer", "x"), ("pointer", "y"), ("int64", "n")]
    double = kernel(
        "double", parameters, ["const float* x", "float* y", "long long n"], text.replace("int64_t", "long long"), 256
    )
    (loaded,) = target.load([double])
    x = rng.uniform(-1, 1, (4, 16, 16, 32)).astype(np.float32)
    on, twice = target.upload(x), target.empty(x.shape, "float32")
    calls: dict[str, tuple[Any, list[Any]]] = {}
    m = target.upload(rng.uniform(-1, 1, (64, 64)).astype(np.float32))
    calls["product"] = Product("float32", "float32", (1, 64, 64, 64), (4096, 64, 1), (4096, 64, 1), (4096, 64)), [
        m, m, target.empty((64, 64), "float32"),
    ]  # fmt: skip
    w = target.upload(rng.uniform(-1, 1, (8, 3, 3, 32)).astype(np.float32))
    y = target.upload(rng.uniform(-1, 1, (4, 16, 16, 8)).astype(np.float32))
    about = (x.shape, (8, 3, 3, 32), (4, 16, 16, 8), (1, 1), (1, 1), (1, 1), (1, 1))
    orders = {"forward": [on, w, None], "input": [w, y, None], "kernel": [on, y, None]}
    goals = {"forward": (4, 16, 16, 8), "input": x.shape, "kernel": (8, 3, 3, 32)}
    for direction, arrays in orders.items():
        call = Convolution(direction, "float32", *about)
        calls[f"convolution {direction}"] = call, [*arrays[:2], target.empty(goals[direction], "float32")]
    half = [target.upload(rng.uniform(-1, 1, (2, 128, 4, 64)).astype(np.float16)) for _ in range(4)]
    sums, made = target.empty((2, 4, 128), "float32"), [target.empty((2, 128, 4, 64), "float16") for _ in range(4)]
    sizes = (2, 128, 128, 4, 64, 64)
    calls["attention"] = Attention(False, "float16", sizes, 0.125, True), [*half[:3], made[0], sums]
    calls["attention backward"] = Attention(True, "float16", sizes, 0.125, True), [
        *half[:3], made[0], sums, half[3], *made[1:],
    ]  # fmt: skip
    goals = {name: arrays[-1] for name, (_, arrays) in calls.items()}
    goals |= {"attention": made[0], "attention backward": made[1]}
    for name, call, arrays, goal in recurrent_calls(target, rng):
        calls[name], goals[name] = (call, arrays), goal
    launches: list[Callable[[], None]] = []
    outputs: dict[str, Any] = {}
    for name, (call, arrays) in calls.items():
        found[name] = target.supports(call)
        if found[name]:
            launches.append(run_call(target, call, arrays))
            outputs[name] = goals[name]

    def step() -> None:
        target.launch(
            loaded, (-(-x.size // 256), 1, 1), (256, 1, 1), 0, [target.address(on), target.address(twice), x.size]
        )
        for launch in launches:
            launch()

    step()
    expected = {name: target.download(array) for name, array in outputs.items()} | {"kernel": 2 * x}
    outputs["kernel"] = twice
    with target.capture() as recorded:
        step()
    for array in outputs.values():
        target.fill(target.address(array), 0xFF, array.nbytes)
    for _ in range(100):
        recorded.replay()
    for name, array in outputs.items():
        found[f"{name}, replayed"] = bool(np.array_equal(target.download(array), expected[name]))
    return found


def recurrent_calls(
    target: Any, rng: Any, runner: Any = None, sizes: Any = (20, 16, 24, 32), dtype: str = "float32"
) -> list[tuple[str, Any, list[Any], Any]]:
    """An LSTM of cuDNN's and its gradients: name, call, arrays, and one of those that are written."""
    from hornbeam.dtypes import as_dtype
    from hornbeam.host import native_dtype
    from hornbeam_cuda.library import Recurrent

    runner, kind = runner or target, native_dtype(as_dtype(dtype))
    forward, data, weights = (Recurrent(d, "lstm", dtype, sizes) for d in ("forward", "data", "weights"))
    if not all(map(runner.supports, (forward, data, weights))):
        return []
    spaces, (time, batch, features, units) = runner.spaces(forward), sizes
    x, y = (time, batch, features), (time, batch, units)

    def some(*shape: int, most: float = 1.0) -> Any:
        return target.upload(rng.uniform(-most, most, shape).astype(kind))

    given = [some(*x), some(batch, units), some(batch, units)]
    packed = some(spaces.weights // kind.itemsize, most=0.2)
    out, dx = target.empty(y, dtype), target.empty(x, dtype)
    states = [target.empty((batch, units), dtype) for _ in range(4)]
    reserve, gradients = target.empty((spaces.reserve,), "uint8"), target.empty(packed.shape, dtype)
    return [
        ("recurrent", forward, [*given, packed, out, *states[:2], reserve], out),
        ("recurrent data", data, [out, some(*y), *given[1:], *states[:2], packed, dx, *states[2:], reserve], dx),
        ("recurrent weights", weights, [given[0], given[1], out, gradients, reserve], gradients),
    ]


# ---- 2


def latency() -> Findings:
    """Microseconds: a launch from Python, a node of a graph, a replay from Python, instantiation."""
    from hornbeam_cuda.source.kernel import kernel

    target = gpu().target
    (loaded,) = target.load([kernel("bump", [("pointer", "x")], ["float* x"], "@@x[threadIdx.x] += 1.0f;", 32)])
    memory = target.allocate(1024)

    def launch() -> None:
        target.launch(loaded, (1, 1, 1), (32, 1, 1), 0, [memory.address])

    found: Findings = {"launch from Python, us": 1e6 * timed(target, launch)}
    for count in (10, 100, 1000):
        begin = time.perf_counter()
        with target.capture() as recorded:
            for _ in range(count):
                launch()
        found[f"capture and instantiation of {count} nodes, us"] = 1e6 * (time.perf_counter() - begin)
        found[f"a replay of {count} nodes, us"] = 1e6 * timed(target, recorded.replay)
        begin = time.perf_counter()
        recorded.replay()
        found[f"a replay of {count} nodes, until Python goes on, us"] = 1e6 * (time.perf_counter() - begin)
        target.synchronize()
    return found


# ---- 3


def products() -> Findings:
    """cuBLASLt: rates of large products, which epilogues and sizes have algorithms, NaN, TF32."""
    from hornbeam_cuda.library import Product

    target = gpu().target
    found: Findings = {}
    for dtype, precision in (
        ("bfloat16", "highest"),
        ("float16", "highest"),
        ("float32", "tf32"),
        ("float32", "highest"),
    ):
        n = 8192
        call = Product(dtype, dtype, (1, n, n, n), (n * n, n, 1), (n * n, n, 1), (n * n, n), precision=precision)
        arrays = [target.empty((n, n), dtype) for _ in range(3)]
        for array in arrays:
            target.fill(target.address(array), 0, array.nbytes)
        seconds = timed(target, run_call(target, call, arrays))
        found[f"8192 cubed, {dtype} {precision}, TFLOP/s"] = call.flops / seconds / 1e12
    for dtype in ("bfloat16", "float16", "float32"):
        for m in (1, 32, 128, 8192):
            for n in (10, 512, 50257, 50304):
                for epilogue in ("none", "bias", "left sums", "right sums"):
                    for addend in (False, True):
                        sizes, strides = (1, m, n, 512), ((m * 512, 512, 1), (512 * n, n, 1), (m * n, n))
                        if not target.supports(Product(dtype, dtype, sizes, *strides, epilogue, addend)):
                            found[f"no algorithm: {dtype} {m}x{n} {epilogue}{' and addend' * addend}"] = True
    x = target.upload(np.full((64, 64), np.nan, np.float32))
    out = target.empty((64, 64), "float32")
    call = Product("float32", "float32", (1, 64, 64, 64), (4096, 64, 1), (4096, 64, 1), (4096, 64))
    run_call(target, call, [x, x, out])()
    found["NaN goes through"] = bool(np.isnan(target.download(out)).all())
    return found


# ---- 4


def convolutions() -> Findings:
    """cuDNN: planning and running the convolutions of ResNet-50, and a stem of 3, 4 or 8 channels."""
    from hornbeam_cuda.library import Convolution

    target = gpu().target
    found: Findings = {}
    n, total = 64, {"forward": 0.0, "input": 0.0, "kernel": 0.0}
    shapes = [
        ((n, 56, 56, 64), (64, 3, 3, 64), 1), ((n, 56, 56, 256), (64, 1, 1, 256), 1), ((n, 28, 28, 128), (128, 3, 3, 128), 1),
        ((n, 14, 14, 256), (256, 3, 3, 256), 1), ((n, 7, 7, 512), (512, 3, 3, 512), 1), ((n, 14, 14, 1024), (256, 1, 1, 1024), 1),
    ]  # fmt: skip
    stems = [((n, 224, 224, c), (64, 7, 7, c), 2) for c in (3, 4, 8)]
    for x, kernel, by in shapes + stems:
        pad = kernel[1] // 2
        y = (n, -(-x[1] // by), -(-x[2] // by), kernel[0])
        for direction in total:
            call = Convolution(direction, "bfloat16", x, kernel, y, (by, by), (pad, pad), (pad, pad), (1, 1))
            begin = time.perf_counter()
            label = f"{direction} {x[1]}x{x[2]}x{x[3]} by {kernel[1]}x{kernel[2]}x{kernel[0]}"
            if not target.supports(call):
                found[f"no engine: {label}"] = True
                continue
            planned = time.perf_counter() - begin
            order = {"forward": (x, kernel, y), "input": (kernel, y, x), "kernel": (x, y, kernel)}[direction]
            seconds = timed(target, run_call(target, call, [target.empty(s, "bfloat16") for s in order]), 0.05)
            found[label] = {"plan, ms": 1e3 * planned, "TFLOP/s": call.flops / seconds / 1e12, "us": 1e6 * seconds}
    import cudnn

    found["properties of the device"] = bytes(cudnn.create_device_properties(0).serialize()).decode("latin1")
    return found


# ---- 5


def recurrent() -> Findings:
    """LSTM and GRU by cuDNN and by the engine's own way, forward and training: microseconds a time step, and how far they differ."""
    import os

    import hornbeam as hb
    from hornbeam.layers import GRU, LSTM, Dense, Input

    found: Findings = {}
    hb.set_backend("cuda")
    before = os.environ.get("HORNBEAM_CUDA_RECURRENT")
    policies = ("float32", "mixed_bfloat16")
    shapes = ((64, 128, 512), (128, 256, 1024), (64, 400, 32), (128, 40, 128))
    for layer, policy, (batch, length, units) in itertools.product((LSTM, GRU), policies, shapes):
        what = f"{layer.__name__} {policy}, batch {batch}, {length} steps, {units} units"
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(batch, length, units)).astype(np.float32), np.zeros((batch, 1), np.float32)
        predicted = []
        for way in ("cudnn", "own"):
            os.environ["HORNBEAM_CUDA_RECURRENT"] = way
            hb.mixed_precision.set_dtype_policy(policy)
            hb.set_random_seed(0)
            model = hb.Sequential([Input((length, units)), layer(units), Dense(1, dtype="float32")])
            model.compile("sgd", "mse")
            for name, work in (
                ("forward", partial(model.predict_on_batch, x)),
                ("training", partial(model.train_on_batch, x, y)),
            ):
                result = [np.asarray(work()) for _ in range(4)][0]
                begin = time.perf_counter()
                for _ in range(10):
                    work()
                found[f"{what}, {name}, {way}: us a step"] = 1e6 * (time.perf_counter() - begin) / 10 / length
                predicted += [result] if name == "forward" else []
        found[f"{what}: largest difference"] = float(np.abs(predicted[0] - predicted[1]).max())
    hb.mixed_precision.set_dtype_policy("float32")
    os.environ.pop("HORNBEAM_CUDA_RECURRENT")
    if before is not None:
        os.environ["HORNBEAM_CUDA_RECURRENT"] = before
    for dtype, (batch, length, units) in itertools.product(("float32", "bfloat16"), shapes):
        found |= algorithms(dtype, (length, batch, units, units))
    return found


def algorithms(dtype: str, sizes: tuple[int, int, int, int]) -> Findings:
    """The forward call of an LSTM and both backward, by each of cuDNN's algorithms, recorded: microseconds a time step."""
    from hornbeam_cuda.device.cudnn_rnn import ALGORITHMS
    from hornbeam_cuda.device.libraries import load
    from hornbeam_cuda.device.recurrents import Recurrents

    target, found = gpu().target, Findings()
    for name in ALGORITHMS:
        what = f"LSTM {dtype}, time, batch, features, units {sizes}, cuDNN's {name}"
        try:
            with target.active():
                runner = Recurrents(load("cudnn"), target.fill, name)
                calls = recurrent_calls(target, np.random.default_rng(0), runner, sizes, dtype)
                rooms = [target.allocate(max(1, runner.workspace(call))) for _, call, _, _ in calls]

            def step(runner: Any = runner, calls: Any = calls, rooms: Any = rooms) -> None:
                for (_, call, arrays, _), room in zip(calls, rooms, strict=True):
                    with target.active():
                        runner.run(call, [target.address(a) for a in arrays], room.address, target.stream.ptr)

            if not calls:
                found[what] = "not supported"
                continue
            step()
            with target.capture() as recorded:
                step()
            found[f"{what}: us a step"] = 1e6 * timed(target, recorded.replay) / sizes[0]
        except Exception as error:  # an algorithm that is not for these sizes may tell of it late
            found[what] = f"failed: {error}"
    return found


# ---- 6


def kernels() -> Findings:
    """Generated kernels: bytes a second of element-wise operations, rows, and sums."""
    import hornbeam as hb

    found: Findings = {}
    hb.set_backend("cuda")
    ops, rows = hb.ops, 1 << 14
    x = hb.ops.zeros((rows, 1 << 14))  # 1 GiB
    size = 4 * rows * (1 << 14)
    works = {
        "2 x + 1": (lambda a: a * 2 + 1, 2 * size),
        "softmax of rows": (lambda a: ops.softmax(a), 2 * size),
        "layer normalisation": (lambda a: ops.layer_normalization(a), 2 * size),
        "sum of rows": (lambda a: ops.sum(a, 1), size),
        "sum of columns": (lambda a: ops.sum(a, 0), size),
        "sum of all": (lambda a: ops.sum(a), size),
    }
    target = gpu().target
    for name, (function, moved) in works.items():
        step = hb.jit(function)
        for _ in range(3):
            step(x)
        seconds = timed(target, lambda step=step: step(x))
        found[f"{name}, TB/s"] = moved / seconds / 1e12
    return found


# ---- 7


def baselines() -> Findings:
    """The comparison with torch and JAX, by run.py."""
    done = subprocess.run([sys.executable, str(Path(__file__).with_name("run.py"))], check=False)
    return {"exit status": done.returncode, "written to": "benchmarks/results/gpu.md"}


# ---- 8


def start() -> Findings:
    """Seconds from a new process to the first step done: nothing compiled before, and compiled before."""
    import os
    import tempfile

    code = (
        "import time; a = time.perf_counter(); import hornbeam as hb, numpy as np; hb.set_backend('cuda'); "
        "b = time.perf_counter(); from hornbeam.layers import Dense, Input; "
        "m = hb.Sequential([Input((784,)), Dense(512, activation='relu'), Dense(10)]); "
        "m.compile('adam', 'mse'); m.train_on_batch(np.zeros((128, 784), 'float32'), np.zeros((128, 10), 'float32')); "
        "print(b - a, time.perf_counter() - b)"
    )
    found: Findings = {}
    with tempfile.TemporaryDirectory() as home:
        for which in ("cold", "warm"):
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | {"HORNBEAM_HOME": home}
            )
            if done.returncode:
                return {"failed": done.stderr.strip().splitlines()[-1]}
            context, first = map(float, done.stdout.split())
            found[which] = {"import and context, s": context, "first step, s": first}
    return found


PARTS = (capture, latency, products, convolutions, recurrent, kernels, baselines, start)


def main() -> int:
    """Run the parts that are asked for."""
    names = [part.__name__ for part in PARTS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*names, []], help="default: all, in order")
    parser.add_argument("--list", action="store_true", help="say what each part finds out")
    options = parser.parse_args()
    if options.list:
        print("\n".join(f"{part.__name__:13} {(part.__doc__ or '').splitlines()[0]}" for part in PARTS))
        return 0
    from hornbeam_cuda.device.probe import why_not

    if reason := why_not():
        print(f"There is no GPU to probe: {reason}.")
        return 1
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for part in PARTS:
        if options.parts and part.__name__ not in options.parts:
            continue
        print(f"== {part.__name__}: {(part.__doc__ or '').splitlines()[0]}", flush=True)
        begin = time.perf_counter()
        try:
            found = part()
        except Exception as error:  # the next part may still tell something
            found = {"failed": f"{type(error).__name__}: {error}", "where": traceback.format_exc()}
        found["seconds"] = time.perf_counter() - begin
        for name, value in found.items():
            print(f"   {name}: {value}")
        known[part.__name__] = found
        RESULTS.parent.mkdir(parents=True, exist_ok=True)
        RESULTS.write_text(json.dumps(known, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
