"""Dates that are there or missing: contracts without an end date, permanent ones that have one; those that expired."""

from __future__ import annotations

from nl2sql.plan import Condition, Missing, Related, Today
from nl2sql.semantics.facts import CONTRACT, CONTRACT_WORDS, PARTS, PEOPLE, PROJECT, Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.spans import Span

_REACH = 4
"""Pieces between a date and what says that it is there."""
_WITH = ("with", "have", "has", "having", "carry", "carries", "carrying", "had", "contain", "show", "bear", "с", "со")
_RELATIVE = ("which", "whose", "that")
_ORDERS = ("укажи", "задай", "определи")
_ARTICLES = ("an", "any", "some", "a")
EXPIRED = (
    "expired",
    "ended",
    "ran out",
    "have lapsed",
    "lapsed",
    "süresi dol",
    "süresi bit",
    "bitmiş",
    "bitti",
    "sona ermiş",
    "sona erdi",
    "истек",
    "истёк",
    "закончил",
    "окончил",
    "прекратил",
    "завершил",
)


def find_known_dates(reader: Reader, facts: Facts) -> None:
    """Find dates that are said to be there or missing."""
    for number in reader.open("date", "start", "end", "hire", "birth", "complete"):
        _find(reader, facts, number)
    _find_expired(reader)


def find_dates_of_rows(reader: Reader, facts: Facts) -> None:
    """Those of contracts and projects that are asked for themselves, and not for their people."""
    owner = reader.head or _owner(reader)
    for number in reader.open("date", "end") if owner in (CONTRACT, PROJECT) and not reader.names_people else ():
        if _find(reader, facts, number):
            reader.head = owner
            reader.use(number)


def _find(reader: Reader, facts: Facts, number: int) -> bool:
    found = _verdict(reader, number)
    if found is None:
        return False
    missing, used = found
    if not missing and any(abs(span.position - number) <= _REACH for span in reader.quantities.spans):
        return False  # an end date in the past: a period is about it
    facts.known[number] = missing
    reader.use(*used)
    return True


def _owner(reader: Reader) -> str | None:
    """Contracts or projects, if they are spoken of: what has such a date are the rows."""
    kinds = [value.piece.text.lower() for value in reader.values if value.attribute == "contract_type"]
    if reader.open("subject", CONTRACT) or any(word in text for text in kinds for word in CONTRACT_WORDS):
        return CONTRACT
    statuses = any(value.attribute == "project_status" for value in reader.values)
    return PROJECT if reader.open("subject", PROJECT) or statuses else None


def known_dates(reader: Reader, facts: Facts) -> list[tuple[int, Condition]]:
    """The conditions that they are."""
    found: list[tuple[int, Condition]] = []
    for number, missing in facts.known.items():
        keys = reader.pieces[number].readings.get("date", ())
        key = next((key for key in keys if reader.has_attribute(facts.table, key)), None)
        reader.use(number)
        facts.events.pop(number, None)
        if key is not None:
            found.append((number, Missing(reader.ref(facts.table, key), negated=not missing)))
        elif reader.subject == PEOPLE and keys[0] in ("start", "end"):
            there = Missing(reader.ref("contracts", keys[0]), negated=not missing)
            found.append((number, Related("contracts", (there,))))
        else:
            raise NotUnderstoodError("a date that the subject has not")
    return found


def _verdict(reader: Reader, number: int) -> tuple[bool, list[int]] | None:
    """Whether a date is missing, and the pieces that say so."""
    behind, ahead = _around(reader, number, -1), _around(reader, number, 1)
    said = [*behind, *ahead]
    relative = [n for n in said if reader.pieces[n].text.lower() in _RELATIVE]
    missing = [n for n in said if reader.pieces[n].has("known", "missing")]
    known = [n for n in said if reader.pieces[n].has("known", "known") and not _is_order(reader, n)]
    if not reader.pieces[number].has("date", "start", "end"):
        known = []  # everybody has a date of birth
    denied = [n for n in said if reader.pieces[n].is_open and reader.pieces[n].has("negation") and n not in missing]
    if missing and denied:
        return None
    if missing or denied:
        return True, [*missing, *denied, *known, *relative]
    if known:
        return False, [*known, *relative]
    if not reader.pieces[number].has("date", "start", "end"):
        return None
    articles = [n for n in behind if reader.pieces[n].text.lower() in _ARTICLES]
    having = [
        n
        for n in _having(reader, number)
        if articles or (reader.language == "ru" and (reader.open("ask", "count") or reader.open("agg")))
    ]
    return (False, [n for n in having if reader.pieces[n].is_open]) if having else None


def _is_order(reader: Reader, number: int) -> bool:
    """Укажи дату: what is to be shown."""
    return reader.pieces[number].text.lower().startswith(_ORDERS)


def _around(reader: Reader, number: int, step: int) -> list[int]:
    """What stands beside a date, up to something else that is spoken of."""
    found: list[int] = []
    place = number + step
    while 0 <= place < len(reader.pieces) and len(found) < _REACH:
        piece = reader.pieces[place]
        gap = reader.text[min(piece.end, reader.pieces[number].end) : max(piece.start, reader.pieces[number].start)]
        if piece.text.lower() in _RELATIVE:
            found.append(place)
            place += step
            continue
        if piece.values or piece.has("subject") or piece.has("ask") or piece.number is not None or ":" in gap:
            break
        if piece.has("event") and not piece.has("known"):
            break
        found.append(place)
        place += step
    if reader.language == "tr" and step == -1:
        return []
    return found


def _having(reader: Reader, number: int) -> list[int]:
    return [n for n in range(max(number - 3, 0), number) if reader.pieces[n].text.lower().split()[-1] in _WITH]


def _find_expired(reader: Reader) -> None:
    """Contracts that have expired: before today, if no period is said."""
    spoken = bool(reader.open("subject", CONTRACT)) or any(
        value.attribute == "contract_type" and any(word in value.piece.text.lower() for word in CONTRACT_WORDS)
        for value in reader.values
    )
    if not spoken or reader.quantities.spans or reader.quantities.ranks or {*reader.keys} & {*PARTS}:
        return
    if reader.open("dim", *PARTS) or reader.open("ask", "when") or reader.open("negation"):
        return
    for number in reader.open("event", "end"):
        said = reader.pieces[number].text.lower()
        if said.startswith(EXPIRED) and not reader.pieces[number].has("date"):
            reader.quantities.spans.append(Span(number, high=Today()))
            return
