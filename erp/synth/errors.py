"""Accidents of typing, each a function of a column of right cells; which cells they hit is `typing_up`'s.

Kinds (the rates are in `data/errors.toml`):

=================  =====================================================================
spelling           a letter left out, doubled, swapped with its neighbour, or replaced
marks              Turkish letters without their marks: İnşaat becomes Insaat
homoglyph          one letter replaced by its look-alike of the other script
case               all capitals, or all small
transliteration    the label in the letters of another script, or another romanisation
language           another language than canonical English (the habit of most offices)
script             a name in Cyrillic (the habit of offices that work in Russian)
unlisted           a word that the company's dictionary lacks
swapped            parts of a name in each other's columns
date_format, phone_format, id_format   right, but written in another of the usual ways
impossible         a value that cannot be: born in the next century, a negative salary
missing            nothing typed
=================  =====================================================================
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from erp.letters import lower

_LATIN: Final = pl.Series(list("abcdefghiklmnoprstuvyz"))
_CYRILLIC: Final = pl.Series(list("абвгдежзиклмнопрстуфхцчшюя"))
_ALIKE: Final = dict(zip("aeocpxаеосрх", "аеосрхaeocpx", strict=True))
_MARKS: Final = dict(zip("çğıöşüÇĞİÖŞÜ", "cgiosuCGIOSU", strict=True))
_SHORTEST: Final = 4
"""Letters of a word in which a slip still leaves something to recognise."""
_CAPS_LOCK: Final = 0.6
"""Share of the wrong cases that are all capitals."""
_MONTHS: Final = {
    "tr": [
        "Ocak",
        "Şubat",
        "Mart",
        "Nisan",
        "Mayıs",
        "Haziran",
        "Temmuz",
        "Ağustos",
        "Eylül",
        "Ekim",
        "Kasım",
        "Aralık",
    ],
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def spelling(text: pl.Series, rng: np.random.Generator) -> pl.Series:
    """One slip of the finger after the first letter; texts of fewer than four letters stay."""
    length = text.str.len_chars()
    at = 1 + (rng.random(len(text)) * (length - 2).clip(1).to_numpy()).astype(int)
    cyrillic = text.str.contains("[а-яА-Я]")
    frame = pl.DataFrame(
        {
            "t": text,
            "at": at,
            "slip": rng.integers(0, 4, len(text)),
            "letter": pl.select(
                pl.when(cyrillic)
                .then(_CYRILLIC.gather(rng.integers(0, len(_CYRILLIC), len(text))))
                .otherwise(_LATIN.gather(rng.integers(0, len(_LATIN), len(text))))
            ).to_series(),
        }
    )
    head, here = pl.col("t").str.slice(0, pl.col("at")), pl.col("t").str.slice(pl.col("at"), 1)
    after, rest = pl.col("t").str.slice(pl.col("at") + 1, 1), pl.col("t").str.slice(pl.col("at") + 2)
    slips = (head + after + rest, head + here + here + after + rest, head + after + here + rest)
    typed = _one_of("slip", *slips, head + pl.col("letter") + after + rest)
    return frame.select(pl.when(pl.col("t").str.len_chars() >= _SHORTEST).then(typed).otherwise("t")).to_series()


def _one_of(which: str, *ways: pl.Expr) -> pl.Expr:
    """The expression whose number the column holds."""
    chosen = ways[-1]
    for number, way in enumerate(ways[:-1]):
        chosen = pl.when(pl.col(which) == number).then(way).otherwise(chosen)
    return chosen


def marks(text: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """Turkish letters on a keyboard that lacks them."""
    return text.str.replace_many(list(_MARKS), list(_MARKS.values()))


def homoglyph(text: pl.Series, rng: np.random.Generator) -> pl.Series:
    """One letter from the other keyboard layout; short words that could be either script stay."""
    share = rng.random(len(text))
    typed = [_with_homoglyph(word, place) for word, place in zip(text, share, strict=True)]
    return pl.Series(typed, dtype=pl.String)


def _with_homoglyph(word: str, place: float) -> str:
    places = [index for index, letter in enumerate(word) if letter in _ALIKE]
    if len(word) <= _SHORTEST or not places:
        return word
    at = places[int(place * len(places))]
    return word[:at] + _ALIKE[word[at]] + word[at + 1 :]


def case(text: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Caps lock, or no shift; Turkish words keep their dotted and dotless letters."""
    turkish = text.str.contains("[çğıöşüÇĞİÖŞÜ]")
    frame = pl.DataFrame({"t": text, "up": rng.random(len(text)) < _CAPS_LOCK, "turkish": turkish})
    capitals = pl.when("turkish").then(pl.col("t").str.replace_all("i", "İ", literal=True)).otherwise("t")
    small = {
        value: lower(value, turkish=is_turkish)
        for value, is_turkish in frame.select("t", "turkish").iter_rows()
        if value
    }
    return frame.select(
        pl.when("up").then(capitals.str.to_uppercase()).otherwise(pl.col("t").replace(small))
    ).to_series()


def missing(text: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """Nothing."""
    return pl.Series([None] * len(text), dtype=text.dtype)


def date_format(text: pl.Series, language: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An ISO date in one of the ways people write dates; day before month everywhere."""
    frame = pl.DataFrame(
        {"t": text, "language": language, "way": rng.choice(5, len(text), p=[0.5, 0.15, 0.1, 0.1, 0.15])}
    )
    year, month, day = pl.col("t").str.slice(0, 4), pl.col("t").str.slice(5, 2), pl.col("t").str.slice(8, 2)
    plain = day.cast(pl.Int64, strict=False).cast(pl.String)
    named = pl.lit(None, dtype=pl.String)
    for code, months in _MONTHS.items():
        name = month.replace({f"{index:02}": word for index, word in enumerate(months, 1)})
        order = name + " " + plain + ", " + year if code == "en" else plain + " " + name + " " + year
        named = pl.when(pl.col("language") == code).then(order).otherwise(named)
    numeric = (pl.concat_str(day, month, year, separator=sign) for sign in "./-")
    return frame.select(_one_of("way", *numeric, pl.concat_str(year, month, day, separator="/"), named)).to_series()


def phone_format(text: pl.Series, language: pl.Series, rng: np.random.Generator) -> pl.Series:
    """An E.164 number with spaces, brackets, 00 for the plus, or as one dials it inside the country."""
    frame = pl.DataFrame({"t": text, "language": language, "way": rng.integers(0, 4, len(text))})
    digits = pl.col("t").str.slice(1)
    spaced = (
        "+"
        + digits.str.slice(0, 2)
        + " "
        + digits.str.slice(2, 3)
        + " "
        + digits.str.slice(5, 3)
        + " "
        + digits.str.slice(8)
    )
    national = (
        pl.when(pl.col("t").str.starts_with("+90"))
        .then("0(" + digits.str.slice(2, 3) + ") " + digits.str.slice(5, 3) + "-" + digits.str.slice(8))
        .when(pl.col("t").str.starts_with("+7"))
        .then(
            "8 ("
            + digits.str.slice(1, 3)
            + ") "
            + digits.str.slice(4, 3)
            + "-"
            + digits.str.slice(7, 2)
            + "-"
            + digits.str.slice(9)
        )
        .otherwise("00" + digits)
    )
    return frame.select(_one_of("way", spaced, "00" + digits, national, digits)).to_series()


def id_format(text: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """Eleven digits grouped as on the Russian card."""
    part = [text.str.slice(start, 3) for start in (0, 3, 6, 9)]
    return part[0] + "-" + part[1] + "-" + part[2] + " " + part[3]


def email_slip(text: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A comma for the dot, or the sign in words."""
    comma = text.str.replace(r"\.(ru|com)", ",$1")
    words = text.str.replace("@", " (at) ", literal=True)
    return pl.select(pl.when(pl.Series(rng.integers(0, 2, len(text)) == 0)).then(comma).otherwise(words)).to_series()


def next_century(text: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """A date a hundred years later."""
    year = text.str.slice(0, 4).cast(pl.Int64) + 100
    return year.cast(pl.String) + text.str.slice(4)


def negative(text: pl.Series, _rng: np.random.Generator) -> pl.Series:
    """A number with a minus before it."""
    return "-" + text
