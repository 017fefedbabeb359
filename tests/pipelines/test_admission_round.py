"""A round of decisions as a table: runs and a machine in, what happens to each run and what it is told out."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from pipelines.admission.capacity import Machine, measure
from pipelines.admission.devices import Devices
from pipelines.admission.forecast import expected_starts
from pipelines.admission.gate import Gate
from pipelines.admission.needs import NeedsError, read_claim
from pipelines.admission.release import LISTED, Limits, decide
from pipelines.admission.runs import Run
from pipelines.admission.tags import (
    CORES,
    DEADLINE,
    ESTIMATE,
    EXPECTED,
    GATE,
    GO,
    GPUS,
    NO_GPU,
    POSITION,
    PRIORITY,
    REASON,
    USER,
)
from scheduling.policies import POLICIES, build_policy
from scheduling.request import Request, Running
from scheduling.resources import Resources
from tests.pipelines.project import ROOT

NOW = datetime(2026, 11, 17, 22, 30).astimezone().timestamp()
MACHINE = Machine(Resources(cpu=4, memory_mb=4000), available_mb=4000)


def run(name: str, *, state="held", age: float = 10, pools=(), started=None, **needs) -> Run:
    """A run of user `ana` unless its tags say otherwise."""
    tags = {f"needs/{key}" if "/" not in key else key: str(value) for key, value in needs.items()}
    return Run(
        name, "job", "job", {USER: "ana", **tags}, NOW - age, state=state, pools=frozenset(pools), started=started
    )


def round_of(*runs, machine=MACHINE, policy="fair", **settings):
    """One round, entries by the names of the runs."""
    plan = decide(runs, machine, build_policy(policy), now=NOW, **settings)
    return {entry.run.id: entry for entry in plan.entries}


@pytest.mark.parametrize(
    ("tag", "text", "says"),
    [
        ("needs/cpu", "-1", "needs/cpu is '-1'; it must be a number, 0 or more, or a share of the machine like 50%."),
        ("needs/cpu", "many", "needs/cpu is 'many'"),
        ("needs/cpu", "nan", "needs/cpu is 'nan'"),
        ("needs/memory_mb", "inf", "needs/memory_mb is 'inf'"),
        ("needs/gpus", "1", "There is no resource 'gpus'; the names are cpu, gpu, memory_mb. Did you mean gpu?"),
        ("needs/runs", "5", "There is no resource 'runs'"),
        ("needs/gpu", "1.5", "it must be a whole number of GPUs, or a part of one like 0.5"),
    ],
)
def test_needs_that_cannot_be_read_refuse_the_run_and_no_other(tag, text, says):
    found = round_of(run("bad", **{tag: text}), run("good"))
    assert found["bad"].verdict == "refuse"
    assert says in found["bad"].reason
    assert found["good"].verdict == "start"
    with pytest.raises(NeedsError, match="needs"):
        read_claim(run("bad", **{tag: text}), MACHINE.total)


@pytest.mark.parametrize(
    ("tag", "text", "says"),
    [
        (ESTIMATE, "0", "admission/estimate_s is '0'; it must be a number of seconds above 0"),
        (ESTIMATE, "soon", "so its run time counts as unknown"),
        (DEADLINE, "2020-01-01T00:00+00:00", "which had passed when it was submitted, so it is late already"),
        (DEADLINE, "tomorrow", "it must be a time like"),
        (DEADLINE, "25:00", "it must be a time like"),
        (DEADLINE, "+nan", "it must be a time like"),
        (DEADLINE, "-1e9", "it must be a time like"),
        (PRIORITY, "high", "it must be a whole number, so it counts as 0"),
    ],
)
def test_other_bad_tags_are_named_and_the_run_goes_on_without(tag, text, says):
    found = round_of(run("a", **{tag: text}))["a"]
    assert found.verdict == "start"
    assert says in found.reason


def test_deadlines_may_be_times_times_of_day_or_delays():
    def due(text):
        return read_claim(run("a", age=0, **{DEADLINE: text}), MACHINE.total).request.deadline

    evening = datetime.fromtimestamp(NOW).astimezone()
    assert due("+90") == NOW + 90
    assert due("23:00") == NOW + 30 * 60
    assert due("06:00") == (evening.replace(hour=6, minute=0) + timedelta(days=1)).timestamp()
    assert due("2026-11-18T00:00+03:00") == datetime.fromisoformat("2026-11-18T00:00+03:00").timestamp()


def test_shares_are_of_this_machine_and_silence_means_the_defaults():
    half = read_claim(run("a", cpu="50%", memory_mb="25%"), MACHINE.total).request.needs
    assert (half["cpu"], half["memory_mb"]) == (2, 1000)
    silent = read_claim(run("a"), MACHINE.total, defaults=Resources(cpu=3)).request.needs
    assert silent == Resources(cpu=3)


def test_what_can_never_fit_says_so_at_once_and_holds_nobody_up():
    found = round_of(run("huge", age=99, memory_mb=9000), run("gpu", age=98, gpu=1), run("small"))
    assert [found[name].verdict for name in ("huge", "gpu", "small")] == ["never", "never", "start"]
    assert "can never start on this machine. It needs 1 cpu, 9000 memory_mb" in found["huge"].reason
    assert "4000 memory_mb" in found["huge"].reason
    assert "gpu" in found["gpu"].reason
    assert found["huge"].tags[POSITION] is None


def test_running_runs_hold_what_they_reserved_whatever_they_use():
    working = run("r", state="running", started=NOW - 5, cpu=3)
    released = run("g", state="released", cpu=1)
    assert round_of(working, run("a"))["a"].verdict == "start"
    waits = round_of(working, released, run("a"))["a"]
    assert (waits.verdict, waits.position) == ("wait", 1)
    assert "1 cpu more must become free" in waits.reason


def test_memory_that_others_use_is_not_given_away():
    squeezed = Machine(MACHINE.total, available_mb=800)
    assert round_of(run("a", memory_mb=900), machine=squeezed)["a"].verdict == "wait"
    assert round_of(run("a", memory_mb=700), machine=squeezed)["a"].verdict == "start"


def test_fragments_of_gpus_do_not_make_one():
    machine = Machine(Resources(cpu=8, memory_mb=8000, gpu=2), 8000, gpus_used=(0, 0))
    holders = [run(f"r{gpu}", state="running", gpu=0.6, **{GPUS: str(gpu)}) for gpu in (0, 1)]
    found = round_of(*holders, run("a", gpu=0.7), run("b", gpu=0.3), machine=machine)
    assert found["a"].verdict == "wait"
    assert found["a"].reason == "It is next, but no single GPU has 0.7 of it free."
    assert (found["b"].verdict, found["b"].tags[GPUS]) == ("start", "0")


def test_a_gpu_that_somebody_else_uses_is_left_alone():
    machine = Machine(Resources(cpu=8, memory_mb=8000, gpu=2), 8000, gpus_used=(0.7, 0.01))
    found = round_of(run("a", gpu=1), run("b", gpu=1), machine=machine)
    assert [found["a"].tags[GPUS], found["b"].verdict] == ["1", "wait"]


def test_cores_are_not_shared_while_others_are_free():
    found = round_of(run("a", cpu=2), run("b", cpu=0.5), run("c", cpu=0.5), run("d", cpu=0))
    cores = {name: set(filter(None, (entry.tags[CORES] or "").split(","))) for name, entry in found.items()}
    assert len(cores["a"]) == 2
    assert cores["b"] == cores["c"]
    assert not cores["a"] & cores["b"]
    assert cores["d"] == set()


def test_units_are_found_for_whole_amounts_and_parts():
    devices = Devices(2)
    devices.hold(0.5, devices.choose(0.5))
    assert devices.choose(0.5) == [0]
    assert devices.choose(1) == [1]
    assert devices.choose(2) is None
    assert devices.least_taken(1.5) == [0, 1]


def test_pools_and_places_are_resources_and_closed_ones_refuse_nobody():
    working = run("r", state="running", pools=["training"])
    limits = Limits(runs=2, pools={"training": 1})
    found = round_of(working, run("a", pools=["training"]), run("b"), run("c"), limits=limits)
    assert "1 pool:training more must become free" in found["a"].reason
    assert [found[name].verdict for name in ("a", "b", "c")] == ["wait", "start", "wait"]
    closed = round_of(run("a", pools=["training"]), run("b"), limits=Limits(pools={"training": 0}))
    assert [closed[name].verdict for name in ("a", "b")] == ["wait", "start"]
    assert round_of(run("a"), limits=Limits(runs=0))["a"].verdict == "wait"


def test_a_long_queue_is_told_where_it_stands_without_being_written_anew():
    working = run("r", state="running", cpu=4)
    queue = [run(f"q{n:04}", age=5000 - n) for n in range(1000)]
    found = round_of(working, *queue, policy="fifo")
    assert found["q0000"].tags[POSITION] == "1"
    assert found["q0345"].tags[POSITION] == "after 300"
    assert found["q0345"].reason == f"More than {LISTED} runs go before it."
    told = [Run(entry.run.id, "job", "job", {**entry.run.tags, **entry.tags}, entry.run.submitted) for entry in
            found.values()]  # fmt: skip
    again = round_of(working, *told[1:], policy="fifo")
    rewritten = [name for name, entry in again.items() if {POSITION} & entry.news().keys()]
    assert len(rewritten) <= LISTED + 10


def test_expected_starts_follow_the_ends_of_what_runs():
    def need(name, cpu, estimate=None):
        return Request(name, "u", Resources(cpu=cpu), 0, estimate)

    running = [Running(need("r", 3), "m", 0, 50), Running(need("s", 1), "m", 0, None)]
    waiting = [need("a", 3, 10), need("b", 3, 10), need("c", 4), need("d", 1)]
    assert expected_starts(waiting, running, Resources(cpu=4), 0) == [50, 60, None, None]
    assert expected_starts([need("a", 3)], [Running(need("r", 3), "m", 0, 5)], Resources(cpu=4), 9) == [9]


def test_released_runs_carry_the_release_in_their_tags():
    found = round_of(run("a", cpu=2, **{ESTIMATE: "60"}))["a"]
    assert found.tags[GATE] == GO
    assert found.tags[POSITION] == "0"
    assert found.tags[EXPECTED].startswith("2026-11-17 22:30")
    assert found.tags[REASON].startswith("It is next")


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_every_policy_can_release_runs(policy):
    queue = [run(f"q{n}", cpu=1 + n % 3, **{USER: f"u{n % 4}", ESTIMATE: "60", DEADLINE: "+600"}) for n in range(20)]
    found = round_of(*queue, policy=policy)
    started = [entry for entry in found.values() if entry.verdict == "start"]
    assert started
    assert sum(entry.claim.request.needs["cpu"] for entry in started) <= 4


def test_the_gate_opens_when_nobody_decides_and_not_because_a_day_has_passed():
    gate = Gate(patience=120)
    assert not gate.is_open(None, now=1000)
    assert gate.is_open(None, now=1120)
    assert not gate.is_open(5.0, now=1121)
    assert not gate.is_open(5.0, now=1240)
    assert gate.is_open(5.0, now=1242)
    assert not gate.is_open(6.0, now=1243)
    assert not Gate(patience=120).is_open(6.0, now=90_000), "a daemon that begins gives the sensor its time"


def test_the_machine_is_measured_and_what_is_configured_counts_more():
    found = measure()
    assert found.total["cpu"] >= 1
    assert 0 < found.available_mb <= found.total["memory_mb"]
    assert measure({"cpu": 64, "licences": 2}).total["licences"] == 2
    assert measure({"cpu": 64}).total["cpu"] == 64


def nvml(*, broken: bool = False) -> SimpleNamespace:
    """Two GPUs, the first half full, as nvidia-ml-py tells of them; or a driver that does not answer."""
    return SimpleNamespace(
        NVMLError=ZeroDivisionError,
        nvmlInit=lambda: 1 / (not broken),
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(used=40 * (handle == 0), total=80),
    )


def test_gpus_are_counted_where_there_are_some(monkeypatch):
    monkeypatch.setitem(sys.modules, "pynvml", nvml())
    found = measure()
    assert found.total["gpu"] == 2
    assert found.gpus_used == (0.5, 0.0)
    monkeypatch.setitem(sys.modules, "pynvml", nvml(broken=True))
    assert measure().total["gpu"] == 0


def test_a_run_without_a_gpu_is_told_so_where_there_are_some():
    machine = Machine(Resources(cpu=8, memory_mb=8000, gpu=1), 8000, gpus_used=(0,))
    found = round_of(run("a"), run("b", gpu="100%"), machine=machine)
    assert (found["a"].tags[GPUS], found["b"].tags[GPUS]) == (NO_GPU, "0")
    assert round_of(run("c", gpu="100%"))["c"].tags[GPUS] is None, "all of no GPUs is none"


def confined(**tags: str) -> tuple[list[str], dict[str, str]]:
    """What a process of its own says that confines itself, and its environment then."""
    script = (
        "import json, os, sys\n"
        "from pipelines.admission.reserve import confine\n"
        "print(json.dumps([confine(json.loads(sys.argv[1])), dict(os.environ)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(tags)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said, environment = json.loads(done.stdout)
    return said, environment


def test_a_process_confines_itself_to_what_its_tags_say():
    said, environment = confined(**{CORES: "0", GPUS: "1", "needs/memory_mb": "4000"})
    first = min(os.sched_getaffinity(0))
    assert said == [f"cores {first}", "1 threads for each library that asks", "4000 MB of memory", "GPU 1"]
    assert environment["OMP_NUM_THREADS"] == "1"
    assert (environment["CUDA_VISIBLE_DEVICES"], environment["CUDA_DEVICE_ORDER"]) == ("1", "PCI_BUS_ID")


def test_a_limit_below_what_the_code_takes_is_explained_and_not_set():
    said, environment = confined(**{"needs/memory_mb": "1", GPUS: NO_GPU})
    assert said[1].startswith("no limit of memory, as needs/memory_mb is 1, but the process takes ")
    assert environment["CUDA_VISIBLE_DEVICES"] == ""
