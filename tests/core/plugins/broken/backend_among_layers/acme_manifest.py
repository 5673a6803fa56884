from hornbeam.plugins import BackendComponent, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_layers():
    return [BackendComponent("acme", "acme:AcmeBackend")]
