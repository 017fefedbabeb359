"""National ids are in clear in `raw`, `conformed` and `clean`, and nowhere else: no list, log, message or result."""

from __future__ import annotations

import io
import logging
import re
from dataclasses import fields, is_dataclass

import polars as pl
import pytest
import sqlalchemy as sa

from erp import pipeline, quality, review, undo
from erp.contacts import national_id
from erp.errors import ErpError
from erp.lineage import why

RECORDS = {"raw", "conformed", "clean"}
"""Schemas that hold records, which the owner alone reads in clear."""


def texts(value):
    """Everything that a result says."""
    if isinstance(value, pl.DataFrame):
        yield str(value.to_dicts())
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts(part)
    else:
        yield str(value)


def tables(engine):
    """Name and content of every table that is not one of records; what is kept as Parquet is read."""
    with engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT schemaname, tablename FROM pg_tables").all()
        for schema, table in names:
            if schema in RECORDS or schema.startswith(("pg_", "information")):
                continue
            for row in connection.exec_driver_sql(f'SELECT * FROM "{schema}"."{table}"'):
                for value in row:
                    said = (
                        str(pl.read_parquet(io.BytesIO(value)).to_dicts()) if isinstance(value, bytes) else str(value)
                    )
                    yield f"{schema}.{table}", said


def told(engine, key):
    """What `why` says of somebody's national id, or why it says nothing."""
    try:
        found = why(engine, "employees", key, "national_id")
    except ErpError as error:
        return str(error)
    return found.text + repr(found)


class Secrets:
    """The national ids of a source, as typed and in their right form."""

    def __init__(self, typed):
        self.odd = {text for text in typed if not text.isalnum()}
        self.right = {right for text in typed if (right := national_id(text))}
        assert len(self.right) > 300
        assert self.odd

    def are_in(self, text):
        """Whether one of them is written in the text."""
        return bool(self.right & set(re.findall(r"[A-Za-z0-9]+", text))) or any(odd in text for odd in self.odd)


@pytest.fixture
def nights(database, demo, tmp_path, caplog):
    """Two nights with all that people do between them; yields the engine, what was said, and the secrets."""
    engine, said = database.engine, []
    caplog.set_level(logging.DEBUG)
    url = f"sqlite:///{tmp_path}/erp.sqlite"
    pipeline.make_demo_source(url, tmp_path / "truth", 600)
    source = sa.create_engine(url)
    with source.begin() as connection:
        # One that nothing can be made of, one in the wrong column, and one that is somebody else's too.
        connection.exec_driver_sql(
            "UPDATE employees SET national_id = '98765432101 / 98765432102' WHERE employee_id = 5"
        )
        connection.exec_driver_sql("UPDATE employees SET national_id = '987-654-321 03' WHERE employee_id IN (6, 7)")
    for _ in range(2):
        run = pipeline.start_run(engine, "demo")
        said += texts(pipeline.sync(engine, run, url, progress=said.append))
        said += texts(pipeline.profile(engine, run))
        said += texts(pipeline.correct(engine, run, progress=said.append))
        said += texts(pipeline.deduplicate(engine, run, progress=said.append))
        said += texts(pipeline.publish(engine, run))
        said += texts(quality.measure(engine, run))
        pipeline.finish_run(engine, run, "succeeded", {})
        said += [*texts(review.groups(engine)), *texts(review.waiting(engine)), *texts(review.waiting_pairs(engine))]
        said += [*texts(undo.rules(engine)), *texts(undo.runs(engine))]
        with source.begin() as connection:
            connection.exec_driver_sql("UPDATE employees SET national_id = '987 654 321 04' WHERE employee_id = 8")
    undo.undo_rule(engine, "normalise.national_id", by="ayse")
    run = pipeline.start_run(engine, "demo")
    said += texts(pipeline.correct(engine, run, progress=said.append))
    source.dispose()
    with engine.connect() as connection:
        typed = connection.exec_driver_sql("SELECT national_id FROM raw.employees WHERE national_id IS NOT NULL")
        secrets = Secrets(typed.scalars().all())
    return engine, [*said, caplog.text], secrets


def test_no_national_id_is_in_clear_outside_records(nights, capfd):
    engine, said, secrets = nights
    assert {name for name, text in tables(engine) if secrets.are_in(text)} == set()
    assert {name for name, _ in tables(engine)} >= {
        f"governance.{name}" for name in ("ledger", "quarantine", "learned")
    }
    assert [text[:200] for text in said if secrets.are_in(text)] == []
    out, err = capfd.readouterr()
    assert not secrets.are_in(out + err)
    assert not any(secrets.are_in(told(engine, key)) for key in (5, 6, 7, 8, 40))


def test_what_looks_for_them_finds_them(nights):
    """The test above would be worth nothing if it did not find an id that is there."""
    engine, _, secrets = nights
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO governance.quarantine (run_id, table_name, row_key, column_name, value, reason) "
            "SELECT 1, 'employees', 8, 'city', national_id, 'x' FROM raw.employees WHERE row_key = 8"
        )
    assert {name for name, text in tables(engine) if secrets.are_in(text)} == {"governance.quarantine"}
