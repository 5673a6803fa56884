"""Numbers of NumPy as arguments of layers."""

from __future__ import annotations

import abc
import inspect
import json

import hornbeam as hb
import numpy as np
import pytest
from hornbeam.plain import plain


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.float32(0.5), 0.5),
        (np.array(4)[()], 4),
        ((np.int32(2), None, [np.int64(1)]), (2, None, [1])),
        (True, True),
        (None, None),
        ("relu", "relu"),
    ],
)
def test_numbers_become_those_of_python(given: object, expected: object) -> None:
    found = plain(given)
    assert found == expected
    assert json.loads(json.dumps(found)) == json.loads(json.dumps(expected))
    assert type(found) is type(expected)


def test_what_holds_no_such_number_is_the_same_object() -> None:
    for value in ([1, 2.0, "a"], (None,), {"a": np.int64(1)}, np.ones(3), object()):
        assert plain(value) is value


class Scaled(hb.Layer):
    def __init__(self, units: int, sizes: object = (), **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.units, self.sizes = units, sizes

    def build(self, input_shape: tuple[int, ...]) -> None:
        self.w = self.add_weight((np.int64(input_shape[-1]), self.units), initializer="ones")

    def call(self, x: hb.Tensor) -> hb.Tensor:
        return hb.ops.matmul(x, self.w)


def test_a_layer_is_given_plain_numbers() -> None:
    layer = Scaled(np.max([1, 2]) + 1, sizes=[np.int64(4)])
    assert type(layer.units) is int
    assert layer.sizes == [4] and type(layer.sizes[0]) is int  # type: ignore[index]
    assert list(inspect.signature(Scaled).parameters) == ["units", "sizes", "kwargs"]
    assert layer(hb.ops.ones((2, 5))).numpy().tolist() == [[5.0] * 3] * 2


def test_a_layer_may_be_an_abstract_class_too() -> None:
    class Abstract(hb.Layer, abc.ABC):
        @abc.abstractmethod
        def factor(self) -> float: ...

    class Concrete(Abstract):
        def factor(self) -> float:
            return 2.0

    with pytest.raises(TypeError, match="abstract"):
        Abstract()  # type: ignore[abstract]
    assert Concrete().factor() == 2.0
