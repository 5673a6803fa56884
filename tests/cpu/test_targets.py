"""HORNBEAM_CPU_TARGET: less of this machine gives the same results, within rounding, of kernels and of training."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hornbeam.backends.base import using_backend
from hornbeam_cpu.llvm.target import LEVELS, host

from tests.cpu import workloads

CODE = """
import sys
import numpy as np
import hornbeam as hb
from hornbeam_cpu.llvm.target import host
from tests.cpu import workloads

hb.set_backend("cpu")
assert host().level == sys.argv[1], host()
found = {}
for kind in workloads.MODELS:
    model = workloads.model(kind)
    for seed in range(2):
        model.train_on_batch(*workloads.batch(kind, 19, seed))
    found |= {f"{kind} {i}": a for i, a in enumerate(workloads.state(model))}
np.savez(sys.argv[2], **found)
"""


@pytest.mark.parametrize("level", ["avx2", "sse"])
def test_a_smaller_machine_trains_to_the_same_weights(level, tmp_path):
    if host().level not in LEVELS[: LEVELS.index(level) + 1]:
        pytest.skip(f"this machine has {host().level} only")
    path = tmp_path / "state.npz"
    done = subprocess.run(
        [sys.executable, "-c", CODE, level, str(path)],
        env=os.environ | {"HORNBEAM_CPU_TARGET": level}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    with np.load(path) as found, using_backend("numpy"):
        for kind in workloads.MODELS:
            model = workloads.model(kind)
            for seed in range(2):
                model.train_on_batch(*workloads.batch(kind, 19, seed))
            for i, truth in enumerate(workloads.state(model)):
                # Adam divides by the size of gradients: where that is nearly zero, rounding errors count
                np.testing.assert_allclose(found[f"{kind} {i}"], truth, rtol=2e-3, atol=2e-4, err_msg=f"{kind} {i}")


def test_a_level_that_does_not_exist_is_refused():
    done = subprocess.run(
        [sys.executable, "-c", "from hornbeam_cpu.llvm.target import host; host()"],
        env=os.environ | {"HORNBEAM_CPU_TARGET": "avx1024"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1 and "it can be avx512, avx2, sse, neon, generic" in done.stderr
