"""One date compared with another: hired before their project began, trained before they were hired.

Dates compared with periods are `timing`; what people did before they were hired is `clauses`.
"""

from __future__ import annotations

from nl2sql.plan import Compare, Comparison, Condition, Ref
from nl2sql.semantics.facts import CONTRACT, LEAVE, PEOPLE, PROJECT, TRAINING, Facts
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_SIDES: dict[str, Comparison] = {"before": "<", "after": ">", "since": ">"}
_REACH = 6
"""Pieces between two dates."""
_STARTS, _ENDS = ("начал", "старт", "başla", "start", "begin"), ("оконч", "заверш", "bit", "sona", "конц", "end")
"""What words for before and after have in them."""
_NOUNS = {
    "his", "her", "their", "its", "the", "of", "own", "that", "person", "trainee's", "trainee", "holder", "holders",
    "employee's", "employee", "worker", "owner", "itself", "selves", "was", "were", "being", "had", "been", "they",
    "их", "его", "её", "ее", "свой", "своего", "сам", "сами", "этого", "которому", "которой", "они", "он", "она",
    "работу",
    "сотрудника", "работника", "самого", "человека", "владельца", "kişinin", "çalışanın", "kendi", "sahibinin",
}  # fmt: skip
_TABLES = {PROJECT: "projects", CONTRACT: "contracts"}


def find_compared_dates(reader: Reader, facts: Facts) -> None:
    """Take the words for before and after that stand between two dates."""
    for number in reader.open("time"):
        operator = _operator(reader.pieces[number])
        if operator is None:
            continue
        step = -1 if reader.language == "tr" else 1
        told = _standard(reader, number, step)
        if told is None:
            continue
        standard, used = told
        own = _own(reader, number, used)
        key = _key(reader.pieces[own]) if own is not None else None
        if isinstance(standard, str) and (key is None or key == standard):
            continue
        place = own if own is not None else number
        facts.compared[place] = (key or "date", operator, standard)
        reader.use(number, *used)
        if own is not None and key == "hire":
            reader.use(own)
        return


def compared_dates(reader: Reader, facts: Facts) -> list[tuple[int, Condition]]:
    """The conditions that they are."""
    found: list[tuple[int, Condition]] = []
    for place, (said, operator, standard) in facts.compared.items():
        key = "date" if reader.subject in (LEAVE, TRAINING) else said
        if not reader.has_attribute(facts.table, key) or (reader.subject == PEOPLE and key != "hire"):
            raise NotUnderstoodError("dates compared that the subject has not")
        ref = reader.ref(facts.table, key)
        other = standard if isinstance(standard, Ref) else reader.ref(facts.table, standard)
        if ref == other or (other.table == facts.table and reader.subject == PEOPLE):
            raise NotUnderstoodError("a date compared with itself")
        found.append((place, Compare(ref, operator, other)))
        reader.use(place)
        facts.events.pop(place, None)
    return found


def _operator(piece: Piece) -> Comparison | None:
    keys = (key.removesuffix("_after") for key in piece.readings.get("time", ()))
    found = next((key for key in keys if key in _SIDES), None)
    if found == "since" and not any(word in piece.text.lower() for word in _STARTS):
        return None
    return _SIDES[found] if found is not None else None


def _standard(reader: Reader, number: int, step: int) -> tuple[Ref | str, list[int]] | None:
    """The date that is compared with, and its pieces; a key if it is the subject's own."""
    said = reader.pieces[number].text.lower()
    key = next((k for k, words in (("start", _STARTS), ("end", _ENDS)) if any(w in said for w in words)), None)
    owner, used = None, []
    place = number + step
    while 0 <= place < len(reader.pieces) and abs(place - number) <= _REACH:
        piece = reader.pieces[place]
        own = _key(piece)
        if _is_past_comma(reader, place, place - step) and "чем" not in said:
            break
        if not piece.is_open and not piece.is_filler:
            break
        if own is not None and key is None:
            key = own
            used.append(place)
        elif piece.has("subject", PROJECT, CONTRACT) and owner is None:
            owner = PROJECT if piece.has("subject", PROJECT) else CONTRACT
            used.append(place)
        elif (
            piece.text.lower() in _NOUNS
            or piece.is_filler
            or (piece.has("subject", PEOPLE) and step == 1 and key is None)
        ):
            used.append(place)
        else:
            break
        place += step
    if key == "hire":
        return Ref("employees", "hire_date"), used
    if key in ("start", "end"):
        return (Ref(_TABLES[owner], f"{key}_date"), used) if owner is not None else (key, used)
    return None


def _is_past_comma(reader: Reader, one: int, other: int) -> bool:
    first, last = sorted((one, other))
    return "," in reader.text[reader.pieces[first].end : reader.pieces[last].start]


def _own(reader: Reader, number: int, used: list[int]) -> int | None:
    """The date that is compared: the nearest that is spoken of on either side."""
    near = [
        place
        for place in range(max(number - _REACH, 0), min(number + _REACH + 1, len(reader.pieces)))
        if place not in used and place != number and reader.pieces[place].is_open and _key(reader.pieces[place])
    ]
    behind = [place for place in near if place < number]
    if reader.language != "tr":
        near = behind
    return min(near, key=lambda place: abs(place - number), default=None)


def _key(piece: Piece) -> str | None:
    """The event whose date a piece says."""
    keys = (*piece.readings.get("date", ()), *piece.readings.get("event", ()))
    return next((key for key in keys if key in ("hire", "start", "end", "complete")), None)
