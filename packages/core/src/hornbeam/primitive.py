"""Primitive: shape-and-dtype rule, kernel, gradient rule and test cases of one operation; and the registry of all of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from hornbeam.dtypes import DType
from hornbeam.errors import GraphError

__all__ = ["Composite", "Primitive", "Spec", "composite", "primitive", "primitives"]


class Spec(NamedTuple):
    """What is known of a tensor before it has a value: its shape and its dtype."""

    shape: tuple[int, ...]
    dtype: DType


Rule = Callable[..., Any]
_registry: dict[str, Primitive] = {}


class Primitive:
    """One operation that every interpreter and every backend knows by name.

    Its inputs are positional tensors; its parameters are keyword, static and hashable. `ops` wraps each in a documented
    function; nothing else needs to call a primitive.

    Attributes:
        name: unique; the engines' kernel tables use it.
        infer: shape-and-dtype rule `(*specs, **params) -> Spec`, or a tuple of them where `multiple`.
        multiple: whether it returns a tuple of tensors.
        broadcasts: whether inputs of different shapes are broadcast against one another before it runs.
        cases: strategy of valid inputs and parameters, for the contract test; see `hornbeam.testing.cases`.
        elementwise: whether element i of the result depends on element i of each input alone (of equal shapes).
        uses_backend: whether its kernel takes the backend (to run a graph) where others take the array namespace.
        zero_gradient: whether its derivative is zero wherever it exists, or it returns no floats: tapes stop there.
        no_gradient: why its gradient cannot be had, or "".
        partial_cts: whether its gradient rule takes None as the cotangent of a result on which nothing depends (others get
            zeros). For operations of several results.

    With `registered=False`, `primitives()` does not have it: an engine makes it, for graphs that nobody else sees.
    """

    def __init__(
        self,
        name: str,
        infer: Rule,
        *,
        cases: Rule | None = None,
        multiple: bool = False,
        broadcasts: bool = False,
        elementwise: bool = False,
        uses_backend: bool = False,
        zero_gradient: bool = False,
        no_gradient: str = "",
        partial_cts: bool = False,
        registered: bool = True,
    ) -> None:
        if name in _registry:
            raise GraphError(f"there is already a primitive named {name!r}")
        self.name = name
        self.infer = infer
        self.cases = cases
        self.multiple = multiple
        self.broadcasts = broadcasts
        self.elementwise = elementwise
        self.uses_backend = uses_backend
        self.zero_gradient = zero_gradient
        self.no_gradient = no_gradient
        self.partial_cts = partial_cts
        self.generic_kernel: Rule | None = None
        self.vjp_rule: Rule | None = None
        self.saves: tuple[tuple[str, int | None], ...] = ()
        self.tape_rule: Rule | None = None
        if registered:
            _registry[name] = self

    def kernel(self, function: Rule) -> Rule:
        """Decorator: `function(xp, *arrays, **params)` computes the result with any array-API namespace `xp`."""
        self.generic_kernel = function
        return function

    @property
    def input_names(self) -> tuple[str, ...]:
        """The names of the inputs, as the kernel spells them."""
        if self.generic_kernel is None:
            raise GraphError(f"primitive {self.name} has no kernel")
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        parameters = list(inspect.signature(self.generic_kernel).parameters.values())[1:]
        return tuple(p.name for p in parameters if p.kind in kinds)

    def vjp(self, saves: str = "") -> Callable[[Rule], Rule]:
        """Decorator: `rule(ct, *saved, **params)` gives the cotangent of each input, written in ops.

        Args:
            saves: what the tape keeps for the rule, in order: input names, "out", "inputs" (all, as a tuple), and any of
                them with ".spec" where the shape and dtype are enough.

        The rule returns one cotangent, or a tuple with one per input: a tensor, None (no gradient), or a function without
        arguments that computes it (called only if that input is differentiated). Where `multiple`, `ct` is a tuple.
        """
        parsed: list[tuple[str, int | None]] = []
        names = self.input_names if saves else ()
        for token in saves.split():
            name, _, what = token.partition(".")
            if what not in ("", "spec"):
                raise GraphError(f"{self.name}: cannot save {token!r}")
            if name in ("out", "inputs"):
                parsed.append((token, None))
            elif name in names:
                parsed.append((what or "value", names.index(name)))
            else:
                raise GraphError(f"{self.name}: {name!r} is not among its inputs {names}")
        self.saves = tuple(parsed)

        def decorate(rule: Rule) -> Rule:
            self.vjp_rule = rule
            return rule

        return decorate

    def on_tape(self, rule: Rule) -> Rule:
        """Decorator, instead of `vjp`: `rule(tape, *inputs, **params)` carries the operation out and records it itself.

        For loops, which have to run in another way when a gradient is wanted.
        """
        self.tape_rule = rule
        return rule

    def __repr__(self) -> str:
        """The name, as graphs print it."""
        return self.name

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Unpickle as the registered object."""
        return (primitives().__getitem__, (self.name,))


class Composite(Primitive):
    """An operation that is defined by its decomposition into primitives; a backend may supply a kernel for it.

    Its gradient is the decomposition's unless a `vjp` rule is given.
    """

    def __init__(self, name: str, decomposition: Rule, **options: Any) -> None:
        super().__init__(name, self._infer, **options)
        self.decomposition = decomposition
        self._specs: dict[Any, Any] = {}

    @property
    def input_names(self) -> tuple[str, ...]:
        """The names of the tensor inputs, as the decomposition spells them."""
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        return tuple(p.name for p in inspect.signature(self.decomposition).parameters.values() if p.kind in kinds)

    def _infer(self, *specs: Any, **params: Any) -> Any:
        from hornbeam.interpreters.capture import capture_specs

        key = (tuple((s.shape, s.dtype) for s in specs), tuple(sorted(params.items())))
        if key not in self._specs:
            graph = capture_specs(self.decomposition, [Spec(*k) for k in key[0]], params)
            found = tuple(Spec(v.shape, v.dtype) for v in graph.outputs)
            self._specs[key] = found if self.multiple else found[0]
        return self._specs[key]


def primitive(name: str, infer: Rule, **options: Any) -> Primitive:
    """Make and register a primitive; see `Primitive` for the options."""
    return Primitive(name, infer, **options)


def composite(name: str, **options: Any) -> Callable[[Rule], Composite]:
    """Decorator: the function `(*tensors, **params)`, written in ops, becomes the composite `name`.

    Its arguments are positional tensors, its parameters keyword-only and hashable. Call it through `bind`. The options are
    those of `Primitive`.
    """

    def decorate(function: Rule) -> Composite:
        return Composite(name, function, **options)

    return decorate


def primitives() -> dict[str, Primitive]:
    """Every primitive and composite, by name."""
    return _registry


def specs_of(tensors: Iterable[Any]) -> tuple[Spec, ...]:
    """The Spec of each tensor or graph value."""
    return tuple(Spec(t.shape, t.dtype) for t in tensors)
