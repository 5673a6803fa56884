"""Makes trajectories.npz: what genuine Keras's optimizers do to two variables over 50 steps, and their state at the end.

Run with Keras 3.15.1 and JAX, and PyTorch 2.13.0 for RAdam and OneCycle, on a CPU: `python make_trajectories.py`. The test
beside it needs none of them. Numbers are float32.
"""

import json
import os
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "jax"}

import jax
import keras
import numpy as np
import torch

STEPS, KEPT = 50, (0, 1, 9, 49)
NAMES = "kernel", "bias"
LOSS_SCALE = "LossScaleOptimizer"

CASES = [
    {"name": "SGD", "config": {"learning_rate": 0.1}},
    {"name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.9}},
    {"name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True, "clipnorm": 0.5}},
    {"name": "RMSprop", "config": {"learning_rate": 0.02, "clipvalue": 0.3}},
    {"name": "RMSprop", "config": {"learning_rate": 0.02, "momentum": 0.5, "centered": True, "epsilon": 1e-3}},
    {"name": "Adam", "config": {"learning_rate": 0.02, "global_clipnorm": 0.7}},
    {"name": "Adam", "config": {"learning_rate": 0.02, "amsgrad": True, "weight_decay": 0.1}},
    {"name": "AdamW", "config": {"learning_rate": 0.02, "weight_decay": 0.3}, "undecayed": ["bias"]},
    {"name": "Adamax", "config": {"learning_rate": 0.02}},
    {"name": "Nadam", "config": {"learning_rate": 0.02}},
    {"name": "Adagrad", "config": {"learning_rate": 0.2}},
    {"name": "Adadelta", "config": {"learning_rate": 1.0, "epsilon": 1e-4}},
    {"name": "Adafactor", "config": {"learning_rate": 0.1}},
    {"name": "Adafactor", "config": {"learning_rate": 0.1, "relative_step": False, "clip_threshold": 0.5}},
    {"name": "Ftrl", "config": {"learning_rate": 0.2}},
    {
        "name": "Ftrl",
        "config": {
            "learning_rate": 0.2, "l1_regularization_strength": 0.01, "l2_regularization_strength": 0.02,
            "l2_shrinkage_regularization_strength": 0.03, "beta": 0.1,
        },
    },
    {"name": "Lion", "config": {"learning_rate": 0.02, "weight_decay": 0.1}},
    {"name": "Lamb", "config": {"learning_rate": 0.02}},
    {"name": "Muon", "config": {"learning_rate": 0.02}},
    {"name": "Muon", "config": {"learning_rate": 0.02, "rms_rate": None, "nesterov": False, "adam_lr_ratio": 0.5}},
    {"name": "ScheduleFreeAdamW", "config": {"learning_rate": 0.02, "warmup_steps": 5}},
    {"name": "Adam", "config": {"learning_rate": 0.02, "use_ema": True, "ema_momentum": 0.8}},
    {"name": "SGD", "config": {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 4}},
    {"name": "Adam", "config": {"learning_rate": 0.02, "gradient_accumulation_steps": 3}},
    {"name": "Nadam", "config": {"learning_rate": 0.02, "gradient_accumulation_steps": 2, "use_ema": True}},
    {"name": "SGD", "config": {"learning_rate": 0.1, "loss_scale_factor": 4.0}},
    {"name": LOSS_SCALE, "config": {"initial_scale": 8.0, "dynamic_growth_steps": 5}, "infinite": [3, 20, 21]},
    {"name": "MultiOptimizer", "config": {}},
    {"name": "Adam", "config": {}, "schedule": ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 30})},
]  # fmt: skip

SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8, "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8, "staircase": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "end_learning_rate": 0.01, "power": 2.0}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "end_learning_rate": 0.01, "cycle": True}),
    ("PiecewiseConstantDecay", {"boundaries": [3, 10], "values": [0.3, 0.2, 0.1]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.1}),
    (
        "CosineDecay",
        {"initial_learning_rate": 0.01, "decay_steps": 20, "warmup_target": 0.1, "warmup_steps": 6, "alpha": 0.2},
    ),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5, "m_mul": 0.8, "alpha": 0.05}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.0, "m_mul": 0.5}),
]


def start():
    rng = np.random.default_rng(0)
    return [rng.normal(size=(4, 3)).astype("float32"), rng.normal(size=3).astype("float32")]


def gradient(values, step):
    """Of a bowl whose middle moves: it depends on the values, so that errors do not average out."""
    return [(np.cos(0.3 * step + i) + 0.5 * v * (1 + i)).astype("float32") for i, v in enumerate(values)]


def keras_optimizer(case):
    if case["name"] == LOSS_SCALE:
        return keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.02), **case["config"])
    if case["name"] == "MultiOptimizer":
        adam, sgd = keras.optimizers.Adam(0.02), keras.optimizers.SGD(0.1, momentum=0.9)
        return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(sgd, {"ker.*": adam}))
    config = dict(case["config"])
    if "schedule" in case:
        name, arguments = case["schedule"]
        config["learning_rate"] = getattr(keras.optimizers.schedules, name)(**arguments)
    return getattr(keras.optimizers, case["name"])(**config)


def keras_run(case):
    variables = [keras.Variable(v, name=n) for v, n in zip(start(), NAMES, strict=True)]
    optimizer = keras_optimizer(case)
    if "undecayed" in case:
        optimizer.exclude_from_weight_decay(var_names=case["undecayed"])
    optimizer.build(variables)
    names = [v.path.split("/")[-1] for v in optimizer.variables]
    values, state, kept = start(), [np.asarray(v.value) for v in optimizer.variables], []
    step_of = jax.jit(optimizer.stateless_apply)
    for step in range(STEPS):
        grads = gradient(values, step)
        if case["name"] == LOSS_SCALE:
            grads = [g * np.float32(state[names.index("dynamic_scale")]) for g in grads]
        if step in case.get("infinite", ()):
            grads[1][0] = np.inf
        values, state = ([np.asarray(v) for v in part] for part in step_of(state, grads, values))
        kept += values if step in KEPT else []
    return kept, state, names


def torch_run():
    variables = [torch.nn.Parameter(torch.tensor(v)) for v in start()]
    optimizer, kept = torch.optim.RAdam(variables, lr=0.02, eps=1e-7), []
    for step in range(STEPS):
        for v, g in zip(variables, gradient([v.detach().numpy() for v in variables], step), strict=True):
            v.grad = torch.tensor(g)
        optimizer.step()
        if step in KEPT:
            kept += [v.detach().numpy().copy() for v in variables]
    return kept


def torch_cycle(strategy):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 0.5, total_steps=40, pct_start=0.25, anneal_strategy=strategy, div_factor=20, final_div_factor=100
    )
    rates = []
    for _ in range(40):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        if len(rates) < 40:
            schedule.step()
    return np.array(rates, "float32")


if __name__ == "__main__":
    stored, paths = {}, []
    for number, case in enumerate(CASES):
        kept, state, names = keras_run(case)
        stored |= {f"{number}/kept/{i}": v for i, v in enumerate(kept)}
        stored |= {f"{number}/state/{i}": v for i, v in enumerate(state)}
        paths.append(names)
    stored |= {f"radam/{i}": v for i, v in enumerate(torch_run())}
    stored |= {f"cycle/{strategy}": torch_cycle(strategy) for strategy in ("cos", "linear")}
    for number, (name, arguments) in enumerate(SCHEDULES):
        schedule = getattr(keras.optimizers.schedules, name)(**arguments)
        stored[f"schedule/{number}"] = np.array([float(schedule(step)) for step in range(40)], "float32")
    told = {"cases": CASES, "schedules": SCHEDULES, "paths": paths, "kept": KEPT, "steps": STEPS}
    stored["told"] = np.frombuffer(json.dumps(told).encode(), np.uint8)
    np.savez_compressed(Path(__file__).with_name("trajectories.npz"), **stored)
