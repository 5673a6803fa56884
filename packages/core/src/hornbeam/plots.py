"""Facade: the public names of hornbeam-models, as `hornbeam.plots`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_models.plots import *
    from hornbeam_models.plots import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_models":
        raise
    raise MissingPackageError("hornbeam.plots", "hornbeam-models") from None
