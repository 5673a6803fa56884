"""keras.config, and other settings of Keras that scripts change."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hornbeam.dtypes import as_dtype, floatx, set_floatx
from hornbeam.policy import dtype_policy, set_dtype_policy

from hornbeam_apps.keras_names.backend.settings import (
    backend,
    epsilon,
    image_data_format,
    set_epsilon,
    set_image_data_format,
)

__all__ = [
    "backend", "device", "disable_flash_attention", "disable_interactive_logging", "disable_traceback_filtering", "dtype_policy",
    "enable_flash_attention", "enable_interactive_logging", "enable_traceback_filtering", "enable_unsafe_deserialization",
    "epsilon", "floatx", "image_data_format", "is_interactive_logging_enabled", "name_scope", "set_backend", "set_dtype_policy",
    "set_epsilon", "set_floatx", "set_image_data_format", "standardize_dtype", "version",
]  # fmt: skip

KERAS_VERSION = "3.15.1"  # whose names these are


def version() -> str:
    """That of Keras whose names these are."""
    return KERAS_VERSION


def _nothing(*args: Any, **options: Any) -> None:
    """Nothing: arguments say it call by call, or Hornbeam does so by itself."""


enable_flash_attention = disable_flash_attention = _nothing
enable_interactive_logging = disable_interactive_logging = _nothing
enable_traceback_filtering = disable_traceback_filtering = _nothing


def is_interactive_logging_enabled() -> bool:
    """True: the progress bar is shown unless `verbose` says otherwise."""
    return True


def enable_unsafe_deserialization() -> None:
    """Nothing, with a warning: what a file may run is said by `load_model(path, safe_mode=False)` file by file."""
    warnings.warn("code in files is run for load_model(path, safe_mode=False) only, file by file", stacklevel=2)


def set_backend(name: str) -> None:
    """Nothing, with a warning: Hornbeam computes."""
    warnings.warn(
        f"keras.config.set_backend({name!r}): Hornbeam computes; hornbeam.set_backend chooses by what", stacklevel=2
    )


def standardize_dtype(dtype: Any) -> str:
    """The name of a data type; of None the default float."""
    return str(floatx()) if dtype is None else str(as_dtype(dtype))


@contextmanager
def device(device_name: Any) -> Iterator[None]:
    """A with block like any other: Hornbeam chooses its backend by itself."""
    yield


@contextmanager
def name_scope(name: str, *args: Any, **options: Any) -> Iterator[None]:
    """A with block like any other."""
    yield
