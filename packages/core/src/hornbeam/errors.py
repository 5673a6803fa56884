"""Every exception of Hornbeam: each derives from HornbeamError and from the built-in that fits."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterable

__all__ = [
    "AxisError",
    "BackendError",
    "CaptureError",
    "CopyNeededError",
    "DTypeError",
    "DifferentiationError",
    "GraphError",
    "HornbeamError",
    "InPlaceError",
    "InvalidArgumentError",
    "LeakError",
    "MissingPackageError",
    "OutOfMemoryError",
    "OutOfRangeError",
    "PluginError",
    "SerializationError",
    "ShapeError",
    "UnknownNameError",
]


class HornbeamError(Exception):
    """Base class of every error that Hornbeam raises on purpose."""


class ShapeError(HornbeamError, ValueError):
    """Shapes do not fit together."""


class InvalidArgumentError(HornbeamError, ValueError):
    """An argument has a value that cannot be meant."""


class OutOfRangeError(HornbeamError, IndexError):
    """An index lies outside its axis, or there are too many indices."""


class AxisError(InvalidArgumentError, OutOfRangeError):
    """An axis lies outside the axes that a tensor has, or is given twice."""


class CopyNeededError(InvalidArgumentError, BufferError):
    """`copy=False` was asked for where the values have to be copied."""


class DTypeError(HornbeamError, TypeError):
    """An argument has a dtype, or a type, that the operation does not take."""


class CaptureError(HornbeamError, TypeError):
    """Code that needs a value met a captured tensor, which has none yet."""


class LeakError(HornbeamError, RuntimeError):
    """A captured tensor was used after the capture that made it had ended."""


class InPlaceError(HornbeamError, RuntimeError):
    """A tensor was changed in place where that change would be lost or would spoil a gradient."""


class DifferentiationError(HornbeamError, TypeError):
    """A gradient was asked for that does not exist."""


class GraphError(HornbeamError, RuntimeError):
    """A graph broke its own rules: an error in a pass or in a primitive, not in user code."""


class BackendError(HornbeamError, RuntimeError):
    """A backend cannot be used, or cannot do what was asked."""


class OutOfMemoryError(BackendError, MemoryError):
    """A computation does not fit into a device's memory."""


class PluginError(HornbeamError, RuntimeError):
    """A plugin is broken, in conflict with another, or was written for another version."""


class SerializationError(HornbeamError, ValueError):
    """A saved file or configuration cannot be read or written."""


class MissingPackageError(HornbeamError, ImportError):
    """A package that provides the requested name is not installed."""

    def __init__(self, wanted: str, distribution: str) -> None:
        super().__init__(
            f"{wanted} needs the package {distribution}, which is not installed. Run: pip install {distribution}"
        )
        self.distribution = distribution


class UnknownNameError(HornbeamError, ValueError, LookupError):
    """A name is not known; the message offers the nearest ones.

    Args:
        kind: what was looked for, in the singular, such as "optimizer".
        name: the name that was given.
        known: every name that would have been accepted.
        hint: one more sentence on what to do.

    Example:
        >>> print(UnknownNameError("optimizer", "addam", ["adam", "sgd"]))
        Unknown optimizer 'addam'. Did you mean 'adam'?
    """

    def __init__(self, kind: str, name: object, known: Iterable[str], hint: str = "") -> None:
        names = sorted(set(known))
        close = closest(str(name), names)
        if close:
            advice = f"Did you mean {' or '.join(repr(c) for c in close)}?"
        elif names:
            advice = f"Known: {', '.join(names[:40])}{', ...' if len(names) > 40 else ''}."
        else:
            advice = f"No {kind} is registered."
        super().__init__(" ".join(part for part in (f"Unknown {kind} {name!r}.", advice, hint) if part))
        self.name = name
        self.close = close


def closest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """The known names nearest to `name`, whatever their case.

    Example:
        >>> closest("relv", ["relu", "selu", "tanh"])
        ['relu']
    """
    by_lower: dict[str, str] = {}
    for candidate in known:
        by_lower.setdefault(candidate.lower(), candidate)
    matches = difflib.get_close_matches(name.lower(), list(by_lower), n=limit, cutoff=0.72)
    return [by_lower[m] for m in matches]


def unknown_arguments(cls: type, names: Iterable[str]) -> InvalidArgumentError:
    """The error for keyword arguments that neither a class nor its bases take."""
    known = {n for c in cls.__mro__ if "__init__" in vars(c) for n in inspect.signature(c.__init__).parameters}  # type: ignore[misc]
    wrong = sorted(names)
    near = [n for n in closest(wrong[0], known - {"self", "args", "kwargs", "unknown"})][:1]
    hint = f". Did you mean {near[0]!r}?" if near else ""
    return InvalidArgumentError(f"{cls.__name__} does not take {', '.join(map(repr, wrong))}{hint}")


def refuse_unknown_arguments(cls: type, given: Iterable[str]) -> None:
    """Check the keyword arguments of a class whose `__init__` takes no others than it names.

    Raises:
        InvalidArgumentError: there is another; the message offers the nearest name.
    """
    parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        wrong = set(given) - {p.name for p in parameters}
        if wrong:
            raise unknown_arguments(cls, wrong)
