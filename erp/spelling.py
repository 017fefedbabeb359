"""Third stages: misspelt words, by edit distance to the words that are known.

Distance is optimal string alignment (a swap of neighbours is one edit) on keys without case and marks, so
that only real slips count. Confidence falls with the share of letters that differ and with the lead over
the next different candidate; a tie goes to review.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from erp.changes import SCHEMA, Tables, Verdict, combine, judge_values, look_up
from erp.knowledge import Knowledge, given_names
from erp.letters import fold, romanise, sound
from erp.names import NameLexicon
from erp.schema import TABLES, Kind
from erp.vocabulary import Label, Vocabulary

_MOST_EDITS: Final = 3
_LETTERS_AN_EDIT: Final = 4
"""A word must have this many letters for every edit that is forgiven."""
_FREQUENT: Final = 3
_ROWS: Final = 4096
"""Names that are held against all frequent ones at once."""
_TIMES: Final = 8
"""A name must be this many times as frequent as its supposed misspelling."""


def words(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """Vocabulary cells that the dictionary did not find."""
    judges = {column: _WordJudge(knowledge.vocabulary, column) for column in knowledge.vocabulary.values}
    return combine(
        judge_values(tables[table.name], table.name, column.name, judges[column.vocabulary or ""])
        for table in TABLES
        for column in table.of_kind(Kind.VOCABULARY)
    )


class _WordJudge:
    """The labels of one column, ready to be searched."""

    def __init__(self, vocabulary: Vocabulary, column: str) -> None:
        labels = [label for label in vocabulary.labels if label.column_name == column]
        self._vocabulary, self._column = vocabulary, column
        self._values = vocabulary.values[column]
        self._keys, self._labels = _keyed(labels)

    def __call__(self, text: str) -> Verdict | None:
        if text in self._values:
            return None
        known = self._vocabulary
        if known.find_exact(self._column, text) or known.find_folded(self._column, text):
            return None  # spelt right, even where its translation was undone
        best: dict[str, tuple[int, int]] = {}  # value -> edits, letters
        for key in {fold(text), fold(romanise(text))}:
            found = process.extract(key, self._keys, scorer=OSA.distance, score_cutoff=_MOST_EDITS + 1, limit=20)
            for label, edits, index in found:
                value = self._labels[index].value
                best[value] = min(best.get(value, (99, 0)), (int(edits), len(label)))
        if not best:
            return None
        (value, (edits, letters)), *others = sorted(best.items(), key=lambda item: item[1])
        lead = others[0][1][0] - edits if others else _MOST_EDITS
        return value, "spelling.word", confidence(edits, letters, lead)


def _keyed(labels: list[Label]) -> tuple[list[str], list[Label]]:
    pairs = {key: label for label in labels for key in (fold(label.label), fold(romanise(label.label)))}
    return list(pairs), list(pairs.values())


def confidence(edits: int, letters: int, lead: int) -> float:
    """How sure a correction is.

    Args:
        edits: distance to the candidate.
        letters: length of the candidate.
        lead: how many more edits the next different candidate needs.

    >>> confidence(1, 8, 2) > 0.85 > confidence(1, 8, 0)
    True
    """
    if edits > min(_MOST_EDITS, letters // _LETTERS_AN_EDIT):
        return 0.3
    return round((1 - 0.6 * edits / letters) * {0: 0.5, 1: 0.95}.get(lead, 1.0), 3)


def names(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """Names that are a slip away from a much more frequent one, unless the person's e-mail address has them."""
    employees = tables["employees"]
    found = []
    for column in ("first_name", "patronymic", "last_name"):
        known = given_names() if column == "first_name" else ()
        lexicon = NameLexicon.of(employees[column], knowledge.memory, "spelling.names", known)
        judge = _NameJudge(lexicon, employees[column].drop_nulls().unique().to_list())
        found.append(judge_values(employees, "employees", column, judge))
    return _heed_email(combine(found), employees)


class _NameJudge:
    """The frequent names of a lexicon, by their sounds and by their letters.

    Args:
        lexicon: of one part of names.
        texts: the names that it will be asked about.
    """

    def __init__(self, lexicon: NameLexicon, texts: Sequence[str]) -> None:
        self._lexicon = lexicon
        frequent = {
            name: votes for name in set(lexicon.canonical.values()) if (votes := lexicon.votes(name)) >= _FREQUENT
        }
        self._indexes = tuple(_Index(frequent, key, texts) for key in (sound, fold))

    def __call__(self, text: str) -> Verdict | None:
        least = max(_FREQUENT, _TIMES * self._lexicon.votes(text))
        for index in self._indexes:
            verdict = index.search(text, least)
            if verdict is not None:
                return verdict
        return None


class _Index:
    """Names under one kind of key, and those of them that are near to the texts in question."""

    def __init__(self, frequent: Mapping[str, int], key: Callable[[str], str], texts: Sequence[str]) -> None:
        self._key = key
        self._names = {key(name): name for name in sorted(frequent)}
        self._counts = {term: frequent[name] for term, name in self._names.items()}
        self._near = _near(list({key(text) for text in texts}), list(self._names))

    def search(self, text: str, least: int) -> Verdict | None:
        """The nearest name that occurs `least` times or more."""
        key = self._key(text)
        found = {
            term: edits
            for term, edits in self._near.get(key, {}).items()
            if self._counts[term] >= least and not _other_sex(key, term)
        }
        if not found or key in found:
            return None
        closest = min(found.values())
        first, *others = sorted(
            (term for term, edits in found.items() if edits == closest), key=lambda term: (-self._counts[term], term)
        )
        if len(key) < _LETTERS_AN_EDIT:
            sure = 0.6
        elif others:
            sure = 0.86 if self._counts[first] >= 10 * self._counts[others[0]] else 0.6
        else:
            sure = 0.92 if len(key) > _LETTERS_AN_EDIT else 0.86
        return self._names[first], "spelling.name", sure


def _near(keys: Sequence[str], terms: Sequence[str]) -> dict[str, dict[str, int]]:
    """The terms that are at most one edit away from each key, two from a longer one, and how many edits."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for start in range(0, len(keys), _ROWS):
        part = keys[start : start + _ROWS]
        edits = process.cdist(part, terms, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)
        most = np.array([2 if len(key) > 2 * _LETTERS_AN_EDIT else 1 for key in part], dtype=np.uint8)
        for row, column in zip(*np.nonzero(edits <= most[:, None]), strict=True):
            found[part[row]][terms[column]] = int(edits[row, column])
    return found


def _other_sex(one: str, other: str) -> bool:
    """Whether two Russian names differ in the ending of the sex only."""
    return one + "a" == other or other + "a" == one


def _heed_email(changes: pl.DataFrame, employees: pl.DataFrame) -> pl.DataFrame:
    """Confirm the names that an e-mail address has, and drop the changes of names that it has."""
    addresses = employees.select("row_key", local=pl.col("email").str.split("@").list.first().str.to_lowercase())
    plain = {text: _plain(text) for column in ("before", "after") for text in changes[column].unique()}
    seen = changes.join(addresses, on="row_key", how="left").with_columns(
        **{f"has_{column}": _contains(plain, column) for column in ("before", "after")}
    )
    sure = pl.when(pl.col("has_after")).then(pl.max_horizontal("confidence", 0.97)).otherwise("confidence")
    return seen.filter(~pl.col("has_before") | pl.col("has_after")).with_columns(confidence=sure).select(list(SCHEMA))


def _contains(plain: Mapping[str, str], column: str) -> pl.Expr:
    key = look_up(column, plain)
    return pl.col("local").str.contains(key, literal=True).fill_null(False)


@cache
def _plain(text: str) -> str:
    return fold(romanise(text)).replace(" ", "")
