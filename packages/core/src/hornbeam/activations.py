"""Facade: the public names of hornbeam-layers, as `hornbeam.activations`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_layers.activations import *
    from hornbeam_layers.activations import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_layers":
        raise
    raise MissingPackageError("hornbeam.activations", "hornbeam-layers") from None
