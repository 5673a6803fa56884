from hornbeam.plugins import hookimpl

HORNBEAM_PLUGIN_API = 1


class FancyConv:
    pass


@hookimpl
def provide_layers():
    return [FancyConv]
