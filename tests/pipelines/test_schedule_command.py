"""`millrace schedule` prints an order and its tardiness, and explains mistakes in sentences."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app, guarded

CASES = Path(__file__).parent.parent / "scheduling" / "cases" / "jobs"


def test_order_and_tardiness_are_printed_and_written(tmp_path):
    out = tmp_path / "out.csv"
    arguments = ["schedule", "--policy", "edd", "--jobs", str(CASES / "good.csv"), "--out", str(out)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines() == ["b", "c", "a", "total tardiness: 2"]
    assert out.read_text().splitlines() == ["id,start,end,tardiness", "b,0,2,0", "c,2,5,0", "a,5,11,2"]


@pytest.mark.parametrize(
    ("policy", "jobs", "says"),
    [
        ("uwfqq", "good.csv", "There is no policy 'uwfqq'; the names are fifo, "),
        ("mdd", "broken.csv", "Line 5: processing_time is -2, which is negative."),
        ("mdd", "missing.csv", "missing.csv cannot be read: No such file or directory."),
    ],
)
def test_mistakes_are_explained(policy, jobs, says, capsys):
    with pytest.raises(SystemExit) as stopped:
        guarded(lambda: app(["schedule", "--policy", policy, "--jobs", str(CASES / jobs)], standalone_mode=False))
    assert stopped.value.code == 1
    assert says in capsys.readouterr().err
