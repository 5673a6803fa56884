"""The contract of an optimizer."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam import ops
from hornbeam.autodiff import value_and_grad
from hornbeam.jit import jit
from hornbeam.variable import Variable

__all__ = ["check_optimizer"]


def check_optimizer(optimizer_class: Any, init_kwargs: dict[str, Any] | None = None, *, steps: int = 200) -> None:
    """Check an optimizer.

    It lowers a convex quadratic; a captured step gives the same as an eager one; a copy made from its configuration and
    state goes on to the bit; gradients are not changed; a variable without a gradient is left alone.

    Args:
        optimizer_class: the class.
        init_kwargs: its arguments; give a learning rate that suits a quadratic of curvatures 0.5 to 2.
        steps: in which the quadratic has to fall to less than half.

    Raises:
        AssertionError: a property does not hold; the message names it.
    """
    name, arguments = optimizer_class.__name__, dict(init_kwargs or {})
    curvature = np.array([0.5, 1.0, 2.0], "float32")

    def start() -> list[Variable]:
        return [Variable(np.array([1.0, -2.0, 1.5], "float32")), Variable(np.array([[0.5]], "float32"))]

    def stepper(optimizer: Any, variables: list[Variable]) -> Any:
        scale = getattr(optimizer, "scale_loss", lambda loss: loss)

        def loss() -> Any:
            value = ops.sum(variables[0] * variables[0] * curvature) + ops.sum(variables[1] * variables[1])
            return scale(value), value

        def step() -> Any:
            (_, value), grads = value_and_grad(loss, variables=variables, has_aux=True)()
            optimizer.apply(grads, variables)
            return value

        return step

    variables, optimizer = start(), optimizer_class(**arguments)
    optimizer.build(variables)
    step = jit(stepper(optimizer, variables))
    first = float(step())
    losses = [float(step()) for _ in range(steps)]
    assert np.isfinite(losses).all(), f"{name}: the loss of a quadratic became {losses[-1]}"
    assert losses[-1] < 0.5 * first, f"{name}: a quadratic went from {first} to {losses[-1]} in {steps} steps"
    assert int(optimizer.iterations) == steps + 1, (
        f"{name}: iterations is {int(optimizer.iterations)} after {steps + 1}"
    )

    eager_variables, eager = start(), optimizer_class(**arguments)
    captured_variables, captured = start(), optimizer_class(**arguments)
    captured.build(captured_variables)
    one, other = stepper(eager, eager_variables), jit(stepper(captured, captured_variables))
    for _ in range(3):
        one(), other()
    for a, b in zip(eager_variables, captured_variables, strict=True):
        np.testing.assert_allclose(
            b.numpy(), a.numpy(), rtol=1e-5, atol=1e-7, err_msg=f"{name}: captured and eager steps differ"
        )

    config = captured.get_config()
    copy = optimizer_class.from_config(config)
    assert copy.get_config() == config, f"{name}: get_config of the copy is {copy.get_config()}, was {config}"
    copied_variables = [Variable(v.numpy()) for v in captured_variables]
    copy.build(copied_variables)
    for mine, theirs in zip(copy.variables, captured.variables, strict=True):
        mine.assign(theirs.value)
    again = jit(stepper(copy, copied_variables))
    for _ in range(3):
        other(), again()
    for a, b in zip(captured_variables, copied_variables, strict=True):
        assert np.array_equal(a.numpy(), b.numpy()), f"{name}: with its state copied it does not go on to the bit"

    gradient = ops.asarray([1.0, 2.0, 3.0])
    last = start()
    untouched = last[1].numpy().copy()
    optimizer_class(**arguments).apply([gradient, None], last)
    assert gradient.numpy().tolist() == [1.0, 2.0, 3.0], f"{name} changes the gradients"
    assert np.array_equal(last[1].numpy(), untouched), f"{name} changes a variable that has no gradient"
