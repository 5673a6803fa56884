"""Saved models whose configuration makes no sense, or that would unpack to more than they hold, are refused with their names."""

import json
import zipfile

import numpy as np
import pytest
from hornbeam.errors import HornbeamError, SerializationError
from hornbeam_layers import Dense, Input
from hornbeam_models import Sequential, load_model
from hornbeam_models.saving import archive


@pytest.fixture
def saved(tmp_path):
    """A file, and a function that puts other contents into members of it."""
    path = tmp_path / "model.keras"
    model = Sequential([Input((3,)), Dense(2)])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 3)), np.ones((4, 2)), verbose=0)
    model.save(path)
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}

    def changed(**contents):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in (members | {n.replace("_", "."): c for n, c in contents.items()}).items():
                file.writestr(name, content)
        return path

    return path, json.loads(members["config.json"]), changed


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("compile_config",), {"a": 1}),
        (("config", "layers"), 0),
        (("config", "layers", 1, "config", "units"), [[]]),
        (("config", "layers", 1, "config", "kernel_initializer", "config"), {"seed": [[]]}),
    ],
)
def test_a_configuration_that_makes_no_sense(saved, place, value):
    _, config, changed = saved
    inner = config
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    with pytest.raises(HornbeamError):
        load_model(changed(config_json=json.dumps(config)))


def test_json_without_a_bottom(saved):
    with pytest.raises(SerializationError, match="not JSON"):
        load_model(saved[2](config_json="[" * 200_000))


def test_many_members_that_are_small_each(saved, monkeypatch):
    path, _, changed = saved
    changed(**{f"assets/{n}.txt": bytes(200_000) for n in range(20)})
    load_model(path)
    monkeypatch.setattr(archive, "LIMIT", 1 << 20)
    with pytest.raises(SerializationError, match="made to fill the memory"):
        load_model(path)


def test_a_damaged_stream(saved):
    path, _, changed = saved
    changed()
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as file:
        info = file.getinfo("config.json")
    start = info.header_offset + 30 + len("config.json")
    data[start + 20 : start + 60] = b"\xff" * 40
    path.write_bytes(data)
    with pytest.raises(SerializationError, match="damaged"):
        load_model(path)
