"""`millrace simulate` prints figures of each policy, says what it left out, and explains mistakes in sentences."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app, guarded

CASES = Path(__file__).parent.parent / "scheduling" / "cases" / "traces"


def test_policies_are_compared():
    arguments = ["simulate", "--trace", str(CASES / "small.swf"), "--policy", "fifo", "--policy", "uwfq"]
    done = CliRunner().invoke(app, [*arguments, "--capacity", "cpu=8", "--estimates", "perfect"])
    assert done.exit_code == 0, done.output
    assert "5 of 9 lines of " in done.stderr
    assert "Line 9: it has 5 fields; it must have 18." in done.stderr
    count, head, *rows = done.stdout.splitlines()
    assert count == "4 requests; not limited: mem"
    assert head.split() == ["fifo", "uwfq"]
    assert "mean response, s" in rows[0]


@pytest.mark.parametrize(
    ("trace", "capacity", "says"),
    [
        ("small.swf", "cpu", "'cpu' is not resources; write names and amounts, each once: cpu=32,mem=64."),
        ("small.swf", "cpus=4", "There is no resource 'cpus'; the names are cpu, mem. Did you mean cpu?"),
        ("small.swf", "cpu=4", "2 can never run. It needs 8 cpu, but a server has only 4 cpu in all."),
        ("missing.csv", "cpu=4", "missing.csv cannot be read: No such file or directory."),
    ],
)
def test_mistakes_are_explained(trace, capacity, says, capsys):
    arguments = ["simulate", "--trace", str(CASES / trace), "--policy", "fifo", "--capacity", capacity]
    with pytest.raises(SystemExit) as stopped:
        guarded(lambda: app(arguments, standalone_mode=False))
    assert stopped.value.code == 1
    assert says in capsys.readouterr().err
