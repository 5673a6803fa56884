from __future__ import annotations

import pytest
from hornbeam.__main__ import main
from hornbeam.plugins import registry

from .plugins.conftest import Install, install, site  # noqa: F401

COMMAND = "@hookimpl\ndef provide_commands():\n    return [Component('greet', 'acme_cli:main', summary='say hello')]\n"
CLI = "def main(argv):\n    print('hello', *argv)\n    return 3 if argv else None\n"


@pytest.fixture
def acme(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    made = install(acme={"manifest": COMMAND, "files": {"acme_cli.py": CLI}})
    for name in ("lookup", "components"):
        monkeypatch.setattr(registry, name, getattr(made, name))


@pytest.mark.usefixtures("acme")
def test_commands_of_plugins(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["greet", "you", "-v"]) == 3
    assert main(["greet"]) == 0
    assert capsys.readouterr().out == "hello you -v\nhello\n"


@pytest.mark.usefixtures("acme")
def test_usage_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == ["  doctor  examine this installation", "  greet   say hello"]
    assert main([]) == 2


@pytest.mark.usefixtures("acme")
def test_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctr"]) == 2
    assert "Unknown command 'doctr'. Did you mean 'doctor'?" in capsys.readouterr().err
