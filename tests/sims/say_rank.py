"""An MPI program that says who and where its ranks are; it may stay, also when it is asked to go."""

import os
import signal
import sys
import time

from mpi4py import MPI

ranks = MPI.COMM_WORLD
assert ranks.allreduce(1) == ranks.size
if sys.argv[1:] == ["stubborn"]:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(f"rank {ranks.rank} of {ranks.size} on {os.environ['SLURMD_NODENAME']}", flush=True)
if sys.argv[1:]:
    time.sleep(120)
