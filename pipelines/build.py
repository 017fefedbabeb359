"""The code location, put together in one function that tests can give other resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets import ask, batch, governance, learning, report, scheduling, surrogate
from pipelines.admission import reserving
from pipelines.jobs import JOBS
from pipelines.logs import SCREEN, screen_logger
from pipelines.mpi import MpiLauncher
from pipelines.resources import DatabaseResource, InstallationResource, LanguageModelResource, RunQueueResource
from pipelines.schedules import SCHEDULES
from pipelines.sensors import SENSORS


def build_defs(overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """Build the definitions.

    Args:
        overrides: resources by name, in place of those that reach the real things.
    """
    resources: dict[str, Any] = {
        "installation": InstallationResource(),
        "database": DatabaseResource(),
        "model": LanguageModelResource(),
        "mpi": MpiLauncher(),
        "queue": RunQueueResource(),
        **(overrides or {}),
    }
    return dg.Definitions(
        assets=[
            *dg.load_assets_from_package_module(governance),
            *dg.load_assets_from_modules([surrogate, ask, batch, learning, report, scheduling]),
        ],
        jobs=JOBS,
        schedules=SCHEDULES,
        sensors=SENSORS,
        resources=resources,
        # what the asset page materialises without a job runs in one process too
        executor=reserving(dg.in_process_executor),
        loggers={SCREEN: screen_logger},
    )
