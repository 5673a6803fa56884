"""Facade: the public names of hornbeam-optimizers, as `hornbeam.losses`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_optimizers.losses import *
    from hornbeam_optimizers.losses import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_optimizers":
        raise
    raise MissingPackageError("hornbeam.losses", "hornbeam-optimizers") from None
