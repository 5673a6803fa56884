"""A walk over time within one task: kernels called again and again with addresses that move on at each step.

args: HEAD, then a table of calls (address of the kernel, its tasks, where its arguments begin in the template), a table of moves
(word of the template, bytes a task, bytes a step, bytes at the first step), a list of words that are offsets in the task's own
memory, and the template: the arguments of all calls. Each task has a copy of the template.
"""

from __future__ import annotations

from hornbeam_cpu.llvm.builder import Builder, Module, Operand
from hornbeam_cpu.llvm.library import ABI
from hornbeam_cpu.llvm.target import Target

__all__ = ["HEAD", "generate"]

HEAD = ("steps", "before", "during", "after", "moves", "locals", "words", "copy", "own", "rest")
# before, during, after: calls once before the first step, at each, and once behind the last; copy, own, rest: where in the
# scratch memory the copy of the template, the task's own memory and the scratch of the kernels begin, in bytes.


def generate(target: Target) -> Module:
    """The module with the kernel; it is the same for every loop."""
    module = Module()
    b = Builder(module, "kernel", ABI)
    args, task = b.arg("args"), b.arg("task")
    word = {name: b.load("i64", b.at(args, i, "i64")) for i, name in enumerate(HEAD)}
    copy = b.at(b.arg("scratch"), word["copy"], "i8")
    own = b.emit("i64", f"ptrtoint ptr {b.at(b.arg('scratch'), word['own'], 'i8').text} to i64")
    rest = b.at(b.arg("scratch"), word["rest"], "i8")
    calls = b.add(b.add(word["before"], word["during"]), word["after"])
    table = b.at(args, len(HEAD), "i64")
    moves = b.at(table, b.mul(calls, b.i64(3)), "i64")
    places = b.at(moves, b.mul(word["moves"], b.i64(4)), "i64")
    template = b.at(places, word["locals"], "i64")
    with b.range(0, word["words"]) as i:
        b.store(b.load("i64", b.at(template, i, "i64")), b.at(copy, i, "i64"))
    with b.range(0, word["locals"]) as i:
        place = b.at(copy, b.load("i64", b.at(places, i, "i64")), "i64")
        b.store(b.add(b.load("i64", place), own), place)

    def move(row: Operand, by: Operand) -> None:
        place = b.at(copy, b.load("i64", row), "i64")
        b.store(b.add(b.load("i64", place), by), place)

    def call(first: Operand, last: Operand) -> None:
        with b.range(first, last) as c:
            row = b.at(table, b.mul(c, b.i64(3)), "i64")
            code, tasks = b.load("ptr", row), b.load("i64", b.at(row, 1, "i64"))
            arguments = b.at(copy, b.load("i64", b.at(row, 2, "i64")), "i64")
            with b.range(0, tasks) as t:
                b.do(f"call void {code.text}(ptr {arguments.text}, i64 {t.text}, ptr {rest.text})")

    with b.range(0, word["moves"]) as i:
        row = b.at(moves, b.mul(i, b.i64(4)), "i64")
        shift = b.mul(b.load("i64", b.at(row, 1, "i64")), task)
        move(row, b.add(shift, b.load("i64", b.at(row, 3, "i64"))))
    call(b.i64(0), word["before"])
    last = b.add(word["before"], word["during"])
    with b.range(0, word["steps"]):
        call(word["before"], last)
        with b.range(0, word["moves"]) as i:
            row = b.at(moves, b.mul(i, b.i64(4)), "i64")
            move(row, b.load("i64", b.at(row, 2, "i64")))
    call(last, calls)
    b.finish()
    return module
