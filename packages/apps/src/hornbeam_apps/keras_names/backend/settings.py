"""K's settings: the default float, a small number, the layout of images."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import InvalidArgumentError
from hornbeam.layer import training_flag

__all__ = [
    "backend",
    "epsilon",
    "get_uid",
    "image_data_format",
    "image_dim_ordering",
    "learning_phase",
    "manual_variable_initialization",
    "reset_uids",
    "set_epsilon",
    "set_image_data_format",
    "set_image_dim_ordering",
    "set_learning_phase",
]

_state: dict[str, Any] = {"epsilon": 1e-7, "image_data_format": "channels_last"}


def backend() -> str:
    """ "tensorflow": scripts branch on it, and that branch has the conventions that hold here."""
    return "tensorflow"


def epsilon() -> float:
    """A small number to add where something may be zero."""
    return float(_state["epsilon"])


def set_epsilon(value: float) -> None:
    """Choose it."""
    _state["epsilon"] = value


def image_data_format() -> str:
    """ "channels_last"."""
    return str(_state["image_data_format"])


def set_image_data_format(data_format: str) -> None:
    """Keep "channels_last".

    Raises:
        InvalidArgumentError: it is another: layers take `data_format` one by one.
    """
    if data_format not in ("channels_last", "tf"):
        raise InvalidArgumentError(
            f"the default layout of images is channels_last; got {data_format!r}. Give data_format= to the layers that differ."
        )


def image_dim_ordering() -> str:
    """ "tf", as Keras 1 called "channels_last"."""
    return "tf"


set_image_dim_ordering = set_image_data_format


def learning_phase() -> int:
    """1 in training, 0 otherwise."""
    return int(bool(training_flag()))


def set_learning_phase(value: Any) -> None:
    """Nothing: `training=` says it call by call."""


def manual_variable_initialization(value: bool) -> None:
    """Nothing: variables have their values from the start."""


def get_uid(prefix: str = "") -> int:
    """How often this was called with the prefix."""
    counts = _state.setdefault("uids", {})
    counts[prefix] = counts.get(prefix, 0) + 1
    return int(counts[prefix])


def reset_uids() -> None:
    """Count anew."""
    _state["uids"] = {}
