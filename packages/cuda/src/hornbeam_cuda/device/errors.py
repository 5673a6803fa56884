"""What goes wrong on a GPU, said in Hornbeam's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hornbeam.errors import BackendError, OutOfMemoryError

__all__ = ["LostDeviceError", "translated"]

STICKY = frozenset({46, 214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 999})
"""Statuses of CUDA after which its context in this process answers nothing any more."""


class LostDeviceError(BackendError):
    """The GPU does not answer this process any more; its memory is gone, the host's is not."""


@contextmanager
def translated(device: str) -> Iterator[None]:
    """Raise CUDA's errors as Hornbeam's; all others pass.

    Raises:
        OutOfMemoryError: there is not enough memory on the GPU.
        LostDeviceError: the context of CUDA is spoilt: a kernel read or wrote where it may not, or the GPU failed.
        BackendError: any other error of CUDA.
    """
    try:
        yield
    except MemoryError as error:
        if isinstance(error, BackendError):
            raise
        raise OutOfMemoryError(
            f"{device}: out of memory ({error}). Use smaller batches or a smaller model, mixed precision, or free what "
            "other programs hold (nvidia-smi shows them)."
        ) from error
    except RuntimeError as error:
        status = _status(error)
        if status is None:
            raise
        if status in STICKY:
            raise LostDeviceError(
                f"{device}: the GPU does not answer this process any more ({error}). Arrays on it are lost; those of the "
                "host and saved files are as they were. Start a new process and go on from the last saved state; if it "
                "happens again, CUDA_LAUNCH_BLOCKING=1 shows the operation, and dmesg whether the hardware failed (Xid)."
            ) from error
        raise BackendError(f"{device}: {error}") from error


def _status(error: Any) -> int | None:
    """The number of an error of the CUDA runtime or driver, as CuPy raises them."""
    known = type(error).__name__ in ("CUDARuntimeError", "CUDADriverError")
    return int(error.status) if known and hasattr(error, "status") else None
