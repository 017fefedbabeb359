"""Sums over a table of `raw`, held against those of the source."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.engine import Engine

from erp.schema import Table
from erp.source import Source, Totals
from erp.source.base import KEY_MODULUS
from erp.sync.results import Difference


def both(engine: Engine, source: Source, table: Table) -> tuple[Totals, Totals]:
    """The sums of the source and of `raw`, taken at the same time."""
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(source.totals, table)
        here = of_raw(engine, table)
        return there.result(), here


def of_raw(engine: Engine, table: Table) -> Totals:
    """The sums over the live rows."""
    names = table.column_names
    sums = "".join(f', count("{name}")' for name in names) + "".join(f', sum(char_length("{name}"))' for name in names)
    query = f"SELECT count(*), sum(row_key %% {KEY_MODULUS}){sums} FROM raw.{table.name} WHERE _deleted_at IS NULL"
    with engine.connect() as connection:
        rows, keys, *rest = (int(figure or 0) for figure in connection.exec_driver_sql(query).one())
    filled, letters = rest[: len(names)], rest[len(names) :]
    return Totals(rows, keys, dict(zip(names, filled, strict=True)), dict(zip(names, letters, strict=True)))


def differences(table: Table, there: Totals, here: Totals) -> list[Difference]:
    """What the two sides do not agree on; letters are held against each other where the source counts them."""
    pairs = [("rows", there.rows, here.rows), ("sum of keys", there.keys, here.keys)]
    if there.rows == here.rows:  # otherwise every sum differs
        pairs += [(f"filled cells of {name}", figure, here.filled[name]) for name, figure in there.filled.items()]
        pairs += [(f"letters of {name}", figure, here.letters[name]) for name, figure in there.letters.items()]
    return [Difference(table.name, what, source, target) for what, source, target in pairs if source != target]


def by_what(found: list[Difference]) -> Mapping[str, int]:
    """How much the source has more, by sum."""
    return {difference.what: difference.source - difference.target for difference in found}
