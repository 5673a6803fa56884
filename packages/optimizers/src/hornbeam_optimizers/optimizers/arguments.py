"""The arguments that every optimizer takes, and checks of arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from hornbeam.errors import InvalidArgumentError

__all__ = ["Common", "Usual", "check_at_least", "check_common", "check_share"]


class Common(TypedDict, total=False):
    """Keyword arguments of every optimizer."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    name: str | None
    learning_rate_multipliers: Mapping[str, float] | None


class Usual(Common, total=False):
    """Keyword arguments of optimizers without a weight decay of their own."""

    weight_decay: float | None


def check_share(optimizer: object, name: str, value: Any, *, below_one: bool = True) -> None:
    """Refuse an argument that is no number from 0 to 1.

    Raises:
        InvalidArgumentError: it is outside, or is 1 where it must be below.
    """
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not (0 <= value < 1 or (value == 1 and not below_one)):
        expected = "at least 0 and less than 1" if below_one else "between 0 and 1"
        raise InvalidArgumentError(f"{type(optimizer).__name__}: {name} must be {expected}; got {value!r}")


def check_at_least(optimizer: object, name: str, value: Any, least: float = 0.0) -> None:
    """Refuse an argument that is no number of at least `least`.

    Raises:
        InvalidArgumentError: it is not.
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not value >= least:
        raise InvalidArgumentError(
            f"{type(optimizer).__name__}: {name} must be a number of at least {least:g}; got {value!r}"
        )


def check_common(optimizer: object, clips: Mapping[str, Any], ema: Mapping[str, Any], accumulation: Any) -> None:
    """Refuse arguments of every optimizer that cannot be meant.

    Args:
        optimizer: for the message.
        clips: clipnorm, clipvalue and global_clipnorm.
        ema: use_ema, ema_momentum and ema_overwrite_frequency.
        accumulation: gradient_accumulation_steps.

    Raises:
        InvalidArgumentError: one is out of range, or two kinds of clipping are asked for.
    """
    if sum(value is not None for value in clips.values()) > 1:
        raise InvalidArgumentError("give only one of clipnorm, clipvalue and global_clipnorm")
    for what, value in clips.items():
        if value is not None and (not isinstance(value, (int, float)) or value <= 0):
            raise InvalidArgumentError(f"{what} must be positive; got {value}")
    check_share(optimizer, "ema_momentum", ema["ema_momentum"], below_one=False)
    for what, value, least in (
        ("ema_overwrite_frequency", ema["ema_overwrite_frequency"], 1),
        ("gradient_accumulation_steps", accumulation, 2),
    ):
        if value is not None and (not isinstance(value, int) or value < least):
            raise InvalidArgumentError(
                f"{type(optimizer).__name__}: {what} must be a whole number of at least {least}, or None; got {value!r}"
            )
