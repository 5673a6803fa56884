"""A training run that may be killed: `python interrupted_run.py FOLDER BACKEND DATA [STEP]` kills itself after so many steps.

DATA: "arrays", or "pipeline".

Run again without STEP it goes on, and writes into the folder everything that it ended with.
"""

import json
import os
import signal
import sys
from pathlib import Path

import hornbeam as hb
import numpy as np
from hornbeam import callbacks
from hornbeam_datasets import Dataset
from hornbeam_layers import BatchNormalization, Dense, Dropout, Input
from hornbeam_models import Sequential


class Kill(callbacks.Callback):
    """Ends the process, as nothing but the operating system could, after so many steps in it."""

    def __init__(self, steps):
        self.left = steps

    def on_train_batch_begin(self, batch, logs=None):
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


def noisy(x, y, rng):
    return x + rng.normal(size=4, scale=0.1).astype("float32"), y


def run(folder, data, kill_after=-1):
    """Train, going on from what is in the folder; returns everything that the run ended with."""
    hb.set_random_seed(5)
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 4)).astype("float32"), rng.integers(0, 3, 50)
    model = Sequential(
        [Input((4,)), Dense(8, activation="relu"), BatchNormalization(), Dropout(0.3), Dense(3, activation="softmax")]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def jitter(epoch, logs=None):  # draws from global generators belong to the run too
        model.optimizer.learning_rate = 0.01 * np.random.rand() + 0.001 * float(hb.random.uniform(()))

    if data == "arrays":
        given = {"x": x, "y": y, "batch_size": 8, "validation_split": 0.2}
    else:
        pipeline = Dataset.of((x[:40], y[:40])).shuffle(seed=2).map(noisy, seed=4).batch(8).prefetch(2)
        given = {"x": pipeline, "validation_data": (x[40:], y[40:])}
    history = model.fit(
        **given, epochs=4, verbose=0,
        callbacks=[
            callbacks.BackupAndRestore(folder / "backup", save_freq=2),
            callbacks.EarlyStopping(restore_best_weights=True, patience=3),
            callbacks.LambdaCallback(on_epoch_begin=jitter),
            Kill(kill_after),
        ],
    )  # fmt: skip
    arrays = [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables), np.random.rand(2)]
    return {
        "arrays": [a.tobytes().hex() for a in arrays],
        "history": history.history,
        "epochs": history.epoch,
        "backup": (folder / "backup").exists(),
    }


if __name__ == "__main__":
    where, backend, data, *steps = sys.argv[1:]
    hb.set_backend(backend)
    ended = run(Path(where), data, *map(int, steps))
    (Path(where) / "ended.part").write_text(json.dumps(ended))
    os.replace(Path(where) / "ended.part", Path(where) / "ended.json")  # a kill comes before it or after it
