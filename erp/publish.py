"""The clean tables: cleaned records, one a person, put into `clean` as one transaction.

Only what differs from what is published is written, so readers see the old state or the new one and are
never kept waiting, and the same night twice writes nothing. A row that the tables cannot hold is put into
quarantine with the reason; what refers to it goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
from sqlalchemy.engine import Connection

from erp import store
from erp.changes import Tables
from erp.golden import golden_records
from erp.letters import is_cyrillic, is_turkish
from erp.schema import BY_NAME, EVENTS, REFERENCES, Kind
from erp.vocabulary import Vocabulary, read_data

KEYS: Final = {
    "locations": "city",
    "departments": "name",
    "positions": "title",
    "projects": "code",
    "employees": "employee_id",
    "contracts": "contract_id",
    "salaries": "salary_id",
    "leave": "leave_id",
    "training": "training_id",
    "vocabulary": "column_name, value, language, label",
}
"""Published tables, parents first, and their keys."""

_MAY_BE_EMPTY: Final = {
    "projects": {"end_date"},
    "contracts": {"end_date"},
    "employees": {*BY_NAME["employees"].column_names} - {"first_name", "last_name", "status"},
}


@dataclass(frozen=True)
class Publication:
    """What is to be published, and what cannot be."""

    tables: dict[str, pl.DataFrame]
    refused: pl.DataFrame
    """`table_name, row_key, column_name, value, reason` of rows."""


def prepare(tables: Tables, entities: pl.DataFrame, vocabulary: Vocabulary) -> Publication:
    """Make the clean tables from cleaned records."""
    known = {name: _only_known(name, frame, vocabulary) for name, frame in tables.items()}
    clean, refused = _references(known)
    clean["employees"], wrong = _people(known["employees"], entities, clean)
    refused.append(wrong)
    people = clean["employees"].select("employee_id")
    owner = entities.rename({"row_key": "record"})
    for name in EVENTS:
        frame = (
            known[name]
            .with_columns(record=pl.col("employee_id").cast(pl.Int64, strict=False))
            .join(owner, on="record", how="left", maintain_order="left")
        )
        frame = frame.with_columns(employee_id=pl.col("entity_id"))
        orphan = ~pl.col("employee_id").is_in(people["employee_id"].implode())
        clean[name], wrong = _split(name, frame, {"no such employee is published": orphan.fill_null(True)})
        refused.append(wrong)
    return Publication({name: clean[name] for name in KEYS if name in clean}, pl.concat(refused))


def _only_known(name: str, frame: pl.DataFrame, vocabulary: Vocabulary) -> pl.DataFrame:
    """Words that the dictionary lacks are not published; the quarantine has them."""
    return frame.with_columns(
        pl.when(pl.col(column.name).is_in(list(vocabulary.values.get(column.vocabulary or "", ())))).then(column.name)
        for column in BY_NAME[name].of_kind(Kind.VOCABULARY)
    )


def _references(known: Tables) -> tuple[dict[str, pl.DataFrame], list[pl.DataFrame]]:
    """Locations, departments, positions and projects: the source's, and those of the dictionary that are used."""
    refused, clean = [], {}
    used = known["employees"]
    cities = pl.concat([used["city"], known["projects"]["city"]]).drop_nulls()
    needs = {
        "locations": cities,
        "departments": used["department"].drop_nulls(),
        "positions": used["position"].drop_nulls(),
    }
    for name, values in needs.items():
        key = KEYS[name]
        frame, wrong = _split(name, known[name], {})
        frame = frame.unique(key, keep="first", maintain_order=True)
        shipped = read_data(_SHIPPED[name]).rename({"value": key}).select(frame.columns)
        extra = shipped.filter(pl.col(key).is_in(values.implode()) & ~pl.col(key).is_in(frame[key].implode()))
        clean[name] = pl.concat([frame, extra])
        refused.append(wrong)
    if clean["departments"]["code"].is_duplicated().any():
        clean["departments"] = clean["departments"].unique("code", keep="first", maintain_order=True)
    lost = ~pl.col("city").is_in(clean["locations"]["city"].implode())
    clean["projects"], wrong = _split("projects", known["projects"], {"its city is not known": lost})
    clean["projects"] = clean["projects"].unique("code", keep="first", maintain_order=True)
    return clean, [*refused, wrong]


_SHIPPED: Final = {"locations": "cities.csv", "departments": "departments.csv", "positions": "positions.csv"}


def _people(
    employees: pl.DataFrame, entities: pl.DataFrame, clean: Mapping[str, pl.DataFrame]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Golden records; a reference to something that is not published is left empty."""
    parents = {
        "department": ("departments", "name"),
        "position": ("positions", "title"),
        "project": ("projects", "code"),
        "city": ("locations", "city"),
    }
    golden = golden_records(employees, entities).with_columns(
        pl.when(pl.col(column).is_in(clean[table][key].implode())).then(column)
        for column, (table, key) in parents.items()
    )
    frame = golden.rename({"entity_id": "row_key"}).with_columns(employee_id="row_key")
    return _split("employees", frame, {}, key="employee_id")


def _split(
    name: str, frame: pl.DataFrame, reasons: Mapping[str, pl.Expr], key: str | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Typed rows that can be published, and the others with the first reason why not."""
    table = BY_NAME[name]
    own = [] if name in REFERENCES else [key or table.key]
    typed = frame.with_columns(
        *(pl.col(column.name).str.to_date("%Y-%m-%d", strict=False) for column in table.of_kind(Kind.DATE)),
        *(_number(column.name) for column in table.of_kind(Kind.NUMBER)),
        *([pl.col("row_key").alias(own[0])] if own and own[0] not in frame.columns else []),
    )
    required = [column for column in table.column_names if column not in _MAY_BE_EMPTY.get(name, set())]
    why = pl.lit(None, pl.String)
    for reason, wrong in reversed(
        [*((f"{column} is empty or not valid", pl.col(column).is_null()) for column in required), *reasons.items()]
    ):
        why = pl.when(wrong).then(pl.lit(reason)).otherwise(why)
    typed = typed.with_columns(reason=why)
    refused = typed.filter(pl.col("reason").is_not_null()).select(
        pl.lit(name).alias("table_name"),
        "row_key",
        pl.lit(None, pl.String).alias("column_name"),
        pl.lit(None, pl.String).alias("value"),
        "reason",
    )
    return typed.filter(pl.col("reason").is_null()).select(*own, *table.column_names), refused


def _number(column: str) -> pl.Expr:
    number = pl.col(column).cast(pl.Float64, strict=False)
    return number.round(0).cast(pl.Int64) if column in ("days", "hours") else number


def labels(connection: Connection, clean: Mapping[str, pl.DataFrame], vocabulary: Vocabulary) -> pl.DataFrame:
    """The dictionary of the published values, with the spellings that cleaning has met and resolved often."""
    published = {
        "employees.city": clean["locations"]["city"],
        "locations.country": clean["locations"]["country"],
        "employees.department": clean["departments"]["name"],
        "employees.position": clean["positions"]["title"],
        "projects.code": clean["projects"]["code"],
    }
    met = store.copy_out(connection, _MET, dict.fromkeys(("table_name", "column", "label", "value"), pl.String))
    names = {
        (table, column.name): column.vocabulary
        for table in BY_NAME
        for column in BY_NAME[table].of_kind(Kind.VOCABULARY)
    }
    found = []
    for table, column, text, value in met.iter_rows():
        name = names.get((table, column))
        if name is not None and value in vocabulary.values[name]:
            found.append((name, value, _language(text), text))
    observed = pl.DataFrame(found, schema=vocabulary.frame.schema, orient="row")
    both = pl.concat(
        [vocabulary.frame.with_columns(observed=pl.lit(False)), observed.with_columns(observed=pl.lit(True))]
    )
    everything = both.unique(vocabulary.frame.columns, keep="first", maintain_order=True)
    absent = [
        (pl.col("column_name") == name) & ~pl.col("value").is_in(values.implode()) for name, values in published.items()
    ]
    return everything.filter(~pl.any_horizontal(absent))


_MET: Final = """
SELECT table_name, column_name, before, after FROM governance.ledger
WHERE retired_run_id IS NULL AND rule IN ('translate.marks', 'translate.sound', 'spelling.word')
GROUP BY table_name, column_name, before, after HAVING count(*) >= 3 ORDER BY 1, 2, 3
"""


def _language(text: str) -> str:

    return "ru" if is_cyrillic(text) else "tr" if is_turkish(text) else "en"


@dataclass(frozen=True)
class Written:
    """What publishing changed in one table."""

    table: str
    rows: int
    written: int
    removed: int


def write(connection: Connection, clean: Mapping[str, pl.DataFrame]) -> list[Written]:
    """Make the clean tables equal to the frames, inside the caller's transaction."""
    written, removed = {}, {}
    for name, key in KEYS.items():
        store.execute(connection, f"CREATE TEMP TABLE new_{name} (LIKE clean.{name}) ON COMMIT DROP")
        store.copy_in(connection, f"new_{name}", clean[name])
        store.execute(connection, f"ANALYZE new_{name}")
        columns = clean[name].columns
        others = [column for column in columns if column not in key.split(", ")]
        listed = ", ".join(f'"{column}"' for column in columns)
        sets = ", ".join(f'"{column}" = excluded."{column}"' for column in others)
        old, new = (", ".join(f'{side}."{column}"' for column in others) for side in ("old", "excluded"))
        update = f"DO UPDATE SET {sets} WHERE ROW({old}) IS DISTINCT FROM ROW({new})" if others else "DO NOTHING"
        written[name] = store.execute(
            connection,
            f"INSERT INTO clean.{name} AS old ({listed}) SELECT {listed} FROM new_{name} ON CONFLICT ({key}) {update}",
        )
    for name, key in reversed(KEYS.items()):
        same = " AND ".join(f'new."{column}" = old."{column}"' for column in key.split(", "))
        removed[name] = store.execute(
            connection, f"DELETE FROM clean.{name} AS old WHERE NOT EXISTS (SELECT FROM new_{name} AS new WHERE {same})"
        )
    return [Written(name, len(clean[name]), written[name], removed[name]) for name in KEYS]
