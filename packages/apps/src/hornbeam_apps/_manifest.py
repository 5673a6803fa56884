"""What this package offers to the registry. Reading it imports no application."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_commands() -> list[Component]:
    """Commands beside core's."""
    return [
        Component(
            "demo", "hornbeam_apps.demo:main", summary="train a network on handwritten digits, look at it, save it"
        ),
        Component("run", "hornbeam_apps.run:main", summary="run a script for Keras, unchanged, on Hornbeam"),
    ]
