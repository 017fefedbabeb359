"""Numbers as questions write them, each as one word: 10,000 and 10 000 and 10.000, 2.5 and 2,5.

What a number is for is `sketching.conditions`; numbers in words are `cues`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Final

from nl2sql.language import Language
from nl2sql.text import Word, words

_FIGURE = re.compile(
    r"(?<![\d.,:/-])(?P<whole>\d{1,3}(?:(?P<mark>[., \u00a0\u202f])\d{3}(?:(?P=mark)\d{3})*)?|\d+)"
    r"(?P<part>[.,]\d+)?(?![\d:/-]|[.,]\d)"
)
"""No day, time, range or version."""
_POINT: Final = {"en": ".", "tr": ",", "ru": ","}
"""What stands before decimals."""


def words_and_figures(text: str, language: Language) -> list[Word]:
    """The words of a question; a number that marks cut into several is one of them, written with a point."""
    text = unicodedata.normalize("NFC", text)
    found = words(text)
    for figure in _FIGURE.finditer(text):
        inside = [word for word in found if figure.start() <= word.start and word.end <= figure.end()]
        if len(inside) > 1:
            written = _written(figure, language)
            merged = replace(inside[0], text=written, lower=written, folded=written.replace(".", ""), end=figure.end())
            place = found.index(inside[0])
            found[place : place + len(inside)] = [merged]
    return found


def _written(figure: re.Match[str], language: Language) -> str:
    whole, mark, part = figure["whole"], figure["mark"], figure["part"] or ""
    if mark == _POINT[language] and not part and whole.count(mark) == 1 and len(whole) <= len("9.999"):
        whole, part = whole.split(mark)[0], f".{whole.split(mark)[1]}"  # 1.250 litres in English
    return re.sub(r"\D", "", whole) + part.replace(",", ".")
