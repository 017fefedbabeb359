"""What the columns of a plan's result are called, where nobody says it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nl2sql.plan import Figure, Gap, Measure, OfTotal, Ref, Running, Share

_GAPS = {"-": "difference", "distance": "difference", "/": "ratio", "%": "percent", "growth": "growth_percent"}


def title_of(ref: Ref) -> str:
    """Of a column: its own, or the part of the date."""
    return ref.part or ref.column


def title_of_measure(measure: Measure) -> str:
    """Of a figure: its function and its column."""
    match measure:
        case Figure("count", _) | Figure("distinct", _):
            return "count"
        case Figure(function, ref):
            return f"{function}_{ref.column if ref else 'rows'}"
        case Share() | OfTotal():
            return "percent"
        case Running():
            return "running_total"
        case Gap():
            return _GAPS[measure.operator]


def unique(names: Sequence[str]) -> Iterable[str]:
    """Each name once: what comes again gets a number."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"
