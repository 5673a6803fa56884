"""Facade: the public names of hornbeam-datasets, as `hornbeam.datasets`."""

from hornbeam.errors import MissingPackageError
from hornbeam.facades import modules_below

try:
    from hornbeam_datasets import *
    from hornbeam_datasets import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_datasets":
        raise
    raise MissingPackageError("hornbeam.datasets", "hornbeam-datasets") from None
modules_below(__name__, globals())
