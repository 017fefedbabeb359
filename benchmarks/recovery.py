"""What a kill costs: a rank, a worker (its mpiexec) and the trainer of real studies die by SIGKILL at random moments.

    python benchmarks/recovery.py

Each kind of victim has studies of its own, with one worker of two ranks, so that a kill stops the stream. A killed
trainer is started again at once, as the same study. `programs/recovery_study.py` is the program; what it trains on is read
from the fields themselves, and the record that belongs to the last checkpoint is held against the parameter sets.
Last line: one JSON object.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch

PROGRAM = Path(__file__).parent / "programs" / "recovery_study.py"
KILLS = 10
PAUSE_S = (0.2, 1.2)
"""Between the stream's going on and the next kill, drawn uniformly."""
PATIENCE_S = 60.0
LABEL = "MILLRACE_RECOVERY"
STUDY = {
    "solver": f"{PROGRAM}:Marked", "simulations": 12, "grid": 8, "steps": 200, "ranks": 2, "workers": 1,
    "capacity": 600, "watermark": 200, "batch_size": 32, "repeats": 2.0, "patience": 5.0, "attempts": 100,
    "validation_simulations": 1, "device": "cpu",
}  # fmt: skip
EXPLAINED = """
kills            SIGKILL to one process: a rank, the mpiexec of a worker, or the process that trains
lost             steps of the parameter sets that the final weights never learned from
doubled          steps that they learned from as new more than once (drawn again on purpose is not new)
torn             samples whose rows disagree, or that are not what the program said they were
recovery         from the kill until the first new step arrives in the intake from another worker
process start    the same without a kill: from the start of the worker (or of the study, where the trainer was killed)
                 until its first step arrives; median of those starts of this run that no kill preceded
beyond           recovery less process start; median and maximum over all kills
"""


class Life:
    """One process that trains, and what it has said."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self.began = time.monotonic()
        self.events: list[dict[str, Any]] = []
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(folder), json.dumps(settings)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, LABEL: str(folder)},
        )
        self._folder = folder
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.events.append(json.loads(line))

    @property
    def ended(self) -> bool:
        """Whether the process is over."""
        return self._process.poll() is not None

    def stream(self) -> list[dict[str, Any]]:
        """What it said of the stream."""
        return [event for event in self.events if event["event"] == "stream"]

    def flows_at(self, known: set[str]) -> float | None:
        """When the first new step arrived from a producer that is not one of the known; `None`: not yet, or over."""
        produced: int | None = None
        for event in self.stream():
            if set(event["connected"]) - known:
                produced = event["produced"] if produced is None else produced
                if event["produced"] > produced:
                    return float(event["t"])
        return None

    def kill(self, kind: str) -> tuple[float, set[str]] | None:
        """Kill one process of that kind; when, and who was connected. `None` if there is none just now."""
        known = {name for event in self.stream() for name in event["connected"]}
        victims = [psutil.Process(self._process.pid)] if kind == "trainer" else self._workers(kind)
        if self.ended or not victims:
            return None
        try:
            random.choice(victims).kill()
        except psutil.NoSuchProcess:
            return None
        return time.monotonic(), known

    def end(self) -> None:
        """Wait for its end, which must be a good one."""
        if self._process.wait(PATIENCE_S) != 0:
            sys.exit("A study failed; see above.")
        self._reader.join()

    def bury(self) -> None:
        """It was killed."""
        self._process.wait()
        self._reader.join()

    def _workers(self, kind: str) -> list[psutil.Process]:
        ranks, launchers = [], []
        for process in psutil.process_iter():
            try:
                if process.environ().get(LABEL) == str(self._folder) and "--intake" in (line := process.cmdline()):
                    (launchers if "-prepend-rank" in line else ranks).append(process)
            except psutil.Error:
                continue
        return ranks if kind == "rank" else launchers


class Tally:
    """What came out, over all studies."""

    def __init__(self) -> None:
        self.recoveries: dict[str, list[float]] = {"rank": [], "worker": [], "trainer": []}
        self.worker_starts: list[float] = []
        self.trainer_starts: list[float] = []
        self.lost = self.doubled = self.torn = self.studies = self.resumes = 0

    def count_starts(self, life: Life, *, clean: bool) -> None:
        """Take note of how long the first worker of a process took to its first step, and of the process itself."""
        flows = await_(lambda: life.flows_at(set()), life)
        if flows is None:
            sys.exit("A study ended before anything was streamed.")
        launch = next(event["t"] for event in life.events if event["event"] == "launch")
        self.worker_starts.append(flows - launch)
        if clean:
            self.trainer_starts.append(flows - life.began)

    def audit(self, folder: Path, settings: dict[str, Any]) -> None:
        """Hold what the final weights have learned from against the parameter sets."""
        parts = torch.load(folder / f"{settings['name']}.pt", weights_only=True)
        key, fresh = np.load(folder / f"learned-{parts['trainer']['batches']}.npy")
        total = settings["simulations"] * settings["steps"]
        whole = key >= 0
        uses = np.bincount(key[whole], minlength=total)
        new = np.bincount(key[whole & (fresh == 1)], minlength=total)
        self.lost += int((uses == 0).sum())
        self.doubled += int((new > 1).sum())
        self.torn += int((~whole).sum())
        self.studies += 1

    def beyond(self) -> dict[str, list[float]]:
        """Seconds of each recovery beyond the start of the process."""
        worker, trainer = statistics.median(self.worker_starts), statistics.median(self.trainer_starts)
        starts = {"rank": worker, "worker": worker, "trainer": trainer}
        return {kind: [seconds - starts[kind] for seconds in all_] for kind, all_ in self.recoveries.items()}


def await_(ask: Callable[[], float | None], life: Life) -> float | None:
    """Ask until there is an answer; `None` if the process is over before."""
    deadline = time.monotonic() + PATIENCE_S
    while (answer := ask()) is None and not life.ended:
        if time.monotonic() > deadline:
            sys.exit(f"Nothing was streamed within {PATIENCE_S:g} s after a kill.")
        time.sleep(0.005)
    return answer


def disturb(kind: str, number: int, tally: Tally) -> None:
    """Run one study to its end, killing on the way until that kind of victim has had enough."""
    with tempfile.TemporaryDirectory(prefix="millrace-recovery-") as name:
        folder = Path(name)
        settings = {**STUDY, "name": f"{kind}-{number}", "seed": number}
        life = Life(folder, settings)
        tally.count_starts(life, clean=True)
        while len(tally.recoveries[kind]) < KILLS:
            time.sleep(random.uniform(*PAUSE_S))
            killed = life.kill(kind)
            if killed is None:
                if life.ended:
                    break
                continue
            at, known = killed
            if kind == "trainer":
                life.bury()
                life, known = Life(folder, settings), set()
            flows = await_(lambda life=life, known=known: life.flows_at(known), life)
            if flows is None:
                break  # the last step had arrived already: nothing had to recover
            tally.recoveries[kind].append(flows - at)
            if kind == "trainer":
                tally.count_starts(life, clean=False)
                tally.resumes += any(event["event"] == "resumed" for event in life.events)
        life.end()
        tally.audit(folder, settings)
        left = [process.pid for process in life._workers("rank") + life._workers("worker")]  # noqa: SLF001
        if left:
            sys.exit(f"Processes {left} are left.")


def main() -> None:
    """Kill, audit, and say what was found."""
    tally = Tally()
    for kind in tally.recoveries:
        number = 0
        while len(tally.recoveries[kind]) < KILLS:
            disturb(kind, number, tally)
            number += 1
    beyond = tally.beyond()
    every = [seconds for all_ in beyond.values() for seconds in all_]
    print(EXPLAINED)
    print(f"{tally.studies} studies; {tally.resumes} of the trainer's restarts found a checkpoint to go on from")
    for kind, raw in tally.recoveries.items():
        print(
            f"{kind:8} {len(raw)} kills, recovery {statistics.median(raw):.2f} s, beyond process start "
            f"{statistics.median(beyond[kind]):.2f} s (median) {max(beyond[kind]):.2f} s (most)"
        )
    result = {
        "kills": len(every),
        "lost": tally.lost,
        "doubled": tally.doubled,
        "torn": tally.torn,
        "median_recovery_s": round(statistics.median(every), 2),
        "maximum_recovery_s": round(max(every), 2),
        "worker_start_s": round(statistics.median(tally.worker_starts), 2),
        "trainer_start_s": round(statistics.median(tally.trainer_starts), 2),
        **{f"{kind}_median_recovery_s": round(statistics.median(all_), 2) for kind, all_ in beyond.items()},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
