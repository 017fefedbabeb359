"""What a statement of the model has against itself, seen from the shape of the question.

Small models leave out a condition, show a key, or repeat rows by a join, and are sure of what they wrote. Of the answers that
were right none had a row twice. Values and tables that are missing are `choosing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sqlglot import exp

from nl2sql.anywhere.called import unasked_keys
from nl2sql.anywhere.items import Item
from nl2sql.anywhere.reading import denies
from nl2sql.execute import Result
from nl2sql.guard import Checked

_FIGURE: Final = re.compile(r"\d+(?:\.\d+)?")
_DENIALS: Final = (exp.Not, exp.NEQ, exp.Except, exp.Null)
_AVERAGE: Final = frozenset({"average", "mean", "on average"})
_ENDS: Final = (exp.Limit, exp.Order, exp.Max, exp.Min)


def flaws(checked: Checked, result: Result, items: Sequence[Item]) -> tuple[str, ...]:
    """What is asked for and not there, and what is there and not asked for.

    A row that is there twice is among it: a join repeats rows, or too little is shown to tell them apart.
    """
    keys = [key.path for _, key in unasked_keys(checked, items)]
    rows = {tuple(map(str, row)) for row in result.rows}
    return (*_left_out(checked.tree, items), *keys, *(["a row twice"] if len(rows) < len(result.rows) else []))


def _left_out(tree: exp.Query, items: Sequence[Item]) -> Iterator[str]:
    figures = {float(found) for literal in tree.find_all(exp.Literal) for found in _FIGURE.findall(literal.name)}
    for item in items:
        if item.number is None or item.links or not item.part.text[0].isdigit():
            continue  # numbers in words are often none
        if not any(abs(item.number - figure) <= 1 for figure in figures):  # more than two is at least three
            yield item.part.text
    if denies(items) and tree.find(*_DENIALS) is None and 0.0 not in figures:
        yield "not"
    cues = {item.cue for item in items}
    if cues & {"super", "most", "least", "common"} and tree.find(*_ENDS) is None:
        yield "most"
    if any(_AVERAGE & set(item.part.english[:1]) for item in items) and tree.find(exp.Avg, exp.Sum) is None:
        yield "average"
