"""A small installation in a home of its own, made once by the real command."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

MILLRACE = str(Path(sys.executable).parent / "millrace")


@dataclass(frozen=True)
class Home:
    """A home, and the environment that names it."""

    path: Path
    variables: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """Of a command that works in it."""
        return {**os.environ, "MILLRACE_HOME": str(self.path), "COLUMNS": "160", **self.variables}

    def start(self, *arguments: str) -> subprocess.Popen:
        """Start the command, as a terminal would: interruptible."""
        return subprocess.Popen(
            [MILLRACE, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, timeout: float = 280) -> str:
        """Run the command to its end and return what it printed."""
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=timeout)
        assert process.returncode == 0, output
        return output

    def start_nightly(self, **study: object) -> subprocess.Popen:
        """Start the main job with a study of another size; everything else is as `millrace run` does it."""
        script = (
            "import sys\n"
            "from pipelines.cli import guarded\n"
            "from pipelines.execute import run_job\n"
            "from pipelines.settings import Settings\n"
            f"guarded(lambda: run_job('nightly', Settings.from_environ(), config={{'surrogate': {study!r}}}))\n"
        )
        return subprocess.Popen(
            [sys.executable, "-c", script],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def processes(self) -> list[psutil.Process]:
        """Whatever still runs on behalf of this home, its database server included."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("MILLRACE_HOME") == str(self.path)
                named = any(str(self.path) in word for word in process.cmdline())
                if (mine or named) and process.status() != psutil.STATUS_ZOMBIE and process.pid != os.getpid():
                    found.append(process)
            except (psutil.Error, ProcessLookupError):
                continue
        return found


@pytest.fixture
def fresh_home(tmp_path: Path) -> Home:
    """A home that does not exist yet, for a generated company of 300."""
    return Home(tmp_path / "home", {"MILLRACE_EMPLOYEES": "300"})


@pytest.fixture(scope="session")
def cleaned_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose generated company of 300 is synchronised, cleaned and published."""
    home = Home(tmp_path_factory.mktemp("cleaned") / "home", {"MILLRACE_EMPLOYEES": "300"})
    home.run("clean")
    return home


@pytest.fixture(scope="module")
def governed_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The same, for tests that decide and undo in it."""
    home = Home(tmp_path_factory.mktemp("governed") / "home", {"MILLRACE_EMPLOYEES": "300"})
    home.run("clean")
    return home
