from hornbeam.plugins import BackendComponent, hookimpl

HORNBEAM_PLUGIN_API = 1


def probe():
    raise OSError("libacme.so: cannot open shared object file")


@hookimpl
def provide_backends():
    return [BackendComponent("acme", "acme_backend:AcmeBackend", probe=probe, priority=999)]
