"""tf.config and tf.test, as far as scripts ask for devices."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

__all__ = [
    "experimental", "experimental_run_functions_eagerly", "gpu_device_name", "is_gpu_available", "list_logical_devices",
    "list_physical_devices", "run_functions_eagerly", "set_visible_devices",
]  # fmt: skip


def list_physical_devices(device_type: str | None = None) -> list[Any]:
    """The processor; no others, so that a script does not set them up."""
    return [SimpleNamespace(name="/physical_device:CPU:0", device_type="CPU")] if device_type in (None, "CPU") else []


list_logical_devices = list_physical_devices


def is_gpu_available(*args: Any, **kwargs: Any) -> bool:
    """No: Hornbeam chooses its backend by itself."""
    return False


def gpu_device_name() -> str:
    """None."""
    return ""


def set_visible_devices(*args: Any, **kwargs: Any) -> None:
    """Nothing."""


run_functions_eagerly = experimental_run_functions_eagerly = set_visible_devices
experimental = SimpleNamespace(list_physical_devices=list_physical_devices, set_memory_growth=set_visible_devices)
