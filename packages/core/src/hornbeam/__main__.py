"""`python -m hornbeam COMMAND`: doctor, and the commands that installed plugins provide."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .errors import HornbeamError
from .plugins import doctor, registry


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit status.

    Args:
        argv: the command and its arguments; None takes those of the process.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = arguments[0] if arguments else "--help"
    if command == "doctor":  # not looked up: it has to run when the registry cannot be read
        return doctor.main(arguments[1:])
    try:
        if command in ("-h", "--help"):
            print(_usage())
            return 0 if arguments else 2
        return int(registry.lookup("commands", command)(arguments[1:]) or 0)
    except HornbeamError as error:
        print(f"hornbeam {command}: {error}", file=sys.stderr)
        return 2


def _usage() -> str:
    rows = sorted((entry.component.name, entry.component.summary) for entry in registry.components("commands"))
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name.ljust(width)}  {summary}".rstrip() for name, summary in rows]
    return "\n".join(["usage: python -m hornbeam COMMAND ...", "", "commands:", *lines])


if __name__ == "__main__":
    sys.exit(main())
