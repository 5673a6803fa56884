"""Facade: the public names of hornbeam-models, as `hornbeam.callbacks`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_models.callbacks import *
    from hornbeam_models.callbacks import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_models":
        raise
    raise MissingPackageError("hornbeam.callbacks", "hornbeam-models") from None
