"""Offices type up the company: habits of language and script first, then the accidents of `errors`.

A column being typed is a `Typed`: the text as it stands and the kind of the last thing that happened to
each cell. Rates come from `data/errors.toml`; accidents of one cell exclude each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

from erp.letters import is_cyrillic, romanise
from erp.schema import BY_NAME, Column, Kind
from erp.synth import errors
from erp.synth.names import other_latin, to_cyrillic
from erp.synth.rates import rates
from erp.vocabulary import Vocabulary

Accident: TypeAlias = Callable[[pl.Series, np.random.Generator], pl.Series]

_SLIPS: Final[Mapping[str, Accident]] = {
    "spelling": errors.spelling,
    "marks": errors.marks,
    "homoglyph": errors.homoglyph,
    "case": errors.case,
    "missing": errors.missing,
}
_FORMATTED: Final[Mapping[Kind, Mapping[str, Accident]]] = {
    Kind.DATE: {"missing": errors.missing, "impossible": errors.next_century},
    Kind.PHONE: {"missing": errors.missing},
    Kind.EMAIL: {"case": errors.case, "spelling": errors.email_slip, "missing": errors.missing},
    Kind.NATIONAL_ID: {"id_format": errors.id_format, "missing": errors.missing},
    Kind.NUMBER: {"impossible": errors.negative},
}
_REQUIRED: Final = {"first_name", "last_name", "status", "employee_id"}
"""Columns in which a form never lets a cell stay empty."""


class Typed:
    """One column while it is typed.

    Args:
        text: right cells, one a row.
        rng: where chance comes from.
    """

    def __init__(self, text: pl.Series, rng: np.random.Generator) -> None:
        self.text = text.cast(pl.String).rename("text").clone()
        self.kind = pl.Series("kind", [None] * len(text), dtype=pl.String)
        self._rng = rng

    def set(self, where: np.ndarray[Any, np.dtype[np.bool_]], kind: str, text: pl.Series) -> None:
        """Put other text where told, where it differs from what stands there; `text` has the rows of `where`."""
        rows = np.flatnonzero(where)
        changed = text.ne_missing(self.text.gather(rows)).to_numpy()
        self.text = self.text.scatter(rows[changed], text.filter(changed))
        self.kind = self.kind.scatter(rows[changed], kind)

    def accidents(self, rates: Mapping[str, float], slips: Mapping[str, Accident]) -> None:
        """Let every accident happen to its share of the filled cells."""
        draw, start = self._rng.random(len(self.text)), 0.0
        filled = self.text.is_not_null().to_numpy()
        for kind, rate in rates.items():
            if kind in slips:
                hit = filled & (draw >= start) & (draw < start + rate)
                start += rate
                self.set(hit, kind, slips[kind](self.text.filter(hit), self._rng))


def type_up(table: str, clean: pl.DataFrame, language: pl.Series, rng: np.random.Generator) -> dict[str, Typed]:
    """Type the columns of a table.

    Args:
        table: its name.
        clean: right cells; employees with the helper columns of `people`.
        language: language of the office that types each row: `en`, `tr` or `ru`.
        rng: where chance comes from.
    """
    typed = {}
    for column in BY_NAME[table].columns:
        cells = Typed(clean[column.name], rng)
        if column.kind is Kind.VOCABULARY:
            _vocabulary(cells, column, language, rng, table)
        elif column.kind is Kind.NAME:
            _name(cells, column, clean, language, rng)
        elif column.kind not in (Kind.TEXT, Kind.REFERENCE):
            _formatted(cells, column, language, rng, table)
        typed[column.name] = cells
    if table == "employees":
        _swap(typed, "first_name", "last_name", rates()["swapped"]["first_last"], rng)
        _swap(typed, "patronymic", "last_name", rates()["swapped"]["patronymic_last"], rng)
    return typed


def _vocabulary(cells: Typed, column: Column, language: pl.Series, rng: np.random.Generator, table: str) -> None:
    count, habits = len(language), rates()["habits"]
    group = rates()["vocabulary" if table == "employees" and column.name not in ("gender", "status") else "choice"]
    local = rng.random(count) < group.get("local_language", habits["local_language"])
    other = rng.choice(["en", "tr", "ru"], count)
    third = rng.random(count) < habits["third_language"]
    spoken = np.where(third, other, np.where(local, language.to_numpy(), "en"))
    pick = rng.random(count)
    for code in ("en", "tr", "ru"):
        # In English most type the canonical value; in the other languages any of the labels.
        where = (
            (spoken == code)
            & cells.text.is_not_null().to_numpy()
            & ((code != "en") | (pick < habits["english_synonym"]))
        )
        cells.set(where, "language", _labels(column.vocabulary or "", code, cells.text.filter(where), pick[where]))
    if table == "employees":
        _unlisted(cells, column.vocabulary or "", habits["unlisted"], rng)
    slips: dict[str, Accident] = {**_SLIPS, "transliteration": _transliterated}
    if column.name in _REQUIRED:
        del slips["missing"]
    cells.accidents(group, slips)


def _labels(column: str, language: str, values: pl.Series, pick: np.ndarray[Any, Any]) -> pl.Series:
    """One of the labels of each value in a language; the value itself where it has none."""
    labels = Vocabulary.shipped().frame.filter((pl.col("column_name") == column) & (pl.col("language") == language))
    listed = labels.group_by("value", maintain_order=True).agg("label")
    frame = pl.DataFrame({"value": values, "pick": pick}).join(listed, on="value", how="left", maintain_order="left")
    at = (pl.col("pick") * 997 % 1 * pl.col("label").list.len()).cast(pl.Int64)
    return frame.select(pl.coalesce(pl.col("label").list.get(at, null_on_oob=True), "value")).to_series()


def _unlisted(cells: Typed, column: str, rate: float, rng: np.random.Generator) -> None:
    with resources.files("erp.synth").joinpath("data/unlisted.csv").open("rb") as file:
        words = pl.read_csv(file).filter(pl.col("column") == column)
    kept = cells.kind.is_null().to_numpy() & (rng.random(len(cells.text)) < rate * 10)
    for label, value in words.select("label", "value").iter_rows():
        where = kept & cells.text.eq_missing(pl.Series([value])).to_numpy()
        cells.set(where, "unlisted", pl.Series([label] * int(where.sum()), dtype=pl.String))


def _transliterated(text: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Labels in the letters of the other script."""
    written = {
        value: (romanise(value), *other_latin(value)) if is_cyrillic(value) else (to_cyrillic(value),) * 4
        for value in text.unique()
    }
    pick = rng.integers(0, 4, len(text))
    return pl.Series([written[value][index] for value, index in zip(text, pick, strict=True)], dtype=pl.String)


def _name(cells: Typed, column: Column, clean: pl.DataFrame, language: pl.Series, rng: np.random.Generator) -> None:
    cyrillic = (rng.random(len(language)) < rates()["habits"]["local_script"]) & (language == "ru").to_numpy()
    cyrillic &= cells.text.is_not_null().to_numpy()
    cells.set(cyrillic, "script", clean[f"_{column.name}_cyrillic"].filter(cyrillic))
    group = rates()["name"]
    other = ~cyrillic & (rng.random(len(language)) < group["transliteration"]) & cells.text.is_not_null().to_numpy()
    cells.set(other, "transliteration", clean[f"_{column.name}_other"].filter(other))
    slips = {kind: slip for kind, slip in _SLIPS.items() if kind != "missing" or column.name not in _REQUIRED}
    cells.accidents(group, slips)


def _formatted(cells: Typed, column: Column, language: pl.Series, rng: np.random.Generator, table: str) -> None:
    """Dates, numbers and what reaches or identifies a person."""
    group = rates()[column.kind.value]
    cells.accidents(group, _FORMATTED[column.kind] if table == "employees" or column.kind is Kind.NUMBER else {})
    formats = {Kind.DATE: ("date_format", errors.date_format), Kind.PHONE: ("phone_format", errors.phone_format)}
    if column.kind in formats:
        kind, slip = formats[column.kind]
        where = cells.kind.is_null().to_numpy() & cells.text.is_not_null().to_numpy()
        where &= rng.random(len(language)) < group[kind]
        cells.set(where, kind, slip(cells.text.filter(where), language.filter(where), rng))


def _swap(typed: dict[str, Typed], one: str, other: str, rate: float, rng: np.random.Generator) -> None:
    """Two parts of a name in each other's columns."""
    first, second = typed[one], typed[other]
    filled = (first.text.is_not_null() & second.text.is_not_null()).to_numpy()
    rows = np.flatnonzero(filled & (rng.random(len(filled)) < rate))
    texts = first.text.gather(rows), second.text.gather(rows)
    for cells, text in ((first, texts[1]), (second, texts[0])):
        cells.text = cells.text.scatter(rows, text)
        cells.kind = cells.kind.scatter(rows, "swapped")
