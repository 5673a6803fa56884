"""What must hold where only this package and its declared dependencies are installed."""

import hornbeam_apps


def test_it_has_a_version_and_public_names():
    assert hornbeam_apps.__version__ == "0.1.0"


def test_the_command_lists_what_it_can_do(capsys):
    from hornbeam_apps.cli import main

    assert main(["--help"]) == 0
    assert "demo" in capsys.readouterr().out
