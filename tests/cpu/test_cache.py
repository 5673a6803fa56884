"""Kernels on disk: compiled once, private, rebuilt when corrupt or foreign, bounded in size."""

import os
import stat
import subprocess
import sys

import pytest
from hornbeam import kernel_cache as cache

CODE = """
import numpy as np, hornbeam as hb
from hornbeam_cpu.llvm import library
compiled = []
original = library.compile_ir
library.compile_ir = lambda ir, target: compiled.append(1) or original(ir, target)
hb.set_backend("cpu")
found = hb.jit(lambda x: hb.ops.exp(x) * 3 + 1)(np.arange(5, dtype="f4")).numpy()
assert np.allclose(found, np.exp(np.arange(5)) * 3 + 1)
print(len(compiled))
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path))
    return tmp_path / "kernels"


def compiled(home):
    """How many kernels a fresh process compiles for a function of one loop."""
    environment = os.environ | {"HORNBEAM_HOME": str(home.parent)}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_a_second_process_compiles_nothing(home):
    assert compiled(home) >= 1
    assert compiled(home) == 0


def test_corrupt_entries_are_compiled_anew_and_never_loaded(home):
    count = compiled(home)
    for path in home.glob("*.o"):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.write_bytes(data)
    assert compiled(home) == count
    for path in home.glob("*.o"):
        path.write_bytes(path.read_bytes()[:20])
    assert compiled(home) == count


def test_an_entry_under_another_name_is_not_taken(home):
    cache.write("one", b"code")
    (home / "one.o").rename(home / "two.o")
    assert cache.read("two") is None


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system has no owners of files")
def test_what_others_can_write_is_not_taken(home):
    cache.write("key", b"code")
    assert cache.read("key") == b"code"
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "key.o").stat().st_mode) == 0o600
    (home / "key.o").chmod(0o666)
    assert cache.read("key") is None
    (home / "key.o").chmod(0o600)
    home.chmod(0o777)
    assert cache.read("key") is None


def test_the_oldest_entries_make_room(home, monkeypatch):
    monkeypatch.setattr(cache, "BOUND", 1000)
    for number in range(5):
        cache.write(f"k{number}", bytes(300))
        os.utime(home / f"k{number}.o", (number, number))
    cache.write("new", bytes(300))
    assert sorted(p.stem for p in home.glob("*.o")) == ["k3", "k4", "new"]
    assert sum(p.stat().st_size for p in home.glob("*.o")) <= 1000


def test_a_full_folder_is_not_looked_through_for_every_entry(home, monkeypatch):
    looks = []
    shrink = cache._shrink
    monkeypatch.setattr(cache, "_shrink", lambda folder: looks.append(folder) or shrink(folder))
    monkeypatch.setattr(cache, "_unseen", cache.BOUND)  # as when a process begins
    for number in range(20):
        cache.write(f"k{number}", bytes(300))
    assert len(looks) == 1
    monkeypatch.setattr(cache, "BOUND", 16 * 1000)
    for number in range(20):
        cache.write(f"more{number}", bytes(300))
    assert len(looks) > 4 and len(list(home.glob("*.o"))) == 40


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HORNBEAM_HOME", str(tmp_path / "file"))
    cache.write("key", b"code")
    assert cache.read("key") is None
