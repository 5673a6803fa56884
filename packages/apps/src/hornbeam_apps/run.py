"""`hornbeam run script.py`: a script for Keras, unchanged, on Hornbeam."""

from __future__ import annotations

import argparse
import re
import runpy
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from hornbeam_apps.keras_names import keras_names
from hornbeam_apps.keras_names.tensorflow.missing import ADVICE

__all__ = ["main", "run_script"]

OF_NUMPY = ("bool", "complex", "float", "int", "object", "str")


def main(argv: Sequence[str] | None = None) -> int:
    """The command.

    Args:
        argv: the script and its arguments.

    Returns:
        0 where the script ended by itself, 1 where it failed, else the status that it exited with.
    """
    parser = argparse.ArgumentParser(
        prog="hornbeam run",
        description="Run a script that imports keras, or keras from tensorflow, on Hornbeam. Spellings of Keras 2 are taken.",
    )
    parser.add_argument("script", type=Path)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="of the script")
    given = parser.parse_args(argv)
    if not given.script.is_file():
        parser.error(f"there is no file {given.script}")
    return run_script(given.script, given.arguments)


def run_script(script: Path, arguments: Sequence[str] = ()) -> int:
    """Run a script as `python script.py` would, with keras and tensorflow from Hornbeam.

    Args:
        script: the file.
        arguments: what it finds in `sys.argv` behind its name.
    """
    before = sys.argv[:], sys.path[:]
    sys.argv[:] = [str(script), *arguments]
    sys.path.insert(0, str(script.resolve().parent))
    try:
        with keras_names():
            runpy.run_path(str(script), run_name="__main__")
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        print(error.code, file=sys.stderr)
        return 1
    except Exception as error:
        _tell(error, script)
        return 1
    finally:
        sys.argv[:], sys.path[:] = before
    return 0


def _tell(error: Exception, script: Path) -> None:
    """The traceback from the script on, and what helps with it."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((i for i, f in enumerate(frames) if f.filename == str(script)), 0)
    told = traceback.TracebackException.from_exception(error)
    told.stack = traceback.StackSummary.from_list(frames[first:])
    print("".join(told.format()), end="", file=sys.stderr)
    advice = _advice(error)
    if advice:
        print(f"hornbeam run: {advice}", file=sys.stderr)


def _advice(error: Exception) -> str:
    missing = re.match(r"module 'numpy' has no attribute '(\w+)'", str(error))
    if isinstance(error, AttributeError) and missing:
        name = missing[1]
        if name in OF_NUMPY:
            return f"np.{name} was Python's own {name} under another name, and left NumPy in version 1.24. Write {name} instead."
        return f"the installed NumPy has no np.{name}: this script was written for an older one."
    if isinstance(error, ImportError) and error.name in ADVICE:
        return ADVICE[error.name]
    if isinstance(error, ImportError) and str(error.name or "").startswith(("keras", "tensorflow")):
        return (
            f"{error.name} is answered by Hornbeam, which does not have what is imported from it here. "
            "'hornbeam doctor' lists what is installed."
        )
    return ""
