from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_optimizers():
    return [Component("Push", "acme_push:Push")]
