"""Distributions: of people by city, or of those whose kinds are named, kadın erkek dağılımı."""

from __future__ import annotations

from nl2sql.semantics.facts import Facts
from nl2sql.semantics.reader import Reader


def find_distribution(reader: Reader, facts: Facts) -> None:
    """Tell groups apart by the attribute that is asked for, or by the one of which several values are named."""
    distribution = reader.open("ask", "distribution")
    reader.use(*distribution)
    if not distribution or reader.keys:
        return
    named: dict[str, set[str]] = {}
    for value in reader.values:
        named.setdefault(value.attribute, set()).add(value.value)
    several = [attribute for attribute, values in named.items() if len(values) > 1]
    if facts.target is not None:
        reader.keys.append(facts.target)
        facts.target = None
    elif len(several) == 1:
        reader.keys += several
