from hornbeam.plugins import hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl(wrapper=True)
def configure(config):
    yield
