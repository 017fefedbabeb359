"""A small demonstration company, typed once for all tests, and tables of a few records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from erp import pipeline
from erp.changes import Tables
from erp.knowledge import Knowledge
from erp.schema import TABLES
from erp.vocabulary import Vocabulary

SIZE = 600


class Demo(NamedTuple):
    """A source on disk and its truth."""

    url: str
    truth: Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration source with `SIZE` employees."""
    folder = tmp_path_factory.mktemp("demo")
    made = Demo(f"sqlite:///{folder}/source/erp.sqlite", folder / "truth")
    pipeline.make_demo_source(made.url, made.truth, SIZE)
    return made


@pytest.fixture
def knowledge() -> Knowledge:
    """The shipped dictionary on a fixed day; nothing was learned from records yet."""
    return Knowledge(Vocabulary.shipped(), date(2026, 7, 1))


@pytest.fixture
def records() -> Callable[..., Tables]:
    """Tables with the given rows of employees (and nothing else); cells that are not named are empty."""

    def make(*rows: dict[str, str | None], table: str = "employees") -> Tables:
        tables = {
            t.name: pl.DataFrame(schema={"row_key": pl.Int64, **dict.fromkeys(t.column_names, pl.String)})
            for t in TABLES
        }
        schema = tables[table].schema
        full = [dict.fromkeys(schema, None) | row | {"row_key": key} for key, row in enumerate(rows, 1)]
        return tables | {table: pl.DataFrame(full, schema=schema)}

    return make
