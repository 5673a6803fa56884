"""EinsumDense: first values by the fans of its axes, and equations that cannot be meant. Numbers: tests/interop/layers."""

import hornbeam as hb
import numpy as np
import pytest

X = np.ones((2, 3, 4), "float32")


def test_fans_are_those_of_the_axes():
    layer = hb.layers.EinsumDense("abc,cde->abde", (None, 20, 30))
    layer.build((None, 3, 200))
    limit = np.sqrt(6 / (200 + 600))  # of Glorot's uniform distribution; by the shape alone it would be sqrt(6 / 10000)
    assert 0.97 * limit < np.abs(layer.kernel.numpy()).max() <= limit


@pytest.mark.parametrize(
    ("equation", "arguments", "message"),
    [
        ("abc,cd", {"output_shape": 3}, "an equation has the form"),
        ("...abc,cd->abd", {"output_shape": 3}, "an equation has the form"),
        ("abc,cd->abe", {"output_shape": (None, 3)}, "axis 'e' of the output is in neither inputs nor kernel"),
        ("abc,ce->abc", {"output_shape": (None, 3)}, "axis 'e' of the kernel is in neither inputs nor output"),
        ("abc,cd->abd", {"output_shape": (None, 3), "bias_axes": "c"}, "bias_axes 'c' are not all among"),
        ("abc,cd->abd", {"output_shape": 3}, "needs a size, or None, for each of the axes 'bd'; got"),
    ],
)
def test_equations_that_cannot_be_meant(equation, arguments, message):
    with pytest.raises(hb.InvalidArgumentError, match=message):
        hb.layers.EinsumDense(equation, **arguments)(X)


def test_shapes_that_do_not_fit():
    with pytest.raises(hb.ShapeError, match=r"expected inputs of 2 axes; got shape \(2, 3, 4\)"):
        hb.layers.EinsumDense("ab,bc->ac", 3)(X)
    with pytest.raises(hb.ShapeError, match=r"axis 'b' has size 3 in \(2, 3, 4\) and 5 in output_shape"):
        hb.layers.EinsumDense("abc,cd->abd", (5, 3))(X)
    with pytest.raises(hb.ShapeError, match="kernel's axes 'd' have no size"):
        hb.layers.EinsumDense("abc,cd->abd", (None, None))(X)
