"""A surrogate in a file answers in the units of its solver, and says what it was not trained for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from surrogate import checkpoint
from surrogate.errors import StudyError
from surrogate.models import build_model
from surrogate.normalisation import Normalisation
from surrogate.predict import load

SHAPE, BOUNDS = (6, 5), {"heat": [0.0, 10.0, "W"], "flow": [1.0, 2.0, "m/s"]}
SCALE = Normalisation((0.0, 1.0), (10.0, 2.0), mean=300.0, deviation=50.0)
GIVEN = {"heat": 5.0, "flow": 1.5}


def surrogate_of(folder: Path, name: str):
    """A surrogate with fresh weights, through a file; and its network."""
    torch.manual_seed(0)
    model = build_model(name, 4, SHAPE)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    parts = {
        "study": {"model": name, "steps": 20, "pair_distance": 2},
        "solver": {"bounds": BOUNDS, "shape": list(SHAPE), "horizon": 0.5, "unit": "K"},
        "trainer": {"model": model.state_dict()},
        "normalisation": SCALE.state(),
    }
    empty = {"used": {}, "counters": {}, "random": {}, "history": {}}
    checkpoint.save(folder / "s.pt", {**parts, **empty})
    return load(folder / "s.pt"), model


def test_a_direct_surrogate_answers_for_a_time(tmp_path: Path):
    surrogate, model = surrogate_of(tmp_path, "fully_connected")
    assert (surrogate.kind, surrogate.shape, surrogate.unit, surrogate.stride) == ("direct", SHAPE, "K", 0.5)
    with torch.inference_mode():
        expected = model(torch.tensor([[0.0, 0.0, 0.0, 2 * 0.5**0.5 - 1]])) * 50 + 300
    np.testing.assert_allclose(surrogate(GIVEN, time=0.25), expected.reshape(SHAPE), rtol=1e-6)


def test_an_autoregressive_surrogate_goes_on_from_a_field(tmp_path: Path):
    surrogate, model = surrogate_of(tmp_path, "convolutional")
    assert (surrogate.kind, surrogate.stride) == ("autoregressive", 0.05)
    start = np.random.default_rng(0).uniform(200, 400, SHAPE)
    kept = start.copy()
    fields = surrogate.roll_out(GIVEN, start, steps=3)
    assert fields.shape == (3, *SHAPE)
    np.testing.assert_array_equal(start, kept)
    normal = torch.from_numpy(((start - 300) / 50).astype(np.float32)).reshape(1, -1)
    with torch.inference_mode():
        for field in fields:
            normal = model(torch.zeros(1, 4), normal)
            np.testing.assert_allclose(field, normal.reshape(SHAPE) * 50 + 300, rtol=1e-5)
    np.testing.assert_allclose(surrogate.roll_out(GIVEN, fields[0], steps=2), fields[1:], rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "call", "sentence"),
    [
        ("fully_connected", lambda s: s({"heat": 1.0}, 0.1), "takes heat, flow; it was given heat"),
        ("fully_connected", lambda s: s({**GIVEN, "heat": 11.0}, 0.1), "heat is 11; .* from 0 to 10"),
        ("fully_connected", lambda s: s(GIVEN, 0.6), "time is 0.6; .* from 0 to 0.5"),
        ("fully_connected", lambda s: s.roll_out(GIVEN, np.zeros(SHAPE), 3), "gives the field at any time; call it"),
        ("convolutional", lambda s: s(GIVEN, 0.1), "goes on from a field; call roll_out"),
        ("convolutional", lambda s: s.roll_out({**GIVEN, "flow": 0.0}, np.zeros(SHAPE), 3), "flow is 0; .* from 1 to 2"),
        ("convolutional", lambda s: s.roll_out(GIVEN, np.zeros(7), 3), r"has the shape \(7,\); .* from \(6, 5\)"),
        ("convolutional", lambda s: s.roll_out(GIVEN, np.full(SHAPE, np.nan), 3), "has 30 values that are not finite"),
        ("convolutional", lambda s: s.roll_out(GIVEN, np.zeros(SHAPE), 0), "0 steps were asked for; it must be 1 or more"),
    ],
)  # fmt: skip
def test_what_it_was_not_trained_for_is_said(tmp_path: Path, name, call, sentence):
    surrogate, _ = surrogate_of(tmp_path, name)
    with pytest.raises(StudyError, match=sentence):
        call(surrogate)
