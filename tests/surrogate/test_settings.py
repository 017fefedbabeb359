"""A study that is started by its name alone goes on from where it was stopped, with the settings that it had."""

import pytest

from sims.solver import SimulationError
from surrogate import checkpoint
from surrogate.config import Study
from surrogate.errors import StudyError
from surrogate.settings import settle

SMALL = {"grid": 16, "simulations": 24, "steps": 50, "watermark": 200, "capacity": 400}


def leave_checkpoint(folder, suffix, study: Study) -> None:
    """A checkpoint as a run leaves it, of which only the settings matter here."""
    parts = dict.fromkeys(checkpoint._PARTS - {"format"}, None)
    checkpoint.save(
        folder / f"{study.name}{suffix}",
        {**parts, "study": {**study.settings(), "fingerprint": study.fingerprint, "of_another_version": 1}},
    )


def settled(folder, **given) -> Study:
    return settle("puff", given, folder=folder, installation={"ranks": 1, "launcher": "local"})


def test_without_a_checkpoint_the_default_and_the_installation_count(tmp_path):
    assert settled(tmp_path, grid=16) == Study(name="puff", grid=16, ranks=1)


@pytest.mark.parametrize(
    "given",
    [{}, {"grid": 16}, {"workers": 3}, {"workers": 3, "simulations": 24}],
    ids=["nothing", "the same", "another way to run", "both"],
)
def test_what_is_left_out_is_the_interrupted_runs(tmp_path, given):
    before = Study(name="puff", **SMALL, ranks=2, solver_hours=2.0, launcher="slurm", host="10.0.0.1")
    leave_checkpoint(tmp_path, ".partial.pt", before)
    study = settled(tmp_path, **given)
    assert study.fingerprint == before.fingerprint
    assert (study.ranks, study.solver_hours) == (2, 2.0)
    assert (study.launcher, study.host) == ("local", "127.0.0.1"), "what the machine is belongs to today"
    assert study.workers == given.get("workers")


@pytest.mark.parametrize("given", [{"simulations": 25}, {"batch_size": 300}, {"grid": 32, "seed": 1}])
def test_another_study_of_that_name_starts_from_the_defaults(tmp_path, given):
    leave_checkpoint(tmp_path, ".partial.pt", Study(name="puff", **SMALL))
    assert settled(tmp_path, **given) == Study(name="puff", ranks=1, **given)


@pytest.mark.parametrize("suffix", [".pt", ".partial.pt"])
def test_a_name_keeps_its_solver(tmp_path, suffix):
    own = "docs/examples/advection.py:Advection"
    leave_checkpoint(tmp_path, suffix, Study(name="puff", solver=own, grid=16))
    study = settled(tmp_path, simulations=7)
    assert study == Study(name="puff", solver=own, simulations=7, ranks=1)
    assert settled(tmp_path, solver="heat2d", simulations=7).solver == "heat2d"


def test_a_finished_study_starts_anew_with_the_defaults(tmp_path):
    leave_checkpoint(tmp_path, ".pt", Study(name="puff", **SMALL))
    assert settled(tmp_path) == Study(name="puff", ranks=1)


def test_a_file_that_is_no_checkpoint_is_no_interrupted_run(tmp_path):
    (tmp_path / "puff.partial.pt").write_bytes(b"something else")
    assert settled(tmp_path) == Study(name="puff", ranks=1)


def test_a_solver_that_is_gone_is_named_and_not_replaced(tmp_path, monkeypatch):
    leave_checkpoint(tmp_path, ".partial.pt", Study(name="puff", solver="docs/examples/advection.py:Advection"))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SimulationError, match=r"advection\.py"):
        settled(tmp_path)


@pytest.mark.parametrize("name", ["", "../heat2d", "two words", "nul\0", ".hidden"])
def test_a_name_that_is_no_files_is_refused(tmp_path, name):
    with pytest.raises(StudyError, match="name is"):
        settle(name, {}, folder=tmp_path, installation={})


def test_a_wrong_value_is_the_studys_own_sentence(tmp_path):
    leave_checkpoint(tmp_path, ".partial.pt", Study(name="puff", **SMALL))
    with pytest.raises(StudyError, match="repeats is 0; it must be from 1 to"):
        settled(tmp_path, repeats=0.0)
