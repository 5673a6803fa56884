"""KerasFileEditor: a file of weights is made to fit another model."""

import hornbeam as hb
import numpy as np
import pytest
from hornbeam_layers import Dense, Input
from hornbeam_models import Sequential
from hornbeam_models.saving import KerasFileEditor


def make(*units):
    return Sequential([Input((3,)), *map(Dense, units)])


@pytest.mark.parametrize("name", ["source.keras", "source.weights.h5"])
def test_a_file_is_changed_until_it_fits(name, tmp_path):
    source, other = make(4, 2), make(4, 5, 2)
    (source.save if name.endswith("keras") else source.save_weights)(tmp_path / name)
    editor = KerasFileEditor(tmp_path / name)
    assert editor.compare(source) == {"status": "success", "error_count": 0, "match_count": 2, "errors": []}
    found = editor.compare(other)
    assert found["status"] == "error"
    assert "the model has layers/dense_2, the file has not" in found["errors"]
    assert "layers/dense_1: weight 0 has shape (4, 5) in the model and (4, 2) in the file" in found["errors"]
    editor.rename_object("dense_1", "dense_2")
    editor.add_object("layers/dense_1", {"0": np.zeros((4, 5))})
    editor.add_weights("dense_1", {"1": np.ones(5)})
    editor.add_weights("dense_2", {"0": np.zeros((5, 2))})
    assert editor.compare(other)["status"] == "success"
    editor.save(tmp_path / "other.weights.h5")
    other.load_weights(tmp_path / "other.weights.h5")
    np.testing.assert_array_equal(other.get_weights()[0], source.get_weights()[0])
    np.testing.assert_array_equal(other.get_weights()[3], np.ones(5))
    editor.delete_weight("layers/dense_1", "1")
    assert editor.compare(other)["errors"] == ["layers/dense_1: the model has weight 1, the file has not"]
    editor.delete_object("dense_1")
    assert editor.compare(other)["error_count"] == 1


def test_what_it_says(tmp_path):
    make(2).save_weights(tmp_path / "w.weights.h5")
    editor = KerasFileEditor(tmp_path / "w.weights.h5")
    lines = []
    editor.summary(lines.append)
    assert lines == ["layers/dense", "  0  (3, 2)  float32", "  1  (2,)  float32"]
    with pytest.raises(hb.UnknownNameError, match="Unknown path in the file 'dense_7'"):
        editor.delete_object("dense_7")
    with pytest.raises(hb.UnknownNameError, match="Unknown weight '5'"):
        editor.delete_weight("dense", "5")
    with pytest.raises(hb.InvalidArgumentError, match="has 'layers/dense' already"):
        editor.add_object("layers/dense", {})
    editor.add_object("other/dense", {})
    with pytest.raises(hb.InvalidArgumentError, match="give the whole path"):
        editor.delete_object("dense")
    with pytest.raises(hb.InvalidArgumentError, match="must end in '.keras' or '.weights.h5'"):
        (tmp_path / "x.h5").write_bytes(b"")
        KerasFileEditor(tmp_path / "x.h5")
