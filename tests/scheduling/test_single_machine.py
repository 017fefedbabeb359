"""Jobs of a file: what is read, what is refused and why, and what a policy makes of them."""

import csv
from pathlib import Path

import pytest

from scheduling.policies import POLICIES, PolicyError
from scheduling.single_machine import JobsError, plain, read_jobs, sequence

CASES = Path(__file__).parent / "cases" / "jobs"


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_sequences_all_jobs(policy):
    done = sequence(read_jobs(CASES / "good.csv"), policy)
    assert sorted(done.ids) == ["a", "b", "c"]
    assert done.end[-1] == 11
    assert list(done.start) == [0, *done.end[:-1]]


@pytest.mark.parametrize(
    ("policy", "order", "tardiness"), [("fifo", "abc", 0 + 4 + 6), ("edd", "bca", 2), ("mdd", "bca", 2)]
)
def test_sequences_by_hand(policy, order, tardiness):
    done = sequence(read_jobs(CASES / "good.csv"), policy)
    assert "".join(done.ids) == order
    assert done.tardiness.sum() == tardiness


def test_more_than_ten_jobs_keep_the_order_of_the_file_under_fifo(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text("id,processing_time,due_date\n" + "".join(f"j{number},1,0\n" for number in range(12)))
    assert sequence(read_jobs(path), "fifo").ids == tuple(f"j{number}" for number in range(12))


def test_broken_lines_are_listed():
    with pytest.raises(JobsError) as raised:
        read_jobs(CASES / "broken.csv")
    assert (
        str(raised.value)
        .splitlines()[0]
        .endswith(
            "broken.csv has 8 lines that are not jobs. Allowed are a unique id, a processing_time of 0 or more and a "
            "due_date, both finite numbers."
        )
    )
    assert [line.strip() for line in str(raised.value).splitlines()[1:]] == [
        "Line 3: id is empty.",
        "Line 4: id is 'a', which line 2 has already.",
        "Line 5: processing_time is -2, which is negative.",
        "Line 6: processing_time is 'soon', which is not a number.",
        "Line 7: due_date is '', which is not a number.",
        "Line 8: processing_time is inf, which is not finite.",
        "Line 9: due_date is '', which is not a number.",
        "Line 10: processing_time is 1e400, which is not finite.",
    ]


def test_many_broken_lines_are_counted(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text("id,processing_time,due_date\n" + "x,1,never\n" * 40)
    with pytest.raises(JobsError, match="has 40 lines that are not jobs(.|\n)*Line 11: (.|\n)*and 30 more"):
        read_jobs(path)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no_due_date.csv", "lacks id, processing_time, due_date; its first line must name id, "),
        ("no_jobs.csv", "has no jobs; below its first line it must have one a line"),
        ("empty.csv", "lacks id, processing_time, due_date; .* but is 'empty'"),
        ("binary.csv", "binary.csv cannot be read: it is not UTF-8 text"),
        ("missing.csv", "missing.csv cannot be read: No such file or directory"),
    ],
)
def test_files_that_cannot_be_used_are_described(name, says):
    with pytest.raises(JobsError, match=says):
        read_jobs(CASES / name)


def test_a_policy_that_is_not_there_has_a_near_match():
    with pytest.raises(PolicyError, match=r"There is no policy 'MDD'; the names are fifo, .*Did you mean mdd\?"):
        sequence(read_jobs(CASES / "good.csv"), "MDD")


def test_sequences_are_written_as_csv(tmp_path):
    done = sequence(read_jobs(CASES / "good.csv"), "edd")
    done.write(tmp_path / "out.csv")
    with (tmp_path / "out.csv").open() as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["id", "start", "end", "tardiness"],
        ["b", "0", "2", "0"],
        ["c", "2", "5", "0"],
        ["a", "5", "11", "2"],
    ]
    with pytest.raises(JobsError, match="cannot be written: Is a directory"):
        done.write(tmp_path)


@pytest.mark.parametrize(("number", "text"), [(3.0, "3"), (0.5, "0.5"), (1e6, "1000000"), (0.1 + 0.2, "0.3")])
def test_numbers_are_plain(number, text):
    assert plain(number) == text
