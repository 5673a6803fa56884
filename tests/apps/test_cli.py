"""The command, and the demo."""

from hornbeam_apps.cli import main


def test_help_lists_the_commands(capsys):
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert "demo" in out and "doctor" in out


def test_an_unknown_command_offers_the_near_one(capsys):
    assert main(["dmeo"]) == 2
    assert "Did you mean 'demo'?" in capsys.readouterr().err


def test_the_demo_trains_draws_and_saves(tmp_path, capsys):
    assert main(["demo", "--epochs", "1", "--output", str(tmp_path)]) == 1  # one epoch falls short of the goal
    out = capsys.readouterr().out
    assert "the same to the bit" in out
    assert {p.name for p in tmp_path.iterdir()} == {"digits.keras", "learning-curve.png", "predictions.png"}
