"""Above and below an average: of all, or of those who share one's own group."""

from __future__ import annotations

from nl2sql.plan import AgainstPeers, Compare, Comparison, Figure, Plan
from nl2sql.semantics.facts import Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_OWN = frozenset(
    {"own", "their", "his", "her", "kendi", "kendilerinin", "свой", "своего", "своей", "своему", "своём", "своем", "их"}
)
_PEERS = ("department", "position", "city", "country", "project", "level", "family")
"""Attributes that people share with those they are compared with."""


def find_average(reader: Reader, facts: Facts) -> None:
    """Above the average salary, older than the average."""
    for kind, step in (("compare", 1), ("compare_after", -1)):
        for number in reader.open(kind):
            place, average = reader.beside(number, step)
            if average is None or not average.has("agg", "avg") or not average.is_open:
                continue
            operator, _, attribute = (reader.pieces[number].key(kind) or "").partition(":")
            columns = sorted(reader.open("column"), key=lambda n: abs(n - number))
            if not attribute and not columns:
                raise NotUnderstoodError("an average of what is not said")
            attribute = attribute or reader.pieces[columns[0]].key("column") or ""
            reader.use(number, place, *[n for n in columns if reader.pieces[n].has("column", attribute)])
            ref = reader.ref(facts.table, attribute)
            above: Comparison = ">" if operator in ("gt", "ge") else "<"
            own = _own_group(reader, facts)
            if own is not None:
                facts.where.append((number, AgainstPeers(ref, above, reader.ref(facts.table, own))))
                continue
            mean = Plan(facts.table, measures=(Figure("avg", ref),))
            facts.where.append((number, Compare(ref, above, mean)))


def _own_group(reader: Reader, facts: Facts) -> str | None:
    """Than the average of their own department; averages of what is not the whole company are not understood."""
    said = {piece.text.lower() for piece in reader.pieces}
    if not said & _OWN:
        return None
    for key in (facts.target, *reader.keys):
        if key in _PEERS and facts.table == "staff":
            facts.target = None
            reader.keys = [other for other in reader.keys if other != key]
            return key
    for number in reader.open("dim", *_PEERS):
        if facts.table == "staff":
            reader.use(number)
            return reader.dim(reader.pieces[number])
    raise NotUnderstoodError("an average of one's own, but of which group is not said")
