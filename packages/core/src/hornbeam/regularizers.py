"""Facade: the public names of hornbeam-layers, as `hornbeam.regularizers`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_layers.regularizers import *
    from hornbeam_layers.regularizers import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_layers":
        raise
    raise MissingPackageError("hornbeam.regularizers", "hornbeam-layers") from None
