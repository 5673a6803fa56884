"""Learning-rate schedules: functions of the number of steps taken."""

from __future__ import annotations

from typing import Any

from hornbeam.serialization import serialize_keras_object

from hornbeam_optimizers import forms
from hornbeam_optimizers.schedules.base import LearningRateSchedule as LearningRateSchedule
from hornbeam_optimizers.schedules.cosine import CosineDecay as CosineDecay
from hornbeam_optimizers.schedules.cosine import CosineDecayRestarts as CosineDecayRestarts
from hornbeam_optimizers.schedules.cosine import OneCycle as OneCycle
from hornbeam_optimizers.schedules.decays import ExponentialDecay as ExponentialDecay
from hornbeam_optimizers.schedules.decays import InverseTimeDecay as InverseTimeDecay
from hornbeam_optimizers.schedules.decays import PiecewiseConstantDecay as PiecewiseConstantDecay
from hornbeam_optimizers.schedules.decays import PolynomialDecay as PolynomialDecay

__all__ = [
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay", "LearningRateSchedule", "OneCycle",
    "PiecewiseConstantDecay", "PolynomialDecay", "deserialize", "serialize",
]  # fmt: skip


def serialize(learning_rate_schedule: Any) -> Any:
    """A schedule as plain data."""
    return serialize_keras_object(learning_rate_schedule)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The schedule that `serialize` made data of.

    Args:
        config: its result.
        custom_objects: your own classes, by name.

    Raises:
        SerializationError: it is not such data, or names what is not known here.

    Example:
        >>> deserialize(serialize(CosineDecay(0.1, 100))).decay_steps
        100
    """
    return forms.from_form(config, "schedules", custom_objects)
