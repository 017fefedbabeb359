"""First stages: one way to write what needs no knowledge of the company. Each returns proposed changes.

Letters (damaged encodings, spaces, look-alikes), capitals of names, dates, phones, addresses, ids, numbers.
Every function maps a form to itself once it is right, so running it twice changes nothing more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

import ftfy
import polars as pl

from erp.changes import Tables, Verdict, combine, judge_values, look_up, of_rows
from erp.contacts import address, amount, e164, national_id
from erp.dates import iso_date
from erp.knowledge import Knowledge
from erp.letters import is_turkish, lower, title, unmix
from erp.schema import TABLES, Kind

_FREE_TEXT: Final = (Kind.NAME, Kind.VOCABULARY, Kind.TEXT)
_DAMAGED: Final = re.compile(
    r"[\u0080-\u00a0\u2000-\u200f\ufeff\ufffd]|[ÃÄÅÐÑâ][\u0080-\u00bf\u0152-\u0192\u2010-\u2122]|&\w+;"
)
_REPAIR: Final = ftfy.TextFixerConfig(uncurl_quotes=False, fix_latin_ligatures=True, normalization="NFC")


def encoding(tables: Tables, _knowledge: Knowledge) -> pl.DataFrame:
    """Text that was read in the wrong encoding, and letters composed in two ways (NFC)."""
    return _of_texts(tables, lambda text: (_repaired(text), "normalise.encoding", 0.98))


def spaces(tables: Tables, _knowledge: Knowledge) -> pl.DataFrame:
    """Spaces around and between words."""
    return _of_texts(tables, lambda text: (" ".join(text.split()), "normalise.spaces", 1.0))


def homoglyphs(tables: Tables, _knowledge: Knowledge) -> pl.DataFrame:
    """Look-alikes of another script inside a word."""
    return _of_texts(tables, lambda text: (unmix(text), "normalise.homoglyph", 0.98))


def name_case(tables: Tables, _knowledge: Knowledge) -> pl.DataFrame:
    """Names in capitals or small letters; the capital I of a Turkish name is dotless."""
    return _of_kind(tables, Kind.NAME, lambda text: (cased_name(text), "normalise.case", 0.97))


def dates(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """Dates to ISO 8601."""
    year = knowledge.today.year
    return _of_kind(tables, Kind.DATE, lambda text: _or_nothing(iso_date(text, year), "normalise.date"))


def emails(tables: Tables, _knowledge: Knowledge) -> pl.DataFrame:
    """E-mail addresses."""
    return _of_kind(tables, Kind.EMAIL, lambda text: _or_nothing(address(text), "normalise.email"))


def national_ids(tables: Tables, _knowledge: Knowledge) -> pl.DataFrame:
    """National ids without separators."""
    return _of_kind(tables, Kind.NATIONAL_ID, lambda text: _or_nothing(national_id(text), "normalise.national_id"))


def numbers(tables: Tables, _knowledge: Knowledge) -> pl.DataFrame:
    """Amounts, days and hours."""
    return _of_kind(tables, Kind.NUMBER, lambda text: _or_nothing(amount(text), "normalise.number"))


def phones(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """Phones to E.164, by the country of the record's city."""
    frame = tables["employees"].select("row_key", "city", before="phone")
    odd = frame.filter(~pl.col("before").str.contains(r"^\+[1-9]\d{7,14}$"))
    regions = {city: knowledge.region(city) for city in odd["city"].unique() if city is not None}
    odd = odd.with_columns(region=look_up("city", regions).fill_null(""))
    typed = odd.select("region", "before").unique(maintain_order=True)
    after = [e164(text, region) for region, text in typed.iter_rows()]
    said = typed.with_columns(
        after=pl.Series(after, dtype=pl.String), rule=pl.lit("normalise.phone"), confidence=pl.lit(0.97)
    )
    told = odd.join(said.drop_nulls("after"), on=["region", "before"], maintain_order="left")
    return of_rows(told, "employees", "phone")


def cased_name(text: str) -> str:
    """A name with its capitals, if it has none or nothing else.

    >>> cased_name("IŞIK"), cased_name("mehmet ali"), cased_name("McDonald")
    ('Işık', 'Mehmet Ali', 'McDonald')
    """
    if len(text) > 1 and text in (text.upper(), lower(text), lower(text, turkish=True)):
        return title(text, turkish=is_turkish(text))
    return text


def _repaired(text: str) -> str:
    if text.isascii() and "&" not in text:
        return text
    return unicodedata.normalize("NFC", ftfy.fix_text(text, _REPAIR) if _DAMAGED.search(text) else text)


def _or_nothing(after: str | None, rule: str) -> Verdict | None:
    return None if after is None else (after, rule, 0.99)


def _of_kind(tables: Tables, kind: Kind, judge: Callable[[str], Verdict | None]) -> pl.DataFrame:
    return combine(
        judge_values(tables[table.name], table.name, column.name, judge)
        for table in TABLES
        for column in table.of_kind(kind)
    )


def _of_texts(tables: Tables, judge: Callable[[str], Verdict]) -> pl.DataFrame:
    return combine(_of_kind(tables, kind, judge) for kind in _FREE_TEXT)
