"""The module that `workspace.yaml`, `dg` and the daemon load."""

from pipelines.build import build_defs

defs = build_defs()
