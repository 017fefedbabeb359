"""How the values of any database are called in three languages, so that a question can name them.

Countries, languages and currencies come from the Unicode locale data (Babel), ordinary words from the lexicon; the
rest keeps its own letters and is recognised by them (`text`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from nl2sql.anywhere.keys import singular
from nl2sql.catalog import Catalog
from nl2sql.language import Language
from nl2sql.thesaurus import translations

_ISO: Final = 2
"""Letters of a country's code."""
_OTHERS: Final[tuple[Language, ...]] = ("tr", "ru")
_ALSO: Final[Mapping[str, str]] = {
    "USA": "US", "UK": "GB", "UAE": "AE", "United States of America": "US", "Korea": "KR", "Czech Republic": "CZ",
    "Holland": "NL", "England": "GB", "Great Britain": "GB", "Russian Federation": "RU", "Viet Nam": "VN",
}  # fmt: skip
"""Names of countries that databases use beside those of the locale data."""


def labels(values: Mapping[str, tuple[str, ...]], catalog: Catalog) -> Iterator[tuple[str, str, Language, str]]:
    """(`table.column`, value, language, label) of every value, its own name first."""
    for path, members in values.items():
        is_country = any(word in path.lower() for word in ("country", "nation"))
        column = catalog.column(path)
        for value in members:
            yield path, value, "en", value
            if column is not None and (meaning := _explained(value, column.comment["en"])):
                yield path, value, "en", meaning
                for language in _OTHERS:
                    for name in _translated(meaning, language):
                        yield path, value, language, name
            for language in _OTHERS:
                known = _names(language).get(value.lower(), ())
                codes = _codes(language).get(value.lower(), ()) if is_country else ()  # IN is also Indiana
                for name in (*known, *codes, *_translated(value, language)):
                    yield path, value, language, name


def _explained(code: str, comment: str) -> str | None:
    """What a comment says that a code is.

    >>> _explained("E", "C = classic, E = electric"), _explained("E", "E-mail")
    ('electric', None)
    """
    found = re.search(rf"(?<!\w)['\"]?{re.escape(code)}['\"]?\s*(?:[=:]|\s[-–—]\s)\s*(\w[^,;.()/|\n]*)", comment)
    return found[1].strip() if found else None


def _translated(value: str, language: Language) -> tuple[str, ...]:
    if value.isdigit() or len(value) == 1:
        return ()
    lemma = value.lower()
    return translations(lemma, language) or translations(singular(lemma), language)


@cache
def _names(language: Language) -> dict[str, tuple[str, ...]]:
    """English name in lower case -> names in a language."""
    from babel import Locale

    english, other = Locale("en"), Locale(language)
    found: dict[str, tuple[str, ...]] = {}
    for here, there in ((english.territories, other.territories), (english.languages, other.languages)):
        for code, name in here.items():
            if code in there:
                found.setdefault(name.lower(), (there[code],))
    for name, code in _ALSO.items():
        found[name.lower()] = (other.territories[code],)
    return found


@cache
def _codes(language: Language) -> dict[str, tuple[str, ...]]:
    """Code of a country in lower case -> its name in a language and in English."""
    from babel import Locale

    english, other = Locale("en").territories, Locale(language).territories
    return {code.lower(): (other[code], name) for code, name in english.items() if len(code) == _ISO and code in other}
