from hornbeam.plugins import Component, hookimpl


@hookimpl
def provide_losses():
    return [Component("AcmeLoss", "acme_losses:AcmeLoss")]
