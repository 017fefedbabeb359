"""Marks: how far the changes of a table were read, as a text that can be kept.

A mark of a watermark is the value of its column with its type; times and dates may be text, as in SQLite.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeAlias

Value: TypeAlias = datetime | date | int | float | Decimal | str
_READ: Final[Mapping[str, Callable[[str], Value]]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "int": int,
    "float": float,
    "Decimal": Decimal,
    "str": str,
}
_LEAD: Final = timedelta(days=1)
"""So far may the clock of a source be ahead of ours; a later time was never the time of a change."""


def keep(value: Value) -> str:
    """A mark as text."""
    kind = "datetime" if isinstance(value, datetime) else type(value).__name__
    return json.dumps([kind, value.isoformat() if isinstance(value, date) else str(value)])


def recall(mark: str) -> Value:
    """The value of a mark."""
    kind, text = json.loads(mark)
    value: Value = _READ[kind](text)
    return value


def comparable(first: Value, second: Value) -> bool:
    """Whether two values of a watermark are of one kind."""
    numbers = (int, Decimal, float)
    if isinstance(first, numbers) and isinstance(second, numbers):
        return True
    if isinstance(first, datetime) and isinstance(second, datetime):
        return (first.tzinfo is None) == (second.tzinfo is None)
    return type(first) is type(second)


def usable(value: Value) -> bool:
    """Whether changes can be told by such values: times and numbers, or texts in the form of ISO 8601."""
    return not isinstance(value, str) or _time(value) is not None


def earlier(value: Value, by: timedelta) -> Value:
    """A time that much earlier; a number as it is."""
    if isinstance(value, str):
        time = _time(value)
        return value if time is None else _like(value, time - by)
    if isinstance(value, date):
        return value - by
    return value


def latest(value: Value) -> Value | None:
    """The latest time of that kind at which a row can have been modified; null for numbers."""
    now = datetime.now(UTC) + _LEAD
    if isinstance(value, str):
        return _like(value, now.replace(tzinfo=None))
    if isinstance(value, datetime):
        return now if value.tzinfo else now.replace(tzinfo=None)
    return now.date() if isinstance(value, date) else None


def _time(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if "-" in text[:5] else None


def _like(model: str, time: datetime) -> str:
    """A time in the form of another text, so that texts compare as times do."""
    if len(model) == len("2026-01-01"):
        return time.date().isoformat()
    separator = model[len("2026-01-01")]
    return time.isoformat(separator, "microseconds")[: max(len(model), len("2026-01-01T00:00:00"))]
