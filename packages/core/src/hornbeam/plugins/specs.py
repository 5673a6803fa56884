"""The hooks that a manifest can implement. pluggy checks names and arguments against these functions.

Every hook answers a list, never "the first result", because the order of plugins has no meaning. A manifest marks
its functions with `hookimpl` and says `HORNBEAM_PLUGIN_API = 1`.
"""

from __future__ import annotations

from collections.abc import Sequence

import pluggy

from .manifest import BackendComponent, Component, Config

__all__ = ["HOOKS", "PLUGIN_API", "hookimpl"]

PLUGIN_API = 1

hookspec = pluggy.HookspecMarker("hornbeam")
hookimpl = pluggy.HookimplMarker("hornbeam")


@hookspec(historic=True)
def configure(config: Config) -> None:
    """Called once, before the other hooks, with what the plugin may want to know. Most plugins do without it."""


@hookspec
def provide_layers() -> Sequence[Component]:  # type: ignore[empty-body]
    """Classes derived from `hornbeam.Layer`."""


@hookspec
def provide_initializers() -> Sequence[Component]:  # type: ignore[empty-body]
    """What `kernel_initializer="..."` takes: called with shape and dtype, answers a tensor."""


@hookspec
def provide_regularizers() -> Sequence[Component]:  # type: ignore[empty-body]
    """What `kernel_regularizer="..."` takes: called with a tensor, answers a scalar."""


@hookspec
def provide_constraints() -> Sequence[Component]:  # type: ignore[empty-body]
    """What `kernel_constraint="..."` takes: called with a tensor, answers a tensor of that shape."""


@hookspec
def provide_activations() -> Sequence[Component]:  # type: ignore[empty-body]
    """What `activation="..."` takes: functions from tensor to tensor."""


@hookspec
def provide_optimizers() -> Sequence[Component]:  # type: ignore[empty-body]
    """Classes that `compile(optimizer="...")` makes an instance of."""


@hookspec
def provide_schedules() -> Sequence[Component]:  # type: ignore[empty-body]
    """Classes of learning-rate schedules."""


@hookspec
def provide_losses() -> Sequence[Component]:  # type: ignore[empty-body]
    """What `compile(loss="...")` takes: classes, or functions of (y_true, y_pred)."""


@hookspec
def provide_metrics() -> Sequence[Component]:  # type: ignore[empty-body]
    """What `compile(metrics=["..."])` takes: classes, or functions of (y_true, y_pred)."""


@hookspec
def provide_models() -> Sequence[Component]:  # type: ignore[empty-body]
    """Classes of models, so that saved files can name them."""


@hookspec
def provide_callbacks() -> Sequence[Component]:  # type: ignore[empty-body]
    """Classes that `fit(callbacks=[...])` takes."""


@hookspec
def provide_loaders() -> Sequence[Component]:  # type: ignore[empty-body]
    """Functions or classes that read data sets."""


@hookspec
def provide_applications() -> Sequence[Component]:  # type: ignore[empty-body]
    """Functions or classes that build a ready model or pipeline."""


@hookspec
def provide_commands() -> Sequence[Component]:  # type: ignore[empty-body]
    """Commands of `hornbeam`: functions that take the list of arguments and answer an exit status."""


@hookspec
def provide_backends() -> Sequence[BackendComponent]:  # type: ignore[empty-body]
    """Backends, each with a probe that answers None or why it cannot be used here."""


@hookspec
def provide_kernels(backend: str) -> Sequence[Component]:  # type: ignore[empty-body]
    """Kernels for the backend of that name: a component's name is the primitive or composite, its target the function.

    It is asked when that backend is first used. Answer [] for a backend that you have nothing for.
    """


HOOKS = tuple(name for name in globals() if name.startswith("provide_")) + ("configure",)
