"""The `hornbeam` command: subcommands come from the registry."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from hornbeam import HornbeamError, __version__
from hornbeam.plugins import registry

__all__ = ["main"]

HEAD = """usage: hornbeam COMMAND [options]

A deep-learning library that you assemble.

commands:"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; without one, list them.

    Args:
        argv: the arguments; default: those of the process.

    Returns:
        The exit code: 0 for success, 1 for a failure that the command found, 2 for a wrong call.
    """
    args = list(sys.argv[1:] if argv is None else argv)
    if not args or args[0] in ("-h", "--help"):
        print(HEAD)
        entries = {entry.component.name: entry.component.summary for entry in registry.components("commands")}
        width = max(map(len, entries), default=0)
        for name in sorted(entries):
            print(f"  {name:<{width}}  {entries[name]}")
        print("\n'hornbeam COMMAND --help' explains a command; 'hornbeam --version' prints the version.")
        return 0
    if args[0] == "--version":
        print(f"hornbeam {__version__}")
        return 0
    try:
        command = registry.lookup("commands", args[0])
        return int(command(args[1:]) or 0)
    except HornbeamError as error:
        print(f"hornbeam: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
