"""A run that is killed and resumed ends with the bits of one that was not."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import hornbeam as hb
import numpy as np
import pytest
from hornbeam import callbacks
from hornbeam_layers import Dense, Input
from hornbeam_models import Sequential

from tests.models import interrupted_run

NIGHTLY = os.environ.get("HORNBEAM_HYPOTHESIS") == "nightly"
SCRIPT = Path(interrupted_run.__file__)
STEPS = 4 * 5  # of the whole run
KINDS = ("arrays", "pipeline")


def process(folder, data, *steps, wait=None):
    """Run the script; returns its exit status."""
    command = [sys.executable, str(SCRIPT), str(folder), hb.backend(), data, *map(str, steps)]
    with subprocess.Popen(command) as child:
        if wait is not None:
            time.sleep(wait)
            child.send_signal(signal.SIGKILL)
        return child.wait()


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What runs end with that were not interrupted."""
    return {kind: json.loads(json.dumps(interrupted_run.run(tmp_path_factory.mktemp(kind), kind))) for kind in KINDS}


def check(folder, expected):
    ended = json.loads((folder / "ended.json").read_text())
    assert ended["history"] == expected["history"]
    assert ended["epochs"] == expected["epochs"] == [0, 1, 2, 3]
    assert ended["arrays"] == expected["arrays"]
    assert ended["backup"] is False


@pytest.mark.parametrize("seed", range(40 if NIGHTLY else 1))
def test_killed_twice_and_resumed_it_ends_with_the_same_bits(tmp_path, expected, seed):
    if hb.backend() not in ("numpy", "cpu"):
        pytest.skip("processes of their own run on numpy and cpu")
    data = KINDS[(seed + (hb.backend() == "cpu")) % 2]
    rng = random.Random(f"{seed} {hb.backend()}")
    for steps in (5, rng.randrange(2, STEPS // 2)):  # an epoch has five steps: the first kill is at the end of one
        assert process(tmp_path, data, steps) == -signal.SIGKILL
        assert (tmp_path / "backup").exists()
    assert process(tmp_path, data) == 0
    check(tmp_path, expected[data])


@pytest.mark.parametrize("seed", range(20 if NIGHTLY else 0))
def test_killed_at_any_moment(tmp_path, expected, seed):
    data = KINDS[seed % 2]
    started = time.monotonic()
    assert process(tmp_path, data) == 0
    length = time.monotonic() - started
    (tmp_path / "ended.json").unlink()
    rng = random.Random(seed)
    for _ in range(3):
        process(tmp_path, data, wait=rng.uniform(0.3, 1.1) * length)
    if not (tmp_path / "ended.json").exists():
        assert process(tmp_path, data) == 0
    check(tmp_path, expected[data])


def made(units=1):
    model = Sequential([Input((3,)), Dense(units)])
    model.compile("sgd", "mse")
    return model


X, Y = np.ones((8, 3), np.float32), np.ones((8, 1), np.float32)


def interrupted(model, folder, **how):
    """Two epochs, of which the second breaks off."""

    def stop(epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt

    told = [callbacks.BackupAndRestore(folder, **how), callbacks.LambdaCallback(on_epoch_begin=stop)]
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=2, verbose=0, callbacks=told)


def test_a_damaged_state_is_refused_or_the_one_before_it_used(tmp_path):
    model = made()
    interrupted(model, tmp_path / "a")
    state = tmp_path / "a" / "latest.state"
    state.write_bytes(state.read_bytes()[:100])
    with pytest.raises(hb.SerializationError, match="damaged"):
        model.fit(X, Y, verbose=0, callbacks=[callbacks.BackupAndRestore(tmp_path / "a")])
    interrupted(model, tmp_path / "b", save_freq=1, double_checkpoint=True)
    state = tmp_path / "b" / "latest.state"
    state.write_bytes(b"")
    with pytest.warns(UserWarning, match="The state before it is used"):
        history = model.fit(X, Y, epochs=2, verbose=0, callbacks=[callbacks.BackupAndRestore(tmp_path / "b")])
    assert history.epoch == [0, 1]


def test_a_state_of_another_model_is_refused(tmp_path):
    interrupted(made(), tmp_path)
    with pytest.raises(hb.InvalidArgumentError, match="the shapes of its variables differ"):
        made(2).fit(X, np.ones((8, 2)), verbose=0, callbacks=[callbacks.BackupAndRestore(tmp_path)])
    with pytest.raises(hb.InvalidArgumentError, match="save_freq must be 'epoch' or a number"):
        callbacks.BackupAndRestore(tmp_path, save_freq=0)


def test_the_state_is_kept_where_that_is_wanted(tmp_path):
    told = callbacks.BackupAndRestore(tmp_path, delete_checkpoint=False)
    made().fit(X, Y, verbose=0, callbacks=[told])
    assert (tmp_path / "latest.state").exists()


def test_metrics_on_the_host_go_on_within_an_epoch(tmp_path):
    x = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")

    def model():
        hb.set_random_seed(1)
        found = Sequential([Input((3,)), Dense(1, activation="sigmoid")])
        found.compile("sgd", "binary_crossentropy", metrics=["exact_auc", "accuracy"])
        return found

    def fit(stop):
        def end(batch, logs=None):
            if batch == stop:
                raise KeyboardInterrupt

        told = [callbacks.BackupAndRestore(tmp_path, save_freq=1), callbacks.LambdaCallback(on_train_batch_end=end)]
        return model().fit(x, y, batch_size=4, epochs=2, verbose=0, callbacks=told).history

    whole = model().fit(x, y, batch_size=4, epochs=2, verbose=0).history
    with pytest.raises(KeyboardInterrupt):
        fit(3)
    assert fit(99) == whole
