"""A question cut into what it names and what it does with it, in the order of its words and in no language.

Items say what each part of a question is; which statement they make is `sketch`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from nl2sql.anywhere.cues import (
    COMPARATIVES,
    CUES,
    MONTHS,
    NUMBERS,
    POSITIVES,
    SUPERLATIVES,
    THOUSANDS,
    Cue,
    Scale,
)
from nl2sql.anywhere.items import SENSES, Item
from nl2sql.anywhere.linking import Linked
from nl2sql.anywhere.naming import name_words
from nl2sql.anywhere.parts import Part
from nl2sql.catalog import Catalog
from nl2sql.grounding import NEGATION
from nl2sql.thesaurus import is_verb

_WHOLE = 0.9
"""Score of a table that is named."""
_HEAD = 0.6
_FIRST_ONLY = ("each", "from start", "counted")
"""Cues that small words have as a rare sense: the Russian на."""
_ABLATIVES = ("dan", "den", "tan", "ten")
_WORDS: Final[Mapping[str, Cue]] = {
    **dict.fromkeys(("nazovite", "nazovi", "ukazhite", "ukazhi", "vyvedite", "vyvedi", "podskazhite", "nad"), "stop"),
    "gore": "each",
    **dict.fromkeys(("zovut", "eshche"), "stop"),
}
"""Words that the dictionary takes for others: Russian for showing, Turkish for grouping; folded."""
_KEYS = frozenset({"id", "identifier", "code", "number"})
"""Words for the keys themselves, not for what has them."""
_LABELS = ("nomer", "numara")
"""Russian and Turkish for the number that something has, not how many there are; folded."""
_DENIED_VERB = re.compile(r"\w{2,}m(?:[ae](?:yan|yen|dı|di|mış|miş|z|k)|[ıiuü]yor)\w*")
_VERB = re.compile(r"\w{2,}m[ae]\w+")


def read(linked: Linked, catalog: Catalog) -> list[Item]:
    """The items of a question, in order."""
    items: list[Item] = []
    end = 0
    for part in linked.parts:
        if part.start < end:
            continue
        here = tuple(link for link in linked.values if link.start == part.start and link.is_certain)
        if here and not _is_number(part):
            end = max(link.end for link in here)
            item = Item(part, links=here)
        else:
            item = _item(part, linked, catalog)
            if item.table is None and _follows_count(items):  # how many rooms, where номер is a number too
                item.table = next((path for path in linked.paths.get(part.start, ()) if path in catalog.tables), None)
            scale = _compares(part, items[-1].part if items else None) if item.cue is None else None
            if scale is not None:
                item.cue, item.scale = "compare", scale
        if items and part.english[:1] == ("by",) and items[-1].part.text.lower() == "ordered":
            items[-1] = Item(items[-1].part)
        item.is_negated = part.is_denial or _denies(part)
        items.append(item)
    return _settled(items)


def denies(items: Sequence[Item]) -> bool:
    """Whether a question denies anything."""
    return any(item.is_negated or item.cue in ("none", "not") for item in items)


def _follows_count(items: Sequence[Item]) -> bool:
    """Whether 'how many' stands right before."""
    before = next((item for item in items[::-1] if not item.is_needless), None)
    return before is not None and before.cue == "count"


def _settled(items: list[Item]) -> list[Item]:
    """The items as their neighbours explain them."""
    _tell_columns_from_tables(items)
    found: list[Item] = []
    for place, item in enumerate(items):
        item.cue = _cue_there(items, place)
        if found and item.part.english[:1] and item.part.english[0] in THOUSANDS and found[-1].number is not None:
            found[-1].number *= THOUSANDS[item.part.english[0]]
            continue
        if {"more than one", "more than once"} & set(item.part.english[:SENSES]):
            found.append(Item(item.part, cue="more"))
            item = Item(item.part, number=1.0)  # noqa: PLW2901 - one part says two things
        if len(item.part.folded) > 1 and item.part.folded[0] == "ortalama" and item.columns:
            found.append(Item(item.part, cue="avg"))  # Turkish life expectancy says average as well
        side, _, average = (item.part.english[0] if item.part.english else "").partition(" ")
        if average == "average" and side in ("above", "below"):
            found.append(Item(item.part, cue="compare", scale=COMPARATIVES[side]))
            item = Item(item.part, cue="avg")  # noqa: PLW2901 - one part says two things
        found.append(item)
    return found


def _measures(items: Sequence[Item]) -> bool:
    """Whether a verb that measures comes before anything that could be counted."""
    for item in items:
        if item.table is not None:
            return False
        if item.measures:
            return True
    return False


def _tell_columns_from_tables(items: Sequence[Item]) -> None:
    """What may be a table that another word names, too, is the column: the area of fields, both `alan` in Turkish."""
    for before, item in zip([None, *items], items, strict=False):
        if before is not None and _is_participle(item, before):
            item.cue, item.table, item.columns = "stop", None, ()
        own = [path for path in item.columns if path.startswith(f"{item.table}.")]
        names = [name_words(path.partition(".")[2]) for path in own[:1]]
        says_column = any(sense in name for sense in item.part.english[:1] for name in names)
        says_table = any(sense in name_words(item.table or "") for sense in item.part.english[:1])
        others = (other for other in items if other.part.english[:1] != item.part.english[:1])
        if says_column and not says_table and any(other.table == item.table for other in others):
            item.table = None


def _is_participle(item: Item, before: Item) -> bool:
    """Whether a Turkish noun is a verb beside what it has: ücret alan (not: area), toprağa sahip (not: owner)."""
    if item.part.folded == ("sahip",):
        return before.part.text.lower().endswith(("a", "e"))
    return item.part.folded == ("alan",) and before.table is None and bool(before.columns)


def _cue_there(items: list[Item], place: int) -> Cue | None:
    """What an item's cue is beside its neighbours."""
    item = items[place]
    around = items[max(0, place - 2) : place + 3]
    follower, behind = (items[place + step] if place + step < len(items) else None for step in (1, 2))
    if item.cue == "each" and follower is not None:
        made_by = item.part.english[0] == "by" and any(other.links for other in around)
        per = any("per" in name_words(path.partition(".")[2]) for path in follower.columns)  # the price per night
        if made_by or per or follower.cue == "which" or "it" in follower.part.english[:1]:
            return "stop"
    if item.cue == "count" and item.part.english[1:2] == ("how much",) and _measures(items[place + 1 : place + 4]):
        return "which"  # Russian has one word for how much it costs and how many there are
    if item.cue == "between" and sum(other.number is not None for other in items) <= 1:
        return "stop"  # among
    if item.cue == "at least" and follower is not None and follower.part.folded == ("olan",):
        return "least"  # who has the fewest, in Turkish
    is_first_name = item.cue == "from start" and behind is not None and "last name" in behind.part.english
    is_amount = item.cue == "sum" and bool(item.columns)
    if is_first_name or (is_amount and any(other.cue in ("avg", "min", "max", "super") for other in around)):
        return None  # first and last name, the average amount
    is_extreme = follower is not None and follower.cue in ("super", "most", "common", "least")
    return "from start" if item.cue == "compare" and is_extreme and "since" in item.part.english else item.cue


def _denies(part: Part) -> bool:
    """Whether a word says not, or is a Turkish verb that denies itself; comedies are no such verb."""
    word = part.text.split()[-1].lower()
    if part.folded == ("not",) and part.english[:1] != ("not",):
        return False  # a Turkish grade
    if _DENIED_VERB.fullmatch(word):
        return any(map(is_verb, part.english[:SENSES]))
    return NEGATION.fullmatch(word) is not None and not _VERB.fullmatch(word)


def _item(part: Part, linked: Linked, catalog: Catalog) -> Item:
    if _is_number(part):
        return Item(part, number=float(part.text))
    first = part.english[0] if part.english else ""
    if first in NUMBERS:
        return Item(part, number=float(NUMBERS[first]))
    if part.folded[0] in _WORDS:
        return Item(part, cue=_WORDS[part.folded[0]])
    paths = linked.paths.get(part.start, ())
    columns = tuple(path for path in paths if "." in path)
    cue, scale = (None, None) if part.folded[0].startswith(_LABELS) else _cue(part)
    if cue is not None:  # the number of students is no student
        return Item(part, cue=cue, scale=scale, columns=columns)
    if "sort" in part.english[:2]:
        return Item(part)
    is_flag = bool(columns) and _is_flag(columns[0], part, catalog)
    says_key = any(english in _KEYS for english in part.english[:1])
    owner = None if says_key else _target_of_key(columns[:1], catalog)
    table = None if is_flag else _table(part, paths, columns, linked, catalog) or owner
    months = [] if columns or table else [MONTHS.index(sense) + 1 for sense in part.english[:SENSES] if sense in MONTHS]
    return Item(part, table=table, columns=columns, month=months[0] if months else 0)


def _is_flag(path: str, part: Part, catalog: Catalog) -> bool:
    """Whether a part is what a column says yes or no to, even if it ends like a table: the capital city."""
    column = catalog.column(path)
    named = column is not None and column.yes_no is not None and name_words(column.name)[-1]
    return bool(named) and any(sense.split()[0] == named for sense in part.english[:1])


def _cue(part: Part) -> tuple[Cue | None, Scale | None]:
    """What a part does with what others name; the likeliest sense that does anything."""
    for place, english in enumerate(part.english[:SENSES]):
        if place and CUES.get(english) in _FIRST_ONLY:
            continue
        if english in SUPERLATIVES:
            return "super", SUPERLATIVES[english]
        if english in COMPARATIVES:
            return "compare", COMPARATIVES[english]
        if english in CUES:
            return CUES[english], None
    return None, None


def _table(part: Part, paths: Sequence[str], columns: Sequence[str], linked: Linked, catalog: Catalog) -> str | None:
    """The table that a part names: wholly, or by the last word of its name if nothing else is called so."""
    tables = [path for path in paths if path in catalog.tables]
    if not tables:
        return None
    names = name_words(columns[0].partition(".")[2]) if columns else ()
    if len(names) > 1 and any(set(names) == set(sense.split()) for sense in part.english[:1]):
        return None  # the order date
    column = names[-1] if names else ""
    if column in part.english[:1] and name_words(tables[0])[-1] != column:
        return None  # the reviewer of a review
    best, others = linked.scores[tables[0]], [linked.scores[path] for path in tables[1:]]
    if not others and all(path.startswith(f"{tables[0]}.") or _is_link(path, catalog) for path in columns):
        return tables[0]  # nothing else is called so
    own = [
        linked.scores[path] for path in columns if (c := catalog.column(path)) and c.references is None and not c.is_key
    ]
    if best >= _WHOLE or (best >= _HEAD and best > max(others, default=0.0) and best >= max(own, default=0.0)):
        return tables[0]
    return None


def _is_link(path: str, catalog: Catalog) -> bool:
    column = catalog.column(path)
    return column is not None and (column.is_key or column.references is not None)


def _target_of_key(columns: Sequence[str], catalog: Catalog) -> str | None:
    """The table that a key is of: who says maker means the makers, where models have a maker_id."""
    column = catalog.column(columns[0]) if columns else None
    if column is None or not (column.references or column.is_key) or name_words(column.name)[-1] not in ("id", "code"):
        return None
    return (column.references or column.path).partition(".")[0]


def _compares(part: Part, before: Part | None) -> Scale | None:
    """What a Turkish adjective compares after an ablative."""
    if before is None or not before.text.lower().endswith(_ABLATIVES):
        return None
    return next((POSITIVES[english] for english in part.english[:SENSES] if english in POSITIVES), None)


def _is_number(part: Part) -> bool:
    return part.text.replace(".", "", 1).isdigit() and part.text.isascii()
