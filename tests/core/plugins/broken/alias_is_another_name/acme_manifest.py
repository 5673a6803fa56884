from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_losses():
    return [Component("Gap", "acme.a:Gap", aliases=["mse"]), Component("Mse", "acme.b:Mse", aliases=["mse"])]
