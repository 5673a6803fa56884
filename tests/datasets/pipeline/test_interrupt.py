"""Ctrl-C while worker processes run ends all of them, at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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
        _, said = process.communicate(timeout=20)
        assert said.rstrip().endswith("KeyboardInterrupt")
        end = time.monotonic() + 10
        while running(process.pid) and time.monotonic() < end:
            time.sleep(0.05)
        assert running(process.pid) == 0
    finally:
        if running(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
