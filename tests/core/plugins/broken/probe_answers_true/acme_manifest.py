from hornbeam.plugins import BackendComponent, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_backends():
    return [BackendComponent("acme", "acme_backend:AcmeBackend", probe=lambda: True, priority=999)]
