"""The test kit of plugin authors: each check raises AssertionError with the property that failed and the smallest case found.

It needs Hypothesis: `pip install "hornbeam-core[testing]"`.
"""

try:
    import hypothesis as _hypothesis  # noqa: F401
except ImportError:
    from hornbeam.errors import MissingPackageError

    raise MissingPackageError("hornbeam.testing", "hornbeam-core[testing]") from None

from hornbeam.testing.backends import check_backend
from hornbeam.testing.cases import Cases
from hornbeam.testing.gradients import check_gradients
from hornbeam.testing.graphs import check_engine, gradient_of, graphs
from hornbeam.testing.layers import check_layer
from hornbeam.testing.loaders import check_loader
from hornbeam.testing.losses import check_loss
from hornbeam.testing.metrics import check_metric
from hornbeam.testing.optimizers import check_optimizer
from hornbeam.testing.primitives import check_primitive

__all__ = [
    "Cases",
    "check_backend",
    "check_engine",
    "check_gradients",
    "check_layer",
    "check_loader",
    "check_loss",
    "check_metric",
    "check_optimizer",
    "check_primitive",
    "gradient_of",
    "graphs",
]
