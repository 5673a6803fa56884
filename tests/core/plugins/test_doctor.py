from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hornbeam.plugins import doctor
from hornbeam.plugins.examine import examine
from hornbeam.plugins.registry import process_registry

from .conftest import Install

BROKEN = "raise OSError('no licence server')"
ENGINE = """
@hookimpl
def provide_backends():
    return [BackendComponent("fast", "acme:Fast", probe=lambda: "no device found", priority=300)]

@hookimpl
def provide_kernels(backend):
    return [Component("softmax", "acme:softmax")] if backend == "numpy" else []

@hookimpl
def provide_losses():
    return [Component("Gap", "acme:Gap"), Component("Other", "acme:Other")]
"""


def section(text: str, title: str) -> list[str]:
    lines = text.splitlines()
    start = lines.index(title) + 1
    return [line.strip() for line in lines[start : lines.index("", start)]]


def test_render_healthy(install: Install) -> None:
    text = doctor.render(examine(install(acme=ENGINE), {}))
    assert text.endswith("\nHealthy.")
    assert "ok  acme  acme-hornbeam 0.2" in section(text, "Plugins")[0]
    assert section(text, "Plugins")[0].endswith("2 losses, 1 backend")
    backends = [line.split(maxsplit=5) for line in section(text, "Backends")]
    assert backends[0][:5] == ["default", "numpy", "core", "priority", "0"]
    assert backends[1][:3] == ["kernels", "of", "plugins"]
    assert backends[1][3] == "acme/softmax"
    assert backends[-1] == ["unusable", "fast", "acme", "priority", "300", "no device found"]
    assert section(text, "Environment") == ["no variable HORNBEAM_* is set"]


def test_render_problems(install: Install) -> None:
    environment = {"HORNBEAM_BACKEND": "nunpy"}
    text = doctor.render(examine(install(environment, acme=BROKEN, zen=ENGINE), environment))
    assert "set aside  acme  acme-hornbeam 0.2" in text
    tail = text.partition("2 problems:")[2]
    assert "is set aside: its manifest acme_manifest cannot be" in tail
    assert "OSError: no licence server" in tail
    assert "Unknown backend 'nunpy'. Did you mean 'numpy'?" in tail
    assert max(map(len, tail.splitlines())) <= 120


def test_columns_are_aligned(install: Install) -> None:
    text = doctor.render(examine(install(a="", longer_name=""), {}))
    lines = [line for line in text.splitlines() if " ok  " in line]
    assert len({line.index(line.split()[2]) for line in lines}) == 1


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "hornbeam", "doctor", *arguments], capture_output=True, text=True)


def test_command_line() -> None:
    plain, as_json = run(), run("--json")
    report = json.loads(as_json.stdout)
    assert as_json.returncode == plain.returncode == (0 if report["healthy"] else 1)
    assert plain.stderr == as_json.stderr == ""
    for title in ("Python", "Packages", "Plugins", "Backends", "Threads", "Caches", "Environment"):
        assert title in plain.stdout.splitlines()
    assert {"python", "packages", "plugins", "backends", "threads", "caches", "environment"} <= set(report)
    core = {package["name"]: package["version"] for package in report["packages"]}
    assert core["hornbeam-core"] == __import__("hornbeam").__version__


def test_help_teaches() -> None:
    text = run("--help").stdout
    for word in ("usage: hornbeam doctor", "exit status:", "HORNBEAM_PLUGINS", "HORNBEAM_BACKEND", "--json", "--load"):
        assert word in text
    assert run("--jsn").returncode == 2


def test_exit_status(install: Install, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "process_registry", install(zen=ENGINE))
    assert doctor.main([]) == 0
    monkeypatch.setattr(doctor, "process_registry", install(acme=BROKEN))
    assert doctor.main([]) == 1
    capsys.readouterr()
    assert doctor.main(["--json"]) == 1
    assert json.loads(capsys.readouterr().out)["healthy"] is False


def test_kernels_are_shown_and_cleared(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    folder = tmp_path / "kernels"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "weights").mkdir()
    name = f"{'0a' * 32}.o"
    kept = [
        folder / "notes.txt",
        folder / "short.o",
        folder / "inner" / name,
        tmp_path / "weights" / name,
        tmp_path / name,
    ]
    for path in (folder / name, folder / "tmpab_c1.part", *kept):
        path.write_bytes(bytes(1024))
    (folder / f"{'1b' * 32}.o").symlink_to(tmp_path / name)
    shown = section(doctor.render(examine(process_registry, {})), "Caches")
    assert shown[0] == str(tmp_path)
    assert ["kernels", "6.0", "KiB", "6", "files"] in [line.split() for line in shown]
    assert doctor.main(["--clear-cache"]) == 0
    assert capsys.readouterr().out == f"Removed 2 files, 2.0 KiB, from {folder}.\n"
    assert all(path.is_file() for path in kept)
    assert {path.name for path in folder.iterdir()} == {"notes.txt", "short.o", "inner", f"{'1b' * 32}.o"}
    assert doctor.main(["--clear-cache"]) == 0
    assert capsys.readouterr().out.startswith("Removed 0 files, 0 bytes")


def test_a_folder_that_is_a_link_is_not_cleared(tmp_path, monkeypatch, capsys) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / f"{'0a' * 32}.o").write_bytes(b"mine")
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    (tmp_path / "kernels").symlink_to(elsewhere)
    assert doctor.main(["--clear-cache"]) == 0
    assert len(list(elsewhere.iterdir())) == 1
