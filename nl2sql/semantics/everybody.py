"""Groups all of whose people are so: departments where everybody is a woman, where all completed First Aid.

There are people in such a group, and none of them is otherwise.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nl2sql.plan import Condition, OneOf, Related
from nl2sql.semantics.absence import group_of
from nl2sql.semantics.facts import PEOPLE, TABLES_OF_DIMS, Facts
from nl2sql.semantics.named import named_values
from nl2sql.semantics.reader import NotUnderstoodError, Reader

_EVERYBODY = re.compile(
    r"\b(everybody|everyone)\b|\b(all|every)( of)?( the| its| their| our)? (employees?|staff|people|person|workers?|members?)\b|"
    r"\b(tüm|bütün) (çalışan|personel)\w*|\bherkes\w*|\b(tamamı|hepsi|tümü)\b|"
    r"(?<=которых )все\b|(?<=где )все\b|\b(все|каждый) (сотрудник|работник|люди|человек)\w*",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\b(where|which|whose|котор\w+|где|чьи)\W+((в|на|у|of)\W+)?$", re.IGNORECASE)


def find_groups_of_all(reader: Reader, facts: Facts) -> None:
    """Turn what is said of everybody in the groups that are listed into what nobody there lacks."""
    said = _EVERYBODY.search(reader.text)
    figures = facts.counted is not None or reader.open("column") or reader.open("agg") or reader.quantities.ranks
    group = group_of(facts)
    if said is None or figures or reader.keys:
        return
    if group is None or facts.target != group:
        if _RELATIVE.search(reader.text[: said.start()]):
            raise NotUnderstoodError("what is so of everybody, but where is not said")
        return
    values = [value for value in reader.values if value.attribute != group]
    told: list[Condition] = [
        one for _, one in named_values(reader, "staff", only={value.attribute for value in values})
    ]
    told += [one for _, one in facts.clauses]
    if reader.subject != PEOPLE or len(told) != 1 or facts.anti or reader.quantities.bounds or reader.quantities.spans:
        raise NotUnderstoodError("what is so of everybody, and more")
    only = told[0]
    if not isinstance(only, OneOf | Related) or (isinstance(only, Related) and only.having is not None):
        raise NotUnderstoodError("what is so of everybody, and is no plain condition")
    for value in values:
        value.is_spent = True
    place = next((one for one, _ in facts.clauses), 0)
    facts.table = TABLES_OF_DIMS[group]
    facts.where = [entry for entry in facts.where if entry not in facts.clauses]
    otherwise = Related("staff", (replace(only, negated=not only.negated),), negated=True)
    facts.where += [(place, Related("staff")), (place, otherwise)]
    facts.anti[PEOPLE] = place
    reader.use(*reader.open("subject", PEOPLE))
