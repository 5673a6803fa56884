"""What descriptions of library calls say of themselves."""

from __future__ import annotations

from itertools import product

from hornbeam_cuda.library import Convolution, Product


def test_operations_of_a_product_are_those_of_its_loops() -> None:
    call = Product("float32", "float32", (2, 3, 4, 5), (15, 5, 1), (20, 4, 1), (12, 4))
    assert call.flops == 2 * sum(1 for _ in product(range(2), range(3), range(4), range(5)))


def test_operations_of_a_convolution_are_those_of_its_loops() -> None:
    call = Convolution("forward", "float32", (2, 5, 6), (8, 3, 2), (2, 3, 8), (1,), (0,), (0,), (1,), groups=3)
    places = product(range(2), range(3), range(8), range(3), range(2))  # batch, place, filter, window, channel
    assert call.flops == 2 * sum(1 for _ in places)
