"""The addresses, names and checksums of published weights are those in genuine Keras's sources."""

import ast
import inspect
import os
from importlib import import_module
from pathlib import PurePosixPath

os.environ |= {"KERAS_BACKEND": os.environ.get("KERAS_BACKEND", "jax")}

import hornbeam as hb
import pytest
from hornbeam.backends.base import using_backend
from hornbeam_apps import _manifest
from hornbeam_apps.applications import network

TABLES = {  # how the keys of Keras's tables are made of names of files
    "resnet": "{}_weights_tf_dim_ordering_tf_kernels",
    "mobilenet_v3": "weights_mobilenet_v3_{}",
    "efficientnet": "efficientnet{}",
    "efficientnet_v2": "efficientnetv2-{}",
    "convnext": "{}",
}
ENDS = {"mobilenet_v3": (".h5", "_no_top_v2.h5")}


def of_keras(module):
    """What each file hashes to, and where files are."""
    source = import_module(f"keras.src.applications.{module}")
    found, names = {}, vars(source)
    for node in ast.walk(ast.parse(inspect.getsource(source))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("get_file"):
            digest = next((k.value for k in node.keywords if k.arg == "file_hash"), None)
            if isinstance(node.args[0], ast.Constant) and isinstance(digest, ast.Constant):
                found[node.args[0].value] = digest.value
    if module == "inception_resnet_v2":  # the name is in a variable there
        texts = [n.value for n in ast.walk(ast.parse(inspect.getsource(source))) if isinstance(n, ast.Constant)]
        texts = [t for t in texts if isinstance(t, str)]
        files = [t for t in texts if t.endswith(".h5")]
        found = dict(zip(files, [t for t in texts if len(t) == 32 and t.isalnum()], strict=True))
    for key, digests in names.get("WEIGHTS_HASHES", {}).items():
        for end, digest in zip(ENDS.get(module, (".h5", "_notop.h5")), digests, strict=True):
            found[TABLES[module].format(key.removeprefix("-")) + end] = digest
    return found, [value for value in names.values() if isinstance(value, str) and value.startswith("https://")]


@pytest.mark.parametrize("include_top", [True, False])
@pytest.mark.parametrize("name", [name for names in _manifest.NETWORKS.values() for name in names])
def test_file(name, include_top, monkeypatch):
    asked = []
    monkeypatch.setattr(network, "get_file", lambda *args, **how: asked.append((*args, how)))
    monkeypatch.setattr(network.Functional, "load_weights", lambda *_: None)
    with using_backend("shapes"):
        getattr(hb.applications, name)(include_top=include_top, input_shape=None if include_top else (224, 224, 3))
    ((given, address, how),) = asked
    module = next(module for module, names in _manifest.NETWORKS.items() if name in names)
    digests, places = of_keras("resnet" if module == "resnet_v2" else module)
    file = given or PurePosixPath(address).name
    assert how == {"cache_subdir": "models", "file_hash": digests.get(file)}
    assert (how["file_hash"] is None) == (module in ("mobilenet", "mobilenet_v2"))
    assert any(address in (place, place + file) for place in places)
