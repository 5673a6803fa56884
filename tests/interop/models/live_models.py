"""Models saved here are loaded by genuine Keras, and the other way: predictions agree, and so does the optimizer's state."""

import os
import sys
from pathlib import Path

os.environ |= {"KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}

import hornbeam as hb
import keras
import numpy as np
import pytest
from hornbeam.naming import clear_session
from hornbeam.tree import leaves

sys.path.insert(0, str(Path(__file__).parent))
import zoo  # noqa: E402
import zoo_layers  # noqa: E402, F401 - adds to the zoo

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")  # Keras's own


def near(found, expected):
    found, expected = leaves(found), leaves(expected)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-5, atol=1e-5)


def trained(built, x):
    """One step, so that the optimizer has a state."""
    outputs = leaves(built.predict(x, verbose=0))
    rng = np.random.default_rng(5)
    y = [rng.normal(size=o.shape).astype("float32") for o in outputs]
    built.train_on_batch(x, y[0] if len(y) == 1 else y)


OPTIMIZERS = {
    "mlp_regularized": ("Adam", {"amsgrad": True}),
    "convnet": ("RMSprop", {"momentum": 0.9, "centered": True}),
    "lstm": ("SGD", {"momentum": 0.9}),
    "multi_output": ("AdamW", {}),
    "attention": ("Adam", {"weight_decay": 0.1}),
    "frozen": ("SGD", {}),
}


@pytest.fixture(params=list(zoo.BUILDERS))
def name(request):
    return request.param


def build(library, name):
    clear_session(), keras.utils.clear_session()
    built = zoo.BUILDERS[name](library)
    zoo.randomize(built)
    if name in OPTIMIZERS:
        kind, how = OPTIMIZERS[name]
        built.compile(
            getattr(library.optimizers, kind)(0.01, **how),
            "mean_squared_error",
            metrics=["accuracy"] if name == "convnet" else None,
        )
        trained(built, zoo.data(built))
    return built


def state_of(built):
    return [np.asarray(v.numpy() if hasattr(v, "numpy") else v) for v in built.optimizer.variables]


@pytest.fixture(params=[".keras", ".h5"])
def suffix(name, request):
    if request.param == ".h5" and name in zoo.NOT_IN_H5:
        pytest.skip("genuine Keras cannot load its own")
    return request.param


def test_ours_is_loaded_by_keras(name, suffix, tmp_path):
    ours = build(hb, name)
    ours.save(tmp_path / f"model{suffix}")
    theirs = keras.saving.load_model(tmp_path / f"model{suffix}")
    same(theirs, ours, trains=name in OPTIMIZERS and suffix == ".keras")  # of .h5, Keras never restores the state


def test_keras_s_is_loaded_by_us(name, suffix, tmp_path):
    theirs = build(keras, name)
    theirs.save(tmp_path / f"model{suffix}")
    ours = hb.models.load_model(tmp_path / f"model{suffix}")
    same(theirs, ours, trains=name in OPTIMIZERS)


def same(theirs, ours, trains):
    x = zoo.data(theirs)
    near(theirs.predict(x, verbose=0), ours.predict(x, verbose=0))
    if trains:
        near(state_of(theirs), state_of(ours))
        trained(ours, x), trained(theirs, x)
        near(theirs.predict(x, verbose=0), ours.predict(x, verbose=0))


def test_weights_alone_go_both_ways(name, tmp_path):
    shards = name in ("mlp", "nested")
    file, how = tmp_path / f"it.weights.{'json' if shards else 'h5'}", {"max_shard_size": 1e-6} if shards else {}
    ours, theirs = build(hb, name), build(keras, name)
    zoo.randomize(ours, seed=7)
    ours.save_weights(file, **how)
    theirs.load_weights(file)
    near(theirs.get_weights(), ours.get_weights())
    zoo.randomize(theirs, seed=8)
    theirs.save_weights(file, **how)
    ours.load_weights(file)
    near(ours.get_weights(), theirs.get_weights())


def test_architectures_as_text(name):
    ours = build(hb, name)
    theirs = keras.models.model_from_json(ours.to_json())
    again = hb.models.model_from_json(theirs.to_json())
    assert (
        [w.shape for w in again.weights] == [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    )


KINDS = [
    *(
        "Adadelta",
        "Adafactor",
        "Adagrad",
        "Adam",
        "AdamW",
        "Adamax",
        "Ftrl",
        "Lamb",
        "Lion",
        "Muon",
        "Nadam",
        "RMSprop",
    ),
    *("SGD", "ScheduleFreeAdamW", "averaged", "accumulating", "scheduled", "scaled"),
]


def optimizer_of(library, kind):
    optimizers = library.optimizers
    return {
        "averaged": lambda: optimizers.SGD(0.1, momentum=0.5, use_ema=True),
        "accumulating": lambda: optimizers.Adam(0.1, gradient_accumulation_steps=2),
        "scheduled": lambda: optimizers.Adam(optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)),
        "scaled": lambda: optimizers.LossScaleOptimizer(optimizers.Adam(0.01)),
    }.get(kind, lambda: getattr(optimizers, kind)(0.01))()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("here", "there"), [(hb, keras), (keras, hb)], ids=["ours", "theirs"])
def test_the_state_of_every_optimizer(kind, here, there, tmp_path):
    clear_session(), keras.utils.clear_session()
    built = zoo.BUILDERS["multi_output"](here)
    zoo.randomize(built)
    built.compile(optimizer_of(here, kind), "mean_squared_error")
    trained(built, zoo.data(built))
    built.save(tmp_path / "model.keras")
    again = there.saving.load_model(tmp_path / "model.keras")
    near(state_of(again), state_of(built))
    near(again.predict(zoo.data(again), verbose=0), built.predict(zoo.data(built), verbose=0))
