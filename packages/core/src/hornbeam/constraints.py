"""Facade: the public names of hornbeam-layers, as `hornbeam.constraints`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_layers.constraints import *
    from hornbeam_layers.constraints import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_layers":
        raise
    raise MissingPackageError("hornbeam.constraints", "hornbeam-layers") from None
