"""Conditions that no row of something exists: people without leave, departments without a lawyer."""

from __future__ import annotations

from nl2sql.plan import Condition, Missing, OneOf, Related
from nl2sql.semantics.facts import LEAVE, PEOPLE, PROJECT, TABLES, TABLES_OF_DIMS, TRAINING, Facts
from nl2sql.semantics.named import named_values
from nl2sql.semantics.reader import NotUnderstoodError, Reader
from nl2sql.semantics.timing import period

_OUTSIDE = (
    "dışında",
    "harici",
    "hariç",
    "вне",
    "кроме",
    "за пределами",
    "outside",
    "except",
    "besides",
    "apart",
    "other",
)


def group_of(facts: Facts) -> str | None:
    """The groups that are asked for or counted, if they have a table of their own."""
    asked = (facts.target, facts.counted, PROJECT if facts.table == "projects" else None)
    return next((key for key in asked if key in TABLES_OF_DIMS), None)


def find_groups_without(reader: Reader, facts: Facts) -> None:
    """Departments without a lawyer: no row of such people, not people of other kinds."""
    denied = [value for value in reader.values if value.negated]
    group = group_of(facts)
    if group is None or not denied or any(value.attribute == group for value in denied) or reader.subject != PEOPLE:
        return
    if len({value.value for value in denied}) > 1 or reader.keys:
        raise NotUnderstoodError("groups without several kinds of people")
    denied[0].negated = False
    facts.anti[PEOPLE] = denied[0].position


def deny(reader: Reader, facts: Facts, key: str, position: int) -> None:
    """Turn what must not exist into a condition."""
    condition: Condition
    if key in (LEAVE, TRAINING):
        condition = _no_event(reader, facts, key)
    elif key == PEOPLE:
        group = group_of(facts)
        if group is None:
            raise NotUnderstoodError("nobody, but where is not said")
        facts.table = TABLES_OF_DIMS[group]
        of_people = {value.attribute for value in reader.values} - {group, "project_status", "country"}
        inner = [one for _, one in named_values(reader, "staff", only=of_people)]
        if any(isinstance(one, OneOf) and len(one.values) > 1 for one in inner) and not reader.said(
            "conjunction", "or"
        ):
            raise NotUnderstoodError("nobody of several kinds, or of one of them")  # people on A, but nobody on B
        reader.use(*reader.open("subject", PEOPLE))
        condition = Related("staff", (*inner, *facts.inner), negated=True)
        facts.inner.clear()
    elif key == PROJECT and (reader.subject != PEOPLE or facts.target not in (None, PROJECT)):
        condition = Related("projects", negated=True)
    elif key == "end" and facts.table == "staff":
        condition = Related("contracts", (Missing(reader.ref("contracts", key)),))
    else:
        if reader.pieces[position].text.lower().startswith(_OUTSIDE):
            raise NotUnderstoodError("outside of what is not said")
        condition = Missing(reader.ref(facts.table, key))
    facts.where.append((position, condition))


def _no_event(reader: Reader, facts: Facts, key: str) -> Condition:
    """Without leave, without a training; a period is that of what did not happen, unless people were hired in it."""
    table = TABLES[key]
    if reader.subject != PEOPLE:
        raise NotUnderstoodError("two subjects, one denied")
    inner = [one for _, one in named_values(reader, table, only=("leave_type", "course"))]
    if facts.target in TABLES_OF_DIMS and not reader.speaks_of_people:
        facts.table = TABLES_OF_DIMS[facts.target]  # departments without any training
    if not {"hire", "birth"} & set(facts.events.values()):
        for span in reader.quantities.spans:
            inner += period(reader, table, span, "date")
        reader.quantities.spans.clear()
    reader.use(*[number for number, event in facts.events.items() if event in ("complete", "start")])
    return Related(table, tuple(inner), negated=True)
