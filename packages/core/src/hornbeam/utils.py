"""Facade: the public names of hornbeam-models, as `hornbeam.utils`."""

from hornbeam.errors import MissingPackageError

try:
    from hornbeam_models.utils import *
    from hornbeam_models.utils import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_models":
        raise
    raise MissingPackageError("hornbeam.utils", "hornbeam-models") from None
