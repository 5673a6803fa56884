"""The text of what a fused loop does at one place: addresses, loads and stores of vectors, and the values of steps."""

from __future__ import annotations

from collections.abc import Iterator

from hornbeam_cuda.source.expressions import expression
from hornbeam_cuda.source.nest import Form, Nest, Step
from hornbeam_cuda.source.scalars import computed, is_float

__all__ = ["Access"]


class Access:
    """Lines of text; a subclass writes the loops around."""

    def __init__(self, nest: Nest, form: Form) -> None:
        self.nest, self.form, self.lines = nest, form, [""]
        self.depth = 1
        self.outer = nest.parallel + nest.serial

    def _put(self, line: str) -> None:
        self.lines.append("  " * self.depth + line)

    def _open(self, line: str) -> None:
        self._put(line + " {")
        self.depth += 1

    def _close(self) -> None:
        self.depth -= 1
        self._put("}")

    def _product(self, dims: range) -> str:
        return " * ".join(f"n{d}" for d in dims) or "1"

    def _split(self, name: str, dims: range) -> None:
        """The index i0, i1, ... along each dimension of a place."""
        rest = name
        for d in reversed(dims):
            if d == dims[0]:
                self._put(f"const Index i{d} = {rest};")
                return
            quotient = f"{rest} / n{d}" if self.form.wide else f"(Index)divided({rest}, m{d}, s{d})"
            self._put(f"const Index q{d} = {quotient};")
            self._put(f"const Index i{d} = {rest} - q{d} * n{d};")
            rest = f"q{d}"

    def _offset(self, kind: str, i: int, strides: tuple[int, ...], dims: range) -> str:
        """How far an array goes along some dimensions, in elements."""
        terms = [f"i{d}" if strides[d] == 1 else f"i{d} * {kind}{i}_{d}" for d in dims if strides[d]]
        return " + ".join(terms) or "0"

    def _step(self, number: int) -> Step:
        step = self.nest.step(number)
        assert step is not None
        return step

    # ---- values

    def _text(self, step: Step, n: int | None) -> str:
        """The result of a step: at place j of the present vector, or, where n is None, of the row."""
        nest = self.nest
        if step.op == "iota":
            if not step.extra:  # along a dimension of one place
                return "0"
            d = step.extra[0]
            lane = " + j" if n is not None and d == nest.rank - 1 else ""
            return f"({computed(step.dtype)})(i{d}{lane})" if not _narrow(step) else f"(float)(i{d}{lane})"
        if step.op == "random_bits":
            f = step.extra[0]
            if n is None:
                return f"random_word(r{step.args[0]}, b{f})"
            if self._in_fours(step):
                return f"u{n}[j]"
            inner = range(self.outer, nest.rank)
            last = nest.flat[f][-1]
            by = "0" if last == 0 else "j" if last == 1 else f"j * (long long)f{f}_{nest.rank - 1}"
            return f"random_word(r{step.args[0]}, b{f} + {self._offset('f', f, nest.flat[f], inner)} + {by})"
        before = self._dtype(step.args[-1])
        xs = [self._operand(a, n is not None) for a in step.args]
        return expression(step.op, xs, before, step.dtype)

    def _operand(self, number: int, at_place: bool) -> str:
        if at_place and self.nest.is_full(number) and number < len(self.nest.reads):
            return f"h{number}[k][j]" if self.form.held else f"z{number}[j]"
        return f"x{number}" if at_place and self.nest.is_full(number) else f"v{number}"

    def _dtype(self, number: int) -> str:
        nest = self.nest
        if number < len(nest.reads):
            return nest.reads[number].dtype
        step = nest.step(number)
        return step.dtype if step is not None else nest.constants[number - len(nest.reads)]

    def _in_fours(self, step: Step) -> bool:
        """Whether the words of a vector are whole blocks: its places begin at multiples of four."""
        return (
            self.form.vector % 4 == 0
            and ("flat", step.extra[0]) not in self.form.scattered
            and (self.nest.flat[step.extra[0]][-1] == 1)
        )

    # ---- memory

    def _read(self, n: int, inner: range) -> None:
        array = self.nest.reads[n]
        goal = f"h{n}[k]" if self.form.held else f"z{n}"
        if not self.form.held:
            self._put(f"{computed(array.dtype)} {goal}[V];")
        place = f"p{n} + ({self._offset('r', n, array.strides, inner)})"
        for line in self._move(
            "get", "read", n, array.dtype, array.strides[-1], goal, place, f"r{n}_{self.nest.rank - 1}"
        ):
            self._put(line)

    def _write(self, w: int, inner: range) -> None:
        array, _ = self.nest.writes[w]
        place = f"w{w} + ({self._offset('w', w, array.strides, range(self.outer + len(inner)))})"
        for line in self._move(
            "put", "write", w, array.dtype, array.strides[-1], f"y{w}", place, f"w{w}_{self.nest.rank - 1}"
        ):
            self._put(line)

    def _move(
        self, how: str, kind: str, i: int, dtype: str, last: int, numbers: str, place: str, step: str
    ) -> Iterator[str]:
        """A vector from memory or to it."""
        if last == 1 and (kind, i) not in self.form.scattered:
            yield f"{how}_pack({numbers}, {place}, left);"
        elif last == 0 and how == "get":
            yield "#pragma unroll"
            yield f"for (int j = 0; j < V; ++j) {numbers}[j] = j ? {numbers}[0] : get({place});"
        else:
            yield f"{how}_apart({numbers}, {place}, (Index){'1' if last == 1 else step}, left);"


def _narrow(step: Step) -> bool:
    return is_float(step.dtype) and computed(step.dtype) == "float"
