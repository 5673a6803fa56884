"""What is shown while a model trains: lines, a line that is written over, a bar."""

import io
import re
import sys
import types

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import Dense, Input
from hornbeam_models import Sequential
from hornbeam_models.callbacks import progress

X, Y = np.ones((20, 3), np.float32), np.zeros((20, 1), np.float32)


class Terminal(io.StringIO):
    """Text that says it is a terminal."""

    def isatty(self):
        return True


def made():
    model = Sequential([Input((3,)), Dense(1, kernel_initializer="ones")])
    model.compile(hb.optimizers.SGD(0.0), "mse")
    return model


def test_a_line_an_epoch_where_nobody_watches(capsys):
    made().fit(X, Y, epochs=2, batch_size=5, validation_data=(X, Y))
    assert capsys.readouterr().out == (
        "epoch 1/2  loss 9.0000  val_loss 9.0000\nepoch 2/2  loss 9.0000  val_loss 9.0000\n"
    )
    made().fit(X, Y, verbose=0)
    model = made()
    model.evaluate(X, Y)
    model.predict(X)
    assert capsys.readouterr().out == ""
    model.evaluate(X, Y, verbose=2)
    assert capsys.readouterr().out == "evaluate  loss 9.0000\n"


def test_a_line_that_is_written_over_in_a_notebook(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    made().fit(X, Y, batch_size=5)
    shown = capsys.readouterr().out
    assert shown.count("\r") == 5
    assert shown.endswith("\n")
    assert [part.split()[2] for part in shown.strip().split("\r")] == ["1/4", "2/4", "3/4", "4/4", "4/4"]
    assert "loss 9.0000" in shown.split("\r")[-1]


def test_a_bar_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    made().fit(X, Y, batch_size=5, epochs=12, initial_epoch=10)
    shown = terminal.getvalue()
    assert "epoch 11/12" in shown
    assert "4/4" in shown
    assert "loss 9.0000" in shown
    model = made()
    monkeypatch.setattr(progress.ProgbarLogger.__init__, "__defaults__", (0.0,))
    model.predict(X, batch_size=1)
    assert "predict" in terminal.getvalue()
    assert "20/20" in terminal.getvalue()


@pytest.mark.parametrize("width", [30, 45, 60, 200])
def test_a_narrow_terminal_cuts_figures_while_it_runs_and_shows_all_of_them_at_the_end(monkeypatch, width):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(progress, "INTERVAL", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("rich._console", None)  # the one of before may have been made where COLUMNS said something else
    model = Sequential([Input((3,)), Dense(1, kernel_initializer="ones")])
    model.compile(
        hb.optimizers.SGD(0.0), "mse", metrics=["mae", hb.metrics.MeanAbsoluteError(name="a_name_that_is_long")]
    )
    model.fit(X, Y, batch_size=5, validation_data=(X, Y))
    drawn = [re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", part).strip("\n") for part in terminal.getvalue().split("\r")]
    whole = "loss 9.0000  mae 3.0000  a_name_that_is_long 3.0000  val_loss 9.0000  val_mae 3.0000  val_a_name_that_is_long 3.0000"
    assert drawn[-1].endswith(whole)
    live = drawn if width == 200 else drawn[:-1]
    assert all(part.startswith("epoch 1/1 ") and len(part) <= width for part in live if part)
    assert any("4/4" in part and "0:00:0" in part for part in live)


def test_lines_stand_for_a_bar_that_nobody_can_watch(capsys):
    made().fit(X, Y, batch_size=5, verbose=1)
    assert capsys.readouterr().out == "epoch 1/1  loss 9.0000\n"


def test_an_error_leaves_the_terminal_in_order(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)

    def fail(batch, logs):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        made().fit(X, Y, callbacks=[hb.callbacks.LambdaCallback(on_train_batch_end=fail)])
    from rich.progress import Progress

    with Progress(auto_refresh=False) as other:  # rich refuses a second live display
        other.add_task("x")


def test_figures_are_read_at_display_rate_only(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    read = []
    model = made()
    plain = type(model).figures
    monkeypatch.setattr(type(model), "figures", lambda self, returned: read.append(1) or plain(self, returned))
    model.fit(X, Y, batch_size=1)
    assert len(read) <= 4  # the first, the epoch's, and what a slow machine adds
    assert "20/20" in capsys.readouterr().out


def test_numbers():
    text = progress.figures({"loss": 0.5, "rate": 1e-5, "each": np.array([0.25, 1.0])})
    assert text == "loss 0.5000  rate 1.0000e-05  each [0.2500 1.0000]"


def test_steps_can_be_had_and_made_anew():
    model = made()
    step = model.make_train_function()
    assert model.make_train_function() is step
    assert model.make_train_function(force=True) is not step
    out = model.make_predict_function()((X, None, None))
    np.testing.assert_allclose(out.numpy(), model.predict(X))
    config = model.get_compile_config()
    other = Sequential([Input((3,)), Dense(1, kernel_initializer="ones")])
    other.compile_from_config(config)
    assert other.evaluate(X, Y) == model.evaluate(X, Y)
