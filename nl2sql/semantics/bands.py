"""Bands of a number as groups: in 500-dollar bands, by five-year age groups, с шагом 500 долларов.

Decades of age that are named without a width are an attribute of their own.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nl2sql.plan import AllOf, AnyOf
from nl2sql.semantics.band_width import AGES
from nl2sql.semantics.bounds import compares
from nl2sql.semantics.facts import Facts
from nl2sql.semantics.reader import NotUnderstoodError, Reader

BAND = "band"
"""The key of groups that are bands."""
_DECADE = 10
_AND_SO_ON = re.compile(
    r"…|\.\.\.|\band so on\b|\betc\b|\bи так далее\b|\bи т\. ?д|\bvb\b|\bve benzeri|\bgibi\b", re.IGNORECASE
)
"""The decades that are named are only the first of all."""
_COLUMNS = {"age": "age", "salary": "salary", "payroll": "salary", "tenure": "tenure"}


def find_bands(reader: Reader, facts: Facts) -> None:
    """Make bands a group.

    Raises:
        NotUnderstoodError: it is not said of what they are.
    """
    width = reader.quantities.width
    if width is None:
        _take_decades(reader, facts)
        return
    ages = [n for n, piece in enumerate(reader.pieces) if piece.has("dim", AGES)]
    words = [n for n, piece in enumerate(reader.pieces) if piece.has("band")]
    columns = [n for n in reader.open("column") if reader.pieces[n].key("column") in _COLUMNS]
    if ages:
        attribute = "age"
        reader.keys = [key for key in reader.keys if key != AGES]
    elif columns:
        nearest = min(columns, key=lambda number: min(abs(number - word) for word in words))
        attribute = _COLUMNS[reader.pieces[nearest].key("column") or ""]
        reader.use(nearest)
    else:
        raise NotUnderstoodError("bands of what is not said")
    if reader.keys:
        raise NotUnderstoodError("bands and other groups")
    reader.use(*ages)
    reader.keys.append(BAND)
    facts.band = replace(reader.ref("staff", attribute), band=width)


def _take_decades(reader: Reader, facts: Facts) -> None:
    """By age decade, 20-29, 30-39: the decades that are meant, and no numbers of people."""
    bounds = reader.quantities.bounds
    named = [one for one in bounds if one.high is not None and one.high - one.value == _DECADE - 1]
    if AGES not in reader.keys or not named or any(one.value % _DECADE for one in named):
        return
    bounds[:] = [one for one in bounds if one not in named]
    if _AND_SO_ON.search(reader.text):
        return
    age = reader.ref("staff", "age")
    facts.where.append((-1, AnyOf(tuple(AllOf(tuple(compares(age, one))) for one in named))))
