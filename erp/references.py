"""The published reference tables: locations, departments, positions, projects, and the dictionary of values.

They are small, so each night makes them anew; `erp.publish` writes what differs. A value of the shipped lists
that records use is published even if the source's own table lacks it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import store
from erp.batch import read_conformed
from erp.letters import is_cyrillic, is_turkish
from erp.published import FORMS, array
from erp.quarantine import SCHEMA as REFUSED
from erp.schema import BY_NAME, REFERENCES, TABLES, Kind
from erp.vocabulary import Label, Vocabulary, read_data

KEYS: Final = {"locations": "city", "departments": "name", "positions": "title", "projects": "code"}
_SHIPPED: Final = {"locations": "cities.csv", "departments": "departments.csv", "positions": "positions.csv"}
_USES: Final = {"locations": "city", "departments": "department", "positions": "position"}
_MAY_BE_EMPTY: Final = {"projects": {"end_date"}}
_CODE_TAKEN: Final = pl.col("name") != pl.col("name").drop_nulls().first().over("code")
"""Of departments: the first that has a code keeps it."""


@dataclass(frozen=True)
class References:
    """The reference tables to be published."""

    tables: dict[str, pl.DataFrame]
    refused: pl.DataFrame
    """Rows that cannot be, as `erp.quarantine` lists them."""

    def allowed(self, table: str, vocabulary: Vocabulary) -> dict[str, Collection[str]]:
        """The words that may stand in the columns of a table: what is published, where it is a reference."""
        keys = {name: self.tables[name][key].to_list() for name, key in KEYS.items()}
        published = {
            "employees.city": keys["locations"],
            "employees.department": keys["departments"],
            "employees.position": keys["positions"],
            "projects.code": keys["projects"],
        }
        return {
            column.name: published.get(column.vocabulary or "", vocabulary.values.get(column.vocabulary or "", ()))
            for column in BY_NAME[table].of_kind(Kind.VOCABULARY)
        }


def make(connection: Connection, vocabulary: Vocabulary) -> References:
    """Make the four tables from conformed records and from what employees use."""
    known = {
        name: _only_known(name, frame, vocabulary) for name, frame in read_conformed(connection, REFERENCES).items()
    }
    clean, refused = {}, []
    for name, column in _USES.items():
        key = KEYS[name]
        taken = {"another department has its code": _CODE_TAKEN} if name == "departments" else None
        rows, wrong = _split(name, known[name], taken)
        rows = rows.unique(key, keep="first", maintain_order=True)
        shipped = read_data(_SHIPPED[name]).rename({"value": key}).select(rows.columns)
        absent = shipped.filter(~pl.col(key).is_in(rows[key].implode()))
        used = _used(connection, column, absent[key])
        if name == "locations":
            used = pl.concat([used, known["projects"]["city"].drop_nulls()])
        clean[name] = pl.concat([rows, absent.filter(pl.col(key).is_in(used.implode()))])
        refused.append(wrong)
    clean["departments"] = clean["departments"].unique("code", keep="first", maintain_order=True)
    lost = ~pl.col("city").is_in(clean["locations"]["city"].implode())
    projects, wrong = _split("projects", known["projects"], {"its city is not known": lost})
    clean["projects"] = projects.unique("code", keep="first", maintain_order=True)
    return References(clean, pl.concat([*refused, wrong]))


def _used(connection: Connection, column: str, values: pl.Series) -> pl.Series:
    """Those of some values that an employee has."""
    if values.is_empty():
        return values
    query = f"""SELECT DISTINCT "{column}" FROM conformed.employees
        WHERE NOT _deleted AND "{column}" = ANY ({array(values.to_list())})"""
    return store.copy_out(connection, query, {column: pl.String})[column]


def _only_known(name: str, frame: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Words that the dictionary lacks are not published; the quarantine has them."""
    return frame.with_columns(
        pl.when(pl.col(column.name).is_in(list(vocabulary.values.get(column.vocabulary or "", ())))).then(column.name)
        for column in BY_NAME[name].of_kind(Kind.VOCABULARY)
    )


def _split(
    name: str, frame: pl.DataFrame, reasons: Mapping[str, pl.Expr] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Typed rows that can be published, and the others with the first reason why not."""
    table = BY_NAME[name]
    number = FORMS[Kind.NUMBER][0]
    typed = frame.with_columns(
        *(pl.col(column.name).str.to_date("%Y-%m-%d", strict=False) for column in table.of_kind(Kind.DATE)),
        *(
            pl.when(pl.col(column.name).str.contains(number)).then(pl.col(column.name).cast(pl.Float64, strict=False))
            for column in table.of_kind(Kind.NUMBER)
        ),
    )
    required = [column for column in table.column_names if column not in _MAY_BE_EMPTY.get(name, set())]
    why = pl.lit(None, pl.String)
    checks = [(f"{column} is empty or not valid", pl.col(column).is_null()) for column in required]
    checks += [(f"{column.name} is below zero", pl.col(column.name) < 0) for column in table.of_kind(Kind.NUMBER)]
    for reason, wrong in reversed([*checks, *(reasons or {}).items()]):
        why = pl.when(wrong).then(pl.lit(reason)).otherwise(why)
    typed = typed.with_columns(reason=why)
    refused = typed.filter(pl.col("reason").is_not_null()).select(
        pl.lit(name).alias("table_name"),
        "row_key",
        pl.lit(None, pl.String).alias("column_name"),
        pl.lit(None, pl.String).alias("value"),
        "reason",
    )
    return typed.filter(pl.col("reason").is_null()).select(table.column_names), refused.select(list(REFUSED))


def labels(connection: Connection, references: References, vocabulary: Vocabulary, *, learn: bool) -> pl.DataFrame:
    """The dictionary of the published values, with the spellings that cleaning has met and resolved often.

    Args:
        connection: in a transaction.
        references: the published values.
        vocabulary: their labels.
        learn: look for such spellings among all changes, instead of taking those that are published already.
    """
    tables = references.tables
    published = {
        "employees.city": tables["locations"]["city"],
        "locations.country": tables["locations"]["country"],
        "employees.department": tables["departments"]["name"],
        "employees.position": tables["positions"]["title"],
        "projects.code": tables["projects"]["code"],
    }
    observed = _met(connection, vocabulary) if learn else _published_spellings(connection)
    both = pl.concat(
        [vocabulary.frame.with_columns(observed=pl.lit(False)), observed.with_columns(observed=pl.lit(True))]
    )
    everything = both.unique(vocabulary.frame.columns, keep="first", maintain_order=True)
    absent = [
        (pl.col("column_name") == name) & ~pl.col("value").is_in(values.implode()) for name, values in published.items()
    ]
    return everything.filter(~pl.any_horizontal(absent))


def _met(connection: Connection, vocabulary: Vocabulary) -> pl.DataFrame:
    met = store.copy_out(connection, _MET, dict.fromkeys(("table_name", "column", "label", "value"), pl.String))
    names = {
        (table.name, column.name): column.vocabulary for table in TABLES for column in table.of_kind(Kind.VOCABULARY)
    }
    found = []
    for table, column, text, value in met.iter_rows():
        name = names.get((table, column))
        if name is not None and value in vocabulary.values[name]:
            found.append((name, value, _language(text), text))
    return pl.DataFrame(found, schema=vocabulary.frame.schema, orient="row")


def _published_spellings(connection: Connection) -> pl.DataFrame:
    query = "SELECT column_name, value, language, label FROM clean.vocabulary WHERE observed"
    return store.copy_out(connection, query, dict.fromkeys(Label._fields, pl.String))


_MET: Final = """
SELECT table_name, column_name, before, after FROM governance.ledger
WHERE retired_run_id IS NULL AND rule IN ('translate.marks', 'translate.sound', 'spelling.word')
GROUP BY table_name, column_name, before, after HAVING count(*) >= 3 ORDER BY 1, 2, 3
"""


def _language(text: str) -> str:
    return "ru" if is_cyrillic(text) else "tr" if is_turkish(text) else "en"
