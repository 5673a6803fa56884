"""Kernels that call kernels within one task: a walk over time, a loop while a condition holds, one of several branches.

args: the words of a head, then a table of calls (address of the kernel, its tasks, where its arguments begin in the template), a
table of moves (word of the template, bytes a task, bytes a step, bytes at the first step), a list of words that are offsets in the
task's own memory, and the template: the arguments of all calls. Each task has a copy of the template.
"""

from __future__ import annotations

from hornbeam_cpu.kernels.scalars import load
from hornbeam_cpu.llvm.builder import Builder, Module, Operand
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["BRANCH", "HEAD", "WHILE", "branch", "generate", "loop_while"]

# calls, moves, locals, words: how many there are; copy, own, rest: where in the scratch memory the copy of the template, the task's
# own memory and the scratch of the kernels begin, in bytes.
_COMMON = ("calls", "moves", "locals", "words", "copy", "own", "rest")
# before, during: calls once before the first step, and at each; the others once behind the last.
HEAD = (*_COMMON, "steps", "before", "during")
# before: as above; test: calls that find out whether to go on; truth: the first word of the template, that holds the address of
# what they find (a byte); during: calls of a round; maximum: of rounds.
WHILE = (*_COMMON, "before", "test", "during", "maximum")
# branches: how many there are; behind the head follows for each the number of its calls, and before it the index's address.
BRANCH = (*_COMMON, "index", "branches")


class _Calls:
    """The calls of a task, with a template of its own."""

    def __init__(self, b: Builder, names: tuple[str, ...], more: int = 0) -> None:
        self.b = b
        args = b.arg("args")
        self.word = word = {name: b.load("i64", b.at(args, i, "i64")) for i, name in enumerate(names)}
        self.copy = b.at(b.arg("scratch"), word["copy"], "i8")
        own = b.emit("i64", f"ptrtoint ptr {b.at(b.arg('scratch'), word['own'], 'i8').text} to i64")
        self.rest = b.at(b.arg("scratch"), word["rest"], "i8")
        self.more = b.at(args, len(names), "i64")
        self.table = b.at(args, len(names) + more, "i64")
        self.moves = b.at(self.table, b.mul(word["calls"], b.i64(3)), "i64")
        places = b.at(self.moves, b.mul(word["moves"], b.i64(4)), "i64")
        template = b.at(places, word["locals"], "i64")
        with b.range(0, word["words"]) as i:
            b.store(b.load("i64", b.at(template, i, "i64")), b.at(self.copy, i, "i64"))
        with b.range(0, word["locals"]) as i:
            place = b.at(self.copy, b.load("i64", b.at(places, i, "i64")), "i64")
            b.store(b.add(b.load("i64", place), own), place)

    def move(self, column: int, times: Operand | None = None) -> None:
        """Move every moving address on by what a column of its row says, once or several times."""
        b = self.b
        with b.range(0, self.word["moves"]) as i:
            row = b.at(self.moves, b.mul(i, b.i64(4)), "i64")
            by = b.load("i64", b.at(row, column, "i64"))
            place = b.at(self.copy, b.load("i64", row), "i64")
            b.store(b.add(b.load("i64", place), b.mul(by, times) if times else by), place)

    def run(self, first: Operand, last: Operand) -> None:
        """The calls from `first` up to `last`, each with all its tasks."""
        b = self.b
        with b.range(first, last) as c:
            row = b.at(self.table, b.mul(c, b.i64(3)), "i64")
            code, tasks = b.load("ptr", row), b.load("i64", b.at(row, 1, "i64"))
            arguments = b.at(self.copy, b.load("i64", b.at(row, 2, "i64")), "i64")
            with b.range(0, tasks) as t:
                b.do(f"call void {code.text}(ptr {arguments.text}, i64 {t.text}, ptr {self.rest.text})")


def generate(target: Target) -> Module:
    """The module of the walk over time; it is the same for every loop."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    calls = _Calls(b, HEAD)
    word = calls.word
    calls.move(1, b.arg("task"))
    calls.move(3)
    calls.run(b.i64(0), word["before"])
    last = b.add(word["before"], word["during"])
    with b.range(0, word["steps"]):
        calls.run(word["before"], last)
        calls.move(2)
    calls.run(last, word["calls"])
    b.finish()
    return module


def loop_while(target: Target) -> Module:
    """The module of the loop with a condition; it is the same for every loop."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    calls = _Calls(b, WHILE)
    word = calls.word
    calls.run(b.i64(0), word["before"])
    first = b.add(word["before"], word["test"])
    last = b.add(first, word["during"])
    rounds = b.variable(b.i64(0))
    b.do("br label %test")
    b.label("test")
    b.do(f"br i1 {b.compare('lt', rounds.get(), word['maximum']).text}, label %ask, label %end")
    b.label("ask")
    calls.run(word["before"], first)
    truth = b.load("i8", b.load("ptr", calls.copy))
    b.do(f"br i1 {b.compare('ne', truth, b.zero('i8')).text}, label %round, label %end")
    b.label("round")
    calls.run(first, last)
    rounds.set(b.add(rounds.get(), b.i64(1)))
    b.do("br label %test")
    b.label("end")
    calls.run(last, word["calls"])
    b.finish()
    return module


def branch(target: Target, branches: int, dtype: str) -> Module:
    """The module of a choice between so many branches, by an index of that dtype; below 0 the first is taken, beyond the last the last."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    calls = _Calls(b, BRANCH, branches)
    index = load(b, dtype, b.emit("ptr", f"inttoptr i64 {calls.word['index'].text} to ptr"), 0)
    wide = index if index.type == "i64" else b.convert("zext" if dtype[0] == "u" else "sext", index, "i64")
    chosen = b.minimum(b.maximum(wide, b.i64(0)), b.i64(branches - 1), signed=dtype[0] != "u")
    first = b.variable(b.i64(0))
    with b.range(0, chosen) as i:
        first.set(b.add(first.get(), b.load("i64", b.at(calls.more, i, "i64"))))
    calls.run(first.get(), b.add(first.get(), b.load("i64", b.at(calls.more, chosen, "i64"))))
    b.finish()
    return module
