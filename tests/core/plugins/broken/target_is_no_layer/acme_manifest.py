from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_layers():
    return [Component("Box", "acme_box:Box")]
