"""English questions that say once more, at their end, what they asked: names please, list them, and what do they get.

These are rules of `together_en`, which applies them one by one.
"""

from __future__ import annotations

import re
from typing import Final

from nl2sql.semantics.facts import LEAVE, PEOPLE, TRAINING
from nl2sql.semantics.pieces import Line
from nl2sql.semantics.together_en_people import Rule, pass_over

_GET: Final = frozenset({"get", "gets", "earn", "earns", "make", "makes", "receive", "receives", "paid", "pocket"})
_THEY: Final = frozenset({"do", "does", "are", "is", "they", "he", "she", "each", "of", "them"})
_NAMES: Final = re.compile(r"(?:just |only |the )?names?(?: and surnames)?(?: only)?(?:,? please)?\W*$", re.IGNORECASE)
_MONEY: Final = ("payroll", "salary")
_AMOUNTS: Final = ("days", "hours")
_IN_ALL: Final = ("altogether", "in total", "in all", "overall", "all told")
_LIST_THEM: Final = re.compile(
    r"[?.;:—–-]\s*(?:(?:please )?(?:list|name|show|give) (?:me )?(?:them|their names|the names)|who(?: are they| exactly)?\b)",
    re.IGNORECASE,
)


def _read_how_many_each(line: Line, number: int) -> None:
    """More than two trainings, and how many each did: of those that were named."""
    before = [one.text.lower() for one in line.pieces[max(number - 2, 0) : number]]
    after = line.pieces[number + 1 : number + 2]
    things = [one for one in line.pieces[:number] if one.has("subject", LEAVE, TRAINING)]
    if before == ["and", "how many"] and after and len(things) == 1 and line.beside(number + 1, 1)[1] is None:
        after[0].readings = {"subject": things[0].readings["subject"]}
        after[0].values = ()


def _read_what_they_get(line: Line, number: int) -> None:
    """Who is paid the most, and what do they get: how much."""
    piece, after = line.pieces[number], line.pieces[number + 1 :]
    joint = line.beside(number, -1)[1]
    verbs = [one for one in after if one.text.lower() not in _THEY]
    asked = joint is not None and joint.has("conjunction", "and") and len(verbs) == 1
    if asked and verbs[0].text.lower() in _GET and any(one.has("rank") for one in line.pieces[:number]):
        pass_over(verbs[0])
        piece.readings = {"ask": ("much",)}


def _read_unit_again(line: Line, number: int) -> None:
    """How long a course lasts, in hours: the unit of what was asked for."""
    piece, before = line.pieces[number], line.pieces[number - 1].text.lower() if number else ""
    asked = [one for one in line.pieces[:number] if one.text.lower() == "how long"]
    if before == "in" and asked:
        pass_over(asked[0])
        for one in line.pieces[:number]:
            if one.text.lower() in ("last", "lasts", "take", "takes"):
                pass_over(one)
        piece.readings = {key: keys for key, keys in piece.readings.items() if key != "unit"}


def _read_names_again(line: Line, number: int) -> None:
    """Those who are paid more than the average, names please: what is listed anyway."""
    said = line.text[line.pieces[number].start :]
    apart = number > 1 and line.text[: line.pieces[number].start].rstrip().endswith((",", ".", "-", "–", "—", ";"))
    people = any(one.has("subject", PEOPLE) or one.has("ask", "who") for one in line.pieces[:number])
    counts = any(one.has("ask", "count", "share", "much") for one in line.pieces[:number])
    if apart and people and not counts and _NAMES.fullmatch(said):
        pass_over(line.pieces[number])


def _read_order_of_ranked(line: Line, number: int) -> None:
    """The three longest-serving people, longest first: in the order that a ranking has anyway."""
    first = line.pieces[number].text.lower().split()[0]
    ranks = [one for one in line.pieces[:number] if one.has("rank")]
    if len(ranks) == 1 and re.split(r"[\s-]", ranks[0].text.lower())[0] == first and not line.pieces[number].has("ask"):
        pass_over(line.pieces[number])


def _read_list_them(line: Line, number: int) -> None:
    """Has anyone taken more than 30 days? List them: who has."""
    rest = line.text[line.pieces[number].end :]
    if _LIST_THEM.search(rest):
        line.pieces[number].readings = {"ask": ("who",)}


def _read_who_are_they(line: Line, number: int) -> None:
    """Old hands with …: who are they; said once more, as they are listed anyway."""
    told = [one.text.lower() for one in line.pieces[number + 1 : number + 3]]
    people = any(one.has("subject", PEOPLE) or one.has("ask", "who") for one in line.pieces[:number])
    if told == ["are", "they"] and people:
        pass_over(line.pieces[number])


def _read_on_what_pay(line: Line, number: int) -> None:
    """Who are they, and on what salary: what is asked for besides, and not the pay that was spoken of before."""
    before = [one.text.lower() for one in line.pieces[max(number - 2, 0) : number]]
    after = line.pieces[number + 1 : number + 2]
    said = any(one.has("column", *_MONEY) for one in line.pieces[:number])
    if before == ["and", "on"] and after and after[0].has("column", *_MONEY) and said:
        line.pieces[number].readings = {}


def _read_total_of_amount(line: Line, number: int) -> None:
    """More than 30 days off altogether, with their days: all of them, as is meant anyway."""
    before = line.pieces[number - 1] if number else None
    again = any(one.has("column", *_AMOUNTS) for one in line.pieces[number + 1 :])
    if before is not None and before.has("column", *_AMOUNTS) and again:
        pass_over(line.pieces[number])


def _read_averages_again(line: Line, number: int) -> None:
    """Departments with an average pay below 2,000, with their averages: they are shown anyway."""
    before = line.pieces[number - 1].text.lower() if number else ""
    said = any(one.has("agg", "avg") for one in line.pieces[:number])
    if before in ("their", "the", "these", "those") and said and line.beside(number, 1)[1] is None:
        pass_over(line.pieces[number])


def _read_list_again(line: Line, number: int) -> None:
    """Which departments …? List them with their headcount: what was asked for already."""
    before, after = line.text[: line.pieces[number].start].rstrip(), line.pieces[number + 1 : number + 2]
    asked = any(one.has("ask", "which") for one in line.pieces[:number])
    if asked and before.endswith(("?", ".", ";", ":")) and after and after[0].text.lower() == "them":
        pass_over(line.pieces[number])


RULES_OF_REPETITION: Final[tuple[Rule, ...]] = (
    (lambda piece: piece.text.lower() in ("what", "what do", "what does"), _read_what_they_get),
    (lambda piece: piece.text.lower() in ("hours", "days"), _read_unit_again),
    (lambda piece: piece.has("title", "name"), _read_names_again),
    (lambda piece: piece.has("sequence"), _read_order_of_ranked),
    (lambda piece: piece.has("exist") and piece.has("subject", PEOPLE), _read_list_them),
    (lambda piece: piece.text.lower() == "who", _read_who_are_they),
    (lambda piece: piece.text.lower() == "what", _read_on_what_pay),
    (lambda piece: piece.text.lower() in ("averages", "average values", "average figures"), _read_averages_again),
    (lambda piece: piece.has("ask", "list"), _read_list_again),
    (lambda piece: piece.text.lower() in ("each", "they"), _read_how_many_each),
    (lambda piece: piece.text.lower() in _IN_ALL, _read_total_of_amount),
)
