"""A state machine plays with tensors, gradients, capture, places and variables; a naive engine of sixty lines plays along."""

import hornbeam as hb
import numpy as np
from hornbeam import ops
from hornbeam.errors import InPlaceError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

SHAPES = ((), (3,), (2, 1), (2, 3))


class Naive:
    """A value, and for each of its parents how its cotangent comes of this one's."""

    def __init__(self, value, parents=()):
        self.value = np.asarray(value, np.float64)
        self.parents = parents

    def gradients(self, leaves):
        """The gradients of the sum of this value, by walking every path: naive, but surely right."""
        found = {id(leaf): np.zeros_like(leaf.value) for leaf in leaves}

        def walk(node, ct):
            if id(node) in found:
                found[id(node)] += ct
            for parent, back in node.parents:
                walk(parent, back(ct))

        walk(self, np.ones_like(self.value))
        return [found[id(leaf)] for leaf in leaves]


def unbroadcast(ct, shape):
    """The sum over the axes along which a value of that shape was repeated."""
    ct = ct.sum(tuple(range(ct.ndim - len(shape))))
    return ct.sum(tuple(a for a, s in enumerate(shape) if s == 1 and ct.shape[a] != 1), keepdims=True).reshape(shape)


def naive_binary(function, by_x, by_y):
    def apply(x, y):
        out = function(x.value, y.value)
        return Naive(
            out,
            (
                (x, lambda ct: unbroadcast(ct * by_x(x.value, y.value), x.value.shape)),
                (y, lambda ct: unbroadcast(ct * by_y(x.value, y.value), y.value.shape)),
            ),
        )

    return apply


def naive_unary(function, by_x):
    return lambda x: Naive(function(x.value), ((x, lambda ct: ct * by_x(x.value)),))


def naive_sum(x):
    return Naive(x.value.sum(), ((x, lambda ct: np.broadcast_to(ct, x.value.shape)),))


def naive_set(x, y):
    """x with the elements of its first row replaced by the sum of y."""
    value = x.value.copy()
    value[:1] = y.value.sum()

    def of_x(ct):
        ct = np.array(ct)
        ct[:1] = 0
        return ct

    return Naive(value, ((x, of_x), (y, lambda ct: np.broadcast_to(ct[:1].sum(), y.value.shape))))


def ours_set(x, y):
    x[:1] = ops.sum(y)
    return x


UNARY = {
    "tanh": (ops.tanh, naive_unary(np.tanh, lambda x: 1 - np.tanh(x) ** 2)),
    "sine": (ops.sin, naive_unary(np.sin, np.cos)),
    "half square": (lambda x: x * x * 0.25, naive_unary(lambda x: x * x * 0.25, lambda x: 0.5 * x)),
    "sum": (ops.sum, naive_sum),
    "detached": (hb.stop_gradient, lambda x: Naive(x.value)),
    "copy": (ops.copy, naive_unary(lambda x: x, np.ones_like)),
}
BINARY = {
    "plus": (ops.add, naive_binary(np.add, lambda x, y: 1.0, lambda x, y: 1.0)),
    "minus": (ops.subtract, naive_binary(np.subtract, lambda x, y: 1.0, lambda x, y: -1.0)),
    "times": (
        lambda x, y: ops.tanh(x) * ops.sin(y),
        naive_binary(
            lambda x, y: np.tanh(x) * np.sin(y),
            lambda x, y: (1 - np.tanh(x) ** 2) * np.sin(y),
            lambda x, y: np.tanh(x) * np.cos(y),
        ),
    ),
}
LINEAR = {ops.sum, ops.copy, ops.add, ops.subtract, hb.stop_gradient}


def near(found, expected):
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-9, atol=1e-9)


class Machine(RuleBasedStateMachine):
    """Handles are numbered; the program says how each came about, so that it can be played again under grad and jit."""

    @initialize(seed=st.integers(0, 2**16), shapes=st.lists(st.sampled_from(SHAPES), min_size=1, max_size=3))
    def begin(self, seed, shapes):
        rng = np.random.default_rng(seed)
        self.leaves = [rng.uniform(-1.5, 1.5, s) for s in shapes]
        self.program = []
        self.tensors = [ops.asarray(a) for a in self.leaves]
        self.naive = [Naive(a) for a in self.leaves]
        self.roots = list(self.naive)
        self.variable = hb.Variable(np.zeros(3), dtype="float64")
        self.state = np.zeros(3)

    def play(self, *leaves):
        """The program on other tensors: every handle."""
        handles = list(leaves)
        for function, target, places in self.program:
            result = function(*(handles[p] for p in places))
            if target is None:
                handles.append(result)
        return handles

    def do(self, ours, naive, *places):
        self.program.append((ours, None, places))
        self.tensors.append(ours(*(self.tensors[p] for p in places)))
        self.naive.append(naive(*(self.naive[p] for p in places)))

    def pick(self, data, among=None):
        return data.draw(st.sampled_from(range(len(self.tensors)) if among is None else among))

    @precondition(lambda self: len(self.program) < 12)
    @rule(data=st.data(), name=st.sampled_from(sorted(UNARY)))
    def apply(self, data, name):
        self.do(*UNARY[name], self.pick(data))

    @precondition(lambda self: len(self.program) < 12)
    @rule(data=st.data(), name=st.sampled_from(sorted(BINARY)))
    def combine(self, data, name):
        self.do(*BINARY[name], self.pick(data), self.pick(data))

    @precondition(lambda self: len(self.program) < 12)
    @rule(data=st.data())
    def change_in_place(self, data):
        fit = [i for i, t in enumerate(self.tensors) if i >= len(self.leaves) and t.ndim]
        if fit:
            at, source = self.pick(data, fit), self.pick(data)
            self.program.append((ours_set, at, (at, source)))
            ours_set(self.tensors[at], self.tensors[source])
            self.naive[at] = naive_set(self.naive[at], self.naive[source])

    @rule(data=st.data(), compiled=st.booleans())
    def differentiate(self, data, compiled):
        at = self.pick(data)
        numbers = tuple(range(len(self.leaves)))
        function = hb.grad(lambda *leaves: ops.sum(self.play(*leaves)[at]), numbers)
        try:
            found = (hb.jit(function) if compiled else function)(*self.leaves)
        except InPlaceError:
            assert self.changed_what_is_needed()
            return
        for got, want in zip(found, self.naive[at].gradients(self.roots), strict=True):
            near(got, want)

    def changed_what_is_needed(self):
        """Whether a value was changed in place on which the slope of an operation before depends."""
        needed, handles = set(), len(self.leaves)
        for function, target, places in self.program:
            if target is not None:
                if target in needed:
                    return True
                continue
            if function not in LINEAR:
                needed |= {*places, handles}  # its operands, or its result
            handles += 1
        return False

    @rule()
    def capture(self):
        for got, want in zip(hb.jit(self.play)(*self.leaves), self.naive, strict=True):
            near(got, want.value)

    @rule(data=st.data(), times=st.integers(1, 3))
    def step(self, data, times):
        at = self.pick(data)
        jitted = hb.jit(lambda *leaves: self.variable.assign(self.variable * 0.5 + ops.sum(self.play(*leaves)[at])))
        for _ in range(times):
            jitted(*self.leaves)
            self.state = self.state * 0.5 + self.naive[at].value.sum()

    @invariant()
    def nothing_else_has_changed(self):
        if hasattr(self, "tensors"):
            for got, want in zip(self.tensors, self.naive, strict=True):
                near(got, want.value)
            near(self.variable.value, self.state)


TestMachine = Machine.TestCase
TestMachine.settings = settings(stateful_step_count=20)
