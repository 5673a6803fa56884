"""What this package offers to the registry. Reading it imports neither the layer nor the optimizer."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_layers() -> list[Component]:
    """The layer."""
    return [
        Component(
            "ScaleShift",
            "acme_hornbeam.layers:ScaleShift",
            summary="each feature times a learned scale, plus a learned shift",
            since="0.1",
        )
    ]


@hookimpl
def provide_optimizers() -> list[Component]:
    """The optimizer; compile("signum") works too."""
    return [
        Component(
            "SignMomentum",
            "acme_hornbeam.optimizers:SignMomentum",
            summary="steps of one size along the sign of the momentum",
            since="0.2",
            aliases=["signum"],
        )
    ]
