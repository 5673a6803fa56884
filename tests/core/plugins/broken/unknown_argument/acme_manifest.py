from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_layers(registry):
    return [Component("A", "acme:A")] if registry else []
