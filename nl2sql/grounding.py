"""Whether a statement speaks of what the question speaks of.

A statement can be valid and still filter by a value that does not exist, or leave out one that the
question names; both would give a wrong figure without an error. Here every text that the statement
compares with is looked up, and every value that the question names is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlglot import exp

from nl2sql.catalog import SCHEMA, Catalog, Term
from nl2sql.examples import DOMAINS
from nl2sql.execute import exists
from nl2sql.guard import Checked, Comparison
from nl2sql.language import Language
from nl2sql.persons import Person
from nl2sql.semantics.pieces import Piece
from nl2sql.text import Word, fold
from nl2sql.values import Link, Values

_SURE = 0.9
_OF_PERSONS = ("employees", "contracts")
"""Tables whose ordinary words (women, permanent) a question about people may always use."""
NEGATION = re.compile(
    r"not|no|except|without|other|outside|excluding|but|never|neither|nor|t"  # t as in haven't
    r"|değil|hariç|dışında\w*|olmayan\w*|yok|başka|\w{2,}m[ae](yan|yen|dı|di|mış|miş|z)\w*"  # verbs in -me, -ma
    r"|не|ни|нет|кроме|без|вне|исключая"
)
_CONTRACTED = frozenset({"s", "t", "re", "ve", "ll", "d", "m"})
"""What follows an apostrophe in English words that are no names: haven't, we've."""
_SENTENCE = re.compile(r"[.?!:;]\s")
"""What a sentence or a list begins after, with a capital that makes no name."""
_BEGINNING = 5
"""Letters."""
WORKING = ("employees.status", "active")
""""Who works in Moscow" is everybody who has not left, also those on leave today."""


@dataclass(frozen=True)
class Asked:
    """What is understood of a question."""

    words: tuple[Word, ...]
    links: tuple[Link, ...]
    terms: tuple[Term, ...]
    persons: tuple[Person, ...] = ()


class UnknownValueError(Exception):
    """A value that is asked for does not exist."""

    def __init__(self, text: str, nearest: Sequence[str]) -> None:
        super().__init__(text)
        self.text = text
        self.nearest = tuple(nearest)


def correct_values(
    checked: Checked, values: Values, reader: Engine, language: Language, *, schema: str | None = SCHEMA
) -> list[str]:
    """Give every compared text its canonical spelling, in place.

    Returns:
        One note for every text that was read as a value with other letters.

    Raises:
        UnknownValueError: a text is no value of its column.
    """
    notes = []
    for comparison in checked.comparisons:
        text = comparison.literal.name
        if isinstance(comparison.literal.parent, exp.Like | exp.ILike):
            continue  # a pattern is not a value
        if not any(letter.isalpha() for letter in text):
            continue  # a day or a number need not occur
        found = spelt(text, comparison.path, values, reader, schema=schema)
        if found is None:
            known = values.of(comparison.path) is not None
            raise UnknownValueError(text, values.nearest(text, language, path=comparison.path) if known else [])
        value, score = found
        comparison.literal.set("this", value)
        if score < _SURE:
            notes.append(f"{text} → {value}")
    return notes


def spelt(
    text: str, path: str, values: Values, reader: Engine, *, schema: str | None = SCHEMA
) -> tuple[str, float] | None:
    """How a column spells a text, and how like it is; `None` if it has no such value."""
    known = values.of(path)
    if known is not None and text in known:
        return text, 1.0
    if known is not None and (resolved := values.resolve(path, text)) is not None:
        return resolved
    table, _, column = path.partition(".")
    return (text, 1.0) if exists(reader, table, column, text, schema=schema) else None


def find_problem(
    checked: Checked, asked: Asked, pieces: Sequence[Piece], values: Values, catalog: Catalog
) -> str | None:
    """What the statement of a model leaves out, adds or forgets to show, in English.

    Args:
        checked: the statement.
        asked: what is understood of the question.
        pieces: the question, cut.
        values: all values.
        catalog: all tables.
    """
    unasked = find_unasked(checked, asked, pieces, values)
    return (
        _find_missing(checked, asked, values)
        or _find_missing_choice(checked, asked, values)
        or _find_excluded(checked, asked, pieces)
        or (f"The question does not mention '{unasked[0].literal.name}'." if unasked else None)
        or _find_unused(checked, asked, catalog)
        or _find_hidden_group(checked)
    )


def _find_missing(checked: Checked, asked: Asked, values: Values) -> str | None:
    """Values that the question names, and that the statement does not compare with."""
    used = {literal.name for literal in checked.tree.find_all(exp.Literal) if literal.is_string}
    by_span: dict[tuple[int, int], list[Link]] = {}
    for link in asked.links:
        by_span.setdefault((link.start, link.end), []).append(link)
    # words with several readings need only one of them
    missing = [
        f"{readings[0].text} means '{readings[0].value}'"
        for readings in by_span.values()
        if not any(values.is_choice(link.domain) or _names(link, used, values) for link in readings)
    ]
    return f"It does not use every value of the question: {'; '.join(missing)}." if missing else None


def _find_missing_choice(checked: Checked, asked: Asked, values: Values) -> str | None:
    """An ordinary word that means a value, such as "annual" or "women", without its column in the statement."""
    used = {values.domain(path) for path in checked.columns}
    for link in asked.links:
        if not values.is_choice(link.domain) or not is_relevant(link, asked, values):
            continue
        column = link.domain.partition(".")[2]
        if link.domain not in used:
            return f"{link.text} means {column} = '{link.value}', but the statement does not use {column}."
        named = frozenset(other.value for other in asked.links if other.domain == link.domain)
        if named == values.of(link.domain) and checked.tree.args.get("group") is None:
            return f"It is asked about every {column}: select {column} and GROUP BY {column}."
    return None


def is_relevant(link: Link, asked: Asked, values: Values) -> bool:
    """Whether words mean a value here: ordinary words only where the question is about their table.

    "finished" is a status of projects, if the question is about projects.
    """
    if not values.is_choice(link.domain):
        return True
    if (link.domain, link.value) == WORKING:
        return False
    others = [other.domain for other in asked.links if other is not link and not values.is_choice(other.domain)]
    paths = (*others, *(term.path for term in asked.terms))
    of_persons = link.domain.partition(".")[0] in _OF_PERSONS
    return of_persons or any(values.is_about(path, link.domain) for path in paths)


def find_unasked(checked: Checked, asked: Asked, pieces: Sequence[Piece], values: Values) -> list[Comparison]:
    """Comparisons with a value that the question does not name, such as one of an example."""
    named = {link.value for link in asked.links if (link.domain, link.value) != WORKING}
    named |= {value for piece in pieces for _, value in piece.values}
    return [
        comparison
        for comparison in checked.comparisons
        if (value := comparison.literal.name) in (values.of(comparison.path) or frozenset()) - named
        and not _is_hinted(value, asked.words)
    ]


def _find_excluded(checked: Checked, asked: Asked, pieces: Sequence[Piece]) -> str | None:
    """A value that the question names and the statement excludes, though nothing in the question says so."""
    if any(NEGATION.fullmatch(word.lower) for word in asked.words) or any(piece.has("negation") for piece in pieces):
        return None
    named = {link.value for link in asked.links}
    for comparison in checked.comparisons:
        literal = comparison.literal
        if literal.name in named and (isinstance(literal.parent, exp.NEQ) or literal.find_ancestor(exp.Not)):
            return f"The question asks about '{literal.name}', but the statement excludes it."
    return None


def _is_hinted(value: str, words: Sequence[Word]) -> bool:
    """Whether a word of the question begins like a value: engineers and engineering."""
    start = fold(value)[:_BEGINNING]
    return len(start) == _BEGINNING and any(word.folded.startswith(start) for word in words)


def _find_unused(checked: Checked, asked: Asked, catalog: Catalog) -> str | None:
    """A column that the question names and the statement leaves out.

    Only columns whose values are things (city, department, project) count: figures and dates are asked
    for in too many ways. "The Finance department" names a value, so the column need not occur twice.
    """
    used = {catalog.root(path) for path in checked.columns} | {link.domain for link in asked.links}
    used |= {column.path for table in checked.tables for column in catalog.tables[table].columns}  # rows are projects
    linked = {word for link in asked.links for word in link.text.split()}  # "project" of a project manager
    for term in asked.terms:
        root = catalog.root(term.path)
        if root in DOMAINS.values() and root not in used and term.text not in linked:
            column = term.path.partition(".")[2]
            return f"The question says {term.text!r}, which is the column {column}, but the statement does not use {column}."
    return None


def _find_hidden_group(checked: Checked) -> str | None:
    """Figures of groups without saying which group each belongs to."""
    group = checked.tree.args.get("group")
    if group is None or not isinstance(checked.tree, exp.Select):
        return None
    shown = {column.name for projection in checked.tree.selects for column in projection.find_all(exp.Column)}
    shown |= {projection.alias_or_name for projection in checked.tree.selects}
    for key in group.expressions:
        if isinstance(key, exp.Column) and key.name not in shown:
            return f"It groups by {key.name} but does not select {key.name}."
    return None


def unknown_names(text: str, asked: Asked, known: frozenset[str]) -> list[str]:
    """Names in the question that are neither a value nor a word of the schema or of the examples.

    A name is a word in capitals or with a capital that does not begin the sentence, or one that an
    apostrophe separates from its ending, as Turkish does with names only.
    """
    described = {term.text for term in asked.terms}
    followers = (*asked.words[1:], None)
    names = []
    for number, (word, follower) in enumerate(zip(asked.words, followers, strict=True)):
        begins = number == 0 or _SENTENCE.search(text, asked.words[number - 1].end, word.start) is not None
        is_name = (not begins and word.text[0].isupper()) or (len(word.text) > 1 and word.text.isupper())
        is_name |= follower is not None and follower.is_suffix and follower.folded not in _CONTRACTED
        is_linked = any(link.start <= word.start < link.end for link in asked.links)
        is_other = word.is_suffix or word.folded.isdigit() or word.folded in known or word.text in described
        if is_name and not (is_linked or is_other):
            names.append(word.text)
    return names


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
