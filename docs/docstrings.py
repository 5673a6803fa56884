"""For the site: how our docstrings differ from those that griffe reads."""

import ast
import inspect
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

    def on_class_members(self, *, cls: griffe.Class, **kwargs: Any) -> None:
        """Called for each class: a docstring may be put together, as `__doc__ = "..." + ARGUMENTS`."""
        own = cls.members.get("__doc__")
        if cls.docstring or own is None or own.value is None:
            return
        constants = {name: value for name, value in cls.module.members.items() if name.isupper() and value.is_attribute}
        texts = [node.value if isinstance(node, ast.Constant) else ast.literal_eval(str(constants[node.id].value))
                 for node in ast.walk(ast.parse(str(own.value))) if isinstance(node, (ast.Constant, ast.Name))]  # fmt: skip
        quiet = {"warn_missing_types": False, "warn_unknown_params": False, "warnings": False}  # as in mkdocs.yml
        text = inspect.cleandoc("".join(texts))
        cls.docstring = griffe.Docstring(text, parent=cls, parser="google", parser_options=quiet)
        self.on_object(obj=cls)

    def on_attribute_instance(self, *, attr: griffe.Attribute, **kwargs: Any) -> None:
        """Called for each attribute: element-wise functions are told of where they are made, by `unary("name", "what it is", ...)`."""
        value = attr.value
        if (
            attr.docstring
            or not attr.parent.is_module
            or not attr.path.startswith(("hornbeam.ops.", "hornbeam_layers."))
        ):
            return
        if isinstance(value, griffe.ExprCall) and str(value.function) in ("unary", "binary"):
            signature = "x" if str(value.function) == "unary" else "x1, x2"
            attr.docstring = griffe.Docstring(
                f"`{attr.name}({signature})`: {ast.literal_eval(str(value.arguments[1]))}", parent=attr
            )
        elif isinstance(value, griffe.ExprName):
            attr.docstring = griffe.Docstring(f"Another name of `{value}`.", parent=attr)
        else:
            return
        attr.value = attr.annotation = None
