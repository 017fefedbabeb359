"""Traces of each format: what becomes of their fields, which lines are left out and why, which files are refused."""

from pathlib import Path

import pytest

from scheduling.request import Request
from scheduling.resources import Resources
from scheduling.simulator import Arrival
from scheduling.traces import TraceError, read_trace

CASES = Path(__file__).parent.parent / "cases" / "traces"


def test_standard_workload_format():
    trace = read_trace(CASES / "small.swf")
    assert trace.arrivals == (
        Arrival(Request("1", "7", Resources(cpu=4, mem=4), 0, estimate=120), 100),
        Arrival(Request("2", "7", Resources(cpu=8, mem=4), 10, estimate=90, predecessors=("1",)), 60),
        Arrival(Request("3", "9", Resources(cpu=2), 20), 30),
        Arrival(Request("8", "9", Resources(cpu=1), 50, estimate=60), 0),
    )
    assert trace.broken == (
        "Line 8: run time (field 4) is -1, as the job never ran; it must be 0 or more.",
        "Line 9: it has 5 fields; it must have 18.",
        "Line 10: submit time (field 2) is 'soon'; it must be a finite number, 0 or more.",
        "Line 11: processors (fields 8 and 5) are both unknown; one must be above 0.",
        "Line 12: id is '3', which line 7 has already; it must be unique.",
    )


def test_pods():
    trace = read_trace(CASES / "pods.csv")
    assert trace.arrivals == (
        Arrival(Request("pod-1", "LS", Resources(cpu=4, mem=8, gpu=0.25), 100, priority=2), 50),
        Arrival(Request("pod-2", "Burstable", Resources(cpu=16, mem=32, gpu=2), 120, priority=1), 180),
    )
    assert trace.broken == (
        "Line 4: scheduled_time is empty, as the pod was never scheduled; it must be a number of seconds.",
        "Line 5: There is no qos 'Best'; the names are BE, Burstable, Guaranteed, LS.",
        "Line 6: creation_time, scheduled_time, deletion_time are 130, 140, 120; they must ascend.",
        "Line 7: name is empty; it must be unique.",
        "Line 8: cpu_milli is '-5'; it must be a finite number, 0 or more.",
        "Line 9: it needs nothing; of cpu, mem, gpu one must be above 0.",
    )


def test_plain():
    trace = read_trace(CASES / "plain.csv")
    assert trace.arrivals == (
        Arrival(Request("a", "ann", Resources(cpu=2, mem=4), 0, 12, 30, 1), 10),
        Arrival(Request("b", "ben", Resources(cpu=1), 1), 5.5),
        Arrival(Request("c", "ann", Resources(mem=1), -2, 3, priority=-1), 3),
    )
    assert trace.resources == {"cpu", "mem"}
    assert trace.broken == (
        "Line 5: runtime is '-1'; it must be a finite number, 0 or more.",
        "Line 6: estimate is 'soon'; it must be a finite number, 0 or more.",
        "Line 7: priority is '0.5'; it must be a whole number.",
        "Line 8: it needs nothing; of cpu, mem one must be above 0.",
        "Line 9: id is 'a', which line 2 has already; it must be unique.",
        "Line 10: id is empty; it must be unique.",
        "Line 11: it has more fields than the first line; it must have as many.",
        "Line 12: submitted is 'nan'; it must be a finite number.",
        "Line 13: it needs nothing; of cpu, mem one must be above 0.",
    )


def test_what_is_left_out_is_accounted_for():
    lines = read_trace(CASES / "pods.csv").account.splitlines()
    assert lines[0].endswith("pods.csv are left out.")
    assert lines[0].startswith("6 of 8 lines of ")
    assert len(lines) == 7


def test_little_is_enough(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text(" id ,submitted,runtime,licence\n1,0,2,1\n" + "x,0,2,0\n" * 12)
    trace = read_trace(path)
    assert trace.arrivals == (Arrival(Request("1", "", Resources(licence=1), 0), 2),)
    assert trace.account.endswith("  and 2 more")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.csv", "", "lacks id, submitted, runtime; its first line must name id, submitted, runtime, but is 'empty'"),
        ("a.csv", "id,submitted,cpu\n", "lacks runtime; .* but is 'id,submitted,cpu'"),
        ("a.csv", "id,submitted,runtime,user\n", "has no column of a resource; beside id, submitted, runtime, user"),
        ("a.csv", "id,submitted,runtime,cpu,cpu\n", "names a column 'cpu'; each needs a name of its own"),
        ("a.csv", "id,submitted,runtime,\n", "names a column ''; each needs a name of its own"),
        ("a.csv", "id,submitted,runtime,cpu\n", "has no requests; a line must be a unique id, submitted and runtime"),
        ("a.csv", "id,submitted,runtime,cpu\n1,0,x,1\n", "has no requests; (.|\n)*Line 2: runtime is 'x'"),
        ("a.csv", "id,submitted,runtime,cpu\n1,0,1," + "9" * 200_000, "cannot be read as CSV after line 1"),
        ("a.csv", "name,cpu_milli,memory_mib,gpu_milli\n", "lacks num_gpu, qos, creation_time, "),
        ("a.swf", "1 2 3\n", "has no requests; a line must be the 18 numbers of a job that ran"),
        ("a.txt", "; a comment\n", "has no requests"),
        ("a.csv", b"\xff\xfe", "cannot be read: it is not UTF-8 text"),
        ("a.csv", None, "cannot be read: No such file or directory"),
    ],
)
def test_files_that_cannot_be_used_are_described(name, text, says, tmp_path):
    path = tmp_path / name
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TraceError, match=says):
        read_trace(path)
