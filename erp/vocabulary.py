"""The company's dictionary: every canonical value with its labels in English, Turkish and Russian.

Shipped lists are in `data/`; `Vocabulary.learn` adds what the source's own reference tables define. The
same entries clean cells here and link the values of questions in `clean.vocabulary`. Rules that use the
dictionary are in `erp.translate` and `erp.spelling`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Final, NamedTuple

import polars as pl

from erp.letters import fold, is_cyrillic, lower, romanise, sound, sounds, unmix

LANGUAGES: Final = ("en", "tr", "ru")
_SHORTEST_SOUND: Final = 4
"""Keys by sound of shorter words would meet by accident."""


class Label(NamedTuple):
    """One way to write a canonical value."""

    column_name: str
    value: str
    language: str
    label: str


@dataclass(frozen=True)
class Vocabulary:
    """Labels of all columns."""

    labels: tuple[Label, ...]

    @classmethod
    @cache
    def shipped(cls) -> Vocabulary:
        """The lists of `erp/data`."""
        labels: list[Label] = []
        for column, file in _FILES.items():
            for row in read_data(file).iter_rows(named=True):
                labels += _labels(row.get("column") or column, row)
        return cls(tuple(dict.fromkeys(labels)))

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The labels as `column_name, value, language, label`."""
        return pl.DataFrame(self.labels, schema=dict.fromkeys(Label._fields, pl.String), orient="row")

    @cached_property
    def values(self) -> Mapping[str, frozenset[str]]:
        """Canonical values by column."""
        found: dict[str, set[str]] = {}
        for label in self.labels:
            found.setdefault(label.column_name, set()).add(label.value)
        return {column: frozenset(values) for column, values in found.items()}

    @cached_property
    def _exact(self) -> Mapping[tuple[str, str], Label]:
        return _unambiguous(self.labels, lambda label: _cases(label.label))

    @cached_property
    def _folded(self) -> Mapping[tuple[str, str], Label]:
        return _unambiguous(self.labels, lambda label: (fold(label.label), fold(romanise(label.label))))

    @cached_property
    def _sounding(self) -> Mapping[tuple[str, str], Label]:
        keys = _unambiguous(self.labels, lambda label: sounds(label.label))
        return {key: label for key, label in keys.items() if len(key[1]) >= _SHORTEST_SOUND}

    def find_exact(self, column: str, text: str) -> Label | None:
        """The label that is written like this, whatever its case."""
        return next((label for form in _cases(text) if (label := self._exact.get((column, form)))), None)

    def find_folded(self, column: str, text: str) -> Label | None:
        """The label that differs in marks and punctuation only."""
        return self._folded.get((column, fold(text))) or self._folded.get((column, fold(romanise(text))))

    def find_sounding(self, column: str, text: str) -> Label | None:
        """The label that is the same word in the letters of another script or transliteration."""
        return self._sounding.get((column, sound(text)))

    def find(self, column: str, text: str) -> Label | None:
        """The best of the three."""
        return self.find_exact(column, text) or self.find_folded(column, text) or self.find_sounding(column, text)

    def learn(self, tables: Mapping[str, pl.DataFrame]) -> Vocabulary:
        """Add the values that the source's reference tables define and no shipped label knows."""
        new: dict[tuple[str, str], Label] = {}
        for table, column, vocabulary in _DEFINING:
            for typed in tables[table][column].drop_nulls().unique(maintain_order=True):
                text = _tidy(typed)
                if text and self.find(vocabulary, text) is None:
                    new.setdefault((vocabulary, sound(text)), _own(vocabulary, romanise(text), text))
        projects = tables["projects"].drop_nulls(["code", "name"])
        known = Vocabulary(self.labels + tuple(new.values()))
        names = []
        for code, typed in projects.select("code", "name").iter_rows():
            label, name = known.find("projects.code", _tidy(code)), _tidy(typed)
            if label is not None and name and known.find("projects.code", name) is None:
                names.append(_own("projects.code", label.value, name))
        return Vocabulary(tuple(dict.fromkeys(known.labels + tuple(names))))


_FILES: Final = {
    "employees.city": "cities.csv",
    "locations.country": "countries.csv",
    "employees.department": "departments.csv",
    "employees.position": "positions.csv",
    "projects.code": "projects.csv",
    "": "choices.csv",
}
_DEFINING: Final = (
    ("locations", "city", "employees.city"),
    ("locations", "country", "locations.country"),
    ("departments", "name", "employees.department"),
    ("positions", "title", "employees.position"),
    ("projects", "code", "projects.code"),
)


def read_data(name: str) -> pl.DataFrame:
    """A list of `erp/data`, every column as text."""
    with resources.files("erp").joinpath("data", name).open("rb") as file:
        return pl.read_csv(file, infer_schema=False)


def _cases(text: str) -> tuple[str, ...]:
    """Small letters by the rules of any language, of English, of Turkish: İstanbul is Istanbul only by the second."""
    return text.lower(), lower(text), lower(text, turkish=True)


def _tidy(text: str) -> str:
    return unmix(" ".join(text.split()))


def _own(column: str, value: str, text: str) -> Label:
    return Label(column, value, "ru" if is_cyrillic(text) else "en", text)


def _labels(column: str, row: Mapping[str, str | None]) -> Iterable[Label]:
    canonical = row["value"] or ""
    if column == "projects.code":  # people write the code or the name
        yield Label(column, row["code"] or "", "en", row["code"] or "")
        yield Label(column, row["code"] or "", "en", canonical)
        canonical = row["code"] or ""
    else:
        yield Label(column, canonical, "en", canonical)
    for language in LANGUAGES:
        for text in (row.get(language) or "").split("|"):
            if text:
                yield Label(column, canonical, language, text)


def _unambiguous(labels: Iterable[Label], keys: Callable[[Label], Iterable[str]]) -> Mapping[tuple[str, str], Label]:
    """Labels by column and key, without the keys that two values share."""
    found: dict[tuple[str, str], Label] = {}
    doubtful = set()
    for label in labels:
        for text in keys(label):
            key = (label.column_name, text)
            if found.setdefault(key, label).value != label.value:
                doubtful.add(key)
    return {key: label for key, label in found.items() if key[1] and key not in doubtful}
