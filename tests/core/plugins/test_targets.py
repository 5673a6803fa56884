from __future__ import annotations

from functools import partial
from typing import Any

import hornbeam as hb
import pytest
from hornbeam.plugins import KINDS
from hornbeam.plugins.targets import wrong_kind


class Mine(hb.Layer):
    pass


@pytest.mark.parametrize(
    ("kind", "found", "says"),
    [
        ("layers", Mine, ""),
        ("layers", hb.Layer, ""),
        ("layers", Mine.build, "is a function; a layer has to be a class"),
        ("layers", int, "is a class that does not derive from hornbeam.layer.Layer, as a layer has to"),
        ("optimizers", int, ""),
        ("optimizers", len, "is a function; an optimizer has to be a class"),
        ("losses", len, ""),
        ("losses", int, ""),
        ("losses", partial(len), ""),
        ("losses", 3, "is an instance of int; a loss has to be a class or a function"),
        ("losses", None, "is an instance of NoneType; a loss has to be a class or a function"),
        ("initializers", hb, "is a module; an initializer has to be a class or a function"),
        ("schedules", partial(len), "is an instance of partial; a schedule has to be a class"),
    ],
)
def test_wrong_kind(kind: str, found: Any, says: str) -> None:
    assert wrong_kind(KINDS[kind], found) == says
