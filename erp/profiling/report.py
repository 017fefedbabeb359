"""The profile as one HTML file that needs nothing else: no scripts, no fonts, no pictures from elsewhere.

How it looks is `templates/profile.html`, which escapes everything; what is shown is chosen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from erp.profiling.columns import REST, ColumnProfile, Mix, Spread
from erp.profiling.nights import Night
from erp.profiling.relations import Dependency
from erp.profiling.summary import highest, lowest

_SHAPES: Final = 4
_VALUES: Final = 4
_DEPENDENCIES: Final = 12
_SCALE: Final = 100
"""Width of a box plot in its own units."""


@dataclass(frozen=True)
class _Part:
    """One category of a bar."""

    name: str
    share: float


@dataclass(frozen=True)
class _Box:
    """A box plot between the 1st and the 99th percentile: x of both quartiles and the median."""

    left: float
    middle: float
    right: float


@dataclass(frozen=True)
class _Column:
    """One row of the report."""

    profile: ColumnProfile
    filled: float
    distinct: float
    key: bool
    lowest: str | None
    highest: str | None
    box: _Box | None
    types: list[_Part]
    shapes: list[_Part]
    scripts: list[_Part]
    languages: list[_Part]
    frequent: list[_Part]
    drift: list[dict[str, object]]


@dataclass(frozen=True)
class _Table:
    """One section of the report."""

    name: str
    rows: int
    columns: list[_Column]
    keys: list[str]
    dependencies: list[Dependency]


def write_report(night: Night, folder: Path) -> Path:
    """Write `profile.html` to a folder, which is made if it is missing, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "profile.html"
    partial = path.with_suffix(".partial")
    partial.write_text(render(night), encoding="utf-8")
    partial.replace(path)
    return path


def render(night: Night) -> str:
    """The report as HTML: the last whole profile, with what differs now on top."""
    return _template().render(night=night, tables=_tables(night), drift=night.drift.to_dicts())


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("erp"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["percent"] = _percent
    return environment.get_template("profile.html")


def _percent(share: float) -> str:
    """With as many digits as it takes to tell it from 0 and 100 %."""
    text = f"{share:.0%}"
    return f"{share:.2%}" if (text == "0%" and share > 0) or (text == "100%" and share < 1) else text


def _tables(night: Night) -> list[_Table]:
    reference = night.reference
    single = {(key.table, key.columns[0]) for key in reference.keys if len(key.columns) == 1}
    drift = night.drift.to_dicts()
    tables = []
    for name, profiles in groupby(reference.columns, key=lambda profile: profile.table):
        columns = [
            _column(
                profile,
                key=(name, profile.column) in single,
                drift=[one for one in drift if (one["table_name"], one["column_name"]) == (name, profile.column)],
            )
            for profile in profiles
        ]
        keys = [" + ".join(key.columns) for key in reference.keys if key.table == name]
        told = [one for one in reference.dependencies if one.table == name][:_DEPENDENCIES]
        tables.append(_Table(name, columns[0].profile.rows, columns, keys, told))
    return tables


def _column(profile: ColumnProfile, *, key: bool, drift: list[dict[str, object]]) -> _Column:
    spread = profile.days if profile.type == "date" else profile.numbers
    quantity = profile.type in {"date", "integer", "decimal"} and profile.kind != "reference"
    return _Column(
        profile,
        filled=profile.cells / profile.rows if profile.rows else 0.0,
        distinct=profile.distinct / profile.cells if profile.cells else 0.0,
        key=key,
        lowest=lowest(profile),
        highest=highest(profile),
        box=_box(spread) if quantity and spread is not None else None,
        types=_parts(profile.types, _SHAPES),
        shapes=_parts(profile.shapes, _SHAPES),
        scripts=_parts(profile.scripts, 5),
        languages=_parts(profile.languages, 5),
        frequent=[_Part(value, count / profile.cells) for value, count in _sorted(profile.frequent)[:_VALUES]],
        drift=drift,
    )


def _sorted(mix: Mix) -> list[tuple[str, int]]:
    """The most frequent first, what is left over last."""
    return sorted(mix.items(), key=lambda entry: (entry[0] == REST, -entry[1], entry[0]))


def _parts(mix: Mix, most: int) -> list[_Part]:
    total = sum(mix.values())
    return [_Part(name, count / total) for name, count in _sorted(mix)[:most]]


def _box(spread: Spread) -> _Box | None:
    low, high = spread.points[1], spread.points[99]
    if high <= low:
        return None
    left, middle, right = (_SCALE * (spread.points[percentile] - low) / (high - low) for percentile in (25, 50, 75))
    return _Box(left, middle, right)
