"""A folder of files as a source: `csv:///folder` and `parquet:///folder`, one file or several a table.

Every file whose name is a table's, or begins with it and goes on with no letter, is part of it: `employees.csv`,
`employees_2026_11.csv`, and not `employeeship.csv`. Capitals in names of files do not count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import polars as pl
from sqlalchemy.engine import URL

from erp.errors import SourceError
from erp.schema import TABLES, Table
from erp.source import csv_file
from erp.source.base import KEY_MODULUS, Batch, Missing, Rejected, SourceOptions, Totals, Way, joined_keys
from erp.source.texts import not_a_key
from erp.source.url import label, parse

KINDS = ("csv", "parquet")


class FolderSource:
    """Reads the files of one folder; a table is held in memory from the first look at it to the end.

    Args:
        url: `csv:///absolute/folder` or `parquet:///absolute/folder`.
        options: how it is to be read.

    Raises:
        SourceError: the folder is not there, or another way than comparing all rows is asked for.
    """

    def __init__(self, url: str | URL, options: SourceOptions | None = None) -> None:
        self._url, self.options = parse(url), options or SourceOptions()
        self._kind, self._folder = self._url.drivername, Path("/") / (self._url.database or "")
        if self._url.host or not self._url.database:
            raise SourceError(
                f"The source {self.label} names no folder: three slashes and an absolute path follow {self._kind}:, as in "
                f"{self._kind}:///data/erp. Correct MILLRACE_SOURCE_URL."
            )
        self._read: dict[str, tuple[pl.DataFrame, list[Rejected]]] = {}
        if not self._folder.is_dir():
            raise SourceError(
                f"The source {self.label} cannot be read: no folder is there. Correct MILLRACE_SOURCE_URL."
            )
        if self.options.way not in ("auto", "snapshot"):
            raise SourceError(
                f"A folder of files cannot be followed by {self.options.way}: its rows are compared as a whole. "
                "Let MILLRACE_SOURCE_WAY be auto."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._read.clear()

    @property
    def label(self) -> str:
        """The URL."""
        return label(self._url)

    def tables(self) -> list[str]:
        """Tables of which a file is there."""
        return sorted(table.name for table in TABLES if self._files(table))

    def advice(self, missing: Missing) -> str:
        """What to do where tables or columns are missing."""
        if missing == "table":
            return (
                f"Put files with these names and the ending .{self._kind} into the folder, or check that "
                "MILLRACE_SOURCE_URL names the right one."
            )
        return "Write the table's files with all of them."

    def columns(self, table: Table) -> dict[str, str]:
        """The columns and their types; in CSV all are text."""
        names = self._rows(table).columns
        if self._kind == "csv":
            return dict.fromkeys(names, "text")
        return {name: str(kind) for name, kind in pl.read_parquet_schema(self._files(table)[0]).items()}

    def way(self, table: Table) -> Way:
        """All rows are compared."""
        return Way.SNAPSHOT

    def count(self, table: Table) -> int:
        """Number of rows."""
        return len(self._rows(table))

    def mark(self, table: Table) -> None:
        """Nothing is to be remembered."""

    def obstacle(self, table: Table, mark: str) -> str:
        """Changes since whatever cannot be told."""
        return "its rows do not say when they changed"

    def changes(self, table: Table, mark: str) -> Iterator[Batch]:
        """None are known."""
        return iter(())

    def rows(self, table: Table, columns: Sequence[str], after: int | None) -> Iterator[Batch]:
        """All rows whose key is greater, in the order of keys."""
        rows = self._rows(table)
        keys = rows[table.key].str.strip_chars().cast(pl.Int64, strict=False).alias("row_key")
        if keys.null_count():
            raise not_a_key(table, rows[table.key][int(keys.is_null().arg_true()[0])])
        frame = rows.select(keys, *columns).sort("row_key", maintain_order=True)
        chosen = frame if after is None else frame.filter(pl.col("row_key") > after)
        for piece in chosen.iter_slices(self.options.batch_rows):
            yield Batch(piece)

    def keys(self, table: Table) -> pl.Series:
        """The keys of all rows."""
        return joined_keys(self.rows(table, [], None))

    def totals(self, table: Table) -> Totals:
        """Sums over the table."""
        rows = self._rows(table)
        keys = rows[table.key].str.strip_chars().cast(pl.Int64, strict=False).drop_nulls().to_numpy()
        names = table.column_names
        texts = (
            names if self._kind == "csv" else [name for name, kind in self.columns(table).items() if kind == "String"]
        )
        letters = rows.select(pl.col(name).str.len_chars().sum() for name in names if name in texts)
        return Totals(
            len(rows),
            int(np.fmod(keys, KEY_MODULUS).sum()),
            {name: rows[name].count() for name in names},
            letters.row(0, named=True) if letters.width else {},
        )

    def rejected(self, table: Table) -> Sequence[Rejected]:
        """Lines that are no rows."""
        return self._read[table.name][1] if table.name in self._read else ()

    def fingerprint(self) -> str:
        """Names, sizes and times of the files."""
        files = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for t in TABLES for file in self._files(t)]
        return hashlib.sha256(repr(files).encode()).hexdigest()

    @cached_property
    def _listed(self) -> list[Path]:
        return sorted(file for file in self._folder.iterdir() if file.suffix.lower() == f".{self._kind}")

    def _files(self, table: Table) -> list[Path]:
        begins = re.compile(rf"{table.name}(?![^\W\d_])", re.IGNORECASE)
        return [file for file in self._listed if begins.match(file.stem)]

    def _rows(self, table: Table) -> pl.DataFrame:
        """All columns of a table's files, as text."""
        if table.name not in self._read:
            frames, rejected = list[pl.DataFrame](), list[Rejected]()
            for file in self._files(table):
                frame, bad = self._one(file, table)
                rejected += [Rejected(table.name, file.name, *line) for line in bad]
                if frames and frame.columns != frames[0].columns:
                    odd = sorted({*frame.columns} ^ {*frames[0].columns}) or ["the order"]
                    raise SourceError(
                        f"The file {file} has other columns than the first of table {table.name!r}: they differ in "
                        f"{', '.join(odd)}. Write all files of a table with one header."
                    )
                frames.append(frame)
            # PostgreSQL cannot hold NUL.
            cells = pl.concat(frames).with_columns(pl.all().str.replace_all("\x00", "", literal=True))
            self._read[table.name] = cells, rejected
        return self._read[table.name][0]

    def _one(self, file: Path, table: Table) -> tuple[pl.DataFrame, list[csv_file.BadLine]]:
        try:
            if self._kind == "csv":
                return csv_file.read(file, self.options.encoding, self.options.delimiter)
            return _texts(file, pl.read_parquet(file, glob=False), table), []
        except OSError as error:
            raise SourceError(
                f"The file {file} cannot be read: {error.strerror or error}. Make it readable."
            ) from error
        except pl.exceptions.PolarsError as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise SourceError(f"The file {file} is no Parquet file: {reason}. Write it again.") from error


def _texts(file: Path, frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """The columns of a Parquet file as text; one that is not needed may be of a type that cannot be text."""
    cells = []
    for column in frame:
        try:
            cells.append(column.cast(pl.String))
        except pl.exceptions.PolarsError as error:
            if column.name in (table.key, *table.column_names):
                raise SourceError(
                    f"The column {column.name!r} of {file} is of the type {column.dtype}, which is no text. "
                    "Write it as text, a number or a date."
                ) from error
    return pl.DataFrame(cells)
