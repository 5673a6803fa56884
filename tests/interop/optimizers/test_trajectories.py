"""Optimizers and schedules give the numbers of genuine Keras (RAdam and OneCycle: PyTorch), and keep their state in its order.

trajectories.npz holds them; make_trajectories.py beside it says how they were made.
"""

import json
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest

STORED = dict(np.load(Path(__file__).with_name("trajectories.npz")))
TOLD = json.loads(STORED.pop("told").tobytes())
CASES = TOLD["cases"]


def group(name):
    found = [key for key in STORED if key.startswith(f"{name}/")]
    return [STORED[f"{name}/{i}"] for i in range(len(found))]


def gradient(values, step):
    return [(np.cos(0.3 * step + i) + 0.5 * v * (1 + i)).astype("float32") for i, v in enumerate(values)]


def made(case):
    make = hb.optimizers
    if case["name"] == "LossScaleOptimizer":
        return make.LossScaleOptimizer(make.Adam(0.02), **case["config"])
    if case["name"] == "MultiOptimizer":
        return make.MultiOptimizer(make.OptimizerMap(make.SGD(0.1, momentum=0.9), {"ker.*": make.Adam(0.02)}))
    config = dict(case["config"])
    if "schedule" in case:
        name, arguments = case["schedule"]
        config["learning_rate"] = getattr(make.schedules, name)(**arguments)
    return getattr(make, case["name"])(**config)


def run(optimizer, case, wrap):
    rng = np.random.default_rng(0)
    variables = [
        hb.Variable(rng.normal(size=s).astype("float32"), name=n) for s, n in (((4, 3), "kernel"), (3, "bias"))
    ]
    if "undecayed" in case:
        optimizer.exclude_from_weight_decay(var_names=case["undecayed"])
    optimizer.build(variables)
    apply, kept = wrap(lambda *grads: optimizer.apply(grads, variables)), []
    for step in range(TOLD["steps"]):
        grads = gradient([v.numpy() for v in variables], step)
        if case["name"] == "LossScaleOptimizer":
            grads = [g * np.float32(optimizer.dynamic_scale) for g in grads]
        if step in case.get("infinite", ()):
            grads[1][0] = np.inf
        apply(*grads)
        kept += [v.numpy().copy() for v in variables] if step in TOLD["kept"] else []
    return kept, optimizer.variables


def agree(found, expected, case):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-6, err_msg=str(case))


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{i}-{c['name']}" for i, c in enumerate(CASES)])
def test_as_keras(number):
    case = CASES[number]
    kept, state = run(made(case), case, hb.jit)
    agree(kept, group(f"{number}/kept"), case)
    agree([v.numpy() for v in state], group(f"{number}/state"), case)
    ours = [v.path.split("/")[-1] for v in state]
    for mine, theirs in zip(ours, TOLD["paths"][number], strict=True):
        nameless = theirs in ("kernel", "bias") or theirs.startswith(
            "variable"
        )  # Keras gives these no name of their own
        assert mine == theirs or nameless


def test_radam_as_pytorch():
    case = {"name": "RAdam", "config": {"learning_rate": 0.02}}
    agree(run(made(case), case, lambda f: f)[0], group("radam"), case)


@pytest.mark.parametrize("strategy", ["cos", "linear"])
def test_one_cycle_as_pytorch(strategy):
    rate = hb.optimizers.schedules.OneCycle(0.5, 40, 0.25, strategy, 20.0, 100.0)
    np.testing.assert_allclose([float(rate(i)) for i in range(40)], STORED[f"cycle/{strategy}"], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("number", range(len(TOLD["schedules"])))
def test_schedules_as_keras(number):
    name, arguments = TOLD["schedules"][number]
    schedule = getattr(hb.optimizers.schedules, name)(**arguments)
    rates = hb.jit(lambda steps: hb.ops.stack([schedule(steps[i]) for i in range(40)]))(np.arange(40, dtype="int32"))
    np.testing.assert_allclose(rates, STORED[f"schedule/{number}"], rtol=2e-5, atol=1e-7)
    again = hb.optimizers.schedules.deserialize(hb.optimizers.schedules.serialize(schedule))
    assert again.get_config() == schedule.get_config() and type(again) is type(schedule)


def test_state_of_keras_loads():
    number = next(i for i, c in enumerate(CASES) if c["config"].get("amsgrad"))
    case = CASES[number]
    optimizer = made(case)
    optimizer.build(
        [hb.Variable(np.zeros((4, 3), "float32"), name="kernel"), hb.Variable(np.zeros(3, "float32"), name="bias")]
    )
    stored = group(f"{number}/state")
    optimizer.load_own_variables({str(i): value for i, value in enumerate(stored)})
    assert int(optimizer.iterations) == 50
    written = {}
    optimizer.save_own_variables(written)
    assert all(np.array_equal(written[str(i)], value) for i, value in enumerate(stored))
    with pytest.raises(hb.SerializationError, match="Adam has 8 variables; the file has 3 of its optimizer"):
        optimizer.load_own_variables({str(i): stored[i] for i in range(3)})
