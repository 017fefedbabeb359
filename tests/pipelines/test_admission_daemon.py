"""Admission with everything real: a daemon, its code server, runs in their processes. Nothing is asserted about time."""

import pytest

from pipelines.admission.tags import GATE, GO, HOLD, POSITION, REASON, USER
from tests.pipelines.project import Project


@pytest.fixture
def project(tmp_path):
    """A project whose machine has 4 cores and 4000 MB."""
    with Project(tmp_path) as project:
        yield project


@pytest.mark.slow
def test_a_run_is_held_says_why_and_is_released_in_the_order_of_the_policy(project):
    project.start_daemon()
    first = project.submit(tags={"needs/cpu": "4", "signal": "first"})
    project.wait_for(first, "STARTED")
    flood = [project.submit(tags={"user": "flood", "needs/cpu": "4", "signal": f"flood {n}"}) for n in range(2)]
    small = project.submit(tags={"user": "small", "needs/cpu": "2", "signal": "small"})
    assert [project.tag(run, GATE) for run in [*flood, small]] == [HOLD] * 3
    assert project.tag(small, USER) == "small"

    # The flood came before, but the small one would end first if all had their share all the time.
    project.wait_until(lambda: project.tag(small, POSITION) == "1" and project.tag(flood[1], POSITION) == "3")
    assert project.tag(small, REASON).startswith("It is next, since it would end first under fair shares")
    assert "2 cpu more must become free" in project.tag(small, REASON)
    assert project.tag(flood[0], REASON).startswith(f"It goes after {small[:8]}, and what is free now does not suffice")
    assert [project.status(run) for run in [*flood, small]] == ["QUEUED"] * 3

    project.signal("first")
    project.wait_for(small, "STARTED")
    assert (project.tag(small, GATE), project.tag(small, POSITION)) == (GO, "0")
    assert [project.status(run) for run in flood] == ["QUEUED"] * 2
    project.signal("small")
    project.wait_for(flood[0], "STARTED")
    assert project.status(flood[1]) == "QUEUED"
    project.signal("all")
    for n in range(2):
        project.signal(f"flood {n}")
    project.wait_for(flood[1], "SUCCESS")
    assert any("Admission: It is next" in sentence for sentence in project.events(small))
