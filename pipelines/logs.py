"""What a run says on the terminal: one short line an event that concerns a person.

The full log is in the Dagster UI.
"""

from __future__ import annotations

import logging

import dagster as dg

SCREEN = "screen"
"""The logger's name in run config."""


class _ForPeople(logging.Filter):
    """Keeps what assets log; what Dagster says of itself stays in the event log."""

    OWN = ("[pipes]", "Dependencies for step")

    def filter(self, record: logging.LogRecord) -> bool:
        meta = getattr(record, "dagster_meta", {})
        return meta.get("dagster_event") is None and not str(meta.get("orig_message", "")).startswith(self.OWN)


class _Line(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        meta = getattr(record, "dagster_meta", {})
        step = meta.get("step_key") or meta.get("job_name") or ""
        text = meta.get("orig_message") or record.getMessage()
        return f"  {step:<18} {text}"


def _open_screen(_context: dg.InitLoggerContext) -> logging.Logger:
    """Log to standard error, one line an event."""
    logger = logging.Logger("millrace", level=logging.INFO)  # noqa: LOG001 - one a run, not one for ever
    handler = logging.StreamHandler()
    handler.setFormatter(_Line())
    handler.addFilter(_ForPeople())
    logger.addHandler(handler)
    return logger


screen_logger = dg.LoggerDefinition(_open_screen, description="Short lines for a terminal.")
