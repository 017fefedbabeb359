"""Runs of four users on one machine: millrace's admission against Dagster's own queue, on the same workload.

    python benchmarks/run_queue.py [RUNS]

Both are real instances with a real daemon. User `flood` submits most of the runs at once; three others come while
they wait, with small runs that have deadlines, and with wide ones. A run holds the memory that it declares, in a
process of its own. The stock queue lets as many run at a time as fit on average, which is the best that a number can
do. Last line: one JSON object.
"""

from __future__ import annotations

import json
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import dagster as dg  # noqa: E402

from pipelines.admission.capacity import Machine  # noqa: E402
from pipelines.admission.claims import Claims  # noqa: E402
from pipelines.admission.release import decide  # noqa: E402
from pipelines.admission.runs import Run  # noqa: E402
from scheduling.policies import build_policy  # noqa: E402
from scheduling.resources import Resources  # noqa: E402
from tests.pipelines.project import Project  # noqa: E402

PROGRAM = ROOT / "benchmarks" / "programs" / "shared_machine.py"
CPU, MEMORY_MB = 6, 1200
RUNS = 200
"""Of all users; 70 % are of the one who floods."""
COMING_S = 0.6
"""Seconds over which the runs of the others are submitted, for each run of the workload."""
LIMIT_S = 900.0
PLANNED = 10_000
EXPLAINED = f"""
small            runs of the three users who do not flood that take 1 core, response = from submission to end
tardiness        sum of max(0, end - deadline) over the runs that have a deadline
overcommitted    most that running runs had declared together above {MEMORY_MB} MB, at any moment
starved          runs that had not ended {LIMIT_S:.0f} s after the first was submitted
plan             one round of decisions with {PLANNED} runs waiting, the policy's and everything but the database
"""


@dataclass(frozen=True)
class Task:
    """One run to be submitted."""

    at: float
    """Seconds after the first."""
    user: str
    cpu: int
    memory_mb: int
    seconds: float
    deadline: float | None = None
    """Seconds after its submission."""

    @property
    def tags(self) -> dict[str, str]:
        """Of its run."""
        tags = {
            "user": self.user,
            "needs/cpu": str(self.cpu),
            "needs/memory_mb": str(self.memory_mb),
            "seconds": f"{self.seconds:.1f}",
            "admission/estimate_s": f"{self.seconds + 3:.1f}",
        }
        return tags if self.deadline is None else {**tags, "admission/deadline": f"+{self.deadline:.0f}"}


@dataclass(frozen=True)
class Outcome:
    """What became of a task."""

    task: Task
    submitted: float
    started: float | None
    ended: float | None

    @property
    def response(self) -> float:
        """Seconds from submission to end; a run that has not ended counts as ending at the limit."""
        return (self.ended or self.submitted + LIMIT_S) - self.submitted

    @property
    def tardiness(self) -> float:
        """Seconds after its deadline."""
        return 0.0 if self.task.deadline is None else max(0.0, self.response - self.task.deadline)


def workload(runs: int, seed: int = 1) -> list[Task]:
    """The same for both queues."""
    draw = random.Random(seed)
    coming = COMING_S * runs
    tasks = [
        Task(0.0, "flood", draw.choice([1, 2]), draw.choice([100, 200, 300]), draw.uniform(4, 8))
        for _ in range(runs * 7 // 10)
    ]
    for user in ("ana", "boris"):
        for _ in range(runs // 8):
            deadline = draw.choice([30.0, 45.0, None])
            tasks.append(Task(draw.uniform(5, coming), user, 1, draw.choice([50, 100]), draw.uniform(1, 3), deadline))
    tasks += [
        Task(draw.uniform(5, coming), "wide", 4, 400, draw.uniform(5, 8), 120.0) for _ in range(runs - len(tasks))
    ]
    return sorted(tasks, key=lambda task: task.at)


def run_workload(tasks: Sequence[Task], *, admitted: bool) -> list[Outcome]:
    """Submit everything at its time, and wait for the ends."""
    variables = {"CAPACITY": f"{CPU} {MEMORY_MB}"} if admitted else {}
    most = 50 if admitted else places(tasks)
    with (
        tempfile.TemporaryDirectory() as folder,
        Project(
            Path(folder),
            program=PROGRAM,
            stock=not admitted,
            variables=variables,
            max_concurrent_runs=most,
            dequeue_use_threads=True,
        ) as project,
    ):
        project.start_daemon()
        begin = time.monotonic()
        ids = []
        for task in tasks:
            time.sleep(max(0.0, begin + task.at - time.monotonic()))
            ids.append(project.submit("task", task.tags))
        unfinished = dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING,
                                             dg.DagsterRunStatus.STARTED])  # fmt: skip
        while project.instance.get_runs_count(unfinished) and time.monotonic() < begin + LIMIT_S:
            time.sleep(1)
        print(f"  {time.monotonic() - begin:.0f} s", file=sys.stderr)
        return [outcome(project.instance, run, task) for run, task in zip(ids, tasks, strict=True)]


def outcome(instance: dg.DagsterInstance, run_id: str, task: Task) -> Outcome:
    """From the record of its run."""
    record = instance.get_run_record_by_id(run_id)
    assert record is not None
    if record.dagster_run.status is dg.DagsterRunStatus.FAILURE:
        sys.exit(f"Run {run_id} failed; the machine is too small for this benchmark.")
    return Outcome(task, record.create_timestamp.timestamp(), record.start_time, record.end_time)


def places(tasks: Iterable[Task]) -> int:
    """How many runs fit at a time on average, by the resource that is scarcer."""
    return int(
        min(
            CPU / statistics.mean(task.cpu for task in tasks),
            MEMORY_MB / statistics.mean(task.memory_mb for task in tasks),
        )
    )


def overcommitted(outcomes: Iterable[Outcome]) -> float:
    """MB above the capacity at the worst moment."""
    changes = []
    for one in outcomes:
        if one.started is not None:
            changes += [(one.started, one.task.memory_mb), (one.ended or float("inf"), -one.task.memory_mb)]
    held = worst = 0
    for _, change in sorted(changes):
        held += change
        worst = max(worst, held)
    return max(0, worst - MEMORY_MB)


def plan_ms() -> float:
    """Median of rounds in which one run of a long queue is new."""
    draw = random.Random(2)
    policy = build_policy("uwfq")
    machine = Machine(Resources(cpu=64, memory_mb=256_000), 256_000)

    def waiting(number: int) -> Run:
        tags = {
            "admission/user": f"u{draw.randrange(50)}",
            "needs/cpu": str(draw.choice([1, 2, 4, 8])),
            "needs/memory_mb": str(draw.choice([500, 2000, 8000])),
            "admission/estimate_s": str(draw.randrange(10, 1000)),
        }
        return Run(f"{number:08x}-0000-0000-0000-000000000000", "job", "job", tags, float(number))

    runs = [waiting(number) for number in range(PLANNED)]
    took = []
    claims = Claims()
    for number in range(6):
        runs = [*runs[1:], waiting(PLANNED + number)]
        begin = time.perf_counter()
        plan = decide(runs, machine, policy, now=20_000.0 + number, claims=claims)
        [entry.news() for entry in plan.entries]
        took.append(1000 * (time.perf_counter() - begin))
    return statistics.median(took[1:])  # the first tells the policy of all of them


def describe(name: str, outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The figures of one queue, printed and returned."""
    small = [one for one in outcomes if one.task.user in {"ana", "boris"}]
    figures = {
        "small_response_s": statistics.mean(one.response for one in small),
        "wide_response_s": statistics.mean(one.response for one in outcomes if one.task.user == "wide"),
        "flood_response_s": statistics.mean(one.response for one in outcomes if one.task.user == "flood"),
        "tardiness_s": sum(one.tardiness for one in outcomes),
        "overcommitted_mb": overcommitted(outcomes),
        "starved": sum(one.ended is None for one in outcomes),
        "makespan_s": max(one.submitted + one.response for one in outcomes) - min(one.submitted for one in outcomes),
    }
    print(f"{name}  " + "  ".join(f"{key} {value:.0f}" for key, value in figures.items()))
    return figures


def main() -> None:
    """Run both, compare, print."""
    # a shell's background job ignores SIGINT, which the daemon would inherit, and which ends it
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(EXPLAINED)
    tasks = workload(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
    stock = describe("stock    ", run_workload(tasks, admitted=False))
    own = describe("admission", run_workload(tasks, admitted=True))
    print(
        json.dumps(
            {
                "small_job_response_ratio": round(own["small_response_s"] / stock["small_response_s"], 3),
                "tardiness_ratio": round(own["tardiness_s"] / stock["tardiness_s"], 3),
                "overcommitted_mb": own["overcommitted_mb"],
                "starved": own["starved"],
                "plan_10000_ms": round(plan_ms(), 1),
                "makespan_ratio": round(own["makespan_s"] / stock["makespan_s"], 3),
                "stock_overcommitted_mb": stock["overcommitted_mb"],
            }
        )
    )


if __name__ == "__main__":
    main()
