"""Libraries that only some loaders need."""

from __future__ import annotations

import importlib
from typing import Any

from hornbeam.errors import MissingPackageError

__all__ = ["require"]


def require(module: str, what: str, extra: str) -> Any:
    """A library of an extra.

    Args:
        module: its import name.
        what: what needs it, for the message.
        extra: the extra of hornbeam-datasets that has it.

    Raises:
        MissingPackageError: it is not installed; the message has the command.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingPackageError(what, f"hornbeam-datasets[{extra}]") from error
