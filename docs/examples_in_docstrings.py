"""For the site: our docstrings say "Example:" where griffe knows "Examples:" as the section of code that is run."""

from typing import Any

import griffe


class ExamplesInDocstrings(griffe.Extension):
    """Renames the section before it is read."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Called for each object that was found in the source."""
        if obj.docstring:
            obj.docstring.value = obj.docstring.value.replace("\nExample:\n", "\nExamples:\n")
