from hornbeam.plugins import registry

registry.names("losses")
