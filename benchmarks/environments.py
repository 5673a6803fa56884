"""The frameworks, and a virtual environment for each, made once below .bench/."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import venv
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["FOLDER", "FRAMEWORKS", "Framework"]

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".bench"
OURS = [f"packages/{name}" for name in ("core", "cpu", "layers", "optimizers", "models")]
TORCH = (
    "torch==2.13.0"  # to pip's configuration belongs that wheels for the CPU are found, where a platform has several
)
KERAS = "keras>=3.15"
TOOLS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence")  # come with any environment
COMMON = {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1"}


@dataclass(frozen=True)
class Framework:
    """What is measured.

    Attributes:
        name: in tables.
        module: the module with its models, which has the class Training.
        environment: name of the virtual environment.
        installs: what pip is given to make it.
        imports: what a script that trains imports.
        variables: of the process's environment.
        options: more arguments of worker.py.
    """

    name: str
    module: str
    environment: str
    installs: tuple[str, ...]
    imports: str
    variables: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Of the virtual environment."""
        return FOLDER / "environments" / self.environment

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))

    def process_variables(self, cache: Path) -> dict[str, str]:
        """The environment of its processes, which keep what they compile in `cache`."""
        caches = {"HORNBEAM_HOME": str(cache / "hornbeam"), "TORCHINDUCTOR_CACHE_DIR": str(cache / "inductor")}
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("HORNBEAM_", "PYTHON"))}
        return {**plain, **COMMON, **self.variables, **caches}

    def make(self) -> None:
        """The environment, unless it is there.

        Raises:
            RuntimeError: pip could not install it; the message is pip's last line.
        """
        note = self.folder / "installed.txt"
        if note.exists() and note.read_text() == "\n".join(self.installs):
            return
        print(f"making the environment {self.environment}: {' '.join(self.installs)}", flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        venv.create(self.folder, with_pip=True)
        command = [self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *self.installs]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError((done.stderr.strip() or "pip failed").splitlines()[-1])
        note.write_text("\n".join(self.installs))

    def size(self) -> int:
        """Bytes installed, without what any environment has and without compiled Python."""
        places = list(self.folder.glob("lib/python*/site-packages")) + list(self.folder.glob("Lib/site-packages"))
        if self.module == "ours":
            places += [ROOT / package / "src" for package in OURS]
        files = (path for place in places for path in place.rglob("*"))
        return sum(
            path.stat().st_size
            for path in files
            if path.is_file() and "__pycache__" not in path.parts and not set(path.parts) & set(TOOLS)
        )

    def import_seconds(self, cache: Path, times: int) -> float:
        """Median of fresh interpreters that import it."""
        code = f"import time; t = time.perf_counter(); {self.imports}; print(time.perf_counter() - t)"
        return statistics.median([float(self._run(code, cache)) for _ in range(1 + times)][1:])

    def version(self, cache: Path) -> str:
        """Names and versions of what was installed."""
        names = [w.partition("=")[0].rstrip(">") for w in self.installs if not w.startswith(("-e", "packages"))]
        names = names or ["hornbeam-core", "hornbeam-cpu"]
        code = f"from importlib.metadata import version; print(', '.join(f'{{n}} {{version(n)}}' for n in {names!r}))"
        return self._run(code, cache).strip()

    def _run(self, code: str, cache: Path) -> str:
        command = [self.python, "-c", code]
        variables = self.process_variables(cache)
        return subprocess.run(command, capture_output=True, text=True, check=True, env=variables).stdout


def _keras(backend: str, package: str) -> Framework:
    variables = {"KERAS_BACKEND": backend}
    installs = (KERAS, package)
    return Framework(f"Keras, {backend}", "peers.with_keras", f"keras-{backend}", installs, "import keras", variables)


FRAMEWORKS = (
    Framework(
        "Hornbeam",
        "ours",
        "hornbeam",
        tuple(word for package in OURS for word in ("-e", package)),
        "from hornbeam import Sequential, layers, optimizers",
    ),
    Framework("PyTorch", "peers.with_torch", "torch", (TORCH, "numpy"), "import torch"),
    Framework(
        "torch.compile",
        "peers.with_torch",
        "torch",
        (TORCH, "numpy"),
        "import torch",
        options=("compiled",),
    ),
    _keras("jax", "jax"),
    _keras("tensorflow", "tensorflow-cpu"),
    _keras("torch", TORCH),
)
