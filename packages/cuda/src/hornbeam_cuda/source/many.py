"""Many maps that do the same to arrays of different sizes, as one launch: the update of all parameters by an optimizer.

A launch takes a table of addresses and sizes by value, which the device keeps in its constant memory (4 KB of it: some sixty parameters
with gradient and two moments). A block finds its array by bisection of the numbers of first blocks, all threads alike, and then does
what the map alone would do: a step that updates 161 parameters of a ResNet-50 launches three kernels instead of 161.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache

from hornbeam_cuda.source.described import Loops
from hornbeam_cuda.source.expressions import functions
from hornbeam_cuda.source.forms import shares
from hornbeam_cuda.source.kernel import At, Call, Kernel, Table, kernel
from hornbeam_cuda.source.loops import Writer
from hornbeam_cuda.source.nest import Form, Nest
from hornbeam_cuda.source.regions import MULTIPROCESSORS, nest_of
from hornbeam_cuda.source.scalars import computed, parameter, stored

__all__ = ["alike", "as_one"]

WORDS = 480  # of a table: a kernel takes 4 KB of arguments


def alike(described: Loops) -> Hashable:
    """What maps that can be one launch have in common; None where a map cannot join others."""
    arrays = [*described.reads, *(a for a, _ in described.writes)]
    dense = len(described.extents) == 1 and all(a.strides[0] in (0, 1) for a in arrays)
    words = all(s.name != "random_bits" or s.extra[0] in (0, 1) for s in described.steps)
    if not dense or not words or any(s.kind.startswith("reduce") for s in described.steps):
        return None
    return repr(described._replace(extents=()))


def as_one(calls: Sequence[Call]) -> list[Call]:
    """The launches that do what several maps that are alike do; none of them may read what another writes."""
    maps = [call.alone for call in calls if call.alone is not None]
    largest = max((described for described, _, _ in maps), key=lambda d: d.size)
    nest = nest_of(largest, [a for a, _ in largest.writes])
    form = shares(nest, largest, MULTIPROCESSORS).form._replace(even=False, rows=1, along=256)
    most = (WORDS - 1) // (2 + len(nest.reads) + len(nest.writes))
    name = calls[0].name
    found = []
    for start in range(0, len(calls), most):
        part, group = maps[start : start + most], calls[start : start + most]
        each = form.along * form.vector
        first, firsts = 0, []
        for described, _, _ in part:
            firsts.append(first)
            first += -(-described.size // each)
        rest = most - len(part)
        words: list[At | int] = [len(part), *firsts, *[0] * rest, *(d.size for d, _, _ in part), *[0] * rest]
        for _, reads, writes in part:
            words += [*reads, *writes]
        words += [0] * (rest * (len(nest.reads) + len(nest.writes)))
        constants = [number for _, number in largest.constants]
        found.append(
            Call(
                _generated(nest, form, most, name),
                (first, 1, 1),
                (form.threads, 1, 1),
                (Table(tuple(words)), *constants),
                tuple(dict.fromkeys(base for call in group for base in call.reads)),
                tuple(dict.fromkeys(base for call in group for base in call.writes)),
                name=f"{len(part)} x {name}",
                in_place=tuple(pair for call in group for pair in call.in_place),
            )
        )
    return found


@lru_cache(256)
def _generated(nest: Nest, form: Form, most: int, label: str) -> Kernel:
    return _Many(nest, form, most).kernel(f"many_{label}")


class _Many(Writer):
    """A map whose arrays are found in a table of room for `most`."""

    def __init__(self, nest: Nest, form: Form, most: int) -> None:
        super().__init__(nest, form)
        self.most = most

    def kernel(self, label: str) -> Kernel:
        """All of it."""
        nest, most = self.nest, self.most
        arrays = len(nest.reads) + len(nest.writes)
        self._body()
        table = f"struct Table {{ long long count, first[{most}], size[{most}], at[{most}][{arrays}]; }};\n"
        listed = [(f"bytes {8 * (1 + most * (2 + arrays))}", "table")]
        listed += [(parameter(dtype), f"c{i}") for i, dtype in enumerate(nest.constants)]
        declarations = ["const Table table", *(f"{computed(kind)} {name}" for kind, name in listed[1:])]
        index = "long long" if self.form.wide else "int"
        text = f"{functions(s.op for s in nest.steps)}typedef {index} Index;\n{table}@@" + "\n".join(self.lines)
        return kernel(label, listed, declarations, text, self.form.threads)

    def _share(self) -> None:
        """The array of this block, and its tile."""
        nest = self.nest
        self._put("int t = 0;")
        half = 1 << max(0, (self.most - 1).bit_length() - 1)
        self._put(f"for (int by = {half}; by; by /= 2)")
        self._put("  if (t + by < table.count && table.first[t + by] <= blockIdx.x) t += by;")
        for i, array in enumerate(nest.reads):
            self._put(f"const {stored(array.dtype)}* r{i} = (const {stored(array.dtype)}*)table.at[t][{i}];")
        for i, (array, _) in enumerate(nest.writes):
            place = len(nest.reads) + i
            self._put(f"{stored(array.dtype)}* w{i} = ({stored(array.dtype)}*)table.at[t][{place}];")
        self._put("const Index n0 = (Index)table.size[t], part = A * V, tile = (Index)(blockIdx.x - table.first[t]);")
        self._put("const long long block = 0;")
        self._put("const Index places = 1;")
