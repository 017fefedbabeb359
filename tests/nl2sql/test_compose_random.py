"""Any row of words that the composer knows is understood or not, but never breaks it; what it composes can run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nl2sql.compose import Composed, compose
from nl2sql.errors import ExecutionError
from nl2sql.execute import execute
from nl2sql.guard import check
from nl2sql.index import Index
from nl2sql.language import LANGUAGES, Language
from nl2sql.semantics.lexicon import Entry, load_lexicon
from pipelines.database import Database

_VALUES = ("Moscow", "Kazan", "Welder", "Engineering", "Fire Safety", "DXB", "Turkey", "Olga")
_NUMBERS = ("2024", "10", "3,000", "two", "50 %", "March 2025", "5 лет", "3 ay")


def entries(language: Language) -> list[Entry]:
    """What a language's lexicon has, in an order of its own."""
    found = {entry for some in load_lexicon(language).by_start.values() for entry in some}
    return sorted(found, key=str)


def said(entry: Entry) -> str:
    """A phrase without the marks of its forms."""
    return " ".join(token.rstrip("*!") for token in entry.tokens)


def phrases(language: Language) -> st.SearchStrategy[str]:
    """Phrases of every kind, each kind as often as another: most phrases are synonyms of a few kinds."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for entry in entries(language):
        kinds.setdefault((entry.kind, entry.key), []).append(said(entry))
    one = st.sampled_from(sorted(kinds)).flatmap(lambda kind: st.sampled_from(kinds[kind]))
    return one | st.sampled_from(_VALUES) | st.sampled_from(_NUMBERS)


def questions(language: Language) -> st.SearchStrategy[str]:
    """What is asked, of what, and whatever follows: a row of any words is hardly ever understood."""

    def of_kind(kind: str) -> st.SearchStrategy[str]:
        return st.sampled_from([said(entry) for entry in entries(language) if entry.kind == kind])

    rest = st.lists(phrases(language), max_size=6).map(" ".join)
    return st.tuples(of_kind("ask"), of_kind("subject") | of_kind("column"), rest).map(" ".join)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_of_words_never_breaks_it(language: Language, index: Index, company: Database) -> None:
    @settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(questions(language))
    def understood_or_not(text: str) -> None:
        composed = compose(text, language, index.asked(text, language), index.catalog)
        if isinstance(composed, Composed):
            try:
                execute(company.reader, check(composed.sql, index.catalog))
            except ExecutionError as error:
                assert "out of range" in str(error) or "takes too long" in str(error)  # noqa: PT017 - numbers may be silly

    understood_or_not()
