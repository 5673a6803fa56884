"""The arguments that every optimizer takes: what they say for a variable, and as plain data."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from hornbeam import Variable
from hornbeam.errors import InvalidArgumentError, unknown_arguments
from hornbeam.naming import to_snake_case
from hornbeam.serialization import serialize_keras_object

from hornbeam_optimizers import forms
from hornbeam_optimizers.optimizers.arguments import check_common
from hornbeam_optimizers.optimizers.keeping import Keeping
from hornbeam_optimizers.schedules import LearningRateSchedule

__all__ = ["Settings"]


class Settings(Keeping):
    """The part of `Optimizer` that holds its arguments."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        learning_rate_multipliers: Mapping[str, float] | None = None,
        **unknown: Any,
    ) -> None:
        if unknown.pop("decay", None):
            warnings.warn(
                f"{type(self).__name__}: decay is ignored, as in Keras 3: give "
                "learning_rate=schedules.InverseTimeDecay(rate, 1, decay)",
                stacklevel=3,
            )
        if unknown:
            if "lr" in unknown:
                raise InvalidArgumentError(f"{type(self).__name__} does not take 'lr'. Write learning_rate.")
            raise unknown_arguments(type(self), unknown)
        self.name = name or to_snake_case(type(self).__name__)
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency, self.loss_scale_factor = ema_overwrite_frequency, loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.learning_rate_multipliers = learning_rate_multipliers
        check_common(
            self,
            {n: getattr(self, n) for n in ("clipnorm", "clipvalue", "global_clipnorm")},
            {n: getattr(self, n) for n in ("ema_momentum", "ema_overwrite_frequency")},
            gradient_accumulation_steps,
        )
        super().__init__(learning_rate)
        self._undecayed: tuple[set[Variable], list[str]] = (set(), [])

    def decay(self, variable: Variable) -> float | None:
        """The weight decay of a variable."""
        variables, names = self._undecayed
        excluded = variable in variables or any(re.search(name, variable.name) for name in names)
        return None if excluded else self.weight_decay

    def exclude_from_weight_decay(
        self, var_list: Sequence[Variable] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Leave variables alone in weight decay. Call it before the first step.

        Args:
            var_list: variables.
            var_names: patterns that are looked for in variables' names, such as ["bias", "gamma"].

        Raises:
            InvalidArgumentError: the optimizer is built already.
        """
        if self.built:
            raise InvalidArgumentError("exclude_from_weight_decay() comes before the optimizer is built")
        self._undecayed = (set(var_list or ()), list(var_names or ()))

    def multiplier(self, variable: Variable) -> float:
        """The factor of the learning rate for a variable."""
        for pattern, factor in (self.learning_rate_multipliers or {}).items():
            if re.search(pattern, variable.path):
                return factor
        return 1.0

    def scale_loss(self, loss: Any) -> Any:
        """The loss times `loss_scale_factor`, of which gradients are to be taken."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        rate: Any = self._learning_rate
        if isinstance(rate, Variable):
            rate = float(rate)
        elif isinstance(rate, LearningRateSchedule) or callable(rate):
            rate = serialize_keras_object(rate)
        names = (
            "weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema", "ema_momentum",
            "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps",
        )  # fmt: skip
        config = {"name": self.name, "learning_rate": rate, **{name: getattr(self, name) for name in names}}
        if self.learning_rate_multipliers is not None:
            config["learning_rate_multipliers"] = dict(self.learning_rate_multipliers)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        """An optimizer of `get_config`'s result."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = forms.from_form(config["learning_rate"], "schedules", custom_objects)
        return cls(**config)
