"""Tensors as Python numbers and truths."""

from __future__ import annotations

import hornbeam as hb
import pytest
from hornbeam.errors import CaptureError, ShapeError


def test_one_element_is_a_number_and_a_truth() -> None:
    assert (float(hb.ops.asarray([[2.5]])), int(hb.ops.asarray([3])), bool(hb.ops.asarray([0.0]))) == (2.5, 3, False)


@pytest.mark.parametrize("shape", [(0,), (2,), (2, 3)])
def test_several_elements_or_none_are_neither(shape: tuple[int, ...]) -> None:
    tensor = hb.ops.ones(shape)
    with pytest.raises(ShapeError, match=r"a tensor of shape \(.*\) is not one truth: use hb.ops.any or hb.ops.all"):
        bool(tensor)
    for number in (float, int, hb.Tensor.item):
        with pytest.raises(ValueError, match="is not one number: take an element, or use tolist"):
            number(tensor)
    with pytest.raises(CaptureError):
        hb.jit(lambda x: 1 if x else 0)(tensor)
