from __future__ import annotations

import inspect

from hornbeam.plugins import KINDS, specs


def test_every_kind_has_its_hook_and_every_hook_its_explanation() -> None:
    assert set(specs.HOOKS) == {f"provide_{kind}" for kind in KINDS} | {"provide_kernels", "configure"}
    for hook in specs.HOOKS:
        assert inspect.getdoc(getattr(specs, hook))
