"""Who is on leave now: a status of people, though the words for it may stand apart."""

from __future__ import annotations

import re

from nl2sql.plan import Condition, OneOf
from nl2sql.semantics.clause_parts import Clause, Parts
from nl2sql.semantics.facts import LEAVE
from nl2sql.semantics.reader import Reader

_NOW = re.compile(
    r"\b(now|currently|at the moment|at present|presently|today|right now|şu an|şu anda|şimdi|bugün|halen|"
    r"сейчас|сегодня|теперь|в данный момент|в настоящее время|на данный момент)\b",
    re.IGNORECASE,
)


def is_away_now(reader: Reader, parts: Parts, clause: Clause) -> list[Condition]:
    """More than ten are on leave now: no leave that somebody once took."""
    said = clause.values or clause.spans or clause.bounds or clause.against is not None
    if clause.subject != LEAVE or said or not _NOW.search(reader.text):
        return []
    done = [place for place, segment in enumerate(parts.segments) if segment == clause.segment and parts.is_verb(place)]
    if done:
        return []
    return [OneOf(reader.ref("staff", "status"), ("on leave",), negated=bool(clause.negated))]
