"""Arguments that several preprocessing layers take, checked in one place."""

from __future__ import annotations

from typing import Any

from hornbeam import Layer
from hornbeam.errors import InvalidArgumentError

__all__ = ["check_choice", "check_size", "factor_of", "value_range_of", "wrong"]


def wrong(layer: Layer, argument: str, expected: str, got: Any) -> InvalidArgumentError:
    """The error of an argument, naming layer, argument, what was expected and what was got."""
    return InvalidArgumentError(
        f"{type(layer).__name__} {layer.name!r}: {argument} must be {expected}; got {argument}={got!r}"
    )


def check_choice(layer: Layer, argument: str, value: Any, known: tuple[Any, ...]) -> Any:
    """A value that must be among those known."""
    if value not in known:
        raise wrong(layer, argument, "one of " + ", ".join(repr(k) for k in known), value)
    return value


def check_size(layer: Layer, argument: str, value: Any) -> int:
    """A positive integer."""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise wrong(layer, argument, "a positive integer", value)
    return value


def factor_of(
    layer: Layer, argument: str, value: Any, low: float, high: float, single: str = "around"
) -> tuple[float, float]:
    """The range that a number or a pair of numbers in [low, high] means.

    Args:
        layer, argument: for the error.
        value: what was given.
        low, high: bounds.
        single: what one number f means: "around" is (-f, f), as far as the bounds allow, "upto" is (0, f), "both" is (f, f).
    """
    expected = f"a number, or two numbers, in [{low}, {high}]"
    numbers = value if isinstance(value, (tuple, list)) else (value,)
    if len(numbers) not in (1, 2) or any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in numbers):
        raise wrong(layer, argument, expected, value)
    if len(numbers) == 2 and numbers[0] == -numbers[1] <= low:
        numbers = (
            low,
            numbers[1],
        )  # in Keras's files one number f is the pair (-f, f), where the range begins at 0, too
    if any(not low <= n <= high for n in numbers):
        raise wrong(layer, argument, expected, value)
    if len(numbers) == 2:
        return (min(numbers), max(numbers))
    f = abs(numbers[0])
    return {"around": (max(-f, low), f), "upto": (0, f), "both": (f, f)}[single]


def value_range_of(layer: Layer, value: Any) -> tuple[float, float]:
    """The least and the largest value of a pixel."""
    if not isinstance(value, (tuple, list)) or len(value) != 2 or value[0] == value[1]:
        raise wrong(layer, "value_range", "two different numbers, the least and the largest value of a pixel", value)
    return (min(value), max(value))
