"""A Slurm of one's own: munged, slurmctld and two slurmd as root on this machine, ended by their ids."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

DAEMONS = ("munged", "slurmctld", "slurmd", "srun")
PATH = f"{os.environ['PATH']}:/usr/sbin"

CONFIG = """
ClusterName=millrace
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
EnforcePartLimits=ALL
ReturnToService=2
KillWait=5
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs=2
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
"""


def why_not() -> str | None:
    """Why there can be no Slurm here, or `None`."""
    missing = [name for name in DAEMONS if shutil.which(name, path=PATH) is None]
    if missing:
        return f"{', '.join(missing)} not installed (packages slurm-wlm and munge)"
    return None if os.geteuid() == 0 else "Slurm's daemons need root"


@contextmanager
def slurm(folder: Path) -> Iterator[None]:
    """Run it, two nodes of two processors on this machine; `SLURM_CONF` must name `folder`'s slurm.conf."""
    host, ports = socket.gethostname().split(".")[0], _free_ports(3)
    (folder / "slurm.conf").write_text(CONFIG.format(host=host, ports=ports, folder=folder))
    for name in ("state", "spool.n1", "spool.n2"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o600)
    files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    # --force: the folders of a test are its owner's only, and munged would rather have them everybody's
    munge = [f"--{option}={folder}/munge.{suffix}" for option, suffix in files.items()]
    with ExitStack() as daemons:
        daemons.enter_context(_daemon(folder, "munged", "--foreground", "--force", *munge))
        _await(folder, (folder / "munge.socket").exists)
        daemons.enter_context(_daemon(folder, "slurmctld", "-D"))
        for node in ("n1", "n2"):
            daemons.enter_context(_daemon(folder, "slurmd", "-D", "-N", node))
        _await(folder, lambda: _idle() == 2)
        yield


@contextmanager
def _daemon(folder, name, *arguments):
    with (folder / f"{name}.out").open("ab") as log:
        process = subprocess.Popen(
            [shutil.which(name, path=PATH), *arguments], stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _idle() -> int:
    states = subprocess.run(
        ["sinfo", "--noheader", "--Node", "--format=%t"], capture_output=True, text=True, check=False
    )
    return states.stdout.split().count("idle")


def _await(folder, condition):
    deadline = time.monotonic() + 60
    while not condition():
        words = "\n".join(path.read_text()[-2000:] for path in folder.glob("*.out"))
        assert time.monotonic() < deadline, words
        time.sleep(0.1)


def _free_ports(count):
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
