"""The manifest of hornbeam-cuda: the GPU engine as a backend."""

from __future__ import annotations

from hornbeam.plugins import BackendComponent, hookimpl

HORNBEAM_PLUGIN_API = 1


def probe() -> str | None:
    """None if a GPU can be used on this machine, else why not."""
    from hornbeam_cuda.device.probe import why_not

    return why_not()


def notes() -> list[str]:
    """What the backend does without on this machine."""
    from hornbeam_cuda.device.probe import missing

    return missing()


@hookimpl
def provide_backends() -> list[BackendComponent]:
    """Preferred to everything else where there is a GPU."""
    return [
        BackendComponent(
            "cuda",
            "hornbeam_cuda.backend:CudaBackend",
            summary="steps compiled to CUDA kernels and replayed as one graph, on an NVIDIA GPU",
            probe=probe,
            priority=200,
            notes=notes,
        )
    ]
