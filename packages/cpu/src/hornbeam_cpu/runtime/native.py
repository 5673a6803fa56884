"""The loop that runs a program, and the loop in which idle threads wait: the only native code that is not a kernel."""

from __future__ import annotations

from hornbeam_cpu.llvm.builder import Builder, Module, Operand
from hornbeam_cpu.llvm.target import Target

__all__ = ["JOB", "LOCK", "MOST", "WAKE", "generate", "words"]

# Words (i64) of the memory that the threads share. Each counter has a cache line of its own.
# GENERATION says which job is the newest and how many threads do it, in one word: a thread that has no part in a job is not waited
# for, so it may look late, and must not take the number of the next job's threads for that of this one.
GENERATION, DONE, ARRIVED, STOP, PROGRAM, THREADS, SCRATCH, STRIDE, CLOCK = 0, 8, 16, 24, 25, 26, 27, 28, 29
JOB = {"stop": STOP, "program": PROGRAM, "threads": THREADS, "scratch": SCRATCH, "stride": STRIDE, "clock": CLOCK}
LOCK, WAKE, WORDS = 32, 48, 64  # pthread_mutex_t and pthread_cond_t get 128 bytes each
LINE = 8  # words of a cache line; after the first WORDS each thread has two, see _taken
SHIFT = 10  # bits of GENERATION for the number of threads
MOST = (1 << SHIFT) - 1  # threads
SPINS = 20_000  # how often a thread looks for work before it sleeps: about 50 microseconds
EAGER = 2_000  # how often a thread looks at a barrier before it lets others run


def words(threads: int) -> int:
    """How many words of memory the threads share."""
    return WORDS + 2 * LINE * threads


def generate(target: Target) -> Module:
    """The module with `start` (the caller's part of a job), `work` (a helper thread's life) and `wake` (for the end of it)."""
    module = Module()
    _run(module)
    _start(module)
    _work(module)
    _wake(module)
    return module


def _word(b: Builder, shared: Operand, index: int) -> Operand:
    return b.load("i64", b.at(shared, index, "i64"))


def _atomic(b: Builder, place: Operand) -> Operand:
    return b.emit("i64", f"load atomic i64, ptr {place.text} acquire, align 8")


def _pause(b: Builder) -> None:
    b.do('call void asm sideeffect "", "~{memory}"()')


def _wait(b: Builder, place: Operand, target: Operand) -> None:
    """Spin until the counter reaches the target; after a while let other threads of the machine run."""
    name = b.fresh("spin")
    tries = b.variable(b.i64(0))
    b.do(f"br label %{name}.look")
    b.label(f"{name}.look")
    ready = b.compare("ge", _atomic(b, place), target)
    b.do(f"br i1 {ready.text}, label %{name}.end, label %{name}.again")
    b.label(f"{name}.again")
    _pause(b)
    tries.set(b.add(tries.get(), b.i64(1)))
    with b.when(b.compare("gt", tries.get(), b.i64(EAGER))):
        b.call("sched_yield", "i32")
    b.do(f"br label %{name}.look")
    b.label(f"{name}.end")


def _run(module: Module) -> None:
    """run(shared, me): my share of every stage, then what is left of the others' shares; all threads meet after each stage.

    A program: number of stages; for each the number of tasks in all, the bytes from here to the next stage, and the units; for
    each unit the number of its tasks, of kernels, and their addresses and arguments.

    Which thread does a task makes no difference to its result, so a thread that is done helps one that other programs of the
    machine hold up. A thread's share is the same at each run, so it finds its data in its own cache.
    """
    b = Builder(module, "run", (("shared", "ptr"), ("me", "i64")), internal=True)
    shared, me = b.arg("shared"), b.arg("me")
    threads = _word(b, shared, THREADS)
    scratch = b.add(_word(b, shared, SCRATCH), b.mul(me, _word(b, shared, STRIDE)))
    mine = b.emit("ptr", f"inttoptr i64 {scratch.text} to ptr")
    program = b.emit("ptr", f"inttoptr i64 {_word(b, shared, PROGRAM).text} to ptr")
    clock = _word(b, shared, CLOCK)
    stages = b.load("i64", program)
    place = b.variable(b.at(program, 1, "i64"))
    arrived = b.at(shared, ARRIVED, "i64")
    with b.range(0, stages) as stage:
        total, length = b.load("i64", place.get()), b.load("i64", b.at(place.get(), 1, "i64"))
        units = b.at(place.get(), 2, "i64")
        parity = b.bits("and", stage, b.i64(1))
        with b.range(0, threads) as turn:
            owner = b.rem(b.add(me, turn), threads)
            first = b.div(b.mul(owner, total), threads)
            last = b.div(b.mul(b.add(owner, b.i64(1)), total), threads)
            _tasks(b, units, first, last, _taken(b, shared, owner, parity), mine)
        place.set(b.at(place.get(), length, "i8"))
        b.store(b.i64(0), _taken(b, shared, me, b.sub(b.i64(1), parity)))
        with b.when(b.compare("gt", threads, b.i64(1))):
            b.do(f"atomicrmw add ptr {arrived.text}, i64 1 acq_rel")
            _wait(b, arrived, b.mul(b.add(stage, b.i64(1)), threads))
        timed = b.bits("and", b.compare("ne", clock, b.i64(0)), b.compare("eq", me, b.i64(0)))
        with b.when(timed):
            now = b.call("llvm.readcyclecounter", "i64")
            row = b.emit("ptr", f"inttoptr i64 {clock.text} to ptr")
            b.store(now, b.at(row, b.add(stage, b.i64(1)), "i64"))
    b.finish()


def _taken(b: Builder, shared: Operand, thread: Operand, parity: Operand) -> Operand:
    """How many tasks of a thread's share are taken; stages use the two counters in turn, so one can be set back meanwhile."""
    counter = b.add(b.mul(thread, b.i64(2)), parity)
    return b.at(shared, b.add(b.mul(counter, b.i64(LINE)), b.i64(WORDS)), "i64")


def _tasks(b: Builder, units: Operand, first: Operand, last: Operand, taken: Operand, mine: Operand) -> None:
    """Take one task after another from those between first and last, which are numbered through all units, until none is left."""
    name = b.fresh("share")
    here, before = (
        b.variable(units),
        b.variable(b.i64(0)),
    )  # the unit of the task before, and the number of its first task
    b.do(f"br label %{name}.take")
    b.label(f"{name}.take")
    task = b.add(first, b.emit("i64", f"atomicrmw add ptr {taken.text}, i64 1 monotonic"))
    b.do(f"br i1 {b.compare('lt', task, last).text}, label %{name}.find, label %{name}.end")
    b.label(f"{name}.find")
    tasks, kernels = b.load("i64", here.get()), b.load("i64", b.at(here.get(), 1, "i64"))
    beyond = b.add(before.get(), tasks)
    b.do(f"br i1 {b.compare('lt', task, beyond).text}, label %{name}.do, label %{name}.next")
    b.label(f"{name}.next")
    before.set(beyond)
    here.set(b.at(here.get(), b.add(b.mul(kernels, b.i64(2)), b.i64(2)), "i64"))
    b.do(f"br label %{name}.find")
    b.label(f"{name}.do")
    number = b.sub(task, before.get())
    with b.range(0, kernels) as k:
        entry = b.at(here.get(), b.add(b.mul(k, b.i64(2)), b.i64(2)), "i64")
        code = b.load("ptr", entry)
        args = b.load("ptr", b.at(entry, 1, "i64"))
        b.do(f"call void {code.text}(ptr {args.text}, i64 {number.text}, ptr {mine.text})")
    b.do(f"br label %{name}.take")
    b.label(f"{name}.end")


def _start(module: Module) -> None:
    """start(shared): wake the helpers, do the share of thread 0, wait until all are through."""
    b = Builder(module, "start", (("shared", "ptr"),))
    shared = b.arg("shared")
    helpers = b.sub(_word(b, shared, THREADS), b.i64(1))
    clock = _word(b, shared, CLOCK)
    with b.when(b.compare("ne", clock, b.i64(0))):
        row = b.emit("ptr", f"inttoptr i64 {clock.text} to ptr")
        b.store(b.call("llvm.readcyclecounter", "i64"), row)
    b.store(b.i64(0), b.at(shared, ARRIVED, "i64"))
    b.store(b.i64(0), b.at(shared, DONE, "i64"))
    with b.range(0, _word(b, shared, THREADS)) as thread:
        b.store(b.i64(0), _taken(b, shared, thread, b.i64(0)))
    with b.when(b.compare("gt", helpers, b.i64(0))):
        b.call("wake", "void", shared, declare=False)
    b.call("run", "void", shared, b.i64(0), declare=False)
    _wait(b, b.at(shared, DONE, "i64"), helpers)
    b.finish()


def _wake(module: Module) -> None:
    """wake(shared): there is a new job."""
    b = Builder(module, "wake", (("shared", "ptr"),))
    shared = b.arg("shared")
    lock, wake = b.at(shared, LOCK, "i64"), b.at(shared, WAKE, "i64")
    b.call("pthread_mutex_lock", "i32", lock)
    generation = b.at(shared, GENERATION, "i64")
    number = b.add(b.bits("lshr", b.load("i64", generation), b.i64(SHIFT)), b.i64(1))
    job = b.bits("or", b.bits("shl", number, b.i64(SHIFT)), _word(b, shared, THREADS))
    b.do(f"store atomic i64 {job.text}, ptr {generation.text} release, align 8")
    b.call("pthread_cond_broadcast", "i32", wake)
    b.call("pthread_mutex_unlock", "i32", lock)
    b.finish()


def _work(module: Module) -> None:
    """work(shared, me, seen): wait for jobs other than `seen` and do them, until told to stop."""
    b = Builder(module, "work", (("shared", "ptr"), ("me", "i64"), ("seen", "i64")))
    shared, me = b.arg("shared"), b.arg("me")
    generation = b.at(shared, GENERATION, "i64")
    lock, wake = b.at(shared, LOCK, "i64"), b.at(shared, WAKE, "i64")
    seen, tries = b.variable(b.arg("seen")), b.variable(b.i64(0))
    b.do("br label %life")
    b.label("life")
    tries.set(b.i64(0))
    b.do("br label %look")
    b.label("look")
    fresh = b.compare("ne", _atomic(b, generation), seen.get())
    b.do(f"br i1 {fresh.text}, label %found, label %idle")
    b.label("idle")
    _pause(b)
    tries.set(b.add(tries.get(), b.i64(1)))
    patient = b.compare("lt", tries.get(), b.i64(SPINS))
    b.do(f"br i1 {patient.text}, label %look, label %sleep")
    b.label("sleep")
    b.call("pthread_mutex_lock", "i32", lock)
    b.do("br label %asleep")
    b.label("asleep")
    fresh = b.compare("ne", _atomic(b, generation), seen.get())
    b.do(f"br i1 {fresh.text}, label %awake, label %nap")
    b.label("nap")
    b.call("pthread_cond_wait", "i32", wake, lock)
    b.do("br label %asleep")
    b.label("awake")
    b.call("pthread_mutex_unlock", "i32", lock)
    b.do("br label %found")
    b.label("found")
    seen.set(_atomic(b, generation))
    stop = b.compare("ne", _word(b, shared, STOP), b.i64(0))
    b.do(f"br i1 {stop.text}, label %end, label %job")
    b.label("job")
    with b.when(b.compare("lt", me, b.bits("and", seen.get(), b.i64(MOST)))):
        b.call("run", "void", shared, me, declare=False)
        b.do(f"atomicrmw add ptr {b.at(shared, DONE, 'i64').text}, i64 1 acq_rel")
    b.do("br label %life")
    b.label("end")
    b.finish()
