"""Facade: the public names of hornbeam-models's saving, as `hornbeam.saving`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_models.saving import *
    from hornbeam_models.saving import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_models":
        raise
    raise MissingPackageError("hornbeam.saving", "hornbeam-models") from None
