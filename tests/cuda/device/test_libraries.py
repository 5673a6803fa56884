"""Where shared libraries are looked for, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hornbeam.errors import BackendError
from hornbeam_cuda.device import libraries


@pytest.fixture(autouse=True)
def fresh() -> Any:
    libraries.load.cache_clear()
    yield
    libraries.load.cache_clear()


def test_a_wheel_comes_before_the_system(monkeypatch: Any, tmp_path: Path) -> None:
    lib = tmp_path / "nvidia" / "cu13" / "lib"
    lib.mkdir(parents=True)
    (lib / "libcublasLt.so.13").touch()
    (tmp_path / "nvidia" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(libraries, "folders", lambda: [lib])
    opened: list[str] = []
    monkeypatch.setattr(libraries.ctypes, "CDLL", lambda path: opened.append(path) or path)
    assert libraries.load("cublasLt") == str(lib / "libcublasLt.so.13")
    libraries.load("cublasLt")
    assert opened == [str(lib / "libcublasLt.so.13")]  # once
    libraries.load("cudnn")
    assert opened[1] == "libcudnn.so.9"  # no wheel has it


def test_the_system_s_older_one_will_do(monkeypatch: Any) -> None:
    def cdll(path: str) -> str:
        if path.endswith("13"):
            raise OSError(f"{path}: not found")
        return path

    monkeypatch.setattr(libraries, "folders", list)
    monkeypatch.setattr(libraries.ctypes, "CDLL", cdll)
    assert libraries.load("cublasLt") == "libcublasLt.so.12"


@pytest.mark.parametrize("name", ["cublasLt", "cudnn", "nvrtc"])
def test_a_missing_library_is_named_with_its_wheel(monkeypatch: Any, name: str) -> None:
    def cdll(path: str) -> None:
        raise OSError(f"{path}: cannot open shared object file")

    monkeypatch.setattr(libraries, "folders", list)
    monkeypatch.setattr(libraries.ctypes, "CDLL", cdll)
    with pytest.raises(libraries.MissingLibraryError, match="pip install nvidia-") as caught:
        libraries.load(name)
    assert isinstance(caught.value, BackendError) and f"lib{name}.so" in str(caught.value)
