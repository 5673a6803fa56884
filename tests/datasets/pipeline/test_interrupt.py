"""Ctrl-C while worker processes run ends all of them, at once; and so does the death of one."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hornbeam_datasets import Dataset
from hornbeam_datasets.pipeline.workers import WorkerError

SCRIPT = """
import signal, time
import numpy as np
from hornbeam_datasets import Dataset

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us with it ignored
for number, _ in enumerate(Dataset.of(np.full(4000, 0.02)).map(time.sleep).prefetch(2, workers=2, processes=True)):
    if number == 3:
        print("running", flush=True)
"""


def running(group):
    """How many processes of a group there are, without those that only wait to be counted."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = path.read_text().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        found += int(of) == group and state != "Z"
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted as Linux lists them")
@pytest.mark.parametrize("to", ["all", "the parent alone"])
def test_nothing_is_left(to):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout.readline() == "running\n", process.stderr.read()
        assert running(process.pid) > 2
        (os.killpg if to == "all" else os.kill)(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert "KeyboardInterrupt" in said
        end = time.monotonic() + 30
        while running(process.pid) and time.monotonic() < end:
            time.sleep(0.05)
        assert running(process.pid) == 0
    finally:
        if running(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


ABANDONED = """
import multiprocessing, os, signal, time
import numpy as np
from hornbeam_datasets import Dataset

dataset = Dataset.of(np.full(4000, 0.02)).map(time.sleep).prefetch(8, workers=2, processes=True)
for _ in dataset:
    break
os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)
"""


def test_a_death_after_iteration_was_given_up_leaves_nothing():
    done = subprocess.run([sys.executable, "-c", ABANDONED], timeout=60, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_next_iteration_after_a_death_has_workers_again():
    dataset = Dataset.of(np.arange(4000.0)).map(np.sqrt).prefetch(2, workers=2, processes=True)
    with pytest.raises(WorkerError, match="ended without an answer"):
        for number, _ in enumerate(dataset):
            if number == 3:
                for child in multiprocessing.active_children():
                    os.kill(child.pid, signal.SIGKILL)
    np.testing.assert_array_equal([next(iter(dataset))], [0.0])
    dataset.close()
