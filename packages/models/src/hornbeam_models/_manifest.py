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


@hookimpl
def provide_activations() -> list[Component]:
    """What files of Keras 2 mean by names that mean something else now."""
    target = "hornbeam_models.saving.old_config:hard_sigmoid_of_keras2"
    return [Component("hard_sigmoid_of_keras2", target, summary="clip(0.2 x + 0.5, 0, 1)")]
