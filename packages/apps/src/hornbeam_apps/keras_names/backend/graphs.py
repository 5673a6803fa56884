"""K's graphs: places without values, what is computed from them, and gradients of that."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import ops
from hornbeam.errors import InvalidArgumentError
from hornbeam.naming import unique_name
from hornbeam.plugins import registry
from hornbeam.symbolic import Node, drawing, sources, symbolic_call
from hornbeam.tree import leaves

__all__ = ["function", "gradients", "placeholder", "shape"]


def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False, name: str | None = None
) -> Any:
    """The tensor from which a Functional model starts."""
    sizes = tuple(shape) if shape is not None else (None,) * (ndim or 0)
    return registry.lookup("layers", "InputLayer")(batch_shape=sizes, dtype=dtype, name=name).output


def function(inputs: Any, outputs: Any, updates: Any = None, **kwargs: Any) -> Any:
    """A function from a list of arrays to a list of what the tensors of a model hold for them.

    Args:
        inputs: KerasTensors; where `K.learning_phase()` stands among them, the function takes 1 for training and 0 otherwise.
        outputs: KerasTensors, or one.
        updates: nothing: assignments are made by calling what assigns.

    Raises:
        InvalidArgumentError: there are updates.

    Example:
        >>> x = placeholder((None, 2))
        >>> function([x], [x * 2.0])([[[1.0, 2.0]]])[0].tolist()
        [[2.0, 4.0]]
    """
    if updates:
        raise InvalidArgumentError(
            "K.function(inputs, outputs, updates) needs a graph of Keras 2. Use model.compile and model.train_on_batch, or a "
            "training step with tf.GradientTape."
        )
    given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    phases = [i for i, t in enumerate(given) if not isinstance(t, hb.KerasTensor)]
    ends = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    starts = [t for i, t in enumerate(given) if i not in phases]
    model = registry.lookup("models", "Functional")(starts, ends)
    compiled = {
        training: hb.jit(lambda *values, t=training: model(list(values), training=t)) for training in (False, True)
    }

    def call(values: Any) -> Any:
        values = list(values) if isinstance(values, (list, tuple)) else [values]
        training = any(bool(values[i]) for i in phases if i < len(values))
        arrays = [
            ops.asarray(v, dtype=t.dtype)
            for i, (v, t) in enumerate(zip(values, given, strict=False))
            if i not in phases
        ]
        found = [t.numpy() for t in leaves(compiled[training](*arrays))]
        return found if isinstance(outputs, (list, tuple)) else found[0]

    return call


class _Gradient:
    """The operation whose outputs are the gradients of the sum of a KerasTensor's values.

    Args:
        loss: the KerasTensor.
        wanted: the KerasTensors that gradients are for, or variables.
        others: further places where the graph of `loss` starts.
    """

    def __init__(self, loss: Any, wanted: list[Any], others: list[Any]) -> None:
        self.name = unique_name("gradients")
        self.inbound_nodes: list[Node] = []
        self.variables = [v for v in wanted if isinstance(v, hb.Variable)]
        self.places = [] if self.variables else wanted
        self.model = registry.lookup("models", "Functional")([*self.places, *others], loss)

    def __call__(self, *values: Any) -> Any:
        """The gradients, for values of all places."""
        count = len(self.places)

        def total(*tensors: Any) -> Any:
            return ops.sum(self.model([*tensors, *values[count:]]))

        if self.variables:
            return hb.grad(total, variables=self.variables)()
        return list(hb.grad(total, tuple(range(count)))(*values[:count]))


def gradients(loss: Any, variables: Any) -> Any:
    """The gradients of the sum of a loss with respect to tensors of its graph, or to variables: KerasTensors, for K.function.

    Args:
        loss: a KerasTensor.
        variables: KerasTensors that it was computed from, or variables; a list, or one.

    Returns:
        A list.

    Raises:
        InvalidArgumentError: the loss has a value already, or was not computed from that.

    Example:
        >>> x = placeholder((None, 2))
        >>> function([x], gradients(ops.sum(x * x), x))([[[1.0, 2.0]]])[0].tolist()
        [[2.0, 4.0]]
    """
    given = list(variables) if isinstance(variables, (list, tuple)) else [variables]
    if not isinstance(loss, hb.KerasTensor):
        raise InvalidArgumentError(
            "K.gradients(loss, variables) needs a loss computed from places of a model, such as model.input. Of values write the "
            "loss as a function and call hornbeam.grad(function)(x), or record it with tf.GradientTape."
        )
    kinds = {isinstance(v, hb.Variable) for v in given}
    if len(kinds) != 1:
        raise InvalidArgumentError("K.gradients takes tensors, or variables, not both at once: call it twice.")
    wanted = [] if kinds == {True} else given
    others = sources(loss, wanted)
    operation = _Gradient(loss, given, others)

    def alike(*values: Any) -> list[Any]:
        return [ops.zeros_like(v) for v in (values[: len(wanted)] or given)]

    return symbolic_call(operation, (*wanted, *others), {}, alike)


def _shape(x: Any) -> Any:
    return ops.asarray(ops.shape(x), dtype="int32")


_shape_to_come = drawing(_shape, "keras.backend.shape")


def shape(x: Any) -> Any:
    """The sizes; of a place in a model that does not know them all yet, the tensor of those to come."""
    return _shape_to_come(x) if isinstance(x, hb.KerasTensor) and None in x.shape else tuple(x.shape)
