"""Values of one attribute that a question names together and wants told apart: welders and electricians in each country.

Two kinds are taken as one only if the question says so; periods side by side are `sides`.
"""

from __future__ import annotations

from nl2sql.plan import Figure, Measure
from nl2sql.semantics.facts import Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_TOGETHER = (
    "together",
    "combined",
    "as a whole",
    "birlikte",
    "beraber",
    "toplu",
    "вместе",
    "в целом",
    "совокупн",
    "общ",
)
"""What says that several kinds are taken as one."""
_PLACES = ("city", "country", "department", "project")
"""Of these several may be where all is that is counted: leave in Moscow and Kazan by type."""
_ALL = "всего"
_MEANS = ("avg", "median")
_ANDS = ("la", "le")
"""Turkish endings that say "and"."""


def told_apart(reader: Reader, facts: Facts, measure: Measure, *, ranked: bool) -> list[str]:
    """Attributes of which every value that is named has a figure of its own."""
    named: dict[str, dict[str, int]] = {}
    for value in reader.values:
        if not value.negated:
            named.setdefault(value.attribute, {}).setdefault(value.value, value.position)
    several = {key: sorted(values.values()) for key, values in named.items() if len(values) > 1}
    versus = reader.open("ask", "versus")
    reader.use(*versus)
    if (versus or reader.wants_each) and not several and not reader.keys:
        raise NotUnderstoodError("a comparison of what is not said")
    if versus or reader.wants_each or not several:
        return list(several)
    each = _each(reader)
    free = not (facts.having or facts.sides is not None or ranked) and isinstance(measure, Figure)
    apart = free and _are_apart(reader, facts, measure, each)
    averages = isinstance(measure, Figure) and measure.function in _MEANS
    kinds = several if averages or each else several.keys() - set(_PLACES)
    return [
        key
        for key, places in several.items()
        if key == "gender" or (apart and key in kinds and _are_joined(reader, places))
    ]


def _are_apart(reader: Reader, facts: Facts, measure: Measure, each: list[int]) -> bool:
    """Whether one figure of several kinds together is not what is meant: an average, figures of groups, of each."""
    if not isinstance(measure, Figure) or any(word in reader.text.lower() for word in _TOGETHER):
        return False
    if each:
        reader.use(*each)
        return True
    if measure.function in _MEANS:
        return not facts.more
    total = measure.ref is None and (reader.said("agg", "sum") or _ALL in reader.text.lower().split())
    return bool(reader.keys) and not (total or facts.clauses)  # welders and electricians without First Aid: of both


def _each(reader: Reader) -> list[int]:
    """One figure for each, по каждому, her birinin: of those that are named, since no attribute follows."""
    found = []
    for number in reader.open("group", "before"):
        ahead = reader.beside(number, 1)[1]
        if ahead is None or reader.dim(ahead) is None:
            found.append(number)
    return found


def _are_joined(reader: Reader, places: list[int]) -> bool:
    """Whether values are named one after the other with "and" between them, in Turkish perhaps as an ending."""
    inner = [piece for piece in reader.pieces[places[0] + 1 : places[-1]] if not piece.values]
    plain = all(piece.is_used or piece.is_quiet or piece.has("subject") for piece in inner)
    joint = any(piece.has("conjunction", "and") for piece in inner)
    words = [reader.pieces[place].text.lower() for place in range(places[0], places[-1])]
    with_ending = reader.language == "tr" and any(word.endswith(_ANDS) for word in words)
    return plain and (joint or with_ending) and not any(piece.has("conjunction", "or") for piece in inner)
