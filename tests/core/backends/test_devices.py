"""Backends by the numbers of their devices, and arrays of other libraries that a backend can share."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.backends.base import make_backend, using_backend
from hornbeam.backends.numpy import NumpyBackend
from hornbeam.errors import BackendError, CopyNeededError, UnknownNameError


class Sharing(NumpyBackend):
    """Shares what lies in the host's memory."""

    def share(self, array: Any) -> Any:
        return np.from_dlpack(array)


def test_a_number_after_the_name() -> None:
    assert make_backend("numpy:0") is make_backend("numpy")
    with pytest.raises(BackendError, match="'numpy' has one device; 'numpy:1'"):
        make_backend("numpy:1")
    with pytest.raises(BackendError, match="named by its number, such as numpy:1"):
        make_backend("numpy:first")
    with pytest.raises(UnknownNameError, match="nunpy"):
        make_backend("nunpy:1")


def test_each_device_is_made_once(monkeypatch: Any) -> None:
    from hornbeam.plugins import registry

    class Numbered(NumpyBackend):
        def __init__(self, number: int = 0) -> None:
            super().__init__()
            self.device = f"gpu:{number}"

    monkeypatch.setattr("hornbeam.backends.base._made", {})
    monkeypatch.setattr(registry, "load_entry", lambda entry: Numbered)
    second = make_backend("numpy:1")
    assert second.device == "gpu:1" and make_backend("numpy:01") is second
    assert make_backend("numpy").device == "gpu:0"


def test_what_a_backend_can_share_is_not_copied() -> None:
    x = np.arange(3.0)
    with using_backend(Sharing()):
        shared, copied = hb.ops.from_dlpack(x), hb.ops.from_dlpack(x, copy=True)
        assert hb.ops.from_dlpack(x, copy=False).dtype == "float64"
        x[0] = 5
        assert shared.numpy().tolist() == [5, 1, 2] and copied.numpy().tolist() == [0, 1, 2]
    with using_backend("numpy"), pytest.raises(CopyNeededError):
        hb.ops.from_dlpack(x, copy=False)
