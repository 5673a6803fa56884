"""The manifest of core itself: the backends that need nothing but NumPy, and the command doctor."""

from .plugins import BackendComponent, Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_backends() -> list[BackendComponent]:
    """The default, the oracle and the one that computes shapes only; the last two are never chosen by themselves."""
    return [
        BackendComponent("numpy", "hornbeam.backends.numpy:NumpyBackend", summary="NumPy, on the CPU"),
        BackendComponent(
            "reference",
            "hornbeam.backends.reference:ReferenceBackend",
            summary="plain loops in float64: slow, the truth that others are tested against",
            priority=-10,
        ),
        BackendComponent(
            "shapes",
            "hornbeam.backends.shapes:ShapesBackend",
            summary="shapes without values: builds any model in milliseconds",
            priority=-10,
        ),
    ]


@hookimpl
def provide_commands() -> list[Component]:
    """The one command that works without any other package."""
    return [Component("doctor", "hornbeam.plugins.doctor:main", summary="examine this installation")]
