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


def test_the_demo_says_what_computes_and_why(monkeypatch):
    from types import SimpleNamespace

    from hornbeam_apps import demo

    def status(name, priority, reason=None):
        entry = SimpleNamespace(component=SimpleNamespace(name=name, summary=f"what {name} is"))
        return SimpleNamespace(name=name, priority=priority, reason=reason, entry=entry)

    chosen = SimpleNamespace(name="cpu", describe=lambda: "sixteen cores")
    found = [status("cpu", 100), status("numpy", 0), status("cuda", 200, "no driver"), status("toy", 50, "broken")]
    monkeypatch.setattr(demo, "current_backend", lambda: chosen)
    monkeypatch.setattr(demo.registry, "backends", lambda: found)
    monkeypatch.delenv("HORNBEAM_BACKEND", raising=False)
    expected = "Computed by backend cpu on sixteen cores: what cpu is.\nNot by cuda: no driver."
    assert demo.engine() == expected
    monkeypatch.setenv("HORNBEAM_BACKEND", "cpu")
    assert demo.engine().splitlines()[1] == "HORNBEAM_BACKEND=cpu asks for it."
