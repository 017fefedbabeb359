"""Whether a statement speaks of what the question speaks of.

A statement can be valid and still filter by a value that does not exist, or leave out one that the
question names; both would give a wrong figure without an error. Here every text that the statement
compares with is looked up, and every value that the question names is looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlglot import exp

from nl2sql.catalog import Catalog
from nl2sql.execute import exists
from nl2sql.guard import Checked
from nl2sql.language import Language
from nl2sql.text import Word, fold
from nl2sql.values import Link, Values

_SURE = 0.9


class UnknownValueError(Exception):
    """A value that is asked for does not exist."""

    def __init__(self, text: str, nearest: Sequence[str]) -> None:
        super().__init__(text)
        self.text = text
        self.nearest = tuple(nearest)


@dataclass(frozen=True)
class Missing:
    """Values that the question names and the statement does not use."""

    links: tuple[Link, ...]

    @property
    def problem(self) -> str:
        """For the model."""
        wanted = "; ".join(f"{link.text} means '{link.value}'" for link in self.links)
        return f"The statement does not use every value of the question: {wanted}."


def correct_values(checked: Checked, values: Values, reader: Engine, language: Language) -> list[str]:
    """Give every compared text its canonical spelling, in place.

    Returns:
        One note for every text that was read as a value with other letters.

    Raises:
        UnknownValueError: a text is no value of its column.
    """
    notes = []
    for comparison in checked.comparisons:
        text = comparison.literal.name
        known = values.of(comparison.path)
        if isinstance(comparison.literal.parent, exp.Like | exp.ILike) or (known is not None and text in known):
            continue  # a pattern is not a value
        if known is None:
            table, _, column = comparison.path.partition(".")
            if not exists(reader, table, column, text):
                raise UnknownValueError(text, [])
            continue
        resolved = values.resolve(comparison.path, text)
        if resolved is None:
            raise UnknownValueError(text, values.nearest(text, language, path=comparison.path))
        value, score = resolved
        comparison.literal.set("this", value)
        if score < _SURE:
            notes.append(f"{text} → {value}")
    return notes


def find_missing(checked: Checked, links: Sequence[Link], values: Values) -> Missing | None:
    """Values that the question names for certain, and that the statement does not compare with."""
    used = {literal.name for literal in checked.tree.find_all(exp.Literal) if literal.is_string}
    by_span: dict[tuple[int, int], list[Link]] = {}
    for link in links:
        by_span.setdefault((link.start, link.end), []).append(link)
    # words with several readings need only one of them
    missing = [
        readings[0]
        for readings in by_span.values()
        if not any(values.is_choice(link.domain) or _names(link, used, values) for link in readings)
    ]
    return Missing(tuple(missing)) if missing else None


def unknown_names(
    question: Sequence[Word], links: Sequence[Link], catalog: Catalog, known: frozenset[str]
) -> list[str]:
    """Names in the question that are neither a value nor a word of the schema or of the examples.

    A name is a word in capitals or with a capital that does not begin the sentence, or one that an
    apostrophe separates from its ending, as Turkish does with names only.
    """
    names = []
    terms = {term.text for term in catalog.terms(list(question))}
    for number, word in enumerate(question):
        follower = question[number + 1] if number + 1 < len(question) else None
        is_name = (number > 0 and word.text[0].isupper()) or (len(word.text) > 1 and word.text.isupper())
        is_name |= follower is not None and follower.is_suffix and follower.folded != "s"
        linked = any(link.start <= word.start < link.end for link in links)
        if is_name and not (
            linked or word.is_suffix or word.folded in known or word.text in terms or word.folded.isdigit()
        ):
            names.append(word.text)
    return names


def says_nothing(question: Sequence[Word], links: Sequence[Link], catalog: Catalog) -> bool:
    """Whether the question names neither a value nor anything of the schema."""
    return not links and not catalog.terms(list(question))


def is_person(reader: Engine, name: str) -> bool:
    """Whether a word may be a form of somebody's name: it begins like one."""
    query = sa.text(
        "SELECT EXISTS (SELECT 1 FROM clean.employees "
        "WHERE lower(left(last_name, 4)) IN (:typed, :folded) OR lower(left(first_name, 4)) IN (:typed, :folded))"
    )
    with reader.connect() as connection:
        bound = {"typed": name[:4].lower(), "folded": fold(name)[:4]}
        return bool(connection.execute(query, bound).scalar_one())


def _names(link: Link, used: set[str], values: Values) -> bool:
    return link.value in used or any(
        (resolved := values.resolve(link.domain, text)) is not None and resolved[0] == link.value for text in used
    )
