"""The words that names of tables and columns are made of: cut where they are joined, and written out where short.

>>> name_words("Song_release_year"), name_words("deptNo"), name_words("hiredate")
(('song', 'release', 'year'), ('department', 'number'), ('hire', 'date'))
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from nl2sql.anywhere.keys import singular
from nl2sql.text import fold
from nl2sql.thesaurus import is_known

FLAGS: Final = ("is", "has", "was")
"""What names of columns that say yes or no begin with."""
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_VOWELS: Final = frozenset("aeiou")
_STEM: Final = 3
"""Letters that a short form has at least where it is not in the list."""
_HEADS: Final = (
    "name", "date", "code", "number", "year", "time", "type", "price", "rate", "count", "size", "speed", "title", "status",
    "level", "city", "country", "address", "dt", "nm", "cd", "id", "no",
)  # fmt: skip
"""What another word is often joined to: hiredate, custname, zipcode."""

_SHORT_FORMS: Final[dict[str, str]] = {
    "dept": "department", "emp": "employee", "mgr": "manager", "qty": "quantity", "amt": "amount", "num": "number",
    "no": "number", "nbr": "number", "addr": "address", "tel": "phone", "cust": "customer", "prod": "product",
    "cat": "category", "desc": "description", "dob": "birth", "yr": "year", "org": "organization", "pct": "percent",
    "avg": "average", "lang": "language", "dest": "destination", "src": "source", "acct": "account", "std": "student",
    "stu": "student", "stud": "student", "univ": "university", "hrs": "hour", "min": "minute", "sec": "second", "wt": "weight",
    "ht": "height", "pop": "population", "temp": "temperature", "lat": "latitude", "lng": "longitude",
    "long": "longitude", "ref": "reference", "img": "image", "bday": "birthday", "fname": "first name", "lname": "last name", "nm": "name", "cd": "code", "dt": "date", "tm": "time",
    "lvl": "level", "fk": "id", "pk": "id", "ctry": "country", "bal": "balance", "trx": "transaction", "txn": "transaction",
    "yob": "birth year", "dod": "death date", "cnt": "count", "mfr": "manufacturer", "uid": "id", "pts": "point",
    "sname": "name", "pname": "name", "cname": "name", "sex": "gender", "tot": "total", "max": "maximum",
    "rev": "revenue", "app": "application", "doc": "document", "inv": "invoice", "loc": "location", "ins": "insurance", "hp": "horsepower",
}  # fmt: skip
"""What names of tables and columns are often shortened to."""


_NAMES_CUT: Final = {"f": "first", "l": "last"}
"""Of people: f_nm."""
UNITS: Final[dict[str, str]] = {
    "t": "ton", "kg": "kilogram", "g": "gram", "ha": "hectare", "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter",
    "l": "litre", "ml": "millilitre", "usd": "dollar", "eur": "euro", "gbp": "pound", "rub": "ruble", "tl": "lira", "try": "lira",
}  # fmt: skip
"""What names of columns with figures end with: area_ha."""


@lru_cache(maxsize=1 << 14)
def name_words(name: str) -> tuple[str, ...]:
    """The English words of a name, in the singular."""
    parts = [fold(part) for part in _CAMEL.findall(name)]
    whole = [word for part in parts if part for word in _written_out(part)]
    if len(parts) > 1 and whole[0] in _NAMES_CUT and whole[1:] == ["name"]:
        whole[0] = _NAMES_CUT[whole[0]]
    if len(parts) > 1 and parts[-1] in UNITS:
        whole[-1] = UNITS[parts[-1]]
    return tuple(word if word in FLAGS else singular(word) for word in whole) or (fold(name),)


@lru_cache(maxsize=1 << 16)
def abbreviates(short: str, word: str) -> bool:
    """Whether a name that is no word may be a word's short form: its beginning, or some of its consonants.

    >>> abbreviates("sch", "school"), abbreviates("tchr", "teacher"), abbreviates("car", "carrier")
    (True, True, False)
    >>> abbreviates("bk", "bike"), abbreviates("bk", "bicycle")
    (True, False)
    """
    if len(short) >= len(word) or short[0] != word[0] or not short.isalpha() or is_known(short):
        return False
    if len(short) < _STEM:  # all of its consonants
        return len(short) > 1 and short == "".join(letter for letter in word if letter not in _VOWELS)
    return word.startswith(short) or is_skeleton(short, word)


def is_skeleton(short: str, word: str) -> bool:
    """Whether letters are consonants of a word in their order, its first letter the first of them.

    >>> is_skeleton("gk", "goalkeeper"), is_skeleton("fw", "defender")
    (True, False)
    """
    rest = iter(word)
    return short[:1] == word[:1] and not _VOWELS & set(short[1:]) and all(letter in rest for letter in short)


def _written_out(part: str) -> list[str]:
    """One word or its long form; two that stand together without a sign."""
    if part in _SHORT_FORMS:
        return _SHORT_FORMS[part].split()
    if is_known(part) or is_known(singular(part)):
        return [part]
    for flag in FLAGS:
        if part.startswith(flag) and is_known(part[len(flag) :]):
            return [flag, part[len(flag) :]]
    for head in _HEADS:
        first = part.removesuffix(head)
        if first != part and len(first) >= _STEM and (first in _SHORT_FORMS or is_known(first)):
            return [*_SHORT_FORMS.get(first, first).split(), *_SHORT_FORMS.get(head, head).split()]
    return [part]
