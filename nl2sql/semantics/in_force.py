"""What was going on at a time: contracts in force on a day, projects under way in a month, people away on a day."""

from __future__ import annotations

import re
from datetime import date

from nl2sql.plan import AnyOf, Compare, Condition, Missing, Ref
from nl2sql.semantics.facts import CONTRACT, PROJECT, Facts
from nl2sql.semantics.reader import Reader
from nl2sql.semantics.spans import Span

_GOING_ON = re.compile(
    r"\b(running|in force|valid|in effect|under ?way|ongoing|in progress|going on|being built|effective|active|"
    r"yürürlükte\w*|geçerli\w*|devam ed\w*|süren|sürüyor\w*|sürmekte\w*|yürütül\w*|aktif\w*|"
    r"действ\w*|в силе|шл[оиа]|ш[её]л|идущ\w*|вел[оиа]сь|велись|реализовыва\w*|строил\w*|продолжал\w*)\b",
    re.IGNORECASE,
)
_PAST = re.compile(
    r"\b(were|was|had|did|vardı|idi|\w+yordu|\w+teydi|\w+taydı|был[оаи]?|шл[оиа]|ш[её]л|действовал\w*|вел[оиа]сь|"
    r"реализовывал\w*|строил\w*|продолжал\w*)\b",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(r"\bна конец\b", re.IGNORECASE)
_LASTING = ("süren", "sürmüş", "sürdü")
_AWAY = re.compile(
    r"\b(on \w* ?leave|absent|away|on holiday|on vacation|izinde\w*|izinli\w*|в \w* ?отпуске|отсутствовал\w*|"
    r"отсутствует|отсутствуют|на больничном)\b",
    re.IGNORECASE,
)


def in_force(reader: Reader, facts: Facts, span: Span) -> list[Condition] | None:
    """The conditions that contracts or projects were running in a period, if that is what is said."""
    dated = [key for key in facts.events.values() if key in ("start", "end")]
    low, high = span.low, span.high
    if low is None and isinstance(high, date) and _AT_THE_END.search(reader.text):
        low = date.fromordinal(high.toordinal() - 1)
    if reader.subject not in (CONTRACT, PROJECT) or dated or span.parts or span.others or low is None or high is None:
        return None
    if not _GOING_ON.search(reader.text) or any(one.attribute == "project_status" for one in reader.values):
        return None
    start, end = reader.ref(facts.table, "start"), reader.ref(facts.table, "end")
    reader.use(*(n for n, piece in enumerate(reader.pieces) if piece.has("force") or _GOING_ON.fullmatch(piece.text)))
    return [Compare(start, "<", high), AnyOf((Missing(end), Compare(end, ">=", low)))]


def drop_status(reader: Reader) -> None:
    """Projects that were going on in 2024, or that took so many days, may have ended since: no status is asked for."""
    status = [one for one in reader.values if one.attribute == "project_status"]
    if reader.subject != PROJECT or len(status) != 1 or status[0].value != "active":
        return
    said = status[0].piece.text
    past = bool(reader.quantities.spans) and _PAST.search(reader.text) and _GOING_ON.search(said)
    units = [bound.unit_piece for bound in reader.quantities.bounds]
    lasting = said.lower().startswith(_LASTING) and any(one is not None and one.has("unit", "day") for one in units)
    if past or lasting:
        reader.values.remove(status[0])


def away_on(reader: Reader, table: str, span: Span) -> list[Condition] | None:
    """The conditions that a leave covers a day."""
    low, high = span.low, span.high
    if table != "leave_taken" or not isinstance(low, date) or not isinstance(high, date):
        return None
    if (high - low).days > 1 or not _AWAY.search(reader.text) or reader.said("event", "start"):
        return None
    return [Compare(Ref(table, "start_date"), "<", high), Compare(Ref(table, "back_on"), ">", low)]
