"""The ledger: replaying it gives the conformed cells, the same night twice changes nothing, ids are masked."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erp import changes, pipeline
from erp.knowledge import Knowledge
from erp.ledger import masked, reconcile
from erp.stages import run_stages
from erp.vocabulary import Vocabulary

words = st.sampled_from(["Moskova", "Москва", " moscow", "Mosocw", "MOSKVA", "Мoсква", "Istambul", "xyz", None])
dates = st.sampled_from(["01.02.1990", "1990-02-01", "2090-02-01", "31.02.1990", None])
ids = st.sampled_from(["112-233-445 95", "11223344595", "?", None])
names = st.sampled_from(["Ayşe", "AYSE", "Айше", "Юрий", "Jurij", "ayse "])
rows = st.lists(
    st.fixed_dictionaries(
        {"city": words, "birth_date": dates, "national_id": ids, "first_name": names, "last_name": names}
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(rows=rows)
def test_raw_and_ledger_make_the_conformed_cells(rows):
    knowledge = Knowledge(Vocabulary.shipped(), date(2026, 7, 1))
    schema = {"row_key": pl.Int64, **dict.fromkeys(_EMPTY["employees"].columns[1:], pl.String)}
    full = [dict.fromkeys(schema) | row | {"row_key": key} for key, row in enumerate(rows, 1)]
    raw = _EMPTY | {"employees": pl.DataFrame(full, schema=schema)}
    cleaned = run_stages(raw, knowledge)
    kept = masked(cleaned.made)
    assert not kept.filter(pl.col("before").str.contains(r"\d{3}-?\d{3}-?\d{3}")).height
    again = dict(raw)
    for _, step in sorted(
        cleaned.made.sample(fraction=1, shuffle=True, seed=1).partition_by("step", as_dict=True).items()
    ):
        again = changes.apply(again, step)
    for name, table in cleaned.tables.items():
        assert again[name].equals(table)


def _empty_tables():
    from erp.schema import TABLES

    return {
        t.name: pl.DataFrame(schema={"row_key": pl.Int64, **dict.fromkeys(t.column_names, pl.String)}) for t in TABLES
    }


_EMPTY = _empty_tables()


def test_a_change_of_another_value_does_nothing(records):
    tables = records({"city": "Kazan"})
    change = pl.DataFrame(
        [("employees", 1, "city", "Moskova", "Moscow", "r", 1.0)], schema=changes.SCHEMA, orient="row"
    )
    assert changes.apply(tables, change)["employees"]["city"].item() == "Kazan"


@pytest.fixture
def found():
    schema = changes.SCHEMA | {"step": pl.Int16}
    rows = [
        ("employees", 1, "city", "Moskova", "Moscow", "translate.tr", 0.99, 10),
        ("employees", 1, "national_id", "112-233-445 95", "11223344595", "normalise.national_id", 0.99, 8),
        ("employees", 2, "city", None, "Kazan", "repair.city_of_project", 0.9, 16),
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_lists_follow_what_a_run_found(database, found):
    engine = database.engine
    runs = [pipeline.start_run(engine, "test") for _ in range(4)]

    def night(run, frame):
        with engine.begin() as connection:
            result = reconcile(connection, "ledger", run, frame)
        return result.added, result.retired

    assert night(runs[0], found) == (3, 0)
    assert night(runs[1], found) == (0, 0)
    other = found.with_columns(after=pl.col("after").replace("Moscow", "Kazan"))
    assert night(runs[2], other) == (1, 1)
    assert night(runs[3], found.head(0)) == (0, 3)
    with engine.connect() as connection:
        text = connection.exec_driver_sql("SELECT string_agg(t::text, ' ') FROM governance.ledger t").scalar_one()
    assert "***-***-*** 95" in text
    assert "11223344595" not in text
