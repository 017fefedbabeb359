"""The process that serves the local model; started by `llm.server`, never by hand.

It lives as long as somebody holds the users file, and not a moment longer: it waits for the exclusive
lock, which the kernel grants when the last user has closed the file or was killed. Where to reach it is
in the address file, readable by this user only.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import secrets
import sys
import threading
from pathlib import Path

import psutil

CONTEXT = 8192
"""Tokens of prompt and answer together."""
SLOTS = 1
"""Requests at once: two would halve the speed of each on a laptop and evict each other's prompt cache."""
SLEEP_AFTER_S = 600
"""Seconds without a request after which the weights leave the memory; the next request reloads them."""
PROMPT_CACHE_MIB = 512


def main() -> None:
    """Load the weights, announce the address on standard output, serve until no user is left."""
    parser = argparse.ArgumentParser()
    for name in ("--weights", "--users", "--address", "--states"):
        parser.add_argument(name, type=Path, required=True)
    args = parser.parse_args()
    if os.fork():  # init becomes our parent: whoever starts us need not stay to collect our exit status
        os._exit(0)
    # Before loading, which takes seconds: whoever started us may be gone by then.
    threading.Thread(target=_end_with_last_user, args=(args.users, args.address), daemon=True).start()
    key = secrets.token_urlsafe(32)
    server = _serve(args.weights, args.states, key)
    process = psutil.Process()
    _write_private(
        args.address,
        {"url": server.listening_address, "key": key, "pid": process.pid, "started": process.create_time()},
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody reads the pipe from now on
    threading.Event().wait()


def _serve(weights: Path, states: Path, key: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - xllamacpp has no types
    # two threads that wait for each other by spinning stand still when another process takes a core
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    # llama.cpp repacks the weights for the CPU; with the file mapped as well they would be in memory twice
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.cors_origins = "http://127.0.0.1"  # by default any web page may call the server
    params.ui = False
    params.endpoint_slots = False
    params.slot_save_path = f"{states}/"
    params.n_ctx = CONTEXT
    params.n_parallel = SLOTS
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.sleep_idle_seconds = SLEEP_AFTER_S
    params.verbosity = 1
    threads = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    return xllamacpp.Server(params)


def _end_with_last_user(users: Path, address: Path) -> None:
    descriptor = os.open(users, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    # Whoever comes now waits for the lock, which goes with this process: nobody finds a dying server.
    address.unlink(missing_ok=True)
    os._exit(0)


def _write_private(path: Path, content: dict[str, object]) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
    draft.replace(path)


if __name__ == "__main__":
    main()
