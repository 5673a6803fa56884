"""Facade: the public names of hornbeam-optimizers, as `hornbeam.metrics`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_optimizers.metrics import *
    from hornbeam_optimizers.metrics import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_optimizers":
        raise
    raise MissingPackageError("hornbeam.metrics", "hornbeam-optimizers") from None
