"""Two runs of one study exclude each other, and a killed one leaves nothing that keeps the next out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from surrogate.errors import StudyError
from surrogate.lock import locked

HOLD = (
    "import sys, time\nfrom pathlib import Path\nfrom surrogate.lock import locked\n"
    "with locked(Path(sys.argv[1]), 'puff'):\n    print('held', flush=True)\n    time.sleep(60)\n"
)


def test_another_process_keeps_this_one_out_until_it_is_killed(tmp_path: Path):
    folder = tmp_path / "models"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with (
            pytest.raises(StudyError, match=f"'puff' is being trained already, by process {holder.pid}"),
            locked(folder, "puff"),
        ):
            pass
        with locked(folder, "heat2d"):  # another study goes its own way
            pass
        holder.kill()
    with locked(folder, "puff"):
        assert (folder / ".puff.lock").read_text() == str(os.getpid())
    with locked(folder, "puff"):
        pass
