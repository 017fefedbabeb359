"""Those to whom something applies beside those to whom it does not: people with and without training, the others.

The second half of such a pair says no more than that the first is denied. Its words are taken out, the rest is read
as if it stood alone, and what it becomes is one side of a comparison and its denial the other (`sides`).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nl2sql.language import Language
from nl2sql.plan import Compare, Condition, OneOf, Related
from nl2sql.semantics.facts import Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.sides import Sides

_DENIED: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"(?<=with) and without\b|\band (?:(?:of|from|for) )?(?:the )?(?:(?:those|people|employees|ones|workers) )?"
        r"(?:who|that)? ?(?:did|have|has|had|do)(?: not|n't)(?: (?:so|it|any|one|take|taken|done|do|complete|completed))*"
        r"(?=[?.!,]|$| (?:by|per)\b)",
        re.IGNORECASE,
    ),
    "tr": re.compile(
        r"(?:\b(?:ve|ile) |(?<=l[ae]rla )|(?<=l[ae]rle ))\w+m[ae](?:y[ae]n|m[ıi]ş)(?:l[ae]r\w*)?", re.IGNORECASE
    ),
    "ru": re.compile(
        r",? (?:и|а также|а|от)(?: (?:у|для))? (?:тех|те|сотрудников|людей)?(?:, )?(?:кто |которые |котор\w+ )?(?:его |её |их )?"
        r"(?:не (?:проход|прош|брал|брав|взял|уч|обуч|был|име|получ|болел|бол)\w*|без (?:него|неё|них))(?: (?:их|его|её))?(?=[?.!]|$| по\b)",
        re.IGNORECASE,
    ),
}
_OTHERS: Final = re.compile(
    r"\b(?:in |of |for |from |than )?(?:all )?(?:the )?(?:rest|others|everyone else|everybody else|(?:that )?everywhere else|elsewhere|other \w+)(?: together| combined)?\b|"
    r"\b(?:diğer(?: bütün| tüm)? \w+|diğerleri\w*|geri kalan\w*)|"
    r"(?:\b(?:по|от|во|в|у|на) )?(?:\bвсем |\bвсех )?\bостальн\w+(?: \w+)?",
    re.IGNORECASE,
)
_STAYED: Final = re.compile(
    r"(?:\band |, ?)?\bhow many (?:of them )?(?:are |do )?(?:still|remain)[^?.]*|"
    r"(?:\bve )?\bkaç(?:ı| kişi| çalışan)? (?:hâlâ|hala|halen)[^?.]*|"
    r"(?:\bи |, ?)?\bсколько (?:\w+ )?(?:всё |все )?(?:ещё|еще|по-прежнему|до сих пор)[^?.]*",
    re.IGNORECASE,
)
"""How many left and how many stayed."""


def find_opposites(reader: Reader, facts: Facts) -> None:
    """Take the words of the second half out of the question."""
    found = _STAYED.search(reader.text) if reader.open("event", "left") else None
    found = found or _DENIED[reader.language].search(reader.text)
    if found is None:
        found = _OTHERS.search(reader.text) if reader.open("ask", "difference", "versus", "ratio") else None
    figures = reader.open("agg", "avg", "median") or reader.open("ask", "count", "difference")
    if found is None or not figures:
        return
    inside = [n for n, piece in enumerate(reader.pieces) if found.start() <= piece.start < found.end()]
    if any(n in {value.position for value in reader.values} for n in inside):
        return
    reader.use(*inside)
    facts.has_opposite = True


def oppose(reader: Reader, facts: Facts) -> None:
    """Make the two sides of the one condition that the question has besides.

    Raises:
        NotUnderstoodError: it has none, or more than one.
    """
    clauses = [one for _, one in facts.clauses]
    values = [one for _, one in facts.where if isinstance(one, OneOf)]
    if not facts.has_opposite or facts.sides is not None:
        return
    left = [one for one in values if one.values == ("left",)]
    if len(left or clauses or values) != 1:
        raise NotUnderstoodError("others than those of which of several conditions")
    told = (left or clauses or values)[0]
    facts.sides = Sides((told,), (denied(told),))
    facts.where = [(place, one) for place, one in facts.where if one != told]
    facts.clauses = []
    if isinstance(told, OneOf):
        reader.values = [value for value in reader.values if reader.ref(facts.table, value.attribute) != told.ref]


def denied(condition: Condition) -> Condition:
    """The opposite of a condition."""
    if not isinstance(condition, OneOf | Related):
        raise NotUnderstoodError("the opposite of what is not said")
    return replace(condition, negated=not condition.negated)


def of_bounds(facts: Facts) -> Sides | None:
    """Those over 50 and those under 35: two conditions on one column that nobody meets both of."""
    compared = [(place, one) for place, one in facts.where if isinstance(one, Compare) and place >= 0]
    if len(compared) != 2 or len({one.ref for _, one in compared}) > 1:  # noqa: PLR2004 - a pair
        return None
    (place, first), (other, second) = compared
    if place == other or {first.operator[0], second.operator[0]} != {"<", ">"}:
        return None
    facts.where = [one for one in facts.where if one not in compared]
    return Sides((first,), (second,))
