"""Conditions of the values that a question names."""

from __future__ import annotations

from collections.abc import Iterable

from nl2sql.plan import Condition, OneOf
from nl2sql.semantics.reader import NotUnderstoodError, Reader


def named_values(reader: Reader, table: str, *, only: Iterable[str] | None = None) -> list[tuple[int, Condition]]:
    """One condition for every attribute whose values are named, and where it is said."""
    groups: dict[tuple[str, bool], list[tuple[int, str]]] = {}
    for value in reader.values:
        if not value.is_spent and (only is None or value.attribute in only):
            groups.setdefault((value.attribute, value.negated), []).append((value.position, value.value))
            value.is_spent = True
    named = {attribute for attribute, _ in groups}
    if "position" in named and named & {"level", "family"}:
        raise NotUnderstoodError("a position of another level")  # seniors included: of that kind, or all of that level?
    return [
        (members[0][0], OneOf(reader.ref(table, attribute), tuple(dict.fromkeys(name for _, name in members)), negated))
        for (attribute, negated), members in groups.items()
    ]
