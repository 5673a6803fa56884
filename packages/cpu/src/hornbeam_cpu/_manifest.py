"""The manifest of hornbeam-cpu: the CPU engine as a backend."""

from __future__ import annotations

from hornbeam.plugins import BackendComponent, hookimpl

HORNBEAM_PLUGIN_API = 1


def probe() -> str | None:
    """None if the engine can be used on this machine, else why not."""
    import os

    if os.name != "posix":
        return "its threads need POSIX (Linux or macOS)"
    try:
        import llvmlite.binding  # noqa: F401
    except (ImportError, OSError) as error:
        return f"llvmlite cannot be imported ({error}): pip install llvmlite"
    return None


@hookimpl
def provide_backends() -> list[BackendComponent]:
    """Preferred to NumPy wherever LLVM can compile for the machine."""
    return [
        BackendComponent(
            "cpu",
            "hornbeam_cpu.backend:CpuBackend",
            summary="graphs compiled to native code with LLVM, on all cores",
            probe=probe,
            priority=100,
        )
    ]
