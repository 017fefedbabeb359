"""Admission with everything real: a daemon, its code server, runs in their processes. Nothing is asserted about time."""

import pytest

from pipelines.admission.tags import EXPECTED, GATE, GO, HOLD, POSITION, REASON, USER
from tests.pipelines.project import Project


@pytest.fixture
def project(tmp_path):
    """A project whose machine has 4 cores and 4000 MB."""
    with Project(tmp_path) as project:
        yield project


@pytest.mark.slow
def test_a_run_is_held_says_why_and_is_released_in_the_order_of_the_policy(project):
    flood = [project.submit(tags={"user": "flood", "needs/cpu": "4", "signal": f"flood {n}"}) for n in range(3)]
    small = project.submit(tags={"user": "small", "needs/cpu": "2", "signal": "small"})
    assert [project.tag(run, GATE) for run in [*flood, small]] == [HOLD] * 4
    assert [project.status(run) for run in [*flood, small]] == ["QUEUED"] * 4
    assert project.tag(small, USER) == "small"

    project.start_daemon()
    project.wait_for(flood[0], "STARTED")
    # The flood came first and holds everything, so the one who holds nothing is next, however late he came.
    project.wait_until(lambda: project.tag(small, POSITION) == "1")
    assert "small holds least per weight" in project.tag(small, REASON)
    assert "2 cpu more must become free" in project.tag(small, REASON)
    project.wait_until(lambda: project.tag(flood[1], POSITION) == "2")
    assert project.tag(flood[1], REASON).startswith(f"It goes after {small[:8]}")

    project.signal("flood 0")
    project.wait_for(small, "STARTED")
    assert project.tag(small, GATE) == GO
    assert [project.status(run) for run in flood[1:]] == ["QUEUED"] * 2
    project.signal("small")
    project.wait_for(flood[1], "STARTED")
    project.signal("flood 1")
    project.wait_for(flood[2], "STARTED")
    project.signal("all")
    project.signal("flood 2")
    project.wait_for(flood[2], "SUCCESS")
    events = [event.user_message for event in project.instance.all_logs(small)]
    assert any("Admission: It is next" in event for event in events), events
    assert project.tag(small, EXPECTED)
