"""For the site: how our docstrings differ from those that griffe reads."""

import re
from typing import Any

import griffe

SHARED = re.compile(r"^    (\w+(?:, \w+)+): (.*(?:\n {6,}.*)*)", re.MULTILINE)


def written_out(found: re.Match[str]) -> str:
    """Each of several arguments that share a description, with it."""
    return "\n".join(f"    {name}: {found[2]}" for name in found[1].split(", "))


class Docstrings(griffe.Extension):
    """Changes docstrings before they are read: "Example:" is code that is run, and "a, b: text" describes two arguments."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Called for each object that was found in the source."""
        if obj.docstring:
            text = obj.docstring.value.replace("\nExample:\n", "\nExamples:\n")
            obj.docstring.value = SHARED.sub(written_out, text)
