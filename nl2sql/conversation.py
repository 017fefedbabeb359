"""Questions that go on from the one before: "and in Kazan?", "peki ya kadınlar?", "а в Дубае?".

Such a question is completed to a whole one, in words that are shown to the asker: a value takes the place of the one
of its kind, a group that of the group; what has no counterpart is added. No model is asked. What asks for another
figure ("and the average salary?") cannot be written into the question before; both are put together then, and the
model sees the statement of the first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from nl2sql.catalog import Term
from nl2sql.grounding import WORKING
from nl2sql.index import Index
from nl2sql.language import Language
from nl2sql.text import Word, words
from nl2sql.values import Link

_ENDS: Final = re.compile(r"\s+ya\s*$", re.IGNORECASE)
"""Of a Turkish follow-up: Kazan'da ya?"""
_GROUPING: Final[Mapping[Language, str]] = {
    "en": r"(?:(?<=\beach\s)|(?<=\bevery\s)|(?<=\bby\s)|(?<=\bper\s))",  # before the word, which alone changes
    "tr": r"(?:\bher\s+)?",
    "ru": r"(?:\b(?:в|во|на|по|для)\s+)?(?:\bкажд\w+\s+)?",
}
_PLURAL: Final = re.compile(r"l[ae]r$")
_YEAR: Final = re.compile(r"(19|20)\d\d")
_BACK: Final = "aıouаоуыэяёю"
_HARD: Final = "fstkçşhp"


@dataclass(frozen=True)
class Previous:
    """The question that a conversation goes on from."""

    text: str
    language: Language
    sql: str | None


@dataclass(frozen=True)
class Completed:
    """A whole question."""

    text: str
    language: Language
    needs_sql: bool
    """Whether the statement of the question before says what this one leaves out."""


@dataclass(frozen=True)
class _Speech:
    """The words of a language that follow-ups are made with; see `conversation.toml`."""

    leads: re.Pattern[str]
    asking: frozenset[str]
    small: frozenset[str]
    placing: frozenset[str]
    only: str


@cache
def _speech(language: Language) -> _Speech:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)[language]
    leads = re.compile(rf"({'|'.join(found['leads'])})\b[\s,]*", re.IGNORECASE)
    asking, small, placing = (frozenset(found[name]) for name in ("asking", "small", "placing"))
    return _Speech(leads, asking, small, placing, found["only"])


@dataclass(frozen=True)
class _Understood:
    """A text and what in it is known."""

    text: str
    words: list[Word]
    links: list[Link]
    terms: list[Term]


def complete(text: str, language: Language, previous: Previous, index: Index) -> Completed | None:
    """The whole question, or `None` if the text is one already."""
    spoken = _language(text, language, previous)
    rest, has_lead = _without_lead(text, spoken)
    asked, before = _understand(rest, index), _understand(previous.text, index)
    asks = any(word.lower in _speech(spoken).asking for word in asked.words)
    works = any((link.domain, link.value) == WORKING for link in asked.links)
    if not has_lead and (asks or spoken != previous.language):
        return None  # whatever it names, it asks by itself
    if _content(asked, spoken) or (asks and (asked.terms or works)):
        if not has_lead or asks:
            return Completed(f"{_capital(rest)}?", spoken, needs_sql=False) if has_lead else None
        return Completed(f"{previous.text} {_capital(rest)}?", previous.language, needs_sql=True)
    numbers = [word for word in asked.words if word.folded.isdigit()]
    is_group = has_lead or any(word.lower in _speech(spoken).placing for word in asked.words)
    if not (asked.links or numbers or (asked.terms and is_group)):
        return None
    changed = _change(asked, before, previous.language, spoken, index)
    return Completed(changed, previous.language, needs_sql=False)


def _language(text: str, language: Language, previous: Previous) -> Language:
    """Of a few words: what their first one says, else that of the conversation if the script is the same."""
    for other in ("ru", "tr", "en"):
        if _speech(other).leads.match(text):
            return other
    return language if (language == "ru") != (previous.language == "ru") else previous.language


def _without_lead(text: str, language: Language) -> tuple[str, bool]:
    bare = text.strip().rstrip("?!. ").strip()
    rest = _speech(language).leads.sub("", bare, count=1) if _speech(language).leads.match(bare) else bare
    if language == "tr":
        rest = _ENDS.sub("", rest)
    return rest.strip(" ,"), rest != bare


def _understand(text: str, index: Index) -> _Understood:
    parts = words(text)
    return _Understood(text, parts, index.values.link(parts), list(index.catalog.terms(parts)))


def _content(asked: _Understood, language: Language) -> list[Word]:
    """Words that are neither values nor columns nor small: what makes a question whole."""
    named = {term.text for term in asked.terms}
    return [
        word
        for word in asked.words
        if not word.is_suffix
        and not word.folded.isdigit()
        and word.text not in named
        and word.lower not in _speech(language).small | _speech(language).asking
        and not any(link.start <= word.start < link.end for link in asked.links)
    ]


def _change(asked: _Understood, before: _Understood, language: Language, spoken: Language, index: Index) -> str:
    """The question before, with what is asked now in it."""
    text, edits, new = before.text, [], []
    for link in _chosen(asked.links, before.links):
        surface = _text_of(asked, (link.start, link.end))[0]
        if spoken != language:
            surface = index.values.name(link.domain, link.value, language)
        place = _place(link, before)
        if place is None:
            new.append(surface)
            continue
        was, ending = _text_of(before, place)
        if language == "tr" and not _PLURAL.search(was):
            surface = _PLURAL.sub("", surface)  # kaç kadın, whatever was said: kadınlar
        edits.append((place[0], was, surface + _ending(was, ending, surface, language)))
    for start, was, surface in sorted(edits, reverse=True):
        text = text[:start] + surface + text[start + len(was) :]
    if new:
        text = _added(text, asked, new, language, spoken)
    added = bool(new)
    text = _numbers(text, asked, before)
    for term in asked.terms:
        if not added and "." in term.path:
            text, added = _grouped(text, asked, term, before, language), True
    return text


def _text_of(before: _Understood, place: tuple[int, int]) -> tuple[str, str]:
    """The words of a place, with the ending that an apostrophe separates; and the ending alone."""
    start, end = place
    follower = next((word for word in before.words if word.start >= end), None)
    if follower is None or not follower.is_suffix:
        return before.text[start:end], ""
    return before.text[start : follower.end], follower.text


def _chosen(links: Sequence[Link], before: Sequence[Link]) -> list[Link]:
    """One reading for each place, the kind that was asked for before first."""
    known = {link.domain for link in before}
    chosen: dict[int, Link] = {}
    for link in sorted(links, key=lambda link: link.domain not in known):
        chosen.setdefault(link.start, link)
    return list(chosen.values())


def _place(link: Link, before: _Understood) -> tuple[int, int] | None:
    """Where the question before names a value of the same kind, or people where people of a kind are asked for."""
    for other in before.links:
        if other.domain == link.domain:
            return other.start, other.end
    if link.domain.partition(".")[0] in {"locations", "projects", "departments"} or any(
        other.domain == "positions.title" for other in before.links
    ):
        return None
    people = {term.text for term in before.terms if term.path in {"staff", "employees"}}
    return next(((word.start, word.end) for word in before.words if word.text in people), None)


def _ending(was: str, ending: str, surface: str, language: Language) -> str:
    """The Turkish case ending of what is replaced, in the harmony of what replaces it."""
    if not ending or language != "tr" or re.search(r"['’]\w+$", surface) or not re.search(r"['’]", was):
        return ""
    case = re.fullmatch(r"[dt][ae](n?)", ending)
    if case is None:
        return f"'{ending}"
    vowels = [letter for letter in surface.lower() if letter in _BACK + "eiöü"]
    return f"'{'t' if surface[-1] in _HARD else 'd'}{'a' if vowels and vowels[-1] in _BACK else 'e'}{case[1]}"


def _added(text: str, asked: _Understood, new: Sequence[str], language: Language, spoken: Language) -> str:
    """The question with further conditions; a phrase with its own preposition stands by itself."""
    bare = text.rstrip("?!. ")
    stands = any(word.lower in _speech(spoken).placing or word.is_suffix for word in asked.words)
    if spoken != language or not stands or len(new) < len({link.start for link in asked.links}):
        return f"{bare}, {_speech(language).only} {', '.join(new)}?"
    return f"{asked.text} {_small(bare)}?" if language == "tr" else f"{bare} {asked.text}?"


def _numbers(text: str, asked: _Understood, before: _Understood) -> str:
    for number in (word.text for word in asked.words if word.folded.isdigit()):
        is_year = bool(_YEAR.fullmatch(number))
        known = [word.text for word in before.words if word.folded.isdigit()]
        same = [other for other in known if bool(_YEAR.fullmatch(other)) == is_year]
        if len(same) == 1:
            text = re.sub(rf"\b{same[0]}\b", number, text, count=1)
        elif not asked.links:
            text = f"{text.rstrip('?!. ')} {asked.text}?"
    return text


def _grouped(text: str, asked: _Understood, term: Term, before: _Understood, language: Language) -> str:
    """The question by another group, in place of the one that it has."""
    for other in before.terms:
        after = r"\s+göre" if language == "tr" else ""
        pattern = rf"{_GROUPING[language]}\b{re.escape(other.text)}\b(?:{after})?"
        found = re.search(pattern, text, re.IGNORECASE) if "." in other.path and other.path != term.path else None
        if found is None:
            continue
        is_group = language == "en" or found[0] != other.text
        if is_group:
            new = term.text if language == "en" else asked.text
            return _capital(text[: found.start()] + new + text[found.end() :])
    bare = text.rstrip("?!. ")
    return f"{_capital(asked.text)} {_small(bare)}?" if language == "tr" else f"{bare} {asked.text}?"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _small(text: str) -> str:
    return text[:1].replace("İ", "i").replace("I", "ı").lower() + text[1:]
