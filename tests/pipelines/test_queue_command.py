"""`millrace queue` shows what admission knows, in a home that is fresh, at work, or left alone."""

import io
import time

import dagster as dg
import pytest
from rich.console import Console

from pipelines.admission.lease import give_back, take
from pipelines.home import open_instance
from pipelines.queue_command import show_queue
from pipelines.settings import Settings
from tests.pipelines.test_admission_store import admission, submit


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Of a fresh home."""
    for name in ("MILLRACE_HOME", "DAGSTER_HOME", "DAGSTER_DISABLE_TELEMETRY"):
        monkeypatch.setenv(name, "")  # so that what the code sets is undone
    return Settings.from_environ({"MILLRACE_HOME": str(tmp_path)})


def shown(settings) -> str:
    """As a terminal that is wide enough prints it."""
    console = Console(width=300, record=True, file=io.StringIO())
    console.print(show_queue(settings))
    return console.export_text()


def test_a_fresh_home_says_what_is_missing(settings):
    text = shown(settings)
    assert "No run works." in text
    assert "No run waits." in text
    assert "Nobody has decided yet; runs are released while `millrace ui` is open" in text


def test_who_works_and_who_waits_and_why(settings):
    with open_instance(settings) as instance:
        first = submit(instance, user="ana", **{"needs/cpu": "2"})
        assert "Nobody has looked at it yet." in shown(settings)
        admission().tick(instance)
        second = submit(instance, user="boris", **{"needs/cpu": "50%"})
        admission().tick(instance)
    (waiting,) = [line for line in shown(settings).splitlines() if f" {second[:8]}" in line]
    assert waiting.split()[0] == "1"
    for words in ("boris", "50% cpu", "It is next", "1 cpu more must become free"):
        assert words in waiting
    (working,) = [line for line in shown(settings).splitlines() if line.lstrip().startswith(first[:8])]
    assert "not begun" in working
    assert "Decided" in shown(settings)


def test_a_home_that_was_left_alone_says_so(settings):
    with open_instance(settings) as instance:
        assert isinstance(instance, dg.DagsterInstance)
        give_back(instance, take(instance, time.time() - 7200))
    assert "Nobody has decided for 2:00:0" in shown(settings)
