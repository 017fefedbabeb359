"""Whether contracts and projects have an end date: "with the end date missing", "bitiş tarihi belli olan"."""

from __future__ import annotations

from nl2sql.plan import Missing, Ref
from nl2sql.semantics.facts import CONTRACT, CONTRACT_WORDS, PROJECT, Facts
from nl2sql.semantics.reader import Reader

_HAVING = frozenset(
    [
        "with",
        "have",
        "has",
        "having",
        "carry",
        "carries",
        "do",
        "does",
        "an",
        "olan",
        "bulunan",
        "var",
        "с",
        "со",
        "есть",
        "имеют",
        "имеет",
        "имеется",
        "имеющие",
        "имеющих",
        "у",
    ]
)
_REACH = 3


def find_presence(reader: Reader, facts: Facts) -> None:
    """A date that is said to be there or not; a negation beside it says the same, which is `negations`."""
    table = _table(reader)
    if table is None or reader.names_people or reader.quantities.ranks or reader.open("extremes"):
        return
    for number in reader.open("date", "end"):
        near = [n for n in range(number - _REACH, number + _REACH + 1) if 0 <= n < len(reader.pieces) and n != number]
        near = [n for n in near if reader.pieces[n].is_open and _is_clause(reader, number, n)]
        told = [n for n in near if reader.pieces[n].has("presence")]
        denied = [n for n in near if reader.pieces[n].has("negation") and _is_beside(reader, number, n, told)]
        missing = bool(denied) or any(reader.pieces[n].has("presence", "missing") for n in told)
        if not told and not denied and not (_is_had(reader, number) and _asks_figure(reader)):
            continue
        facts.where.append((number, Missing(Ref(table, "end_date"), negated=not missing)))
        reader.head = reader.head or {"contracts": CONTRACT, "projects": PROJECT}[table]
        reader.use(number, *told, *denied)


def _asks_figure(reader: Reader) -> bool:
    return bool(reader.open("ask", "count", "count_after", "share") or reader.open("agg"))


def _is_beside(reader: Reader, number: int, other: int, told: list[int]) -> bool:
    """Without an end date, bitiş tarihi olmayan: nothing that says more stands between."""
    between = range(min(number, other) + 1, max(number, other))
    return all(n in told or reader.pieces[n].is_quiet for n in between)


def _table(reader: Reader) -> str | None:
    """Of contracts or of projects."""
    if reader.head is not None:
        return {CONTRACT: "contracts", PROJECT: "projects"}.get(reader.head)
    kinds = [value.piece.text.lower() for value in reader.values if value.attribute == "contract_type"]
    if reader.open("subject", CONTRACT) or any(word in text for text in kinds for word in CONTRACT_WORDS):
        return "contracts"
    statuses = any(value.attribute == "project_status" for value in reader.values)
    return "projects" if reader.open("subject", PROJECT) or statuses else None


def _is_clause(reader: Reader, number: int, other: int) -> bool:
    """Whether no comma or full stop parts two pieces."""
    first, last = sorted((reader.pieces[number], reader.pieces[other]), key=lambda piece: piece.start)
    return not any(mark in reader.text[first.end : last.start] for mark in ",;.?:")


def _is_had(reader: Reader, number: int) -> bool:
    """Contracts that have an end date, bitiş tarihi olan sözleşmeler."""
    step = 1 if reader.language == "tr" else -1
    places = [number + step * n for n in range(1, _REACH)]
    said = [
        reader.pieces[n].text.lower() for n in places if 0 <= n < len(reader.pieces) and _is_clause(reader, number, n)
    ]
    return bool(_HAVING & set(said))
