"""Metrics: streaming figures, kept in variables."""

from hornbeam_optimizers.metrics.accuracy import *
from hornbeam_optimizers.metrics.accuracy import __all__ as _accuracy
from hornbeam_optimizers.metrics.base import *
from hornbeam_optimizers.metrics.base import __all__ as _base

__all__ = [*_accuracy, *_base]
