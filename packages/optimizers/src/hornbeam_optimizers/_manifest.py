"""What this package offers to the registry. Reading it imports no optimizer."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_optimizers() -> list[Component]:
    """Every optimizer."""
    return [
        Component("SGD", "hornbeam_optimizers.optimizers.sgd:SGD"),
        Component("Adam", "hornbeam_optimizers.optimizers.adam:Adam"),
        Component("AdamW", "hornbeam_optimizers.optimizers.adam:AdamW", aliases=("adamw",)),
        Component("RMSprop", "hornbeam_optimizers.optimizers.rmsprop:RMSprop", aliases=("rmsprop",)),
    ]


@hookimpl
def provide_schedules() -> list[Component]:
    """Every learning-rate schedule."""
    return [Component(name, f"hornbeam_optimizers.schedules:{name}") for name in ("CosineDecay", "ExponentialDecay")]


@hookimpl
def provide_losses() -> list[Component]:
    """Every loss, by its Keras names."""
    aliases = {
        "MeanSquaredError": ("mse", "MSE"),
        "MeanAbsoluteError": ("mae", "MAE"),
        "BinaryCrossentropy": (),
        "CategoricalCrossentropy": (),
        "SparseCategoricalCrossentropy": (),
    }
    return [Component(n, f"hornbeam_optimizers.losses.classes:{n}", aliases=a) for n, a in aliases.items()]


@hookimpl
def provide_metrics() -> list[Component]:
    """Every metric, by its Keras names."""
    aliases = {
        "Accuracy": (), "BinaryAccuracy": (), "CategoricalAccuracy": (), "SparseCategoricalAccuracy": (),
        "MeanSquaredError": ("mse", "MSE"), "MeanAbsoluteError": ("mae", "MAE"),
    }  # fmt: skip
    found = [Component(n, f"hornbeam_optimizers.metrics.accuracy:{n}", aliases=a) for n, a in aliases.items()]
    return [*found, *(Component(n, f"hornbeam_optimizers.metrics.base:{n}") for n in ("Mean", "Sum"))]
