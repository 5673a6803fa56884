"""Layer: weights and a computation on them. The base class of every layer and model (Keras 3's `Layer`)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from hornbeam import masking
from hornbeam.errors import InvalidArgumentError, unknown_arguments
from hornbeam.host import strings
from hornbeam.host_calls import is_text
from hornbeam.input_spec import check_inputs
from hornbeam.interpret import running
from hornbeam.masking import mask_of
from hornbeam.naming import to_snake_case, unique_name
from hornbeam.persistence import Persistent, Shapes, nested_tensors
from hornbeam.plain import PlainArguments
from hornbeam.policy import DTypePolicy
from hornbeam.remat import RematScope
from hornbeam.symbolic import KerasTensor, Node, is_symbolic, output_specs, symbolic_call
from hornbeam.tree import flatten, leaves, map_structure, unflatten
from hornbeam.variable import autocast as autocasting

__all__ = ["Layer"]

_training: ContextVar[bool | None] = ContextVar("hornbeam_training", default=None)
_within: ContextVar[bool] = ContextVar("hornbeam_within_a_call", default=False)  # of another layer


class Layer(Persistent, metaclass=PlainArguments):
    """A computation with weights.

    Subclass it: make weights with `add_weight` in `build(input_shape)` (or in `__init__`), compute in `call(inputs)`.
    Attributes that are layers, variables, or lists and dicts of them, are found by themselves.

    Args:
        activity_regularizer: function of the output whose value, over the batch size, is added to the loss.
        trainable: whether its weights may be changed by training.
        dtype: dtype or policy name, such as "float32" or "mixed_float16".
        autocast: whether floating-point inputs are converted to the policy's compute dtype.
        name: unique within a model; default: the class name in snake case, numbered.

    Example:
        >>> import hornbeam as hb
        >>> class Scale(hb.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight((input_shape[-1],), initializer=lambda shape, dtype: hb.ops.full(shape, 2.0))
        ...     def call(self, x):
        ...         return x * self.factor
        >>> Scale()(hb.ops.ones((1, 2))).numpy().tolist()
        [[2.0, 2.0]]
    """

    input_spec: Any = None  # an InputSpec, or a container of several: what the first argument of `call` has to be

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        input_shape = kwargs.pop("input_shape", None)
        if "input_dim" in kwargs:
            input_shape = (kwargs.pop("input_dim"),)
        if kwargs:
            raise unknown_arguments(type(self), kwargs)
        self._input_shape_arg = None if input_shape is None else tuple(input_shape)
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.activity_regularizer = activity_regularizer
        self.dtype_policy = DTypePolicy.of(dtype)
        self.autocast = autocast
        self.built = False
        self.supports_masking = False
        self.inbound_nodes: list[Node] = []
        self._variables = []
        self._trainable = trainable
        self._losses = []
        self._build_shapes: Any = None
        self._remat = RematScope.current()

    # ---- to be overridden

    def build(self, input_shape: Any) -> None:
        """Make the weights, once the input's shape is known. `input_shape` is nested as the first argument of `call`."""

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """The computation. Take `training=None` to tell training from inference."""
        raise InvalidArgumentError(f"{type(self).__name__} has no call(): override it with what the layer computes.")

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Which steps of the output count, out of the mask of the inputs; asked where `supports_masking`.

        Args:
            inputs: the first argument of `call`.
            previous_mask: its mask (nested as the inputs), bool, [batch, time], or None.
        """
        return previous_mask

    # ---- calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Build if needed, then `call`. On KerasTensors, draw a node of a Functional model instead.

        `training` is handed on to `call` if it takes it; without it, the flag of the surrounding call holds, or else the
        default of `call` itself. What the call before added to `losses` is forgotten, unless this is a call within another's.
        """
        if _within.get():
            return self._call_within(*args, **kwargs)
        self.clear_losses()
        token = _within.set(True)
        try:
            out = self._call_within(*args, **kwargs)
        finally:
            _within.reset(token)
        if is_symbolic(out):
            self.clear_losses()  # of tensors that stood for those to come
        return out

    def _call_within(self, *args: Any, **kwargs: Any) -> Any:
        parameters = inspect.signature(self.call).parameters
        takes_training = "training" in parameters
        symbolic = is_symbolic(args, kwargs)
        given = kwargs.pop("training", None)
        training = _training.get() if given is None else given
        masking.fill_in(parameters, args, kwargs)
        previous = mask_of(args[0]) if args and kwargs.get("mask") is None else kwargs.get("mask")
        args = self._prepare(args)
        if self.input_spec is not None and args:
            check_inputs(self, args[0])
        if not self.built:
            self._build(args, kwargs)
        if symbolic:
            return symbolic_call(self, args, kwargs if given is None else {**kwargs, "training": given}, self._drawn)
        if takes_training:
            kwargs["training"] = bool(parameters["training"].default is True if training is None else training)
        token = _training.set(training)
        try:
            out = self._compute(*args, **kwargs)
        finally:
            _training.reset(token)
        if self.supports_masking and args:
            masking.attach(out, self.compute_mask(args[0], previous))
        if self.activity_regularizer is not None:
            self.add_loss([self.activity_regularizer(o) / (max(1, o.shape[0]) if o.ndim else 1) for o in leaves(out)])
        return out

    def _drawn(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """`call` on what a node records, which may say whether it is for training."""
        if training is None:
            return self._compute(*args, **kwargs)
        with training_phase(training):
            takes_training = "training" in inspect.signature(self.call).parameters
            return self._compute(*args, **({**kwargs, "training": training} if takes_training else kwargs))

    def _compute(self, *args: Any, **kwargs: Any) -> Any:
        """`call`, in which weights are read in the compute dtype."""
        with autocasting(self.compute_dtype if self.autocast and self.compute_dtype != self.variable_dtype else None):
            remat = self._remat
            return self.call(*args, **kwargs) if remat is None else remat.call(self, self.call, args, kwargs)

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Call the layer with these values for its variables, which stay as they are; see `hornbeam.stateless.stateless_call`."""
        from hornbeam.stateless import stateless_call

        given = trainable_variables, non_trainable_variables
        return stateless_call(self, *given, *args, return_losses=return_losses, **kwargs)

    def _prepare(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Arrays as tensors, floating-point ones in the compute dtype."""
        from hornbeam.ops import cast
        from hornbeam.ops.convert import as_tensor

        def prepare(leaf: Any) -> Any:
            if is_text(leaf) or (not hasattr(leaf, "shape") and not isinstance(leaf, (int, float))):
                return leaf
            tensor = as_tensor(leaf)
            wrong = self.autocast and tensor.dtype.is_floating and tensor.dtype != self.compute_dtype
            return cast(tensor, self.compute_dtype) if wrong else tensor

        if not args:
            return args
        first = args[0]
        if (
            isinstance(first, list)
            and first
            and not hasattr(first[0], "shape")
            and not isinstance(first[0], (list, tuple, dict))
        ):
            first = (strings if isinstance(first[0], (str, bytes)) else as_tensor)(first)
        return (map_structure(prepare, first), *(map_structure(prepare, a) if _is_arrays(a) else a for a in args[1:]))

    def _build(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        from hornbeam.interpreters.evaluate import Evaluate

        shapes = self._shapes(args, kwargs)
        with running(Evaluate()):  # weights are made once, not as part of what is being captured
            self.build(**shapes) if type(shapes) is Shapes else self.build(shapes)
        self._build_shapes = shapes
        self.built = True

    def _shapes(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The first argument's shape; or, where `build` takes several (`query_shape`, ...), those of the tensors of that name."""
        wanted, taken = (list(inspect.signature(f).parameters) for f in (self.build, self.call))
        if len(wanted) < 2 or not all(name.removesuffix("_shape") in taken for name in wanted):
            return _plain(map_structure(_Shape, args[0])) if args else None
        given = {**dict(zip(taken, args, strict=False)), **kwargs}
        found = {name: given.get(name.removesuffix("_shape")) for name in wanted}
        return Shapes({n: _plain(map_structure(_Shape, t)) for n, t in found.items() if t is not None})

    def _only_node(self, what: str) -> Node:
        if len(self.inbound_nodes) != 1:
            raise InvalidArgumentError(
                f"layer {self.name!r} has no single {what}: it was called {len(self.inbound_nodes)} times on KerasTensors. "
                "Keep the tensors that Input and the calls of layers return."
            )
        return self.inbound_nodes[0]

    @property
    def input(self) -> Any:
        """The KerasTensors that this layer was called on, where it was called once.

        Raises:
            InvalidArgumentError: it was called never, or more than once.
        """
        inputs = self._only_node("input").inputs
        return inputs[0] if len(inputs) == 1 else inputs

    @property
    def output(self) -> Any:
        """The KerasTensors that came out of this layer's call, where there was one.

        Raises:
            InvalidArgumentError: it was called never, or more than once.
        """
        node = self._only_node("output")
        return unflatten(node.output_structure, node.outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the output for an input of that shape (a tuple, or nested containers of them; None: unknown size)."""
        specs = self.compute_output_spec(nested_tensors(input_shape, self.compute_dtype))
        return map_structure_shapes(specs)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """KerasTensors of the shape and dtype that a call on `args` would give."""
        if not self.built:
            self._build(args, kwargs)
        flat, structure = flatten((args, kwargs))
        specs, out_structure = output_specs(self._compute, flat, structure)
        return unflatten(out_structure, [KerasTensor(s.shape, s.dtype) for s in specs])

    def __repr__(self) -> str:
        """Class and name."""
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"


class _Shape:
    """A shape as a leaf, so that nested containers of shapes are not taken apart."""

    def __init__(self, tensor: Any) -> None:
        self.sizes = tuple(tensor.shape)


def _plain(tree: Any) -> Any:
    if isinstance(tree, _Shape):
        return tree.sizes
    if isinstance(tree, dict):
        return {k: _plain(v) for k, v in tree.items()}
    if isinstance(tree, (list, tuple)):
        return type(tree)(_plain(v) for v in tree)
    return tree


def _is_arrays(tree: Any) -> bool:
    found = leaves(tree)
    return bool(found) and all(hasattr(leaf, "shape") for leaf in found)


def map_structure_shapes(tree: Any) -> Any:
    """The shapes of nested KerasTensors."""
    return _plain(map_structure(_Shape, tree))


@contextmanager
def training_phase(training: bool) -> Iterator[None]:
    """A with block in which layers that are not told otherwise act as in training, or not."""
    token = _training.set(training)
    try:
        yield
    finally:
        _training.reset(token)


def training_flag() -> bool | None:
    """Whether the present call is for training, as far as a call around it says."""
    return _training.get()
