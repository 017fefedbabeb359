"""A checkpoint is written whole or not at all, read without running anything, and gives back what was put in."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from surrogate import checkpoint
from surrogate.errors import CheckpointError


def parts(**changed):
    names = ("study", "solver", "trainer", "normalisation", "used", "counters", "random", "history")
    return {**{name: {} for name in names}, **changed}


def test_random_numbers_go_on_where_they_were(tmp_path: Path):
    rng = np.random.default_rng(3)
    rng.random(5)
    torch.rand(5)
    checkpoint.save(tmp_path / "s.pt", parts(random=checkpoint.random_state(rng)))
    expected = rng.random(4), torch.rand(4)
    torch.rand(7)
    other = np.random.default_rng(4)
    checkpoint.restore_random(checkpoint.read(tmp_path / "s.pt")["random"], other)
    np.testing.assert_array_equal(other.random(4), expected[0])
    assert torch.equal(torch.rand(4), expected[1])


@given(st.dictionaries(st.integers(0, 10**6), arrays(bool, 21), max_size=5), st.sets(st.integers(0, 10**6)))
def test_used_steps_come_back_as_they_were(partial, done):
    packed = checkpoint.pack_used(done, partial)
    assert all(bits.numel() == 3 for bits in packed["partial"].values())
    again, masks = checkpoint.unpack_used(packed, 21)
    assert again == sorted(done)
    assert masks.keys() == partial.keys()
    for number, mask in masks.items():
        np.testing.assert_array_equal(mask, partial[number])


def test_used_steps_survive_the_file(tmp_path: Path):
    mask = np.arange(10) % 3 == 0
    checkpoint.save(tmp_path / "s.pt", parts(used=checkpoint.pack_used([4, 2], {7: mask})))
    done, partial = checkpoint.unpack_used(checkpoint.read(tmp_path / "s.pt")["used"], 10)
    assert done == [2, 4]
    np.testing.assert_array_equal(partial[7], mask)


def test_a_write_that_fails_leaves_the_old_one(tmp_path: Path):
    path = tmp_path / "s.pt"
    checkpoint.save(path, parts(trainer={"batches": 1}))
    with pytest.raises(AttributeError):
        checkpoint.save(path, parts(trainer=lambda: None))  # cannot be pickled
    assert checkpoint.read(path)["trainer"] == {"batches": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["s.pt"]


class Harm:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_reading_runs_nothing(tmp_path: Path):
    harmed = tmp_path / "harmed"
    checkpoint.save(tmp_path / "s.pt", parts(study=Harm(harmed)))
    with pytest.raises(CheckpointError, match="is no checkpoint of millrace"):
        checkpoint.read(tmp_path / "s.pt")
    assert not harmed.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, r"There is no checkpoint at .*s\.pt; train a study first"),
        (b"weights", "is no checkpoint of millrace"),
        (pickle.dumps({"format": 2}), "is no checkpoint of millrace"),
        ([1, 2], "it has no format"),
        ({"format": 1, "done": []}, "has the format 1; this version reads 2. Train it again"),
        ({"format": 2, "study": {}}, "is not whole: it lacks counters, history, normalisation"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(tmp_path: Path, content, sentence):
    path = tmp_path / "s.pt"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        torch.save(content, path)
    with pytest.raises(CheckpointError, match=sentence):
        checkpoint.read(path)
