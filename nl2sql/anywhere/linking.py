"""What the words of a question are in a database: tables, columns and values, whatever the language.

A word leads to English lemmas (`lexicon`), and those to the words that names of tables and columns are made of.
Values are linked by `values`. What of the database is then told to the model is `narrowing`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from nl2sql.anywhere.cues import CUES, STOP
from nl2sql.anywhere.keys import singular
from nl2sql.catalog import Catalog
from nl2sql.language import Language
from nl2sql.lexicon import gloss, lemmas
from nl2sql.text import Word, fold, words
from nl2sql.thesaurus import near
from nl2sql.values import Link, Values

_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_SMALL_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "in",
        "on",
        "at",
        "of",
        "by",
        "to",
        "and",
        "or",
        "is",
        "are",
        "be",
        "for",
        "from",
        "with",
        "as",
        "it",
    ]
)
"""Words of names that say nothing: singer_in_concert."""
_SENSES: Final = 7
"""English words of a part that are looked at."""
_NEAR: Final = 0.5
"""Of a word that merely says the same."""
_PART: Final = 0.6
"""Of a name whose words are not all in the question; 'name' of 'song name'."""
_COMMENT: Final = 0.7
_LIKE: Final = 0.92
"""Of an ordinary word that is a value in another form: certain, but not its name."""
_NOUNS: Final[Mapping[str, str]] = {"born": "birth", "be born": "birth", "die": "death", "founded": "found"}
"""What columns call that which questions say with a verb."""
_LETTERS: Final = 3
"""Of an ordinary word that is a value."""
_GENDERS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("f", "female", "woman", "w"), ("female", "woman", "girl")),
    **dict.fromkeys(("m", "male", "man"), ("male", "man", "boy")),
}
"""How people of a gender are called."""
_FEW: Final = 30
"""Values of a column whose values are ordinary words."""
_OWN_TABLE: Final = 0.5
"""More for columns of tables that the question names: the age in 'age of singers' is the singers'."""

_SHORT_FORMS: Final[Mapping[str, str]] = {
    "dept": "department", "emp": "employee", "mgr": "manager", "qty": "quantity", "amt": "amount", "num": "number",
    "no": "number", "nbr": "number", "addr": "address", "tel": "phone", "cust": "customer", "prod": "product",
    "cat": "category", "desc": "description", "dob": "birth", "yr": "year", "org": "organization", "pct": "percent",
    "avg": "average", "lang": "language", "dest": "destination", "src": "source", "acct": "account", "std": "student",
    "stu": "student", "univ": "university", "hrs": "hour", "min": "minute", "sec": "second", "wt": "weight",
    "ht": "height", "pop": "population", "temp": "temperature", "lat": "latitude", "lng": "longitude",
    "long": "longitude", "ref": "reference", "img": "image", "bday": "birthday", "fname": "name", "lname": "name",
    "sname": "name", "pname": "name", "cname": "name", "sex": "gender", "tot": "total", "max": "maximum",
    "rev": "revenue", "app": "application", "doc": "document", "inv": "invoice", "loc": "location", "ins": "insurance",
}  # fmt: skip
"""What names of tables and columns are often shortened to."""


@dataclass(frozen=True)
class Part:
    """A word or expression of the question and what it may mean in English."""

    text: str
    start: int
    end: int
    folded: tuple[str, ...]
    english: tuple[str, ...]
    """Dictionary words, the likeliest first; none if it is not known."""


@dataclass(frozen=True)
class Linked:
    """What is known of a question's words."""

    parts: tuple[Part, ...]
    values: tuple[Link, ...]
    scores: Mapping[str, float]
    """`table` or `table.column` -> how surely it is meant."""
    hints: tuple[tuple[str, str], ...]
    """Words of the question, and the table or column that they are."""
    paths: Mapping[int, tuple[str, ...]]
    """Start of a part -> the tables and columns that it may name, the likeliest first."""


class Linker:
    """Links questions with one database.

    Args:
        catalog: its tables.
        values: its values.
    """

    def __init__(self, catalog: Catalog, values: Values) -> None:
        self._catalog = catalog
        self._values = values
        self._names: dict[str, tuple[str, ...]] = {}
        self._comments: dict[str, frozenset[str]] = {}
        for table in catalog.tables.values():
            self._names[table.name] = name_words(table.name)
            self._comments[table.name] = _spoken(table.comment.values())
            for column in table.columns:
                parts = name_words(column.name)
                # the table's name in front of a column's says nothing: singer.singer_name
                own = self._names[table.name]
                short = parts[len(own) :] if parts[: len(own)] == own and len(parts) > len(own) else parts
                self._names[column.path] = short or parts
                self._comments[column.path] = _spoken(column.comment.values())

    def link(self, question: Sequence[Word], language: Language) -> Linked:
        """Everything that the question's words may be."""
        said_parts = tuple(parts_of(question, language))
        links = self._links(question, said_parts)
        taken = [link for link in links if link.is_certain]
        free = [part for part in said_parts if not any(link.start <= part.start < link.end for link in taken)]
        found: dict[str, dict[str, float]] = defaultdict(dict)  # path -> word of its name -> how sure
        said: dict[str, list[str]] = defaultdict(list)
        support: dict[tuple[int, str], float] = defaultdict(float)  # what one part says of a name
        for part in free:
            for path, name, score in self._meant(part):
                support[part.start, path] += score / len(self._names[path])
                if score > found[path].get(name, 0.0):
                    found[path][name] = score
                if part.text not in said[path]:
                    said[path].append(part.text)
        scores = {path: self._score(path, parts) for path, parts in found.items()}
        for path in list(scores):
            table, _, column = path.partition(".")
            if column and scores.get(table, 0.0) >= _PART:
                scores[path] += _OWN_TABLE
        for link in links:
            scores[link.domain] = max(scores.get(link.domain, 0.0), link.score)
        paths = {
            part.start: tuple(sorted(here, key=lambda path: -scores[path] - support[part.start, path]))
            for part in free
            if (here := [path for path, texts in said.items() if part.text in texts and scores[path] >= _PART - 0.05])
        }
        return Linked(said_parts, links, scores, tuple(self._hints(scores, said)), paths)

    def _links(self, question: Sequence[Word], parts: Sequence[Part]) -> tuple[Link, ...]:
        """Values by their names, and ordinary words that are a value: iptal edilen, отменённых and cancelled."""
        shapes = {
            part.start for part in parts if part.english[:1] and (part.english[0] in CUES or part.english[0] in STOP)
        }
        found = [
            link for link in self._values.link(list(question)) if link.start not in shapes and not _is_flag(link.value)
        ]
        names = set(self._by_word)
        called = {
            part.start: part.english
            for part in parts
            if any(word in names for sense in part.english[:_SENSES] for word in sense.split())
        }
        # a teacher may be the value 'lecturer' of a title, but the table of teachers is nearer
        found = [link for link in found if link.value.lower() not in called.get(link.start, ())]
        for part in parts:
            taken = any(link.start < part.end and part.start < link.end for link in found)
            if (
                taken
                or part.start in shapes
                or any(word in names for sense in part.english[:_SENSES] for word in sense.split())
            ):
                continue
            for english in part.english[:_SENSES]:
                known = self._ordinary_values.get(english.lower(), ())
                if known and (
                    english[0].isupper() or any(len(self._values.domains[domain]) <= _FEW for domain, _ in known)
                ):
                    found += [Link(part.text, domain, value, _LIKE, part.start, part.end) for domain, value in known]
                    break
        return tuple(sorted(found, key=lambda link: (link.start, -link.score)))

    @cached_property
    def _ordinary_values(self) -> dict[str, list[tuple[str, str]]]:
        """English dictionary words that are values of columns with few of them."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        names = set(self._by_word)
        for domain, values in self._values.domains.items():
            for value in values:
                found[value.lower()].append((domain, value))
            column = name_words(domain.partition(".")[2])
            if column[-1] == "gender":
                for value in values:
                    for english in _GENDERS.get(value.lower(), ()):
                        found[english].append((domain, value))
            if len(values) <= _FEW:
                for value in values:
                    for english in (
                        _verb_forms(value.lower())
                        if value.isalpha() and len(value) >= _LETTERS and not value.isupper()
                        else ()
                    ):
                        if english not in names:
                            found[english].append((domain, value))
        return found

    def _meant(self, part: Part) -> Iterable[tuple[str, str, float]]:
        """Tables and columns, the word of their name, and how surely it is said."""
        forms: dict[str, float] = dict.fromkeys((singular(word) for word in part.folded), 1.0)
        senses = () if part.english[:1] and part.english[0] in _SMALL_WORDS else part.english[:_SENSES]
        for place, english in enumerate(senses):
            for word in map(singular, _NOUNS.get(english, english).split()):
                forms.setdefault(word, 1.0 - 0.05 * place)
            for other in near(english):
                for word in other.split():
                    forms.setdefault(word, _NEAR)
        for lemma, score in forms.items():
            if lemma in _SMALL_WORDS:
                continue
            for path, name in self._by_word.get(lemma, ()):
                yield path, name, score
            for path in self._by_comment.get(lemma, ()):
                yield path, self._names[path][-1], score * _COMMENT

    @cached_property
    def _by_word(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for path, parts in self._names.items():
            for part in parts:
                found[part].append((path, part))
        return found

    @cached_property
    def _by_comment(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path, parts in self._comments.items():
            for part in parts:
                found[part].append(path)
        return found

    def _score(self, path: str, parts: Mapping[str, float]) -> float:
        names = self._names[path]
        whole = sum(parts.get(name, 0.0) for name in names) / len(names)
        head = parts.get(names[-1], 0.0)
        return max(whole, _PART * head)

    def _hints(self, scores: Mapping[str, float], said: Mapping[str, Sequence[str]]) -> Iterable[tuple[str, str]]:
        """The best path for every word, and those that are as good."""
        by_words: dict[str, list[str]] = defaultdict(list)
        for path, texts in said.items():
            for text in texts:
                by_words[text].append(path)
        for text, paths in by_words.items():
            best = max(scores[path] for path in paths)
            if best < _PART:
                continue
            chosen = [path for path in paths if scores[path] >= best - 0.05]
            for path in sorted(chosen, key=lambda path: ("." in path, path))[:2]:
                yield text, path


def _is_flag(value: str) -> bool:
    """Whether a value only says yes or no, of whatever its column is about."""
    return value.lower() in {"yes", "no", "true", "false", "y", "n", "t", "f"}


def _verb_forms(word: str) -> tuple[str, ...]:
    """What a participle may come from: cancelled and cancel, delayed and delay, retired and retire."""
    found = [word, *lemmas(word, "en")[:1]]
    found += [word.removesuffix(ending) for ending in ("led", "ed", "d", "ing") if word.endswith(ending)]
    return tuple(dict.fromkeys(form for form in found if len(form) >= _LETTERS))


def parts_of(question: Sequence[Word], language: Language) -> Iterable[Part]:
    """The question cut into what the dictionary knows, word by word elsewhere."""
    glosses = {part.span[0]: part for part in gloss(question, language)}
    place = 0
    while place < len(question):
        known = glosses.get(place)
        end = known.span[1] if known is not None else place + 1
        inside = question[place:end]
        if not inside[0].is_suffix:
            text = " ".join(word.text for word in inside)
            folded = tuple(word.folded for word in inside)
            yield Part(text, inside[0].start, inside[-1].end, folded, known.lemmas if known is not None else ())
        place = end


def name_words(name: str) -> tuple[str, ...]:
    """The English words that a name of a table or column is made of, in the singular.

    >>> name_words("Song_release_year"), name_words("OrderItems"), name_words("deptNo")
    (('song', 'release', 'year'), ('order', 'item'), ('department', 'number'))
    """
    parts = [fold(part) for part in _CAMEL.findall(name)]
    return tuple(singular(_SHORT_FORMS.get(part, part)) for part in parts if part) or (fold(name),)


def _spoken(comments: Iterable[str]) -> frozenset[str]:
    return frozenset(singular(word.folded) for comment in comments for word in words(comment))
