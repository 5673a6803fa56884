from hornbeam.plugins import hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_layers():
    return "acme:FancyConv"
