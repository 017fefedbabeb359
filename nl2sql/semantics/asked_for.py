"""What a question asks for must be shown: attributes in a list, who, the group that which asks for.

Words that turn a meaning are `heeded`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from nl2sql.persons import NAMES
from nl2sql.plan import Figure, Plan, Ref, Related, nodes_of
from nl2sql.semantics.facts import CONTRACT, GROUPS, PEOPLE, PROJECT
from nl2sql.semantics.pieces import Piece
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.shown import DATES_OF_PEOPLE

_JOINED = re.compile(r"\s*(,|,?\s*(and|ve|ile|и))\s*(the|their|его|её|их)?\s*(contract\s+)?")
_THEIRS = re.compile(r"\bwith the (?:training )?(?:courses|trainings|leaves) (?:that )?they\b", re.IGNORECASE)
_WHOSE = ("котор", "чей", "чья", "чьи", "чьё", "чье")
_PLURAL = re.compile(r"(s|people|staff|l[ae]r|[ыи]|люд\w+)$", re.IGNORECASE)
_IN = ("in", "в")
_ON = ("on", "на")
_LOCATIVES = ("deki", "daki")
_EXTREMES = ("min", "max")


def check_asked(reader: Reader, plan: Plan) -> None:
    """Refuse a plan that does not show what is asked for.

    Raises:
        NotUnderstoodError: one of a list is missing, nobody is named, or people stand for groups.
    """
    nodes = list(nodes_of(plan))
    checks = (
        _listed,
        _who,
        _longest_name,
        _first_said,
        _which,
        _in_groups,
        _on_project,
        _dates_of_events,
        _what_they_did,
    )
    for check in checks:
        if reason := check(reader, plan, nodes):
            raise NotUnderstoodError(reason)


def _listed(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    """Course and hire date of those trained: what stands in one list is shown, or is none of it."""
    named = {node.column for node in nodes if isinstance(node, Ref)}
    shown = {node.column for node in nodes_of((plan.columns, plan.measures)) if isinstance(node, Ref)}
    for items in _lists(reader):
        missing = [columns for columns in items if not columns & named]
        parted = {bool(columns & shown) for columns in items}
        if missing or len(parted) > 1:
            return "one of a list of attributes, and not the others"
    return None


def _who(reader: Reader, _plan: Plan, nodes: list[object]) -> str | None:
    """The longest leave, and who took it."""
    pairs = [
        n
        for n, (one, two) in enumerate(pairwise(reader.pieces))
        if one.has("conjunction", "and") and two.has("ask", "who")
    ]
    asked = any(not any(piece.has("ask", "who") for piece in reader.pieces[1:n]) for n in pairs)  # people who, and who
    named = any(isinstance(node, Ref) and node.column in NAMES for node in nodes)
    return "and who, but nobody is named" if asked and not named else None


def _longest_name(reader: Reader, _plan: Plan, _nodes: list[object]) -> str | None:
    ranked = [n for n, piece in enumerate(reader.pieces) if piece.has("rank", "max:tenure", "min:tenure")]
    beside = [piece for n in ranked if (piece := reader.beside(n, 1)[1]) is not None]
    return "a ranking of names" if any(piece.has("dim", *NAMES) for piece in beside) else None


def _first_said(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """People who earn the least, the project with the highest budget: they are asked for, and not how much it is."""
    first = reader.pieces[reader.first] if reader.first is not None else None
    extremes = [one for one in plan.measures if isinstance(one, Figure) and one.function in _EXTREMES]
    headed = (
        first is not None
        and not first.values
        and (first.has("subject", PEOPLE, PROJECT) or reader.dim(first) in GROUPS)
    )
    if _stand_in_groups(reader) and not plan.measures and not plan.over:
        named = any(ref.column in NAMES for ref in plan.columns)
        return None if named else "people in groups, of whom nothing is shown"
    missed = headed and extremes and not plan.columns and reader.language != "tr"
    return "what the question begins with, of which nothing is shown" if missed else None


def _stand_in_groups(reader: Reader) -> bool:
    """Employees in cities without a project, projesi olmayan şehirlerdeki çalışanlar."""
    if reader.language == "tr":
        group = reader.beside(len(reader.pieces) - 1, -1)[1]
        last = reader.pieces[-1].has("subject", PEOPLE) and group is not None and group.has("dim", *GROUPS)
        return last and group is not None and group.text.lower().endswith(_LOCATIVES)
    first = [piece for piece in reader.pieces if not piece.is_filler][:3]
    noun = bool(first) and first[0].has("subject", PEOPLE)
    return noun and len(first) > 2 and first[1].text.lower() in _IN and first[2].has("dim", *GROUPS)  # noqa: PLR2004


def _in_groups(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """How many lawyers there are in departments with more than thirty people: in all of those, and not in each."""
    counts = reader.first is not None and reader.pieces[reader.first].has("ask", "count")
    if not plan.having or not counts or plan.over is not None:
        return None
    within = any(
        one.text.lower() in _IN and two.has("dim", *GROUPS) and not two.values for one, two in pairwise(reader.pieces)
    )
    return "a number in all groups of a size, or in each" if within else None


def _dates_of_events(reader: Reader, plan: Plan, nodes: list[object]) -> str | None:
    """Those who finished First Aid, with dates: of that, and not of their hire."""
    events = {"training_done", "leave_taken"} & {node.table for node in nodes if isinstance(node, Related)}
    bare = reader.said("date", "any") and not reader.said("event", "hire")
    hired = any(ref.column == "hire_date" for ref in plan.columns)
    return "dates, but of what is not said" if events and bare and hired else None


def _what_they_did(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """Lawyers with the courses they completed: each of those is asked for."""
    told = any(ref.table in ("training_done", "leave_taken") for ref in plan.columns) or plan.measures
    return "what each of them did, which is not shown" if _THEIRS.search(reader.text) and not told else None


def _which(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """Which project has the best paid people: a project is asked for, and no person."""
    said = [piece for piece in reader.pieces if not piece.is_filler]
    if len(said) <= 1 or not said[0].has("ask", "which") or said[0].has("asked") or reader.said("ask", "who"):
        return None
    groups = not said[1].values and (reader.dim(said[1]) in GROUPS or said[1].has("subject", PROJECT))
    named = any(ref.column in NAMES for ref in plan.columns)
    own = {ref.column for ref in plan.columns} & {reader.dim(said[1]) or ""}  # and the group of the one who is named
    fits = reader.said("title") or (own and _ranks_one_person(reader))
    return "which group, but people are shown" if groups and named and not fits else None


def _ranks_one_person(reader: Reader) -> bool:
    """In which city the oldest welder works: not the oldest welders, nor the best paid people."""
    beside = [reader.beside(n, 1)[1] for n, piece in enumerate(reader.pieces) if piece.has("rank")]
    return len(beside) == 1 and beside[0] is not None and not _PLURAL.search(beside[0].text)


def _on_project(reader: Reader, plan: Plan, _nodes: list[object]) -> str | None:
    """Who works on a project, кто работает на стройке: those who are on one, and no project of each is asked for."""
    shown = any(ref.column == "project" for ref in plan.columns) and not plan.measures
    within = any(
        two.has("subject", PROJECT) and one.text.lower().split()[-1] in _ON and not two.values
        for one, two in pairwise(piece for piece in reader.pieces if piece.text.lower() not in ("a", "an", "any"))
    )
    return "who is on a project, or on which" if shown and within and not reader.said("ask", "which") else None


def _lists(reader: Reader) -> Iterator[list[set[str]]]:
    """Attributes that a comma or a word joins, as the columns that each may be."""
    items: list[set[str]] = []
    end = 0
    for piece in (piece for piece in reader.pieces if not piece.is_filler or piece.has("conjunction", "and")):
        if piece.has("conjunction", "and"):
            continue
        columns = _columns_of(reader, piece)
        if items and piece.has("subject", CONTRACT) and not piece.values and not columns:
            continue  # name and contract end date
        if items and piece.text.lower().startswith(_WHOSE):
            items.pop()  # проектов, бюджет которых: what is said of one, and no item
        gap = reader.text[end : piece.start]
        is_joined = _JOINED.fullmatch(gap) is not None
        if items and not (columns and is_joined):
            if len(items) > 1:
                yield items
            items = []
        if columns:
            items.append(columns)
        end = piece.end
    if len(items) > 1:
        yield items


def _columns_of(reader: Reader, piece: Piece) -> set[str]:
    before = reader.pieces[max(reader.pieces.index(piece) - 1, 0)]
    if piece.values or (before.values and reader.dim(piece) == before.values[0][0]):  # the Ankara office
        return set()
    keys = {key for kind in ("dim", "date", "column") for key in piece.readings.get(kind, ())}
    keys.add(reader.dim(piece) or "")
    if "start" in keys:
        keys.add(DATES_OF_PEOPLE["start"])
    names = {"name", *NAMES} if piece.has("title", "name") else set()
    return names | {own[key].column for own in reader.schema.values() for key in keys if key in own}
