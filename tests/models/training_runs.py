"""Training runs that are the same code for Hornbeam and for Keras, and what Keras's figures are.

`python tests/models/training_runs.py`, in an environment with keras 3.15 or later and jax, and with KERAS_BACKEND=jax, writes
training_runs.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).with_suffix(".json")


def values(shape: tuple[int, ...], seed: float) -> np.ndarray:
    """Numbers between -1 and 1 that no library's generator is needed for."""
    return np.sin(seed + 1.7 * np.arange(np.prod(shape, dtype=int))).reshape(shape).astype(np.float32)


X = values((10, 4), 0.1)
CLASSES = np.array([0, 2, 1, 1, 0, 2, 2, 0, 1, 0])
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
BITS = (CLASSES > 0).astype("float32")
WEIGHTS = np.abs(values((10,), 0.7))
VALIDATION = (values((5, 4), 0.9), np.array([1, 0, 2, 0, 1]))


def started(model: Any) -> Any:
    model.set_weights([values(w.shape, i) for i, w in enumerate(model.get_weights())])
    return model


def classifier(k: Any, units: int = 3, activation: str | None = "softmax", **dense: Any) -> Any:
    layers = [
        k.Input((4,)),
        k.layers.Dense(6, activation="tanh", **dense),
        k.layers.Dense(units, activation=activation),
    ]
    return started(k.Sequential(layers))


def fit(model: Any, *data: Any, **how: Any) -> dict[str, list[float]]:
    return model.fit(*data, **{"batch_size": 4, "epochs": 3, "shuffle": False, "verbose": 0, **how}).history


def sparse(k: Any) -> Any:
    model = classifier(k)
    model.compile(k.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = fit(model, X, CLASSES, validation_data=VALIDATION)
    return [history, model.evaluate(X, CLASSES, batch_size=3, verbose=0, return_dict=True)]


def one_hot(k: Any) -> Any:
    model = classifier(k, activation=None)
    loss = k.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
    model.compile(k.optimizers.SGD(0.1, momentum=0.9, nesterov=True), loss, metrics=["acc"])
    return [fit(model, X, ONE_HOT, validation_split=0.3)]


def binary(k: Any) -> Any:
    model = classifier(k, 1, "sigmoid")
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    return [fit(model, X, BITS, sample_weight=WEIGHTS)]


def column_and_vector(k: Any) -> Any:
    model = classifier(k, 1, None)
    model.compile("sgd", "mse", metrics=["mae"])
    return [fit(model, X, BITS), fit(model, X, BITS[:, None])]


def class_weights(k: Any) -> Any:
    model = classifier(k)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return [fit(model, X, CLASSES, class_weight={0: 1.0, 1: 3.0, 2: 0.5})]


def validation_weights(k: Any) -> Any:
    model = classifier(k)
    model.compile("adam", "sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
    first = fit(model, X, CLASSES, validation_data=(*VALIDATION, WEIGHTS[:5]))
    return [first, fit(model, X, CLASSES, validation_split=0.2, sample_weight=WEIGHTS)]


def regularised(k: Any) -> Any:
    model = classifier(k, kernel_regularizer="l2")
    model.compile("adam", "sparse_categorical_crossentropy")
    return [fit(model, X, CLASSES, validation_data=VALIDATION), {"loss": model.evaluate(X, CLASSES, verbose=0)}]


def two_outputs(k: Any, loss: Any, metrics: Any, y: Any, **how: Any) -> Any:
    x = k.Input((4,), name="x")
    h = k.layers.Dense(6, activation="tanh", name="h")(x)
    outputs = [k.layers.Dense(3, activation="softmax", name="kind")(h), k.layers.Dense(1, name="size")(h)]
    model = started(k.Model(x, outputs))
    model.compile("adam", loss, metrics=metrics, **how)
    return [fit(model, X, y, validation_split=0.2)]


def listed_outputs(k: Any) -> Any:
    losses = ["sparse_categorical_crossentropy", "mse"]
    return two_outputs(k, losses, [["accuracy"], ["mae"]], [CLASSES, BITS[:, None]], loss_weights=[1.0, 0.3])


def named_outputs(k: Any) -> Any:
    x = k.Input((4,), name="x")
    h = k.layers.Dense(6, activation="tanh", name="h")(x)
    outputs = {"kind": k.layers.Dense(3, activation="softmax", name="d1")(h), "size": k.layers.Dense(1, name="d2")(h)}
    model = started(k.Model(x, outputs))
    losses = {"kind": "sparse_categorical_crossentropy", "size": "mse"}
    model.compile("adam", losses, metrics={"size": ["mae"]}, loss_weights={"kind": 2.0, "size": 1.0})
    return [fit(model, {"x": X}, {"kind": CLASSES, "size": BITS[:, None]})]


def one_loss_of_two(k: Any) -> Any:
    return two_outputs(k, "mse", None, [ONE_HOT, BITS[:, None]])


def by_batch(k: Any) -> Any:
    model = classifier(k)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    found = [model.train_on_batch(X[i : i + 4], CLASSES[i : i + 4], return_dict=True) for i in (0, 4)]
    found.append(model.train_on_batch(X, CLASSES, sample_weight=WEIGHTS, return_dict=True))
    return [*found, model.test_on_batch(X, CLASSES, return_dict=True)]


def streamed(k: Any) -> Any:
    model = classifier(k)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def batches() -> Any:
        while True:
            for i in (0, 4, 8):
                yield X[i : i + 4], CLASSES[i : i + 4]

    return [model.fit(batches(), epochs=4, steps_per_epoch=2, verbose=0).history]


def normalised(k: Any) -> Any:
    model = started(
        k.Sequential([k.Input((4,)), k.layers.BatchNormalization(), k.layers.Dense(3, activation="softmax")])
    )
    model.layers[0].set_weights([np.ones(4), np.zeros(4), np.zeros(4), np.ones(4)])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return [fit(model, X, CLASSES, validation_data=VALIDATION)]


def frozen(k: Any) -> Any:
    model = classifier(k)
    model.layers[0].trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    history = fit(model, X, CLASSES)
    return [history, {"unchanged": float(np.abs(model.layers[0].get_weights()[0] - values((4, 6), 0)).max())}]


def several_steps_at_once(k: Any) -> Any:
    model = classifier(k)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], steps_per_execution=2)
    return [fit(model, X, CLASSES, validation_data=VALIDATION)]


def one_hot_class_weights(k: Any) -> Any:
    model = classifier(k)
    model.compile("adam", "categorical_crossentropy", weighted_metrics=["accuracy"])
    first = fit(model, X, ONE_HOT, class_weight={0: 0.2, 2: 4.0})
    found = model.train_on_batch(X, ONE_HOT, class_weight={1: 2.0}, return_dict=True)
    return [first, found]


def weighted_outputs(k: Any) -> Any:
    x = k.Input((4,), name="x")
    h = k.layers.Dense(6, activation="tanh", name="h")(x)
    outputs = [k.layers.Dense(3, activation="softmax", name="kind")(h), k.layers.Dense(1, name="size")(h)]
    model = started(k.Model(x, outputs))
    metrics = [["accuracy"], ["mse", "mae"]]
    losses = ["sparse_categorical_crossentropy", "mse"]
    model.compile("adam", losses, metrics=metrics, weighted_metrics=[["accuracy"], None], loss_weights=[0.5, 2.0])
    y = [CLASSES, BITS[:, None]]
    history = fit(model, X, y, sample_weight=[WEIGHTS, WEIGHTS[::-1].copy()])
    return [history, {"listed": model.evaluate(X, y, verbose=0), "batch": model.test_on_batch(X, y)}]


def told(k: Any) -> Any:
    model = classifier(k)
    model.compile(k.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    callbacks = [
        k.callbacks.LearningRateScheduler(lambda epoch, rate: rate if epoch else 0.3),
        k.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=1, min_delta=0.05, cooldown=1),
        k.callbacks.EarlyStopping(monitor="val_loss", patience=2, min_delta=0.02, restore_best_weights=True),
    ]
    history = fit(model, X, CLASSES, epochs=12, validation_data=VALIDATION, callbacks=callbacks)
    return [history, {"after": model.evaluate(*VALIDATION, verbose=0)}]


def stopped(k: Any) -> Any:
    model = classifier(k)
    model.compile("adam", "sparse_categorical_crossentropy")

    class Stop(k.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                self.model.stop_training = True

    return [fit(model, X, CLASSES, epochs=5, validation_data=VALIDATION, callbacks=[Stop()])]


def accumulated(k: Any) -> Any:
    model = classifier(k)
    optimizer = k.optimizers.Adam(0.01, gradient_accumulation_steps=2)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return [fit(model, X, CLASSES, epochs=4, validation_data=VALIDATION)]


def averaged(k: Any) -> Any:
    model = classifier(k)
    optimizer = k.optimizers.SGD(0.2, use_ema=True, ema_momentum=0.8)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    callbacks = [k.callbacks.SwapEMAWeights(swap_on_epoch=True)]
    history = fit(model, X, CLASSES, validation_data=VALIDATION, callbacks=callbacks)
    return [history, {"after": model.evaluate(*VALIDATION, verbose=0)}]


def averaged_at_the_end(k: Any) -> Any:
    model = classifier(k)
    optimizer = k.optimizers.Adam(0.02, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    history = fit(model, X, CLASSES, validation_data=VALIDATION)
    return [history, {"after": model.evaluate(*VALIDATION, verbose=0)}]


RUNS: dict[str, Any] = {
    f.__name__: f
    for f in (
        sparse, one_hot, binary, column_and_vector, class_weights, validation_weights, regularised, listed_outputs,
        named_outputs, one_loss_of_two, by_batch, streamed, normalised, frozen, several_steps_at_once, one_hot_class_weights,
        weighted_outputs, told, stopped, accumulated, averaged,
        averaged_at_the_end,
    )
}  # fmt: skip


def figures(name: str, k: Any) -> list[dict[str, list[float]]]:
    """What a run gives: lists of figures by their names."""
    return [{key: np.atleast_1d(v).astype(float).tolist() for key, v in part.items()} for part in RUNS[name](k)]


if __name__ == "__main__":
    import keras

    GOLDEN.write_text(json.dumps({"keras": keras.__version__, **{n: figures(n, keras) for n in RUNS}}, indent=0) + "\n")
