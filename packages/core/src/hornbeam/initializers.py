"""Facade: the public names of hornbeam-layers, as `hornbeam.initializers`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_layers.initializers import *
    from hornbeam_layers.initializers import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_layers":
        raise
    raise MissingPackageError("hornbeam.initializers", "hornbeam-layers") from None
