"""Facade: the public names of hornbeam-models, as `hornbeam.models`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_models import *
    from hornbeam_models import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_models":
        raise
    raise MissingPackageError("hornbeam.models", "hornbeam-models") from None
