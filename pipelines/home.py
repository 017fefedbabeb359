"""The Dagster instance in a home: installed, named in the environment, opened."""

from __future__ import annotations

import os
from importlib import resources

import dagster as dg

from pipelines.settings import Settings

INSTANCE_FILE = "dagster.yaml"


def install_instance(settings: Settings) -> None:
    """Put the instance's configuration into the home and point this process and its children at it."""
    wanted = resources.files("pipelines").joinpath("instance", INSTANCE_FILE).read_text(encoding="utf-8")
    target = settings.dagster_home / INSTANCE_FILE
    if not target.exists() or target.read_text(encoding="utf-8") != wanted:
        settings.dagster_home.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        partial.write_text(wanted, encoding="utf-8")
        partial.replace(target)
    os.environ["MILLRACE_HOME"] = str(settings.home)
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Install the instance if it is missing and open it."""
    install_instance(settings)
    return dg.DagsterInstance.get()
