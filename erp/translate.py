"""Second stages: words of other languages and scripts to the canonical ones.

Vocabulary cells through the company's dictionary, names through what `erp.names` learned. A misspelt word
is found by neither and left to `erp.spelling`.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from erp.changes import Tables, Verdict, combine, judge_values
from erp.knowledge import Knowledge, given_names
from erp.letters import fold, is_cyrillic, romanise
from erp.names import NameLexicon
from erp.schema import TABLES, Kind
from erp.vocabulary import Vocabulary


def words(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """Labels of the dictionary, in any language, case, script or transliteration."""
    return combine(
        judge_values(
            tables[table.name],
            table.name,
            column.name,
            partial(word, knowledge.vocabulary, column.vocabulary or ""),
        )
        for table in TABLES
        for column in table.of_kind(Kind.VOCABULARY)
    )


def word(vocabulary: Vocabulary, column: str, text: str) -> Verdict | None:
    """What the dictionary says of one value."""
    if text in vocabulary.values[column]:
        return None
    if label := vocabulary.find_exact(column, text):
        rule = "translate.case" if text.lower() == label.value.lower() else f"translate.{label.language}"
        return label.value, rule, 0.99
    if label := vocabulary.find_folded(column, text):
        return label.value, "translate.marks", 0.97
    if label := vocabulary.find_sounding(column, text):
        return label.value, "translate.sound", 0.93
    return None


def names(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """Names to the company's spelling of them."""
    employees = tables["employees"]
    found = []
    for column in ("first_name", "patronymic", "last_name"):
        known = given_names() if column == "first_name" else ()
        lexicon = NameLexicon.of(employees[column], knowledge.memory, "translate.names", known)
        found.append(judge_values(employees, "employees", column, partial(name, lexicon)))
    return combine(found)


def name(lexicon: NameLexicon, text: str) -> Verdict:
    """What the lexicon says of one spelling."""
    after = lexicon.form(text)
    if is_cyrillic(text):
        return after, "translate.script", 0.97 if after == romanise(text) else 0.93
    rule = "translate.name_marks" if fold(after) == fold(text) else "translate.transliteration"
    return after, rule, 0.5 if lexicon.is_rival(text) else 0.93
