"""Which of several statements to believe: what they give tells more than how they read.

Statements that give the same rows vouch for each other; one for which none vouches is an answer only if the model is sure of
it. What finds nothing, leaves out a value that the question names, has one that it does not name, or has a flaw (`flaws`) is
doubted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from nl2sql.anywhere.linking import ALIKE, Linked
from nl2sql.catalog import Catalog
from nl2sql.evaluation.compare import same
from nl2sql.execute import Result
from nl2sql.guard import Checked
from nl2sql.text import fold, words

_NOTHING: Final = 1.5
"""What finding nothing costs, or asking no table, in votes."""
_VALUE: Final = 1.0
"""What leaving out a value costs."""
_TABLE: Final = 0.5
"""What leaving out a table costs that the question names."""
_MEANT: Final = 0.9
"""Score of a table that the question surely names."""
_INVENTED: Final = 1.0
"""What comparing with a text costs that no word of the question says."""
_CODE: Final = 2
"""Letters of a text that may be a code for anything."""
LIKELY: Final = -0.06
"""Mean log probability of a statement's tokens; above it nine of ten were right, and below it four of five of those that another
way confirmed, but one of four of the others."""
_SURE: Final = 1.0
"""What it counts that the model is sure, in votes."""
_FLAW: Final = 1.0
"""What each flaw of the statement costs."""
_DOUBTED: Final = 1.0
"""With so much against it, a statement is no answer."""


@dataclass(frozen=True)
class Candidate:
    """A statement that passed every check, and its rows."""

    sql: str
    checked: Checked
    result: Result
    weight: float
    """How often statements of its kind are right, in votes."""
    flaws: tuple[str, ...] = ()
    """What it has against itself."""
    is_sure: bool = False
    """Whether whoever wrote it is sure enough of it."""


def choose(candidates: Sequence[Candidate], linked: Linked) -> Candidate:
    """The one to believe; the first of equals."""
    return max(candidates, key=lambda one: _votes(one, candidates) + _SURE * one.is_sure - doubts(one, linked))


def is_believed(one: Candidate, candidates: Sequence[Candidate], linked: Linked) -> bool:
    """Whether a statement may be an answer: another one gives the same rows, or the model is sure of it."""
    if doubts(one, linked) >= _DOUBTED:
        return False
    return one.is_sure or any(other is not one and same(other.result.rows, one.result.rows) for other in candidates)


def doubts(candidate: Candidate, linked: Linked) -> float:
    """What speaks against a statement, in votes."""
    rows = candidate.result.rows
    says_nothing = not candidate.checked.tables or all(cell in (None, 0) for row in rows for cell in row)
    found: float = _NOTHING * says_nothing + _FLAW * len(candidate.flaws)
    used = {literal.name for literal in candidate.checked.tree.find_all(exp.Literal)}
    named: dict[tuple[int, int], set[str]] = {}
    for link in linked.values:
        if link.is_certain:
            named.setdefault((link.start, link.end), set()).add(link.value)
    found += _VALUE * sum(not (values & used) for values in named.values())
    found += _INVENTED * sum(
        _is_invented(comparison.literal.name, linked)
        for comparison in candidate.checked.comparisons
        if not _says_yes(comparison.path, candidate.checked.catalog)
    )
    tables = [path for path, score in linked.scores.items() if "." not in path and score >= _MEANT]
    return found + _TABLE * sum(table not in candidate.checked.tables for table in tables)


def _votes(one: Candidate, candidates: Sequence[Candidate]) -> float:
    return sum(other.weight for other in candidates if same(other.result.rows, one.result.rows))


def _says_yes(path: str, catalog: Catalog) -> bool:
    """Whether a column says yes or no, which questions say in other words."""
    column = catalog.column(path)
    return column is not None and column.yes_no is not None


def _is_invented(text: str, linked: Linked) -> bool:
    """Whether no word of the question says a text, in whatever language or script."""
    if len(text) <= _CODE or any(link.value == text for link in linked.values):
        return False
    said = {word[:ALIKE] for part in linked.parts for word in (*part.folded, *map(fold, part.english))}
    wanted = [word.folded for word in words(text) if not word.folded.isdigit()]
    return bool(wanted) and not any(word[:ALIKE] in said for word in wanted)
