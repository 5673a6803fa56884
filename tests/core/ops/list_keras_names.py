"""Write keras_names.txt: the functions of keras.ops and their signatures."""

import inspect
from pathlib import Path

import keras


def main():
    """Ask Keras."""
    lines = [f"keras {keras.__version__}"]
    for name in sorted(dir(keras.ops)):
        function = getattr(keras.ops, name)
        if not name.startswith("_") and callable(function):
            lines.append(f"{name}{inspect.signature(function)}")
    Path(__file__).with_name("keras_names.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
