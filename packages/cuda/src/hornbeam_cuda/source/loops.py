"""The text of a fused loop: element-wise chains, and reductions over rows, columns and everything among them.

One generator serves maps, sums, softmax, cross-entropy, normalisations and the statistics of batches, forward and backward, for
what is fused is a matter of the graph. A block takes a tile of inner places (`part` of them), a chunk of serial places and some
parallel places. Row by row it makes as many passes as reductions wait for one another: values of pass 0 need no reduced row, those
of pass 1 need one that pass 0 reduces, and so on. A reduction over serial places stays in registers until the block is done; where
more than one block takes part in it, each writes its part, and a second launch joins them in order: no atomics, so the result is
the same bits each time.

Bytes: in each pass over a row that is not held, every array is read once; a row that is held is read once in all. Neighbouring
threads take neighbouring vectors of 16 bytes, so that a warp asks for 512 bytes in a row. The other passes of long rows come from the
second-level cache: the rows in work (one a block) are some tens of megabytes at most. Sums join threads by shuffles, and warps by one
word each of shared memory, read by all at the same address (no bank conflicts).
"""

from __future__ import annotations

from functools import lru_cache

from hornbeam_cuda.source.access import Access
from hornbeam_cuda.source.expressions import functions, join
from hornbeam_cuda.source.kernel import Kernel, Parameter, kernel
from hornbeam_cuda.source.nest import Form, Nest
from hornbeam_cuda.source.passes import Passes
from hornbeam_cuda.source.scalars import computed, parameter, stored

__all__ = ["Writer", "generate", "parameters"]


def parameters(nest: Nest, form: Form) -> list[Parameter]:
    """What the kernel of a nest is given: kinds and names.

    r0, w0: addresses; c0: constants; n0: sizes, m0 and s0: multiplier and shift to divide by
    those that are not the first of their group; r0_1, w0_1, f0_1: strides of an
    array along a dimension; part: inner places of a block, tiles: how many of these; chunk: serial places of a block, chunks: how
    many of these.
    """
    index = "int64" if form.wide else "int32"
    found = [("pointer", f"r{i}") for i in range(len(nest.reads))]
    found += [("pointer", f"w{i}") for i in range(len(nest.writes))]
    found += [(parameter(dtype), f"c{i}") for i, dtype in enumerate(nest.constants)]
    for d in range(nest.rank):
        found.append((index, f"n{d}"))
        if not form.wide and d not in (0, nest.parallel, nest.parallel + nest.serial):  # the others: what is left over
            found += [("uint32", f"m{d}"), ("uint32", f"s{d}")]
    arrays = (("r", [a.strides for a in nest.reads]), ("w", [a.strides for a, _ in nest.writes]), ("f", nest.flat))
    for kind, listed in arrays:
        found += [
            (index, f"{kind}{i}_{d}") for i, strides in enumerate(listed) for d, s in enumerate(strides) if s == 2
        ]
    return [*found, *((index, name) for name in ("part", "tiles", "chunk", "chunks"))]


@lru_cache(4096)
def generate(nest: Nest, form: Form, label: str) -> Kernel:
    """The kernel of a nest."""
    return Writer(nest, form).kernel(label)


class Writer(Access):
    """The text of the kernel of a nest."""

    def __init__(self, nest: Nest, form: Form) -> None:
        super().__init__(nest, form)
        self.passes = Passes(nest, form)
        self.level, self.kept = self.passes.level, self.passes.kept
        self.spots = form.held or 1  # vectors of a thread that have names of their own
        self.reduced = [nest.first + i for i, s in enumerate(nest.steps) if s.kind.startswith("reduce")]
        self.gathers = [n for n in self.reduced if nest.over_serial(n)]
        self.keys = {s.args[0] for s in nest.steps if s.op == "random_bits"}

    def kernel(self, label: str) -> Kernel:
        """All of it."""
        nest, form = self.nest, self.form
        listed = parameters(nest, form)
        declarations = []
        for kind, name in listed:
            if kind == "pointer":
                array = nest.reads[int(name[1:])] if name[0] == "r" else nest.writes[int(name[1:])][0]
                declarations.append(f"{'const ' if name[0] == 'r' else ''}{stored(array.dtype)}* {name}")
            else:
                declarations.append(f"{computed(kind)} {name}")
        self._body()
        index = "long long" if form.wide else "int"
        return kernel(
            label,
            listed,
            declarations,
            f"{functions(s.op for s in nest.steps)}typedef {index} Index;\n@@" + "\n".join(self.lines),
            form.threads,
        )

    def _share(self) -> None:
        """Which tile, chunk and rows are this block's."""
        self._put("long long block = blockIdx.x;")
        self._put("const Index tile = block % tiles; block /= tiles;")
        self._put("const Index piece = block % chunks; block /= chunks;")
        self._put("const Index places = gridDim.x / (tiles * chunks);")

    def _body(self) -> None:
        nest, form = self.nest, self.form
        self._put(f"const int V = {form.vector}, A = {form.along}, R = {form.rows};")
        if self.reduced and form.threads > 1:
            self._put(f"__shared__ double scratch[{form.threads}];")
        self._put("const int lane = threadIdx.x % A, group = threadIdx.x / A;")
        self._share()
        last = self.outer + nest.inner
        self._put(
            f"const Index length = {self._product(range(self.outer, last))}, rows = {self._product(range(nest.parallel))};"
        )
        self._put("const Index begin = tile * part, end = length - begin < part ? length : begin + part;")
        for i, dtype in enumerate(nest.constants):
            self._put(f"const {computed(dtype)} v{len(nest.reads) + i} = c{i}{' != 0' if dtype == 'bool' else ''};")
        spread = "" if form.stacked else " * R"
        self._open(f"for (Index base = block{spread}; base < rows; base += places{spread})")
        self._put(f"const Index place = base{'' if form.stacked else ' + group < rows ? base + group : rows - 1'};")
        self._put(f"const bool inside = {'true' if form.stacked else 'base + group < rows'};")
        self._split("place", range(nest.parallel))
        for n in self.gathers:
            step, spots = self._step(n), self._spots(n)
            begin = join(step.op, step.dtype)[1]
            if spots > 1:
                self._put(f"{computed(step.dtype)} a{n}[{spots}];")
                self._put(f"#pragma unroll\n  for (int k = 0; k < {spots}; ++k) a{n}[k] = {begin};")
            else:
                self._put(f"{computed(step.dtype)} a{n} = {begin};")
        if nest.serial:
            self._put(f"const Index all = {self._product(range(nest.parallel, self.outer))};")
            self._put("const Index from = piece * chunk, to = all - from < chunk ? all : from + chunk;")
            by = "R" if form.stacked else "1"
            if not any(nest.is_full(n) and not nest.over_serial(n) for _, n in nest.writes):
                self._put("#pragma unroll 2")  # the next row is on its way while this one is added
            self._open(f"for (Index next = from; next < to; next += {by})")
            if form.stacked and form.rows > 1:
                self._put("const bool here = next + group < to;")
                self._put("const Index serial = here ? next + group : to - 1;")
            else:
                self._put("const bool here = true;\n    const Index serial = next;")
            self._split("serial", range(nest.parallel, self.outer))
        else:
            self._put("const bool here = true;")
        self._row()
        if nest.serial:
            self._close()
        for n in self.gathers:
            self._finish(n)
        self._close()

    def _spots(self, number: int) -> int:
        """How many numbers of its own a thread gathers for a reduction over serial places."""
        step = self._step(number)
        whole = step.kind == "reduce column" and self.nest.is_full(step.args[0])
        return self.spots * self.form.vector if whole else 1

    # ---- a row

    def _row(self) -> None:
        nest = self.nest
        outer, inner = range(self.outer), range(self.outer, nest.rank)
        for i, array in enumerate(nest.reads):
            if i in self.keys:
                continue
            self._put(f"const {stored(array.dtype)}* p{i} = r{i} + ({self._offset('r', i, array.strides, outer)});")
        for f, strides in enumerate(nest.flat):
            self._put(f"const long long b{f} = {self._offset('f', f, strides, outer)};")
        for n in range(len(nest.reads)):
            if not nest.is_full(n) and n not in self.keys:
                self._put(f"const {computed(nest.reads[n].dtype)} v{n} = get(p{n});")
        if self.form.held:
            for n in [*range(len(nest.reads)), *sorted(self.kept)]:
                if nest.is_full(n):
                    dtype = nest.reads[n].dtype if n < len(nest.reads) else self._step(n).dtype
                    self._put(f"{computed(dtype)} h{n}[{self.spots}][V];")
        loaded: set[int] = set()
        for level in range(self.passes.count):
            self._pass(level, inner, loaded)
        singles = [(w, n) for w, (_, n) in enumerate(nest.writes) if not nest.is_full(n) and not nest.over_serial(n)]
        if singles:
            self._open("if (lane == 0 && inside && here)")
            for w, n in singles:
                self._put(f"put({self._goal(w, outer)}, v{n});")
            self._close()

    def _goal(self, w: int, dims: range) -> str:
        """Where a row of a result is; a part of one that other blocks take part in lies `tile` or `piece` rows further."""
        array, n = self.nest.writes[w]
        place = self._offset("w", w, array.strides, dims)
        step = self.nest.step(n)
        if step is not None and step.kind == "reduce row" and array.strides[self.outer :] and array.strides[-1]:
            place += " + tile" if array.strides[-1] == 1 else f" + tile * w{w}_{self.nest.rank - 1}"
        return f"w{w} + ({place})"

    def _pass(self, level: int, inner: range, loaded: set[int]) -> None:
        """What is done with a row in one pass over it."""
        nest, form = self.nest, self.form
        mine = [n for n in self.reduced if self.level[n] == level]
        for i, step in enumerate(nest.steps):  # one number a row: before the loop over its places
            n = nest.first + i
            if step.kind == "row" and self.level[n] == level:
                self._put(f"const {computed(step.dtype)} v{n} = {self._text(step, None)};")
        over_row = [n for n in mine if nest.is_full(self._step(n).args[0]) or self._step(n).kind != "reduce column"]
        over_row = [n for n in over_row if nest.inner]
        writes = [(w, n) for w, (_, n) in enumerate(nest.writes) if nest.is_full(n) and self.level[n] == level]
        for n in mine:
            if self._step(n).kind == "reduce row":
                step = self._step(n)
                self._put(f"{computed(step.dtype)} a{n} = {join(step.op, step.dtype)[1]};")
        wanted = [n for _, n in writes] + [self._step(n).args[0] for n in over_row]
        wanted += [n for n in sorted(self.kept) if self.level[n] == level]
        if wanted:
            self._loop(level, inner, wanted, over_row, writes, loaded)
        for n in mine:
            step = self._step(n)
            how = join(step.op, step.dtype)[0]
            if n not in over_row:  # the same all along the row
                if step.kind == "reduce row":
                    self._put(f"a{n} = {how}::join(a{n}, v{step.args[0]});")
                else:
                    self._put(f"if (here) a{n} = {how}::join(a{n}, v{step.args[0]});")
            if step.kind == "reduce row":
                kind = computed(step.dtype)
                if nest.inner and form.along > 1:
                    self._put(f"const {kind} v{n} = joined<{how}, A>(a{n}, ({kind}*)scratch);")
                else:
                    self._put(f"const {kind} v{n} = a{n};")

    def _loop(
        self,
        level: int,
        inner: range,
        wanted: list[int],
        over_row: list[int],
        writes: list[tuple[int, int]],
        loaded: set[int],
    ) -> None:
        """The loop over the places of a row."""
        nest, form = self.nest, self.form
        order = sorted(self.passes.closure(wanted, level))
        if form.held:
            self._put("#pragma unroll" if form.held <= 16 else "#pragma unroll 1")
            self._open(f"for (int k = 0; k < {form.held}; ++k)")
            self._put("const Index at = begin + (k * A + lane) * V;")
            self._open("if (at < end)")
        else:
            self._open("for (Index at = begin + lane * V; at < end; at += A * V)")
        self._put("const int left = V;" if form.even else "const int left = end - at < V ? (int)(end - at) : V;")
        self._split("at", inner)
        for n in order:
            if n < len(nest.reads) and n not in loaded:
                self._read(n, inner)
        if form.held:
            loaded.update(n for n in order if n < len(nest.reads))
        for n in order:  # words of neighbours are drawn together
            step = nest.step(n)
            if step is not None and step.op == "random_bits" and self._in_fours(step):
                f = step.extra[0]
                self._put(f"unsigned u{n}[V];")
                place = f"b{f} + {self._offset('f', f, nest.flat[f], inner)}"
                self._put(f"random_words<V>(u{n}, r{step.args[0]}, {place});")
        for w, _ in writes:
            self._put(f"{computed(nest.writes[w][0].dtype)} y{w}[V];")
        self._put("#pragma unroll")
        self._open("for (int j = 0; j < V; ++j)")
        for n in order:
            if n >= nest.first:
                self._compute(n, level)
        guard = ["here"] if nest.serial and form.stacked and form.rows > 1 else []
        guard += [] if form.even else ["j < left"]
        for n in over_row:
            step = self._step(n)
            goal = f"a{n}[k * V + j]" if self._spots(n) > 1 else f"a{n}"
            if guard:
                self._put(f"if ({' && '.join(guard)})")
            self._put(f"  {goal} = {join(step.op, step.dtype)[0]}::join({goal}, {self._operand(step.args[0], True)});")
        for w, n in writes:
            self._put(f"y{w}[j] = {self._operand(n, True)};")
        self._close()
        if writes:
            self._open("if (inside && here)") if not form.stacked or form.rows > 1 else self._open("")
            for w, _ in writes:
                self._write(w, inner)
            self._close()
        self._close()
        if form.held:
            self._close()

    def _compute(self, n: int, level: int) -> None:
        """A value of a place."""
        step = self._step(n)
        kind = computed(step.dtype)
        if n in self.kept and self.level[n] < level:
            self._put(f"const {kind} x{n} = h{n}[k][j];")
            return
        self._put(f"const {kind} x{n} = {self._text(step, n)};")
        if n in self.kept:
            self._put(f"h{n}[k][j] = x{n};")

    # ---- reductions over serial places

    def _finish(self, n: int) -> None:
        """Join what the threads of the block gathered, and write it: the result, or the part of it that a chunk gives."""
        nest, form = self.nest, self.form
        step = self._step(n)
        how, kind = join(step.op, step.dtype)[0], computed(step.dtype)
        spots = self._spots(n)
        if step.kind == "reduce all" and nest.inner and form.along > 1:
            self._put(f"a{n} = joined<{how}, A>(a{n}, ({kind}*)scratch);")
        writes = [w for w, (_, number) in enumerate(nest.writes) if number == n]
        if spots > 1:
            self._put("#pragma unroll" if spots <= 64 else "#pragma unroll 1")
        self._open(f"for (int k = 0; k < {spots}; ++k)" if spots > 1 else "")
        value = f"a{n}[k]" if spots > 1 else f"a{n}"
        if form.stacked and form.rows > 1:
            self._put(f"{value} = piled<{how}, A, A * R>({value}, ({kind}*)scratch);")
        whole = step.kind == "reduce column" and nest.is_full(step.args[0])
        conditions = ["group == 0"] if form.stacked and form.rows > 1 else ["inside"] if not form.stacked else []
        if whole:
            self._put(
                "const Index at = begin + (k / V * A + lane) * V + k % V;"
                if spots > 1
                else "const Index at = begin + lane;"
            )
            conditions.append("at < end")
        else:
            conditions.append("lane == 0")
        self._open(f"if ({' && '.join(conditions)})")
        inner = range(self.outer, nest.rank)
        if whole:
            self._split("at", inner)
        dims = [*range(nest.parallel), *(inner if whole else ())]
        for w in writes:
            array, _ = nest.writes[w]
            place = " + ".join(
                f"i{d}" if array.strides[d] == 1 else f"i{d} * w{w}_{d}" for d in dims if array.strides[d]
            )
            if nest.serial and array.strides[self.outer - 1]:
                part = "piece" if step.kind == "reduce column" else "(piece * tiles + tile)"
                by = "" if array.strides[self.outer - 1] == 1 else f" * w{w}_{self.outer - 1}"
                place = f"{place or '0'} + {part}{by}"
            self._put(f"put(w{w} + ({place or '0'}), {value});")
        self._close()
        self._close()
