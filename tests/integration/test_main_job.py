"""The main job in a fresh home: it runs, it runs again, and stopping it anywhere leaves nothing behind."""

import json
import signal
import time

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.mpi, pytest.mark.model]

SMALL = {"simulations": 24, "grid": 16, "steps": 50}
LONG = SMALL | {"simulations": 240}
"""Trains for longer than from one line of progress to the next."""


def finish(process) -> str:
    """Wait for the end of a job that must succeed."""
    output, _ = process.communicate(timeout=280)
    assert process.returncode == 0, output
    return output


def wait_for_line(process, words: str) -> None:
    """Read what a job prints until a line has these words."""
    seen = []
    for line in process.stdout:
        seen.append(line)
        if words in line:
            return
    pytest.fail(f"{words!r} was never printed:\n{''.join(seen)}")


def wait_until_gone(home) -> None:
    """The language model's server notices within seconds that its last user is gone; nobody else may be left."""
    deadline = time.monotonic() + 90
    while left := home.processes():
        assert time.monotonic() < deadline, [process.cmdline() for process in left]
        time.sleep(0.2)


@pytest.mark.timeout(900)
def test_it_runs_twice_and_reports(fresh_home):
    report_file = fresh_home.path / "reports" / "nightly.json"
    finish(fresh_home.start_nightly(**SMALL))
    first = json.loads(report_file.read_text())
    finish(fresh_home.start_nightly(**SMALL))
    second = json.loads(report_file.read_text())

    balance = first["training"]["balance"]
    assert balance["produced"] == SMALL["simulations"] * SMALL["steps"]
    assert balance["produced"] == sum(balance[state] for state in ("unseen", "seen", "evicted", "drained"))
    assert first["training"]["rmse"] < 0.5 * first["training"]["mean_field_rmse"]
    assert first["published"]["records"] == 300
    assert first["score"]["cells"]["f1"] > 0.9
    assert first["score"]["pairs"]["f1"] > 0.9
    assert [given["language"] for given in first["answers"]] == ["tr", "ru", "en"]
    assert all(given["answered"] for given in first["answers"])
    assert {given["source"] for given in first["answers"]} == {"verified", "composed"}
    assert first["quality"]["accuracy"] >= 0.95

    assert second["sync"]["inserted"] == second["sync"]["updated"] == second["sync"]["deleted"] == 0
    assert second["corrections"]["new_in_ledger"] == 0
    assert second["published"]["written"] == second["published"]["removed"] == 0
    assert second["score"] == first["score"]
    wait_until_gone(fresh_home)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("moment", "study"), [("of 240 simulations", LONG), ("sync employees", SMALL), ("spelling", SMALL)]
)
def test_stopped_anywhere_it_leaves_no_process_and_goes_on(fresh_home, moment, study):
    with fresh_home.start_nightly(**study) as process:
        wait_for_line(process, moment)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=150)
    assert process.returncode == 130, output
    assert "Traceback" not in output
    wait_until_gone(fresh_home)
    assert not list(fresh_home.path.rglob("*.partial"))

    with fresh_home.start_nightly(**study) as again:
        wait_for_line(again, "de-duplicate")
        finish(again)
    wait_until_gone(fresh_home)
