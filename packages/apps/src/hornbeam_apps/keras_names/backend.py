"""`keras.backend` (K) of Keras 2: the functions that losses, metrics and layers of that era are written with."""

from __future__ import annotations

from typing import Any

import hornbeam as hb
from hornbeam import ops, random
from hornbeam.dtypes import floatx as floatx
from hornbeam.dtypes import set_floatx as set_floatx
from hornbeam.errors import InvalidArgumentError
from hornbeam.gradient_rules import stop_gradient as stop_gradient
from hornbeam.layer import training_flag
from hornbeam.naming import clear_session as clear_session
from hornbeam.ops import abs as abs  # noqa: A004 - Keras's names
from hornbeam.ops import all as all  # noqa: A004
from hornbeam.ops import any as any  # noqa: A004
from hornbeam.ops import arange as arange
from hornbeam.ops import argmax as argmax
from hornbeam.ops import argmin as argmin
from hornbeam.ops import cast as cast
from hornbeam.ops import cos as cos
from hornbeam.ops import cumprod as cumprod
from hornbeam.ops import cumsum as cumsum
from hornbeam.ops import elu as elu
from hornbeam.ops import equal as equal
from hornbeam.ops import exp as exp
from hornbeam.ops import expand_dims as expand_dims
from hornbeam.ops import eye as eye
from hornbeam.ops import greater as greater
from hornbeam.ops import greater_equal as greater_equal
from hornbeam.ops import less as less
from hornbeam.ops import less_equal as less_equal
from hornbeam.ops import log as log
from hornbeam.ops import logsumexp as logsumexp
from hornbeam.ops import max as max  # noqa: A004
from hornbeam.ops import maximum as maximum
from hornbeam.ops import mean as mean
from hornbeam.ops import min as min  # noqa: A004
from hornbeam.ops import minimum as minimum
from hornbeam.ops import not_equal as not_equal
from hornbeam.ops import ones as ones
from hornbeam.ops import ones_like as ones_like
from hornbeam.ops import prod as prod
from hornbeam.ops import reshape as reshape
from hornbeam.ops import round as round  # noqa: A004
from hornbeam.ops import sigmoid as sigmoid
from hornbeam.ops import sign as sign
from hornbeam.ops import sin as sin
from hornbeam.ops import softmax as softmax
from hornbeam.ops import softplus as softplus
from hornbeam.ops import softsign as softsign
from hornbeam.ops import sqrt as sqrt
from hornbeam.ops import square as square
from hornbeam.ops import squeeze as squeeze
from hornbeam.ops import stack as stack
from hornbeam.ops import std as std
from hornbeam.ops import sum as sum  # noqa: A004
from hornbeam.ops import tanh as tanh
from hornbeam.ops import tile as tile
from hornbeam.ops import transpose as transpose
from hornbeam.ops import var as var
from hornbeam.ops import zeros as zeros
from hornbeam.ops import zeros_like as zeros_like
from hornbeam.plugins import registry

__all__ = [
    "abs", "all", "any", "arange", "argmax", "argmin", "backend", "batch_dot", "batch_flatten", "batch_get_value",
    "batch_set_value", "bias_add", "binary_crossentropy", "cast", "cast_to_floatx", "categorical_crossentropy",
    "clear_session", "clip", "concatenate", "constant", "conv1d", "conv2d", "cos", "count_params", "cumprod", "cumsum",
    "dot", "dropout", "dtype", "elu", "epsilon", "equal", "eval", "exp", "expand_dims", "eye", "flatten", "floatx",
    "foldl", "function", "gather", "get_uid", "get_value", "gradients", "greater", "greater_equal", "hard_sigmoid",
    "identity", "image_data_format", "image_dim_ordering", "in_test_phase", "in_top_k", "in_train_phase", "int_shape",
    "is_keras_tensor", "is_tensor", "l2_normalize", "learning_phase", "less", "less_equal", "log", "logsumexp",
    "manual_variable_initialization", "map_fn", "max", "maximum", "mean", "min", "minimum", "moving_average_update",
    "ndim", "not_equal", "one_hot", "ones", "ones_like", "permute_dimensions", "placeholder", "pool2d", "pow",
    "print_tensor", "prod", "random_binomial", "random_normal", "random_normal_variable", "random_uniform",
    "random_uniform_variable", "relu", "repeat", "repeat_elements", "reset_uids", "reshape", "resize_images",
    "reverse", "round", "set_epsilon", "set_floatx", "set_image_data_format", "set_image_dim_ordering",
    "set_learning_phase", "set_value", "shape", "sigmoid", "sign", "sin", "slice", "softmax", "softplus", "softsign",
    "sparse_categorical_crossentropy", "spatial_2d_padding", "sqrt", "square", "squeeze", "stack", "std",
    "stop_gradient", "sum", "switch", "tanh", "temporal_padding", "tile", "transpose", "truncated_normal", "update",
    "update_add", "update_sub", "var", "variable", "zeros", "zeros_like",
]  # fmt: skip

_state: dict[str, Any] = {"epsilon": 1e-7, "image_data_format": "channels_last"}


# ---- settings


def backend() -> str:
    """ "tensorflow": scripts branch on it, and that branch has the conventions that hold here."""
    return "tensorflow"


def epsilon() -> float:
    """A small number to add where something may be zero."""
    return float(_state["epsilon"])


def set_epsilon(value: float) -> None:
    """Choose it."""
    _state["epsilon"] = value


def image_data_format() -> str:
    """ "channels_last"."""
    return str(_state["image_data_format"])


def set_image_data_format(data_format: str) -> None:
    """Keep "channels_last".

    Raises:
        InvalidArgumentError: it is another: layers take `data_format` one by one.
    """
    if data_format not in ("channels_last", "tf"):
        raise InvalidArgumentError(
            f"the default layout of images is channels_last; got {data_format!r}. Give data_format= to the layers that differ."
        )


def image_dim_ordering() -> str:
    """ "tf", as Keras 1 called "channels_last"."""
    return "tf"


set_image_dim_ordering = set_image_data_format


def learning_phase() -> int:
    """1 in training, 0 otherwise."""
    return int(bool(training_flag()))


def set_learning_phase(value: Any) -> None:
    """Nothing: `training=` says it call by call."""


def manual_variable_initialization(value: bool) -> None:
    """Nothing: variables have their values from the start."""


def get_uid(prefix: str = "") -> int:
    """How often this was called with the prefix."""
    counts = _state.setdefault("uids", {})
    counts[prefix] = counts.get(prefix, 0) + 1
    return int(counts[prefix])


def reset_uids() -> None:
    """Count anew."""
    _state["uids"] = {}


# ---- variables


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> hb.Variable:
    """A variable of the value, of the default float unless `dtype` says otherwise."""
    found = hb.Variable(cast(ops.asarray(value), dtype or floatx()), name=name or "variable")
    found.constraint = constraint
    return found


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A tensor of the value, repeated to a shape."""
    found = cast(ops.asarray(value), dtype or floatx())
    return found if shape is None else ops.broadcast_to(found, tuple(shape))


def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False, name: str | None = None
) -> Any:
    """The tensor from which a Functional model starts."""
    sizes = tuple(shape) if shape is not None else (None,) * (ndim or 0)
    return registry.lookup("layers", "InputLayer")(batch_shape=sizes, dtype=dtype, name=name).output


def get_value(x: Any) -> Any:
    """The values, as a NumPy array."""
    return x.numpy().copy() if hasattr(x, "numpy") else x


eval = get_value  # noqa: A001 - Keras's name


def set_value(x: Any, value: Any) -> None:
    """Give a variable a value."""
    x.assign(value)


def batch_get_value(xs: Any) -> list[Any]:
    """The values of several variables."""
    return [get_value(x) for x in xs]


def batch_set_value(tuples: Any) -> None:
    """Give several variables their values."""
    for x, value in tuples:
        x.assign(value)


def update(x: Any, new_x: Any) -> Any:
    """Give a variable a value, also within what is compiled."""
    x.assign(new_x)
    return x


def update_add(x: Any, increment: Any) -> Any:
    """Add to a variable."""
    x.assign_add(increment)
    return x


def update_sub(x: Any, decrement: Any) -> Any:
    """Subtract from a variable."""
    x.assign_sub(decrement)
    return x


def moving_average_update(x: Any, value: Any, momentum: float) -> Any:
    """Move a variable towards a value."""
    x.assign(x * momentum + value * (1.0 - momentum))
    return x


def count_params(x: Any) -> int:
    """The number of elements."""
    return int(x.size)


def function(inputs: Any, outputs: Any, updates: Any = None, **kwargs: Any) -> Any:
    """A function from a list of arrays to a list of what the tensors of a model hold for them."""
    starts = [t for t in inputs if not isinstance(t, int)]
    ends = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    model = registry.lookup("models", "Functional")(starts, ends)

    def call(values: Any) -> Any:
        found = model(list(values)[: len(starts)] if len(starts) > 1 else values[0])
        found = found if isinstance(found, (list, tuple)) else [found]
        arrays = [t.numpy() for t in found]
        return arrays if isinstance(outputs, (list, tuple)) else arrays[0]

    return call


def gradients(loss: Any, variables: Any) -> Any:
    """Refused: there is no graph to walk back over before something is computed.

    Raises:
        InvalidArgumentError: always; the message says what to write.
    """
    raise InvalidArgumentError(
        "K.gradients(loss, variables) needs a graph of Keras 2. Write the loss as a function and call "
        "hornbeam.grad(function)(x), or hornbeam.grad(function, variables=model.trainable_variables)()."
    )


# ---- what tensors are


def shape(x: Any) -> Any:
    """The sizes."""
    return tuple(x.shape)


int_shape = shape


def ndim(x: Any) -> int:
    """The number of axes."""
    return len(x.shape)


def dtype(x: Any) -> str:
    """The dtype's name."""
    return str(x.dtype)


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor or a variable."""
    return isinstance(x, (hb.Tensor, hb.Variable))


def is_keras_tensor(x: Any) -> bool:
    """Whether it is a place in a Functional model."""
    return isinstance(x, hb.KerasTensor)


def print_tensor(x: Any, message: str = "") -> Any:
    """Print the values, where there are some; return the tensor."""
    if not isinstance(x, hb.KerasTensor):
        print(message, x)
    return x


def cast_to_floatx(x: Any) -> Any:
    """The value in the default float: an array stays one."""
    return x.astype(floatx()) if hasattr(x, "astype") and not is_tensor(x) else cast(x, floatx())


def identity(x: Any, name: str | None = None) -> Any:
    """The value itself."""
    return ops.asarray(x) if not is_tensor(x) else x


# ---- numbers


def pow(x: Any, a: Any) -> Any:  # noqa: A001 - Keras's name
    """x to the power a."""
    return ops.power(x, a)


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Values limited to an interval; None: no limit."""
    return ops.clip(x, min_value, max_value)


def dot(x: Any, y: Any) -> Any:
    """The product over the last axis of x and the last but one of y."""
    return ops.dot(x, y)


def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """Sample by sample, the product over an axis of each; at least two axes come out.

    Args:
        x, y: [batch, ...].
        axes: the axis of each, or one for both; default: the last of x and the last but one of y (the only one of two).
    """
    if axes is None:
        axes = (x.ndim - 1, y.ndim - 2 if y.ndim > 2 else y.ndim - 1)
    one, two = (axes, axes) if isinstance(axes, int) else axes
    one, two = one % x.ndim, two % y.ndim
    letters = "abcdefghijklm"
    left = ["z", *letters[: x.ndim - 1]]
    right = ["z", *letters[x.ndim - 1 : x.ndim + y.ndim - 2]]
    left[one] = right[two] = "s"
    kept = [c for c in (*left, *right[1:]) if c != "s"]
    out = ops.einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}", x, y)
    return ops.expand_dims(out, -1) if out.ndim == 1 else out


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """The value divided by its length along an axis."""
    return x / ops.sqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12))


def gather(reference: Any, indices: Any) -> Any:
    """Rows by their indices."""
    return ops.take(reference, cast(indices, "int32"), axis=0)


def one_hot(indices: Any, num_classes: int) -> Any:
    """Rows with a one in the place of each index."""
    return ops.one_hot(cast(indices, "int32"), num_classes)


def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether the target is among the k largest predictions."""
    return ops.in_top_k(targets, predictions, k)


def random_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Normally distributed numbers."""
    return random.normal(tuple(shape), mean, stddev, dtype, seed)


def random_uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Evenly distributed numbers."""
    return random.uniform(tuple(shape), minval, maxval, dtype, seed)


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Normally distributed numbers within two standard deviations."""
    return random.truncated_normal(tuple(shape), mean, stddev, dtype, seed)


def random_binomial(shape: Any, p: float = 0.0, dtype: Any = None, seed: Any = None) -> Any:
    """Ones with a probability, zeros otherwise."""
    return cast(random.uniform(tuple(shape), seed=seed) < p, dtype or floatx())


def random_normal_variable(
    shape: Any, mean: float, scale: float, dtype: Any = None, name: Any = None, seed: Any = None
) -> Any:
    """A variable of normally distributed numbers."""
    return variable(random_normal(shape, mean, scale, None, seed), dtype, name)


def random_uniform_variable(
    shape: Any, low: float, high: float, dtype: Any = None, name: Any = None, seed: Any = None
) -> Any:
    """A variable of evenly distributed numbers."""
    return variable(random_uniform(shape, low, high, None, seed), dtype, name)


# ---- shapes


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """Tensors one after the other along an axis."""
    return ops.concatenate(list(tensors), axis=axis)


def flatten(x: Any) -> Any:
    """Everything along one axis."""
    return ops.reshape(x, (-1,))


def batch_flatten(x: Any) -> Any:
    """Each sample along one axis."""
    count = 1
    for size in x.shape[1:]:
        count *= size
    return ops.reshape(x, (-1, count))


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """The axes in another order."""
    return ops.transpose(x, tuple(pattern))


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each element several times along an axis."""
    return ops.repeat(x, rep, axis=axis)


def repeat(x: Any, n: int) -> Any:
    """[batch, features] -> [batch, n, features]."""
    return ops.repeat(ops.expand_dims(x, 1), n, axis=1)


def reverse(x: Any, axes: Any) -> Any:
    """The axes the other way round."""
    return ops.flip(x, axis=axes)


def slice(x: Any, start: Any, size: Any) -> Any:  # noqa: A001 - Keras's name
    """A block of a size from a place on."""
    import builtins

    ends = [None if n == -1 else s + n for s, n in zip(start, size, strict=True)]
    return x[tuple(builtins.slice(s, e) for s, e in zip(start, ends, strict=True))]


def temporal_padding(x: Any, padding: tuple[int, int] = (1, 1)) -> Any:
    """Zeros before and after the steps."""
    return ops.pad(x, ((0, 0), tuple(padding), (0, 0)))


def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Zeros around images."""
    rows, columns = (tuple(p) for p in padding)
    first = data_format == "channels_first"
    return ops.pad(x, ((0, 0), (0, 0), rows, columns) if first else ((0, 0), rows, columns, (0, 0)))


def resize_images(x: Any, height_factor: int, width_factor: int, data_format: str | None = None) -> Any:
    """Each pixel several times."""
    rows, columns = (2, 3) if data_format == "channels_first" else (1, 2)
    return ops.repeat(ops.repeat(x, height_factor, axis=rows), width_factor, axis=columns)


# ---- choices and loops


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One of two values, element by element; functions are called."""
    one, other = (e() if callable(e) and not is_tensor(e) else e for e in (then_expression, else_expression))
    condition = ops.asarray(condition)
    while condition.ndim < ops.asarray(one).ndim:
        condition = ops.expand_dims(condition, -1)
    return ops.where(condition, one, other)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` in training, `alt` otherwise; functions are called."""
    chosen = x if (learning_phase() if training is None else training) else alt
    return chosen() if callable(chosen) and not is_tensor(chosen) else chosen


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`alt` in training, `x` otherwise."""
    return in_train_phase(alt, x, training)


def map_fn(fn: Any, elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """A function of each element along the first axis."""
    return ops.map(fn, elems)


def foldl(fn: Any, elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """A function of the result so far and each element."""
    found = elems[0] if initializer is None else initializer
    for i in range(1 if initializer is None else 0, elems.shape[0]):
        found = fn(found, elems[i])
    return found


# ---- networks


def relu(x: Any, alpha: float = 0.0, max_value: Any = None, threshold: float = 0.0) -> Any:
    """The rectifier."""
    return registry.lookup("activations", "relu")(x, alpha, max_value, threshold)


def hard_sigmoid(x: Any) -> Any:
    """clip(0.2 x + 0.5, 0, 1)."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def dropout(x: Any, level: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Zeros in the place of a share of the values; the others grow."""
    return random.dropout(x, level, noise_shape, seed=seed)


def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Any:
    """The value and a bias of its channels."""
    if data_format == "channels_first":
        bias = ops.reshape(bias, (1, -1, *(1,) * (x.ndim - 2)))
    return x + bias


def conv1d(
    x: Any, kernel: Any, strides: int = 1, padding: str = "valid", data_format: Any = None, dilation_rate: int = 1
) -> Any:
    """A convolution over one axis."""
    return ops.conv(x, kernel, strides, padding, data_format or "channels_last", dilation_rate)


def conv2d(
    x: Any, kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: Any = None,
    dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """A convolution over two axes."""
    return ops.conv(x, kernel, strides, padding, data_format or "channels_last", dilation_rate)


def pool2d(
    x: Any,
    pool_size: Any,
    strides: Any = (1, 1),
    padding: str = "valid",
    data_format: Any = None,
    pool_mode: str = "max",
) -> Any:
    """The largest value, or the mean, of windows."""
    pool = ops.max_pool if pool_mode == "max" else ops.average_pool
    return pool(x, pool_size, strides, padding, data_format or "channels_last")


def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-sum(t log p), for each sample."""
    return ops.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-log of the probability of the target, for each sample."""
    target = cast(target, "int32")
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = ops.squeeze(target, -1)
    return ops.sparse_categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """-(t log p + (1 - t) log(1 - p)), for each number."""
    return ops.binary_crossentropy(target, output, from_logits=from_logits)
