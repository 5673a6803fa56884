"""Configurations of Keras 2 (tf.keras among them), and of the old format of Keras 3, put into the form of Keras 3."""

from __future__ import annotations

from typing import Any

from hornbeam.errors import SerializationError

__all__ = ["modern", "modern_compile_config"]

RENAMED = {
    "CuDNNGRU": "GRU", "CuDNNLSTM": "LSTM", "GroupedQueryAttention": "GroupQueryAttention", "Model": "Functional",
}  # fmt: skip
ARGUMENTS = {"batch_input_shape": "batch_shape", "lr": "learning_rate"}
DROPPED = ("decay", "implementation", "input_dtype", "input_length", "schedule_decay", "time_major")
OF_LAMBDA = ("function_type", "module", "output_shape_module", "output_shape_type")


def _hard_sigmoid() -> dict[str, Any]:
    """clip(0.2 x + 0.5, 0, 1), which Keras 2 calls hard_sigmoid; that of Keras 3, which has no such function, has the slope 1/6.

    Composed of layers, which Keras takes as activations: so it reads what is saved of such a model.
    """
    steps = (("Rescaling", {"scale": 0.2, "offset": 0.5}), ("ReLU", {"max_value": 1.0}))
    layers = [_of_keras(name, config) for name, config in steps]
    return _of_keras("Pipeline", {"layers": layers, "name": "hard_sigmoid_of_keras_2"})


def _of_keras(name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"module": "keras.layers", "class_name": name, "config": config, "registered_name": None}


def modern(form: Any, keras2: bool = True) -> Any:
    """The saved form of Keras 3 for a layer, model or initializer of the old form; nested ones too.

    Args:
        form: as JSON gives it.
        keras2: whether names mean what they meant in Keras 2.

    Raises:
        SerializationError: the arguments of a class are no dict.
    """
    if isinstance(form, list):
        return [modern(value, keras2) for value in form]
    if not isinstance(form, dict) or "module" in form:
        return form
    if "class_name" not in form or "config" not in form:
        return {key: modern(value, keras2) for key, value in form.items()}
    name, config = form["class_name"], form["config"]
    if name == "Sequential" and isinstance(config, list):  # before Keras 2.2.3
        config = {"name": form.get("name"), "layers": config}
    if not isinstance(config, dict):
        raise SerializationError(f"expected the arguments of {name} as a dict; got {str(config)[:80]}")
    config = {ARGUMENTS.get(k, k): modern(v, keras2) for k, v in config.items() if k not in DROPPED}
    shape = config.pop("batch_shape", None) if name != "InputLayer" else None
    if shape is not None:
        config["input_shape"] = shape[1:]
    axis = config.get("axis")
    if isinstance(axis, list) and len(axis) == 1:  # tf.keras wrote an axis in a list
        config["axis"] = axis[0]
    if name == "Lambda":
        config = _lambda(config)
    elif keras2:
        _as_in_keras2(name, config)
    rest = {key: value for key, value in form.items() if key not in ("class_name", "config")}
    return {"class_name": RENAMED.get(name, name), "config": config, **rest}


def _as_in_keras2(name: str, config: dict[str, Any]) -> None:
    """Say what Keras 2 did where its files say nothing, or say it by a name that means something else now."""
    for argument in ("activation", "recurrent_activation"):
        if config.get(argument) == "hard_sigmoid":
            config[argument] = _hard_sigmoid()
    if name in ("CuDNNGRU", "CuDNNLSTM"):
        config["recurrent_activation"] = "sigmoid"
    if name in ("CuDNNGRU", "GRU", "GRUCell"):
        config.setdefault("reset_after", name == "CuDNNGRU")
    if name == "VarianceScaling" and config.get("distribution") == "normal":
        config["distribution"] = "truncated_normal"


def _lambda(config: dict[str, Any]) -> dict[str, Any]:
    """A Lambda's arguments, whose function is code or a name."""
    config = {key: value for key, value in config.items() if key not in OF_LAMBDA}
    function = config.get("function")
    if isinstance(function, list) and len(function) == 3:
        code, defaults, closure = function
        config["function"] = {
            "class_name": "__lambda__",
            "config": {"code": code, "defaults": defaults, "closure": closure},
        }
    return config


def modern_compile_config(training: dict[str, Any], keras2: bool = True) -> dict[str, Any]:
    """The `compile_config` of Keras 3 for a `training_config` of the old form."""
    names = ("loss", "loss_weights", "metrics", "weighted_metrics")
    found = {name: modern(training.get(name), keras2) for name in names}
    return {"optimizer": modern(training["optimizer_config"], keras2), **found}
