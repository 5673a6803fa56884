"""Facade: the public names of hornbeam-apps's applications, as `hornbeam.applications`."""

from hornbeam.errors import MissingPackageError
from hornbeam.facades import modules_below

try:
    from hornbeam_apps.applications import *
    from hornbeam_apps.applications import __all__ as __all__
except ModuleNotFoundError as error:
    if error.name != "hornbeam_apps":
        raise
    raise MissingPackageError("hornbeam.applications", "hornbeam-apps") from None
modules_below(__name__, globals())
