"""Losses, as classes and as functions."""

from hornbeam_optimizers.losses.classes import *
from hornbeam_optimizers.losses.classes import __all__ as _classes
from hornbeam_optimizers.losses.functions import *
from hornbeam_optimizers.losses.functions import __all__ as _functions

__all__ = [*_classes, *_functions]
