from acme_hornbeam.conv import AcmeLoss
from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_losses():
    return [Component(AcmeLoss.__name__, "acme_hornbeam.conv:AcmeLoss")]
