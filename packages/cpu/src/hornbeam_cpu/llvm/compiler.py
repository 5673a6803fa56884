"""IR to machine code: optimise lightly, emit an object, load it."""

from __future__ import annotations

import threading
from typing import Any

import llvmlite.binding as llvm

from hornbeam_cpu.llvm.target import Target

__all__ = ["Loaded", "assembly", "compile_ir"]

_lock = threading.Lock()  # LLVM's global context is not to be used by two threads at once


def _optimised(ir: str, target: Target, machine: Any) -> Any:
    module = llvm.parse_assembly(f'target triple = "{target.triple}"\n{ir}')
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=1)  # kernels come unrolled and vectorised
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return module


def compile_ir(ir: str, target: Target) -> bytes:
    """Machine code, as an object file.

    Args:
        ir: one module, in LLVM's text form.
        target: what to compile for.
    """
    with _lock:
        machine = target.machine()
        return bytes(machine.emit_object(_optimised(ir, target, machine)))


def assembly(ir: str, target: Target) -> str:
    """The assembly text, to look at (also for other processors than this one)."""
    with _lock:
        machine = target.machine()
        return str(machine.emit_assembly(_optimised(ir, target, machine)))


class Loaded:
    """An object file in memory, ready to be called; keep it while its functions are in use."""

    def __init__(self, data: bytes, target: Target) -> None:
        with _lock:
            self.engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target.machine())
            self.engine.add_object_file(llvm.ObjectFileRef.from_data(data))
            self.engine.finalize_object()

    def address(self, name: str) -> int:
        """Where a function is."""
        return int(self.engine.get_function_address(name))
