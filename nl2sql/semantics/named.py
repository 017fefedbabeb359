"""Conditions of the values that a question names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from nl2sql.plan import Condition, OneOf
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_SEPARATOR: Final = re.compile(r"[,;/&:.]|[—–]")


def named_values(reader: Reader, table: str, *, only: Iterable[str] | None = None) -> list[tuple[int, Condition]]:
    """One condition for every attribute whose values are named, and where it is said."""
    groups: dict[tuple[str, bool], list[tuple[int, str]]] = {}
    for value in reader.values:
        if not value.is_spent and (only is None or value.attribute in only):
            groups.setdefault((value.attribute, value.negated), []).append((value.position, value.value))
            value.is_spent = True
    for (attribute, _), members in groups.items():
        if attribute == "contract_type" and _are_unjoined(reader, members):
            raise NotUnderstoodError("two types of one contract")  # interns on permanent contracts
    named = {attribute for attribute, _ in groups}
    if "position" in named and named & {"level", "family"}:
        raise NotUnderstoodError("a position of another level")  # seniors included: of that kind, or all of that level?
    return [
        (members[0][0], OneOf(reader.ref(table, attribute), tuple(dict.fromkeys(name for _, name in members)), negated))
        for (attribute, negated), members in groups.items()
    ]


def _are_unjoined(reader: Reader, members: Sequence[tuple[int, str]]) -> bool:
    """Interns on permanent contracts: two values with nothing between them that takes both together."""
    for (one, first), (other, second) in pairwise(sorted(members)):
        between = reader.pieces[one + 1 : other]
        text = reader.text[reader.pieces[one].end : reader.pieces[other].start]
        bare = all(piece.is_filler or piece.has("work") or piece.has("time", "during") for piece in between)
        joined = any(piece.has("conjunction") for piece in between) or _SEPARATOR.search(text)
        if first != second and bare and not joined and reader.language != "tr":
            return True
    return False
