from __future__ import annotations

import json
from pathlib import Path

import pytest
from hornbeam.plugins.doctor import render
from hornbeam.plugins.examine import _cgroup_limit, examine

from .conftest import Install

GOOD = "@hookimpl\ndef provide_losses():\n    return [Component('Gap', 'acme_losses:Gap')]\n"


def test_healthy(install: Install) -> None:
    report = examine(install(acme={"manifest": GOOD, "files": {"acme_losses.py": "Gap = dict"}}), {})
    assert (report["healthy"], report["problems"]) == (True, [])
    (acme, core) = report["plugins"]
    assert acme == {
        "name": "acme",
        "distribution": "acme-hornbeam",
        "version": "0.2",
        "manifest": "acme_manifest",
        "status": "ok",
        "cause": "",
        "complaints": [],
        "components": {"losses": ["Gap"]},
    }
    assert core["name"] == "core"
    assert [backend["name"] for backend in report["backends"] if backend["default"]] == ["numpy"]
    assert json.loads(json.dumps(report)) == report


@pytest.mark.parametrize(
    ("manifest", "environment", "says"),
    [
        (
            "1 / 0",
            {},
            "The plugin acme (acme-hornbeam 0.2) is set aside: its manifest acme_manifest cannot be imported",
        ),
        (
            "1 / 0",
            {"HORNBEAM_PLUGINS": "strict"},
            "Plugin acme (acme-hornbeam 0.2): its manifest acme_manifest cannot be",
        ),
        ("", {"HORNBEAM_PLUGINS": "acmee"}, "Unknown plugin 'acmee'. Did you mean 'acme'?"),
        ("", {"HORNBEAM_PLUGINS": "none,acme"}, "'none' cannot stand beside names"),
        ("", {"HORNBEAM_BACKEND": "nunpy"}, "Unknown backend 'nunpy'. Did you mean 'numpy'?"),
        (
            "@hookimpl\ndef provide_backends():\n    return [BackendComponent('a', 'a:B', probe=lambda: 'no device')]",
            {"HORNBEAM_BACKEND": "a"},
            "HORNBEAM_BACKEND asks for 'a', which cannot be used: no device.",
        ),
        (
            "@hookimpl\ndef provide_backends():\n    return [BackendComponent('a', 'a:B')]",
            {},
            "No backend is the best one: acme/a (acme-hornbeam 0.2) and core/numpy",
        ),
        (
            "@hookimpl\ndef provide_kernels(backend):\n    return backend",
            {},
            "acme (acme-hornbeam 0.2) is set aside: provide_kernels() answered",
        ),
        (GOOD, {}, "acme/Gap (acme-hornbeam 0.2) cannot be loaded from acme_losses:Gap: ModuleNotFoundError"),
    ],
)
def test_problems(install: Install, manifest: str, environment: dict[str, str], says: str) -> None:
    report = examine(install(environment, acme=manifest), environment, load=True)
    assert not report["healthy"]
    assert any(says in problem for problem in report["problems"]), report["problems"]
    assert json.loads(json.dumps(report)) == report


def test_what_does_not_load_is_no_problem_unless_asked(install: Install) -> None:
    report = examine(install(acme=GOOD), {})
    assert report["healthy"]
    assert "loaded" not in report


def test_what_cannot_be_used_is_not_loaded(install: Install) -> None:
    gone = "@hookimpl\ndef provide_backends():\n    return [BackendComponent('a', 'no.such:B', probe=lambda: 'gone')]"
    assert not any("acme/a" in problem for problem in examine(install(acme=gone), {}, load=True)["problems"])


def test_environment_hides_secrets(install: Install) -> None:
    environment = {"HORNBEAM_HUB_TOKEN": "s3cret", "HORNBEAM_HOME": "/tmp/h", "HOME": "/root"}
    report = examine(install(), environment)
    assert report["environment"] == {"HORNBEAM_HOME": "/tmp/h", "HORNBEAM_HUB_TOKEN": "(hidden)"}


def test_caches(install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path / "home"))
    registry = install()
    assert examine(registry, {})["caches"] == {"folder": str(tmp_path / "home"), "exists": False, "parts": {}}
    (tmp_path / "home" / "kernels" / "deep").mkdir(parents=True)
    (tmp_path / "home" / "kernels" / "deep" / "a.o").write_bytes(b"x" * 1000)
    (tmp_path / "home" / "kernels" / "b.o").write_bytes(b"x" * 24)
    assert examine(registry, {})["caches"]["parts"] == {"kernels": {"files": 2, "bytes": 1024}}


@pytest.mark.parametrize(("text", "limit"), [("150000 100000\n", 1.5), ("max 100000\n", None), ("nonsense", None)])
def test_limit_of_the_container(tmp_path: Path, text: str, limit: float | None) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert _cgroup_limit(tmp_path / "cpu.max") == limit
    assert _cgroup_limit(tmp_path / "absent") is None


def test_a_file_that_another_process_removes_meanwhile(monkeypatch, tmp_path):
    from pathlib import Path

    from hornbeam.plugins import examine as module

    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "kept").write_bytes(b"abc")
    gone = tmp_path / "kernels" / "gone"
    real = Path.is_file
    monkeypatch.setattr(Path, "rglob", lambda self, pattern: iter([self / "kept", gone]))
    monkeypatch.setattr(Path, "is_file", lambda self: self == gone or real(self))
    assert module._caches()["parts"] == {"kernels": {"files": 1, "bytes": 3}}


def test_what_a_backend_does_without(install: Install) -> None:
    manifest = """
@hookimpl
def provide_backends():
    return [
        BackendComponent("a", "a:B", priority=5, notes=lambda: ["no fast library: pip install it"]),
        BackendComponent("b", "b:B", probe=lambda: "no device", notes=lambda: ["never asked"]),
        BackendComponent("c", "c:B", priority=4, notes=lambda: 1 / 0),
    ]
"""
    report = examine(install(acme={"manifest": manifest}), {})
    found = {backend["name"]: backend["notes"] for backend in report["backends"]}
    broken = ["its notes raised ZeroDivisionError: division by zero"]
    assert {n: notes for n, notes in found.items() if notes} == {"a": ["no fast library: pip install it"], "c": broken}
    lines = [line.split() for line in render(report).splitlines()]
    assert ["note", "no", "fast", "library:", "pip", "install", "it"] in lines
