"""Whether a column's new cells are like its old ones, told from two profiles.

Mixes are compared by the Jensen-Shannon distance (Endres and Schindelin, 2003; base 2, 0 to 1). Distances that
chance would make are none: the G test of the two mixes (Sokal and Rohlf, Biometry) must reject that they are one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.special import chdtrc, rel_entr

from erp.profiling.columns import KEPT_VALUES, REST, ColumnProfile, Mix, Spread
from erp.schema import Kind

NOTICE: Final = 0.1
WARNING: Final = 0.25
"""Jensen-Shannon distances; from one category alone, 2 % and 12 % of the cells turning into another."""
FEWEST: Final = 100
"""Cells on either side that can be compared."""
CHANCE: Final = 1e-6
"""A night compares some 300 mixes; chance alone raises an alarm in one of 3,000 nights."""
FREQUENT: Final = 0.01
"""Share of the cells from which a value is frequent; five times that is a warning."""
GROWN: Final = 5
"""A frequent value is new if its share is so many times what it was."""

_EXPECTED: Final = 5
"""Cells that each category of a G test must expect (Cochran, 1954); smaller ones are added up."""
_SHOWN: Final = 5
_BINS: Final = (1, 10, 25, 50, 75, 90, 99)
"""Percentiles of the old numbers that divide the new ones."""


@dataclass(frozen=True)
class Drift:
    """One way in which a column changed."""

    table_name: str
    column_name: str
    measure: str
    """`filled`, `types`, `shapes`, `scripts`, `languages`, `range`, `spread`, `values` or `repeats`."""
    before: str
    now: str
    distance: float
    """Jensen-Shannon distance of the two mixes."""
    severity: str
    """`warning` or `notice`."""


SCHEMA: Final = {
    "table_name": pl.String,
    "column_name": pl.String,
    "measure": pl.String,
    "before": pl.String,
    "now": pl.String,
    "distance": pl.Float64,
    "severity": pl.String,
}


def drift(before: list[ColumnProfile], now: list[ColumnProfile], today: date) -> pl.DataFrame:
    """What differs, warnings first; columns as in `SCHEMA`.

    Args:
        before: the columns as they were.
        now: the columns that are new, of any tables.
        today: later dates may be outside the range of the old ones, earlier ones only before it.
    """
    old = {(profile.table, profile.column): profile for profile in before}
    found = [
        one
        for profile in now
        if (known := old.get((profile.table, profile.column))) is not None
        for one in _compare(known, profile, today)
    ]
    frame = pl.DataFrame([asdict(one) for one in found], schema=SCHEMA)
    return frame.sort(pl.col("severity") != "warning", -pl.col("distance"), *list(SCHEMA)[:3])


def _compare(old: ColumnProfile, new: ColumnProfile, today: date) -> list[Drift]:
    mixes: list[tuple[str, Mix, Mix]] = [("filled", _filled(old), _filled(new))]
    mixes += [(name, getattr(old, name), getattr(new, name)) for name in ("types", "scripts", "languages")]
    mixes.append(("shapes", *_common(old.shapes, new.shapes)))
    if old.kind != Kind.REFERENCE:  # new records refer to new records
        until = float((today - date(1970, 1, 1)).days)
        for was, is_now, latest in ((old.numbers, new.numbers, None), (old.days, new.days, until)):
            if was is not None and is_now is not None:
                mixes.append(("range", *_range(was, is_now, latest, personal=old.personal)))
                if latest is None:  # what happened lately has later dates
                    mixes.append(("spread", *_spread(was, is_now)))
    found = []
    for measure, was_mix, mix in mixes:
        distance = _distance(was_mix, mix)
        if distance >= NOTICE:
            severity = "warning" if distance >= WARNING else "notice"
            shown = _most_changed(was_mix, mix)
            found.append(
                Drift(old.table, old.column, measure, _text(was_mix, shown), _text(mix, shown), distance, severity)
            )
    return found + (_repeats(old, new) if old.personal else _new_values(old, new))


def _filled(profile: ColumnProfile) -> Mix:
    return {"filled": profile.cells, "empty": profile.nulls}


def _common(old: Mix, new: Mix) -> tuple[Mix, Mix]:
    """Shapes that only one side kept may be in the rest of the other, so all of those are the rest of both."""
    kept = set(old) if REST in old or REST in new else set(old) | set(new)
    return _kept(old, kept), _kept(new, kept)


def _kept(mix: Mix, names: set[str]) -> Mix:
    kept = {name: count for name, count in mix.items() if name in names and name != REST}
    return kept | {REST: sum(mix.values()) - sum(kept.values())}


def _range(old: Spread, new: Spread, latest: float | None, *, personal: bool) -> tuple[Mix, Mix]:
    """Within the old ends or not; of a personal column those are not known, so what is far beyond the rest is outside."""
    lowest, highest = old.points[0], old.points[-1]
    if personal:
        margin = (highest - lowest) / 2
        lowest, highest = lowest - margin, highest + margin
    if latest is not None:
        highest = max(highest, latest)
    return {"inside": old.cells, "below": 0, "above": 0}, _binned(new, ["below", "inside", "above"], lowest, highest)


def _binned(spread: Spread, names: list[str], lowest: float, highest: float) -> Mix:
    points = np.array(spread.points)
    below, above = (_beyond(points, outside) for outside in (points < lowest, points > highest))
    shares = (below, 1 - below - above, above)
    return {name: round(share * spread.cells) for name, share in zip(names, shares, strict=True)}


def _beyond(points: npt.NDArray[np.float64], outside: npt.NDArray[np.bool_]) -> float:
    """The share of cells that are surely beyond an end: the outermost percentile is a single cell."""
    return max(0, int(outside.sum()) - 1) / max(1, len(points) - 1)


def _spread(old: Spread, new: Spread) -> tuple[Mix, Mix]:
    edges = sorted({old.points[percentile] for percentile in _BINS})
    names = [f"up to {edges[0]:g}", *(f"to {edge:g}" for edge in edges[1:]), f"over {edges[-1]:g}"]
    mixes = []
    for spread in (old, new):
        reached = np.searchsorted(np.array(spread.points), edges, side="right") / len(spread.points)
        shares = np.diff(np.concatenate([[0.0], reached, [1.0]]))
        mixes.append({name: round(float(share) * spread.cells) for name, share in zip(names, shares, strict=True)})
    return mixes[0], mixes[1]


def _distance(old: Mix, new: Mix) -> float:
    """Jensen-Shannon distance, 0 where there is too little to compare or chance explains it."""
    names = sorted(set(old) | set(new))
    counts = np.array([[mix.get(name, 0) for name in names] for mix in (old, new)], dtype=np.float64)
    totals = counts.sum(axis=1)
    if totals.min() < FEWEST or not _significant(counts):
        return 0.0
    return _jensen_shannon(counts[0] / totals[0], counts[1] / totals[1])


def _jensen_shannon(old: npt.NDArray[np.float64], new: npt.NDArray[np.float64]) -> float:
    """As in `scipy.spatial.distance`, which takes a second to import."""
    middle = (old + new) / 2
    divergence = (rel_entr(old, middle).sum() + rel_entr(new, middle).sum()) / 2
    return float(np.sqrt(max(0.0, divergence / np.log(2))))


def _significant(counts: npt.NDArray[np.float64]) -> bool:
    """Whether the G test of a table with two rows rejects that both have the same mix."""
    totals = counts.sum(axis=1)
    pooled = counts.sum(axis=0)
    rare = pooled / pooled.sum() * totals.min() < _EXPECTED
    counts = np.column_stack([counts[:, ~rare], counts[:, rare].sum(axis=1)])
    counts = counts[:, counts.sum(axis=0) > 0]
    expected = np.outer(totals, counts.sum(axis=0)) / totals.sum()
    filled = counts > 0
    statistic = 2 * float((counts[filled] * np.log(counts[filled] / expected[filled])).sum())
    return counts.shape[1] > 1 and float(chdtrc(counts.shape[1] - 1, statistic)) < CHANCE


def _most_changed(old: Mix, new: Mix) -> list[str]:
    """The categories whose shares differ most."""
    total, now = sum(old.values()), sum(new.values())
    names = sorted(set(old) | set(new))
    return sorted(names, key=lambda name: -abs(new.get(name, 0) / now - old.get(name, 0) / total))[:3]


def _text(mix: Mix, names: list[str]) -> str:
    total = sum(mix.values())
    return ", ".join(f"{name} {mix.get(name, 0) / total:.1%}" for name in names)


def _new_values(old: ColumnProfile, new: ColumnProfile) -> list[Drift]:
    """Values that are frequent and were not; one that was not kept was rarer than all that were."""
    unseen = min(old.frequent.values()) if len(old.frequent) == KEPT_VALUES else 1
    grown = {
        value: (old.frequent.get(value, min(unseen, old.cells)), count)
        for value, count in new.frequent.items()
        if _grown(old.cells, old.frequent.get(value, unseen), new.cells, count)
    }
    if not grown:
        return []
    top = sorted(grown, key=lambda value: (-grown[value][1], value))[:_SHOWN]
    before = ", ".join(
        f"{value} {'' if value in old.frequent else 'under '}{max(grown[value][0], 1) / old.cells:.2%}" for value in top
    )
    now = ", ".join(f"{value} {grown[value][1] / new.cells:.1%}" for value in top)
    share = sum(count for _, count in grown.values()) / new.cells
    was = min(1.0, sum(count for count, _ in grown.values()) / old.cells)
    distance = _jensen_shannon(np.array([was, 1 - was]), np.array([share, 1 - share]))
    severity = "warning" if share >= GROWN * FREQUENT else "notice"
    return [Drift(old.table, old.column, "values", before, now, distance, severity)]


def _repeats(old: ColumnProfile, new: ColumnProfile) -> list[Drift]:
    """One value of a personal column that many have at once; which one is not said."""
    if not _grown(old.cells, old.most, new.cells, new.most):
        return []
    was, share = old.most / old.cells, new.most / new.cells
    distance = _jensen_shannon(np.array([was, 1 - was]), np.array([share, 1 - share]))
    severity = "warning" if share >= GROWN * FREQUENT else "notice"
    before, now = (f"one value in {part:.2%} of the cells" for part in (was, share))
    return [Drift(old.table, old.column, "repeats", before, now, distance, severity)]


def _grown(old_cells: int, old_count: int, cells: int, count: int) -> bool:
    if min(old_cells, cells) < FEWEST or count < FREQUENT * cells or count / cells < GROWN * old_count / old_cells:
        return False
    return _significant(np.array([[old_count, old_cells - old_count], [count, cells - count]], dtype=np.float64))
