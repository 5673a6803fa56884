"""Facade: the public names of hornbeam-layers, as `hornbeam.layers`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_layers import *
    from hornbeam_layers import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_layers":
        raise
    raise MissingPackageError("hornbeam.layers", "hornbeam-layers") from None
