from hornbeam.plugins import Component

HORNBEAM_PLUGIN_API = 1


def provide_losses():
    return [Component("AcmeLoss", "acme_losses:AcmeLoss")]
