"""Facade: the public names of hornbeam-optimizers, as `hornbeam.optimizers`."""

from hornbeam.errors import MissingPackageError
from hornbeam.facades import modules_below

try:
    from hornbeam_optimizers import *
    from hornbeam_optimizers import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_optimizers":
        raise
    raise MissingPackageError("hornbeam.optimizers", "hornbeam-optimizers") from None
modules_below(__name__, globals())
