"""The slab: shared between processes, claimed at once, refused without room, removed after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sims.stream.messages import StreamError
from sims.stream.slab import Slab, remove_stale

SHAPE = (5, 3)  # 60 bytes: slots are padded to a cache line


def test_what_other_processes_write_is_read(tmp_path: Path):
    slab = Slab.create(4, SHAPE, tmp_path)
    code = (
        "import sys; from pathlib import Path; from sims.stream.slab import Slab\n"
        "path, token, rank = sys.argv[1:]\n"
        "slab = Slab.attach(Path(path), 4, (5, 3), bytes.fromhex(token))\n"
        "rows = slice(0, 3) if rank == '0' else slice(3, 5)\n"
        "slab.fields[2, rows] = 10.0 + int(rank)\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(slab.path), slab.token.hex(), rank]) for rank in ("0", "1")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    np.testing.assert_array_equal(slab.fields[2], np.repeat([[10.0], [11.0]], [3, 2], axis=0) * np.ones(3))
    np.testing.assert_array_equal(slab.lines[2, :15], slab.fields[2].ravel())
    assert not slab.fields[[0, 1, 3]].any()
    slab.close(unlink=True)
    assert not list(tmp_path.iterdir())


def test_all_memory_is_claimed_at_once(tmp_path: Path):
    slab = Slab.create(100, (64, 64), tmp_path)
    assert slab.path.stat().st_blocks * 512 >= 100 * 64 * 64 * 4
    slab.close(unlink=True)


def test_another_file_of_that_name_is_not_taken(tmp_path: Path):
    slab = Slab.create(4, SHAPE, tmp_path)
    assert Slab.attach(slab.path, 4, SHAPE, b"x" * 16) is None
    assert Slab.attach(slab.path, 5, SHAPE, slab.token) is None
    assert Slab.attach(tmp_path / "none.slab", 4, SHAPE, slab.token) is None
    slab.close(unlink=True)


def test_without_room_it_says_what_is_needed_and_what_to_change(tmp_path: Path):
    with pytest.raises(StreamError, match=r"The slab needs .* MiB .* are free; lower the capacity .* slab_folder"):
        Slab.create(2**33, (64, 64), tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_room_in_shared_memory_the_usual_cause_is_named():
    with pytest.raises(StreamError, match=r"needs .* in /dev/shm .* In a container, .* docker run --shm-size"):
        Slab.create(2**33, (64, 64), Path("/dev/shm"))


def test_the_header_is_the_one_that_other_languages_read(tmp_path: Path):
    with Slab.create(4, SHAPE, tmp_path) as slab:
        head = slab.path.read_bytes()
    numbers = [int.from_bytes(head[at : at + 8], "little") for at in (24, 32, 40)]
    assert (head[:8], head[8:24], numbers) == (b"millrace", slab.token, [4, 64, 4096])
    assert len(head) == 4096 + 4 * 64


def test_the_slab_of_a_killed_process_is_removed_and_a_living_one_stays(tmp_path: Path):
    code = (
        "import sys, signal; from pathlib import Path; from sims.stream.slab import Slab\n"
        "slab = Slab.create(4, (5, 3), Path(sys.argv[1])); print(slab.path, flush=True); signal.pause()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    left = Path(process.stdout.readline().strip())
    remove_stale(tmp_path)
    assert left.exists()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(60)
    process.stdout.close()
    remove_stale(tmp_path)
    assert not left.exists()
