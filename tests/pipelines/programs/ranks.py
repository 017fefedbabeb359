"""An MPI program for tests of the launcher: `ranks.py MODE FILE`.

Every rank appends its process id to FILE; rank 0 reports through Pipes; MODE says how it ends.
"""

import os
import signal
import sys
import time
from pathlib import Path

import dagster_pipes
from mpi4py import MPI

mode, path = sys.argv[1:]
comm = MPI.COMM_WORLD
with Path(path).open("a") as file:
    file.write(f"{os.getpid()}\n")
if mode in ("ignore-interrupt", "ignore-all"):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
if mode == "ignore-all":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
comm.Barrier()
print(f"rank {comm.rank} of {comm.size} is ready", flush=True)
if mode == "fail" and comm.rank == 1:
    os._exit(3)
if mode in ("fail", "ignore-interrupt", "ignore-all", "sleep"):
    time.sleep(120)
if comm.rank == 0:
    with dagster_pipes.open_dagster_pipes() as pipes:
        pipes.log.info("half way")
        pipes.report_custom_message({"ranks": comm.size})
