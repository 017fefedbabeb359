"""Verified examples: questions whose SQL a person has checked, with placeholders for values.

Whether a question says the same as an example, and the SQL that it then gets, is decided here without a
model. Which examples are merely like a question is `retrieval`.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from nl2sql.feminine import is_feminine
from nl2sql.language import LANGUAGES, Language
from nl2sql.text import Word, likeness, words
from nl2sql.values import Link, Values

DOMAINS: Final[Mapping[str, str]] = {
    "city": "locations.city",
    "country": "locations.country",
    "department": "departments.name",
    "position": "positions.title",
    "project": "projects.code",
    "course": "training.course",
}
"""Placeholder -> domain of its values; {year} and {number} are the others."""

_PLACEHOLDER = re.compile(r"\{([a-z]+)(\d?)\}\w*")
_YEAR = re.compile(r"(19|20)\d\d")
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .,\u00a0]\d{3})+(?!\d)")
"""2 500, 2.500 and 2,500 are one number."""
_SAMPLES: Final[Mapping[str, tuple[str, str]]] = {"year": ("2024", "2025"), "number": ("5", "10")}
_READINGS = 8
"""Ways to read a question that are tried."""
_MOVABLE = ("{city}", "{country}", "{year}")
"""Say the same at the beginning of a question as at its end, unless two of a kind are compared."""
_SAME = 0.85
"""Likeness of two words that say the same: inflected, or one letter in ten wrong."""
# Words that change nothing about what is asked; whatever negates, compares or counts is not among them.
_FILLERS: Final[Mapping[Language, frozenset[str]]] = {
    "en": frozenset(
        [
            "a", "an", "the", "is", "are", "was", "were", "do", "does", "did", "of", "in",
            "on", "at", "we", "our", "us", "me", "have", "has", "there", "please", "now", "what",
            "show", "give", "list", "tell", "can", "could", "you",
        ]
    ),
    "tr": frozenset(
        [
            "lutfen", "bir", "mi", "mu", "acaba", "bizim", "su", "anda", "var", "nedir", "goster", "gosterir",
            "listele", "listesi", "bana", "ver", "verir", "soyle", "misin", "misiniz",
        ]
    ),
    "ru": frozenset(
        [
            "в", "во", "на", "у", "по", "пожалуйста", "наш", "наша", "нас", "сейчас", "есть", "мне",
            "покажи", "покажите", "выведи", "выведите", "дай", "дайте", "скажи", "список", "какой", "какая", "какое", "какие",
            "каков", "какова", "каково", "каковы",
        ]
    ),
}  # fmt: skip
_ONE_MEANING: Final[Mapping[Language, tuple[str, ...]]] = {
    "en": ("employee people person staff personnel", "number count", "salary pay wage", "by per", "average mean"),
    "tr": (
        "çalışan kişi personel",
        "sayısı adedi",
        "departman bölüm birim",
        "şehir kent",
        "göre bazında",
        "kim kimler",
    ),
    "ru": (
        "сотрудник человек люди работник",
        "количество число кол",
        "зарплата оклад",
        "отдел подразделение",
        "проект объект",
    ),
}
"""Words of which one may stand for the other in every question about a company."""
_SYNONYMS = {language: [words(group) for group in _ONE_MEANING[language]] for language in LANGUAGES}


@dataclass(frozen=True)
class Masked:
    """A question with placeholders for its values."""

    language: Language
    parts: tuple[Word | str, ...]
    """Words, and placeholders as `{city}`."""
    values: dict[str, str]
    """Placeholder -> canonical value or number as written."""

    @cached_property
    def places(self) -> frozenset[str]:
        """Names of the placeholders."""
        return frozenset(self.values)

    @cached_property
    def telling(self) -> tuple[Word | str, ...]:
        """What must be said in this order: everything but fillers, places and times; synonyms as one word."""
        fillers = _FILLERS[self.language]
        movable = {place for place in _MOVABLE if f"{place[1:-1]}2" not in self.places}
        return tuple(
            part if isinstance(part, str) else _synonym(part, self.language)
            for part in self.parts
            if (part not in movable if isinstance(part, str) else fillers.isdisjoint((part.folded, part.lower)))
        )

    @cached_property
    def form(self) -> tuple[int, frozenset[str]]:
        """How many parts are telling, and the placeholders: what questions that say the same have in common."""
        return len(self.telling), self.places

    @cached_property
    def text(self) -> str:
        """For comparison by letters."""
        return " ".join(part if isinstance(part, str) else part.folded for part in self.parts)


@dataclass(frozen=True)
class Example:
    """One statement and the questions that it answers."""

    questions: dict[Language, tuple[str, ...]]
    """Ways to ask it, the plainest first."""
    sql: str
    place: int | None
    """Among the examples that are in every prompt."""
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Placeholders of the question that must have these values; the statement has no place for them."""

    @cached_property
    def masked(self) -> dict[Language, tuple[Masked, ...]]:
        """The questions for comparison."""
        return {
            language: tuple(_masked_template(language, text) for text in texts)
            for language, texts in self.questions.items()
        }

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """What must be filled in."""
        return tuple(dict.fromkeys("".join(found) for found in re.findall(r"\{([a-z]+)(\d?)\}", self.sql)))

    def fill(self, values: Mapping[str, str]) -> str:
        """The statement with values in place; numbers stay numbers, everything else is quoted."""
        sql = self.sql
        for name in self.placeholders:
            value = values[name]
            literal = value if name.rstrip("2") in ("year", "number") else "'" + value.replace("'", "''") + "'"
            sql = sql.replace(f"{{{name}}}", literal)
        return sql


def load(folder: Path | None = None) -> tuple[Example, ...]:
    """Read the examples that come with the package, or others of the same form."""
    files = sorted((folder or Path(__file__).with_name("examples")).glob("*.toml"))
    entries = (entry for file in files for entry in tomllib.loads(file.read_text(encoding="utf-8"))["example"])
    return tuple(
        Example({language: tuple(entry[language]) for language in LANGUAGES}, entry["sql"], entry.get("prompt"))
        for entry in entries
    )


def readings(question: str, language: Language, links: Sequence[Link]) -> list[Masked]:
    """The question masked in every way that its values can be read.

    Cezayir is a city and a country; 2000 is a year or, less often, a number of dollars.
    """
    by_start: dict[int, list[Link]] = {}
    for link in links:
        if link.domain in DOMAINS.values():
            by_start.setdefault(link.start, []).append(link)
    choices = list(itertools.islice(itertools.product(*by_start.values()), _READINGS))
    found = [mask(question, language, choice) for choice in choices]
    if "year" in found[0].places:
        found += [mask(question, language, choice, year="number") for choice in choices]
    return found


def mask(question: str, language: Language, links: Sequence[Link], *, year: str = "year") -> Masked:
    """Replace the linked values, years and numbers of a question by placeholders; `year` is that of a year."""
    names = {domain: name for name, domain in DOMAINS.items()}
    best = {link.start: link for link in reversed(links) if link.domain in names}
    parts: list[Word | str] = []
    values: dict[str, str] = {}
    end = 0
    for word in words(question):
        link = best.get(word.start)
        if link is not None and language == "ru" and is_feminine(link.text):
            link = None  # women who are welders are not all welders
        if word.start < end or (word.is_suffix and parts and isinstance(parts[-1], str)):
            continue  # inside a linked value, or its ending
        if link is not None:
            parts.append(_place(names[link.domain], link.value, values))
            end = link.end
        elif thousands := _THOUSANDS.match(question, word.start):
            parts.append(_place("number", re.sub(r"\D", "", thousands[0]), values))
            end = thousands.end()
        elif word.folded.isdigit():
            parts.append(_place(year if _YEAR.fullmatch(word.text) else "number", word.text, values))
        else:
            parts.append(word)
    return Masked(language, tuple(parts), values)


def match(question: Masked, examples: Sequence[Example]) -> Example | None:
    """The example that says the same, if there is one.

    The same placeholders must occur, and every other word must be a form of the example's word at its place;
    only fillers may differ. Closeness as a whole is not enough: "most" and "least" are one word apart, and
    welders without a project are not projects without a welder.
    """
    for example in examples:
        for template in example.masked[question.language]:
            # form first: nearly all templates differ in it, and comparing words is what takes time
            same_form = question.form == template.form
            if same_form and example.fixed.items() <= question.values.items() and _says_the_same(question, template):
                return example
    return None


def sample_values(values: Values, example: Example) -> dict[str, str]:
    """Some value for every placeholder, for showing and for testing an example."""
    found = dict(example.fixed)
    for name in example.placeholders:
        kind, number = (name[:-1], 1) if name[-1].isdigit() else (name, 0)
        known = sorted(values.domains.get(DOMAINS.get(kind, ""), ()))
        found[name] = known[min(number, len(known) - 1)] if known else _SAMPLES.get(kind, ("", ""))[number]
    return found


def render(text: str, values: Mapping[str, str]) -> str:
    """A question template with values in place of placeholders."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _place(name: str, value: str, values: dict[str, str]) -> str:
    if name in values and values[name] != value:
        name += "2"
    values[name] = value
    return f"{{{name}}}"


def _masked_template(language: Language, text: str) -> Masked:
    parts: list[Word | str] = []
    values: dict[str, str] = {}
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        parts += [word for word in words(text[end : found.start()]) if not word.is_suffix or end == 0]
        name = found[1] + found[2]
        parts.append(f"{{{name}}}")
        values[name] = ""
        end = found.end()
        if text[end : end + 1] == "'":  # the ending of the value, as in {city}'da
            end += len(re.match(r"'\w*", text[end:])[0])  # type: ignore[index]  # it begins with an apostrophe
    parts += words(text[end:])
    return Masked(language, tuple(parts), values)


def _synonym(word: Word, language: Language) -> Word | str:
    """The first word of the group that a word is a form of, else the word."""
    for group in _SYNONYMS[language]:
        if any(likeness(word, other) >= _SAME for other in group):
            return group[0].folded
    return word


def _says_the_same(question: Masked, template: Masked) -> bool:
    return all(
        asked == known
        if isinstance(asked, str) or isinstance(known, str)
        else max(likeness(asked, known), likeness(known, asked)) >= _SAME
        for asked, known in zip(question.telling, template.telling, strict=True)
    )
