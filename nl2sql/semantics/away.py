"""Who is on leave now: a status of people, though the words for it may stand apart."""

from __future__ import annotations

import re

from nl2sql.plan import Condition, OneOf
from nl2sql.semantics.clause_parts import Clause, Parts
from nl2sql.semantics.facts import LEAVE
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.text import fold

_NOW = re.compile(
    r"\b(now|currently|at the moment|at present|presently|today|right now|şu an|şu anda|şimdi|bugün|halen|"
    r"сейчас|сегодня|теперь|в данный момент|в настоящее время|на данный момент)\b",
    re.IGNORECASE,
)


_ONCE = re.compile(
    r"\b(been|was|were|had|took|taken|went|gone|ever|never|уход\w+|уш[её]?л\w*|был\w*|бывал\w*|брал\w*|взял\w*|ходил\w*|"
    r"находил\w*|никогда|ни разу|когда-либо|hiç|çıkan\w*|kullan\w+|aldı|almış|alan\w*|oldu|olmuş)\b",
    re.IGNORECASE,
)
_USUALLY = re.compile(r"\bhow long\b|\bon average\b|\b(?:stay|stays)\b", re.IGNORECASE)
"""On average, how long do people stay on sick leave: no state of today."""
_LOCATIVES = (
    "izinde",
    "izindeki",
    "izindekiler",
    "izninde",
    "iznindeki",
    "iznindekiler",
    "izinli",
    "izinliler",
    "raporlu",
)
_AWAY = re.compile(r"\b(on leave|izinde(ki)?(ler)?|izinli(ler)?|в отпуске)\b", re.IGNORECASE)
_WITH_KIND = re.compile(
    r"\bon (?:sick|parental|maternity|annual|unpaid) leave\b|\boff sick\b|\braporlu\b(?! (?:gün|izin))|"
    r"\b(?:hastalık|doğum|yıllık|ücretsiz) izninde(?:ki\w*)?\b|\b(?:на больничном|в декрет\w*)\b",
    re.IGNORECASE,
)
_PLACED = {"en": ("on", "off"), "ru": ("в", "на"), "tr": ()}


def is_away_now(reader: Reader, parts: Parts, clause: Clause) -> list[Condition]:
    """More than ten are on leave now: no leave that somebody once took.

    Raises:
        NotUnderstoodError: of what kind their leave is, which no column tells of those who are away.
    """
    if clause.subject != LEAVE or clause.spans or clause.bounds or clause.against is not None:
        return []
    if any(parts.is_verb(place) for place, segment in enumerate(parts.segments) if segment == clause.segment):
        return []
    if (
        _USUALLY.search(reader.text)
        or _ONCE.search(reader.text)
        or not (_NOW.search(reader.text) or _is_state(reader, clause))
    ):
        return []
    if clause.values:
        raise NotUnderstoodError("who is away now with a kind of leave")
    return [OneOf(reader.ref("staff", "status"), ("on leave",), negated=bool(clause.negated))]


def _is_state(reader: Reader, clause: Clause) -> bool:
    """Who is on leave, кто в отпуске, izinde: without a verb, it is so now."""
    if clause.first < 0:
        return False
    if reader.language == "tr":
        return any(fold(reader.pieces[n].text).split()[-1] in _LOCATIVES for n in range(clause.first, clause.last + 1))
    inside = reader.pieces[clause.first].text.lower().split()[0]
    before = reader.pieces[clause.first - 1].text.lower().split()[-1] if clause.first else ""
    return before in _PLACED[reader.language] or inside in _PLACED[reader.language]


def says_kind_of_away(reader: Reader) -> bool:
    """On sick leave, raporlu: without a verb, it is so now."""
    return _WITH_KIND.search(reader.text) is not None and _ONCE.search(reader.text) is None


def says_away(reader: Reader) -> bool:
    """Whether words speak of being on leave, and none of having been."""
    return _AWAY.search(reader.text) is not None and _ONCE.search(reader.text) is None


def read_today(reader: Reader) -> None:
    """Bugün kimler izinli: what people are now, they are today."""
    if any((value.attribute, value.value) == ("status", "on leave") for value in reader.values):
        reader.use(*reader.open("time", "today"))
