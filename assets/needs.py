"""What assets ask of the resources that `pipelines.resources` provides, as types.

Assets know these shapes only, so that nothing here imports the code that runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import dagster as dg
from langchain_core.language_models import BaseChatModel
from sqlalchemy.engine import URL, Engine

from erp.source import SourceOptions

ModelDoor = Callable[[], BaseChatModel]
"""Opens the language model when it is called, the first time at the cost of starting it."""


class Installation(Protocol):
    """Where this installation keeps things and what it was told; see `pipelines.settings.Settings`."""

    @property
    def home(self) -> Path:
        """Everything that is written."""

    @property
    def models(self) -> Path:
        """Checkpoints."""

    @property
    def reports(self) -> Path:
        """Figures of finished jobs."""

    @property
    def source_url(self) -> URL | None:
        """The ERP; `None` is the generated company."""

    @property
    def source_options(self) -> SourceOptions:
        """How the ERP is read."""

    @property
    def cleaning(self) -> Path | None:
        """The plan of cleaning; `None` is the one that is shipped."""

    @property
    def employees(self) -> int:
        """Size of the generated company."""

    @property
    def ranks(self) -> int:
        """MPI ranks of a simulation."""

    @property
    def ask_seconds(self) -> float:
        """How long the language model may take for one question."""

    @property
    def study_settings(self) -> dict[str, Any]:
        """Settings that a study has here, unless it is told otherwise."""


class Store(Protocol):
    """The database; see `pipelines.database.Database`."""

    @property
    def engine(self) -> Engine:
        """Connections of the owner."""

    @property
    def reader(self) -> Engine:
        """Connections of the role that may only read `clean`."""

    def reader_as(self, role: str) -> Engine:
        """Connections with the rights of another role."""


class MpiJobs(Protocol):
    """Starts MPI jobs that end with the step; see `pipelines.mpi.MpiSession`."""

    def launch(self, argv: Sequence[str], ranks: int) -> Any:
        """Start a job."""

    def run(self, argv: Sequence[str], ranks: int, timeout_s: float | None = None) -> list[Any]:
        """Run a job to its end; the messages of rank 0."""


class Mpi(Protocol):
    """Opens a session of MPI jobs; see `pipelines.mpi.MpiLauncher`."""

    def session(self, context: dg.AssetExecutionContext) -> AbstractContextManager[MpiJobs]:
        """Open a session for the step of `context`."""


class QueuePicture(Protocol):
    """The run queue at one moment; see `pipelines.admission.picture`."""

    @property
    def decided(self) -> float | None:
        """When somebody decided last, seconds since the epoch; `None` if nobody has."""

    def rows(self) -> list[dict[str, Any]]:
        """One a run."""

    def figures(self) -> dict[str, float]:
        """What is worth plotting over time."""

    def charts(self) -> bytes:
        """A PNG."""


class RunQueue(Protocol):
    """Looks at the run queue; see `pipelines.resources.RunQueueResource`."""

    def look(self, instance: dg.DagsterInstance) -> QueuePicture:
        """Take a picture of it."""
