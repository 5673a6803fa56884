"""What the files cases_*.py are written with; make_layers.py and test_layers.py read them."""

HOLES = [[True, True, False, True], [False, True, True, False], [True, False, False, False]]


def case(layer, config, inputs, *, masked=None, training=False, listed=False, adapt=None, **call):
    """One call of a layer.

    Args:
        layer: its name in `keras.layers`.
        config: the arguments that make it; layers within are written as `nested(...)`.
        inputs: for each input its shape (a list of sizes, filled with normally distributed numbers), or a dictionary:
            {"values": [...], "dtype": "int32"} for values as they are, {"shape": [...], "high": 5} for integers below 5.
        masked: the mask of the first input; of inputs in a list, a mask for each.
        training: the flag.
        listed: whether the inputs are one argument, a list.
        adapt: values that the layer adapts to before.
        **call: further arguments of the call; lists become arrays.
    """
    return {
        "layer": layer, "config": config, "inputs": inputs, "masked": masked, "training": training, "listed": listed,
        "adapt": adapt, "call": call,
    }  # fmt: skip


def nested(name, **config):
    """A layer as an argument of another."""
    return {"class_name": name, "config": config}
