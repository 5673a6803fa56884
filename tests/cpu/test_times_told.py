"""HORNBEAM_DEBUG=time: every run tells how long its kernels took."""

from __future__ import annotations

import hornbeam as hb
import pytest
from hornbeam.backends.base import using_backend


def test_a_run_tells_its_kernels(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def measured() -> tuple[float, float]:
        raise AssertionError("measuring the machine runs functions, which would tell of their kernels in turn")

    monkeypatch.setattr("hornbeam_cpu.peaks.peaks", measured)
    monkeypatch.setattr("hornbeam_cpu.backend.peaks", measured, raising=False)
    monkeypatch.setenv("HORNBEAM_DEBUG", "time")
    with using_backend("cpu"):
        step = hb.jit(lambda a, b: hb.ops.sum(hb.ops.tanh(a @ b)))
        step(hb.ops.ones((8, 4)), hb.ops.ones((4, 2)))
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].split() == ["kernel", "runs", "ms", "share", "GFLOP/s", "GB/s"]
    assert {line.split()[0] for line in lines[2:]} == {"product", "tanh_reduce_sum", "all"}
