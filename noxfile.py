"""The one door: `nox` runs lint, types, import rules and the fast tests; `nox --list` shows the rest."""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"  # the sessions of every day use the environment that runs nox
nox.options.sessions = ["lint", "types", "imports", "tests"]
nox.options.sessions += [f"backends(backend='{name}')" for name in ("cpu", "array_api_strict")]

PARALLEL = (
    "-n",
    "auto",
    "--dist",
    "loadfile",
)  # a process for each core; the tests of a file share what is compiled for them
PACKAGES = ("core", "cpu", "cuda", "layers", "optimizers", "models", "datasets", "apps")
SIBLINGS = {
    "core": (),
    "cpu": ("core",),
    "cuda": ("core",),
    "layers": ("core",),
    "optimizers": ("core",),
    "models": ("core",),
    "datasets": ("core",),
    "apps": ("core", "layers", "optimizers", "models", "datasets"),
}


def run(session: nox.Session, *command: str, **options: object) -> None:
    """Run a module of the present environment's Python."""
    session.run(sys.executable, "-m", *command, **options)


def dependencies(package: str) -> list[str]:
    """What a package declares that it needs, apart from its siblings."""
    project = tomllib.loads(Path("packages", package, "pyproject.toml").read_text())["project"]
    return [d for d in project["dependencies"] if not d.startswith("hornbeam")]


@nox.session
def lint(session: nox.Session) -> None:
    """Style and format."""
    run(session, "ruff", "check", ".")
    run(session, "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types, strictly."""
    for name in PACKAGES:
        folder = next(path for path in Path("packages", name, "src").iterdir() if path.name.startswith("hornbeam"))
        run(session, "mypy", str(folder))


@nox.session
def imports(session: nox.Session) -> None:
    """Which package may import which."""
    session.run(str(Path(sys.executable).with_name("lint-imports")), "--no-cache")


@nox.session
def tests(session: nox.Session) -> None:
    """The tests, or those of some packages: nox -s tests -- layers."""
    chosen = [name for name in session.posargs if not name.startswith("-")]
    options = [name for name in session.posargs if name.startswith("-")]
    places = [f"tests/{name}" for name in chosen] or ["tests", *(f"packages/{p}/tests" for p in PACKAGES)]
    run(session, "pytest", *PARALLEL, "-q", *options, *(p for p in places if Path(p).exists()))


@nox.session
@nox.parametrize("backend", ["cpu", "array_api_strict", "reference"])
def backends(session: nox.Session, backend: str) -> None:
    """Core's tests of operations, gradients and capture on other backends than NumPy; for the engine those of models, too."""
    places = [f"tests/core/{p}" for p in ("ops", "test_autodiff.py", "test_jit.py", "test_random.py")]
    if backend == "cpu":
        places += ["tests/core/composites", "tests/layers", "tests/optimizers", "tests/models"]
    run(session, "pytest", *PARALLEL, "-q", *places, env={"HORNBEAM_TEST_BACKEND": backend})


@nox.session
def properties(session: nox.Session) -> None:
    """The property tests, with hundreds of examples each, and thousands of random graphs."""
    run(session, "pytest", *PARALLEL, "-q", "tests", env={"HORNBEAM_HYPOTHESIS": "nightly"})


@nox.session(venv_backend="venv")
@nox.parametrize("bounds", ["lowest", "highest"])
@nox.parametrize("package", PACKAGES)
def solo(session: nox.Session, package: str, bounds: str) -> None:
    """Build the wheels, install one package alone with its declared dependencies, run its own tests."""
    dist = Path(session.create_tmp(), "dist")
    shutil.rmtree(dist, ignore_errors=True)
    session.install("uv", "hatchling")
    for name in (package, *SIBLINGS[package]):
        session.run("uv", "build", "-q", "--wheel", "--no-build-isolation", "--out-dir", str(dist), f"packages/{name}")
    (wheel,) = dist.glob(f"hornbeam_{package}-*.whl")
    resolution = "lowest-direct" if bounds == "lowest" else "highest"
    declared = [
        d for name in (package, *SIBLINGS[package]) for d in dependencies(name)
    ]  # lowest of ours, not of theirs
    options = ("--resolution", resolution, "--find-links", str(dist))
    session.run("uv", "pip", "install", "-q", *options, f"{wheel}", "pytest>=8", *declared)
    session.run(
        "python",
        "-m",
        "pytest",
        "-q",
        "--rootdir",
        f"packages/{package}",
        "--confcutdir",
        f"packages/{package}",
        "-c",
        "/dev/null",
        f"packages/{package}/tests",
    )


@nox.session(venv_backend="venv")
def docs(session: nox.Session) -> None:
    """Build the site, English and Chinese, into site/; warnings are errors."""
    session.install("--require-hashes", "-r", "requirements/docs.txt")
    for configuration in ("mkdocs.yml", "mkdocs.zh.yml"):
        session.run("mkdocs", "build", "-q", "--strict", "-f", configuration, env={"NO_MKDOCS_2_WARNING": "1"})


@nox.session
def bench(session: nox.Session) -> None:
    """Measure beside the peers (-- quick: a short look), or single layers (-- layers); see benchmarks/README.md."""
    if session.posargs[:1] == ["layers"]:
        session.run(sys.executable, "benchmarks/layers.py", *session.posargs[1:])
        return
    session.run(sys.executable, "benchmarks/run.py", *session.posargs)
    session.run(sys.executable, "benchmarks/layers.py")
    session.run(sys.executable, "benchmarks/mlp_step.py")
    session.run(sys.executable, "benchmarks/metrics.py")
    session.run(sys.executable, "benchmarks/import_time.py")


@nox.session(venv_backend="venv")
def interop(session: nox.Session) -> None:
    """Have the genuine libraries compute every stored value anew (tests/interop/**/make_*.py), then compare ours with them."""
    session.install("-r", "requirements/interop.in")
    for script in sorted(Path("tests/interop").rglob("make_*.py")):
        session.run("python", str(script))
    session.install("pytest", "hypothesis", *(part for name in PACKAGES for part in ("-e", f"packages/{name}")))
    session.run("python", "-m", "pytest", "-q", "-o", "python_files=test_*.py live_*.py", "tests/interop")
