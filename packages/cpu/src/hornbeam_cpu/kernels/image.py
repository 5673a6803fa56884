"""A block of an image in the thread's own memory, with zeros around it and between its elements: convolutions read no edges."""

from __future__ import annotations

from hornbeam_cpu.kernels.scalars import SIZES, computed
from hornbeam_cpu.llvm.builder import Builder, Module, Operand, vector
from hornbeam_cpu.llvm.target import Target

__all__ = ["PARAMETERS", "write_block"]

# source: the image's first element; goal: the block; spatial axes are called a, b, c (outermost first).
# count*: places of the block along an axis; step*: how far apart they are in the padded image (of the outermost axis: the filter's
# dilation, elsewhere 1); first*: the first place in the padded image, less the zeros before the image; spread*: elements of the
# image are so far apart there; size*: of the image; stride*: in the image, in elements. channels: of the block.
PARAMETERS = (
    ("source", "ptr"),
    ("goal", "ptr"),
    *((f"{what}{axis}", "i64") for axis in "abc" for what in ("count", "step", "first", "spread", "size", "stride")),
    ("channels", "i64"),
)


def write_block(module: Module, target: Target, dtype: str) -> None:
    """The function `block(...)` with `PARAMETERS`: goal[a, b, c, channels] in C order."""
    b = Builder(module, "block", PARAMETERS, internal=True, noalias=True)
    kind = computed(dtype)
    count = target.lanes(SIZES[dtype])
    type = vector(kind, count)
    channels = b.arg("channels")
    goal = b.variable(b.arg("goal"))

    def source(axis: str, index: Operand) -> tuple[Operand, Operand]:
        """The place in the image, and whether there is one."""
        place = b.add(b.mul(index, b.arg("step" + axis)), b.arg("first" + axis))
        spread = b.arg("spread" + axis)
        there = b.div(b.maximum(place, b.i64(0)), spread)
        inside = b.bits("and", b.compare("ge", place, b.i64(0)), b.compare("lt", there, b.arg("size" + axis)))
        return there, b.bits("and", inside, b.compare("eq", b.mul(there, spread), place))

    with b.range(0, b.arg("counta")) as a, b.range(0, b.arg("countb")) as r:
        there_a, inside_a = source("a", a)
        there_b, inside_b = source("b", r)
        row = b.add(b.mul(there_a, b.arg("stridea")), b.mul(there_b, b.arg("strideb")))
        inside_row = b.bits("and", inside_a, inside_b)
        with b.range(0, b.arg("countc")) as c:
            there_c, inside_c = source("c", c)
            inside = b.bits("and", inside_row, inside_c)
            offset = b.select(inside, b.add(row, b.mul(there_c, b.arg("stridec"))), b.i64(0))
            from_here = b.at(b.arg("source"), offset, kind)
            limit = b.select(inside, channels, b.i64(0))
            with b.range(0, channels, count) as i:
                wanted = b.first_lanes(b.maximum(b.sub(limit, i), b.i64(0)), count)
                there = b.first_lanes(b.sub(channels, i), count)
                b.store(b.load(type, b.at(from_here, i, kind), wanted), b.at(goal.get(), i, kind), there)
            goal.set(b.at(goal.get(), channels, kind))
    b.finish()
