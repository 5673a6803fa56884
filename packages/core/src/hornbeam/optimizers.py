"""Facade: the public names of hornbeam-optimizers, as `hornbeam.optimizers`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_optimizers import *
    from hornbeam_optimizers import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_optimizers":
        raise
    raise MissingPackageError("hornbeam.optimizers", "hornbeam-optimizers") from None
