"""A builder of LLVM IR as text: typed operands, arithmetic, memory, and loops as with blocks.

Kernels are written in explicit vectors with it, so LLVM has only registers to allocate and addresses to fold: no loop or SLP
vectoriser runs. Types are LLVM's own spelling, such as "float", "i64", "ptr" and "<16 x float>".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from hornbeam_cpu.llvm.module import BITS, Module, Operand, element, is_float, lanes, vector

__all__ = ["BITS", "Builder", "Module", "Operand", "Variable", "element", "is_float", "lanes", "vector"]


class Variable:
    """A place that can be set again and again, such as a loop's accumulator; LLVM keeps it in a register."""

    def __init__(self, builder: Builder, place: Operand, type: str) -> None:
        self.builder, self.place, self.type = builder, place, type

    def get(self) -> Operand:
        """What it holds now."""
        return self.builder.load(self.type, self.place)

    def set(self, value: Operand) -> None:
        """Let it hold `value`."""
        self.builder.store(value, self.place)


class Builder:
    """Writes one function.

    Args:
        module: the function is added to it by `finish`.
        name: the function's name.
        parameters: name and type of each parameter; pointers do not alias one another unless `aliases`.
        result: the type that it returns.
        internal: whether only its own module calls it; it is not inlined, so that registers are allocated for it alone.

    Example:
        >>> module = Module()
        >>> b = Builder(module, "scale", (("x", "ptr"), ("n", "i64")))
        >>> with b.range(0, b.arg("n")) as i:
        ...     place = b.at(b.arg("x"), i, "float")
        ...     b.store(b.mul(b.load("float", place), b.const("float", 2.0)), place)
        >>> b.finish()
        >>> "define void @scale(ptr %x, i64 %n)" in str(module)
        True
    """

    def __init__(
        self,
        module: Module,
        name: str,
        parameters: tuple[tuple[str, str], ...],
        result: str = "void",
        internal: bool = False,
        noalias: bool = False,
    ) -> None:
        self.module = module
        self.types = dict(parameters)
        spelled = ", ".join(f"{t}{' noalias' if noalias and t == 'ptr' else ''} %{n}" for n, t in parameters)
        self.head = (
            f"define {'internal ' if internal else ''}{result} @{name}({spelled}){' noinline' if internal else ''} {{"
        )
        self.allocas: list[str] = []
        self.lines: list[str] = []
        self.count = 0

    # ---- bookkeeping

    def arg(self, name: str) -> Operand:
        """A parameter."""
        return Operand(f"%{name}", self.types[name])

    def fresh(self, prefix: str = "v") -> str:
        """A new name."""
        self.count += 1
        return f"{prefix}.{self.count}"

    def emit(self, type: str, text: str) -> Operand:
        """An instruction that gives a value."""
        name = "%" + self.fresh()
        self.lines.append(f"  {name} = {text}")
        return Operand(name, type)

    def do(self, text: str) -> None:
        """An instruction that gives none."""
        self.lines.append("  " + text)

    def label(self, name: str) -> None:
        """Begin a block."""
        self.lines.append(f"{name}:")

    def finish(self, result: Operand | None = None) -> None:
        """Return, and add the function to its module."""
        self.do(f"ret {result.type} {result.text}" if result else "ret void")
        self.module.functions.append("\n".join([self.head, "entry:", *self.allocas, *self.lines, "}"]))

    # ---- constants

    def const(self, type: str, value: float | int | bool) -> Operand:
        """A number of that type; the same in every lane of a vector type."""
        kind = element(type)
        if kind == "float":
            single = struct.unpack("f", struct.pack("f", value))[0] if abs(value) < 3.5e38 else float(value)
            text = f"0x{struct.unpack('<Q', struct.pack('<d', single))[0]:016X}"
        elif kind == "double":
            text = f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
        elif kind == "i1":
            text = "true" if value else "false"
        else:
            text = str(int(value))
        if lanes(type):
            return Operand("splat (" + f"{kind} {text})", type)
        return Operand(text, type)

    def i64(self, value: int | Operand) -> Operand:
        """An integer of 64 bits, or the operand itself."""
        return value if isinstance(value, Operand) else Operand(str(value), "i64")

    def nothing(self, type: str) -> Operand:
        """A value that does not matter."""
        return Operand("poison", type)

    def zero(self, type: str) -> Operand:
        """Zero of any type."""
        return Operand("zeroinitializer" if lanes(type) else ("0.0" if is_float(type) else "0"), type)

    # ---- arithmetic

    def _binary(self, x: Operand, y: Operand, real: str, whole: str) -> Operand:
        assert x.type == y.type, (x, y)
        return self.emit(x.type, f"{f'{real} contract' if is_float(x.type) else whole} {x.type} {x.text}, {y.text}")

    def add(self, x: Operand, y: Operand) -> Operand:
        """x + y."""
        return self._binary(x, y, "fadd", "add")

    def sub(self, x: Operand, y: Operand) -> Operand:
        """x - y."""
        return self._binary(x, y, "fsub", "sub")

    def mul(self, x: Operand, y: Operand) -> Operand:
        """x * y."""
        return self._binary(x, y, "fmul", "mul")

    def div(self, x: Operand, y: Operand, signed: bool = True) -> Operand:
        """x / y; integers round towards zero."""
        return self._binary(x, y, "fdiv", "sdiv" if signed else "udiv")

    def rem(self, x: Operand, y: Operand, signed: bool = True) -> Operand:
        """The rest of the division that rounds towards zero."""
        return self._binary(x, y, "frem", "srem" if signed else "urem")

    def neg(self, x: Operand) -> Operand:
        """-x."""
        if is_float(x.type):
            return self.emit(x.type, f"fneg {x.type} {x.text}")
        return self.sub(self.zero(x.type), x)

    def bits(self, op: str, x: Operand, y: Operand) -> Operand:
        """A bit operation of integers: and, or, xor, shl, lshr, ashr."""
        return self.emit(x.type, f"{op} {x.type} {x.text}, {y.text}")

    def fma(self, x: Operand, y: Operand, z: Operand) -> Operand:
        """x * y + z, rounded once."""
        return self.intrinsic("fma", x, y, z)

    def intrinsic(self, name: str, *xs: Operand, result: str = "") -> Operand:
        """An intrinsic that is overloaded on its first operand's type, such as "sqrt", "fabs", "floor", "smax"."""
        first = xs[0].type
        suffix = f"v{lanes(first)}" if lanes(first) else ""
        kind = {"float": "f32", "double": "f64"}.get(element(first), element(first))
        return self.call(f"llvm.{name}.{suffix}{kind}", result or first, *xs)

    def call(self, name: str, result: str, *xs: Operand, declare: bool = True) -> Operand:
        """Call a function; `declare` unless it is in the same module."""
        if declare:
            self.module.declare(name, result, tuple(x.type for x in xs))
        text = f"call {result} @{name}({', '.join(f'{x.type} {x.text}' for x in xs)})"
        if result == "void":
            self.do(text)
            return Operand("", "void")
        return self.emit(result, text)

    def compare(self, op: str, x: Operand, y: Operand, signed: bool = True) -> Operand:
        """eq, ne, lt, le, gt or ge; of floats, all but ne are false where an operand is NaN."""
        if is_float(x.type):
            text = f"fcmp {'une' if op == 'ne' else 'o' + op}"
        else:
            text = f"icmp {op if op in ('eq', 'ne') else ('s' if signed else 'u') + op}"
        return self.emit(vector("i1", lanes(x.type)), f"{text} {x.type} {x.text}, {y.text}")

    def unordered(self, x: Operand, y: Operand) -> Operand:
        """Whether x or y is NaN."""
        return self.emit(vector("i1", lanes(x.type)), f"fcmp uno {x.type} {x.text}, {y.text}")

    def select(self, condition: Operand, x: Operand, y: Operand) -> Operand:
        """x where the condition holds, else y."""
        return self.emit(x.type, f"select {condition.type} {condition.text}, {x.type} {x.text}, {y.type} {y.text}")

    def maximum(self, x: Operand, y: Operand, signed: bool = True) -> Operand:
        """The larger; NaN if either is."""
        if not is_float(x.type):
            return self.intrinsic("smax" if signed else "umax", x, y)
        larger = self.select(self.emit(vector("i1", lanes(x.type)), f"fcmp ugt {x.type} {x.text}, {y.text}"), x, y)
        return self.select(self.unordered(y, y), y, larger)

    def minimum(self, x: Operand, y: Operand, signed: bool = True) -> Operand:
        """The smaller; NaN if either is."""
        if not is_float(x.type):
            return self.intrinsic("smin" if signed else "umin", x, y)
        smaller = self.select(self.emit(vector("i1", lanes(x.type)), f"fcmp ult {x.type} {x.text}, {y.text}"), x, y)
        return self.select(self.unordered(y, y), y, smaller)

    # ---- conversions and lanes

    def convert(self, op: str, x: Operand, kind: str) -> Operand:
        """Convert by an LLVM instruction (sext, zext, trunc, sitofp, uitofp, fptosi, fptoui, fpext, fptrunc, bitcast).

        `kind` is the type of one lane.
        """
        target = vector(kind, lanes(x.type))
        return x if target == x.type else self.emit(target, f"{op} {x.type} {x.text} to {target}")

    def splat(self, x: Operand, count: int) -> Operand:
        """A vector with x in each of `count` lanes."""
        type = vector(x.type, count)
        one = self.emit(type, f"insertelement {type} poison, {x.type} {x.text}, i32 0")
        return self.emit(type, f"shufflevector {type} {one.text}, {type} poison, <{count} x i32> zeroinitializer")

    def extract(self, x: Operand, lane: int) -> Operand:
        """One lane."""
        return self.emit(element(x.type), f"extractelement {x.type} {x.text}, i32 {lane}")

    def insert(self, x: Operand, y: Operand, lane: int) -> Operand:
        """The vector x with y in one lane."""
        return self.emit(x.type, f"insertelement {x.type} {x.text}, {y.type} {y.text}, i32 {lane}")

    def shuffle(self, x: Operand, y: Operand, order: list[int]) -> Operand:
        """A vector of lanes of x (0 ...) and y (lanes of x ...)."""
        mask = ", ".join(f"i32 {i}" for i in order)
        return self.emit(
            vector(element(x.type), len(order)),
            f"shufflevector {x.type} {x.text}, {y.type} {y.text}, <{len(order)} x i32> <{mask}>",
        )

    def iota(self, kind: str, count: int) -> Operand:
        """The vector 0, 1, 2, ..."""
        return Operand("<" + ", ".join(f"{kind} {i}" for i in range(count)) + ">", vector(kind, count))

    def first_lanes(self, count: Operand, of: int) -> Operand:
        """The mask whose first `count` (i64) lanes are set."""
        return self.compare("lt", self.iota("i64", of), self.splat(count, of), signed=False)

    def across(self, op: str, x: Operand, signed: bool = True) -> Operand:
        """Combine the lanes by halves, in an order that depends on nothing but their number: add, mul, maximum, minimum."""
        while lanes(x.type) > 1:
            half = lanes(x.type) // 2
            low, high = self.shuffle(x, x, list(range(half))), self.shuffle(x, x, list(range(half, 2 * half)))
            if op in ("maximum", "minimum"):
                x = getattr(self, op)(low, high, signed)
            else:
                x = getattr(self, op)(low, high)
        return self.extract(x, 0) if lanes(x.type) else x

    # ---- memory

    def at(self, base: Operand, index: Operand | int, kind: str) -> Operand:
        """The address of element `index` of an array of `kind`."""
        return self.emit("ptr", f"getelementptr {kind}, ptr {base.text}, i64 {self.i64(index).text}")

    def load(self, type: str, place: Operand, mask: Operand | None = None) -> Operand:
        """What is in memory there (unaligned); with a mask, zero in the lanes that are not set, whose memory is not touched."""
        align = max(1, BITS[element(type)] // 8)
        if mask is None:
            return self.emit(type, f"load {type}, ptr {place.text}, align {align}")
        return self._masked("load", type, place, mask, self.zero(type), align)

    def _masked(self, what: str, type: str, place: Operand, mask: Operand, value: Operand, align: int) -> Operand:
        kind = {"float": "f32", "double": "f64"}.get(element(type), element(type))
        name = f"llvm.masked.{what}.v{lanes(type)}{kind}.p0"
        if what == "load":
            self.module.declare(name, type, ("ptr", mask.type, type))
            arguments = f"ptr align {align} {place.text}, {mask.type} {mask.text}, {type} {value.text}"
            return self.emit(type, f"call {type} @{name}({arguments})")
        self.module.declare(name, "void", (type, "ptr", mask.type))
        self.do(f"call void @{name}({type} {value.text}, ptr align {align} {place.text}, {mask.type} {mask.text})")
        return value

    def store(self, value: Operand, place: Operand, mask: Operand | None = None) -> None:
        """Put a value into memory (unaligned), or the lanes of it that the mask has set."""
        align = max(1, BITS[element(value.type)] // 8)
        if mask is None:
            self.do(f"store {value.type} {value.text}, ptr {place.text}, align {align}")
        else:
            self._masked("store", value.type, place, mask, value, align)

    def prefetch(self, place: Operand) -> None:
        """Bring the line of the cache that holds a place nearer; any address will do."""
        flags = (Operand("0", "i32"), Operand("3", "i32"), Operand("1", "i32"))  # to read, into the first cache, data
        self.call("llvm.prefetch.p0", "void", place, *flags)

    def table(self, name: str, kind: str, values: Sequence[int]) -> Operand:
        """The address of constants in memory; tables of one name are one table."""
        numbers = ", ".join(f"{kind} {v}" for v in values)
        self.module.declared[name] = f"@{name} = internal constant [{len(values)} x {kind}] [{numbers}], align 64"
        return Operand(f"@{name}", "ptr")

    def array(self, kind: str, count: int) -> Operand:
        """Memory on the stack, aligned to 64 bytes."""
        name = "%" + self.fresh("a")
        self.allocas.append(f"  {name} = alloca [{count} x {kind}], align 64")
        return Operand(name, "ptr")

    def variable(self, value: Operand) -> Variable:
        """A variable that holds `value` at first."""
        name = "%" + self.fresh("x")
        self.allocas.append(f"  {name} = alloca {value.type}")
        made = Variable(self, Operand(name, "ptr"), value.type)
        made.set(value)
        return made

    # ---- control

    @contextmanager
    def range(self, start: Operand | int, stop: Operand | int, step: Operand | int = 1) -> Iterator[Operand]:
        """A loop over i64 indices while they are less than `stop`; it may run not at all."""
        name = self.fresh("loop")
        first, last, by = self.i64(start), self.i64(stop), self.i64(step)
        counter = self.variable(first)
        self.do(f"br label %{name}.test")
        self.label(f"{name}.test")
        index = counter.get()
        more = self.compare("lt", index, last)
        self.do(f"br i1 {more.text}, label %{name}.body, label %{name}.end")
        self.label(f"{name}.body")
        yield index
        counter.set(self.add(index, by))
        self.do(f"br label %{name}.test")
        self.label(f"{name}.end")

    @contextmanager
    def when(self, condition: Operand) -> Iterator[None]:
        """What happens only if the condition (i1) holds."""
        name = self.fresh("if")
        self.do(f"br i1 {condition.text}, label %{name}.then, label %{name}.end")
        self.label(f"{name}.then")
        yield
        self.do(f"br label %{name}.end")
        self.label(f"{name}.end")
