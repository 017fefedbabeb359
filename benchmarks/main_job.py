"""The main job in a fresh home: wall time and peak memory of everything it starts.

Bars: under 360 s and 4096 MiB on two cores, with packages and model weights already there.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil


def memory_mb(processes: list[psutil.Process]) -> float:
    """Proportional set size of the processes in MiB: pages that several share count once."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):  # it may end meanwhile
            total += process.memory_full_info().pss
    return total / 2**20


def measure(home: Path) -> dict[str, float]:
    """Run the main job in `home` and return its figures."""
    environment = {**os.environ, "MILLRACE_HOME": str(home)}
    # servers detach from the command: those that appear meanwhile are ours too
    before = {process.pid for process in psutil.process_iter()}
    start = time.monotonic()
    command = subprocess.Popen([str(Path(sys.executable).parent / "millrace"), "run"], env=environment)
    peak = 0.0
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(1.0):
            peak = max(peak, memory_mb([one for one in psutil.process_iter() if one.pid not in before]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = command.wait()
    seconds = time.monotonic() - start
    done.set()
    watcher.join()
    if status != 0:
        sys.exit(f"The main job ended with status {status}.")
    return {"run_s": round(seconds, 1), "peak_mb": round(peak)}


def main() -> None:
    """Measure a first run, which makes its home, and a second one on it."""
    with tempfile.TemporaryDirectory(prefix="millrace-") as folder:
        home = Path(folder) / "home"
        first = measure(home)
        report = json.loads((home / "reports" / "nightly.json").read_text())
        second = measure(home)
    print(
        json.dumps(
            {
                **first,
                "second_run_s": second["run_s"],
                "rmse": report["training"]["rmse"],
                "cell_f1": report["score"]["cells"]["f1"],
                "pair_f1": report["score"]["pairs"]["f1"],
                "answered": sum(given["answered"] for given in report["answers"]),
            }
        )
    )


if __name__ == "__main__":
    main()
