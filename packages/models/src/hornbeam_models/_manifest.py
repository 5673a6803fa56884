"""What this package offers to the registry. Reading it imports no model."""

from hornbeam.plugins import Component, hookimpl

HORNBEAM_PLUGIN_API = 1


@hookimpl
def provide_models() -> list[Component]:
    """The kinds of models."""
    homes = {"Sequential": "sequential", "Functional": "functional", "Model": "model"}
    return [Component(name, f"hornbeam_models.{home}:{name}") for name, home in homes.items()]


@hookimpl
def provide_callbacks() -> list[Component]:
    """Every callback."""
    homes = {
        "ActivationRecorder": "activations",
        "BackupAndRestore": "backup",
        "CSVLogger": "outside",
        "EarlyStopping": "monitor",
        "History": "history",
        "LambdaCallback": "outside",
        "LearningRateFinder": "rates",
        "LearningRateScheduler": "rates",
        "ModelCheckpoint": "saving",
        "ProgbarLogger": "progress",
        "ReduceLROnPlateau": "monitor",
        "RemoteMonitor": "outside",
        "SwapEMAWeights": "averages",
        "TensorBoard": "tensorboard.callback",
        "TerminateOnNaN": "nan",
    }
    return [Component(name, f"hornbeam_models.callbacks.{home}:{name}") for name, home in homes.items()]
