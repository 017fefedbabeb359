"""Which type a value seems to have, told from its shape, and the numbers and days that are written there.

This looks at raw text as people typed it, so `31.02.2020` is a date, only no day; what a cell ought to hold is
`erp.normalise`'s.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from erp.dates import iso_date

TYPES: Final = (
    "blank", "e-mail", "date", "time", "integer", "decimal", "phone", "digits", "code", "symbols", "text",
)  # fmt: skip
"""`digits` are ten or more, grouped or not, which count nothing; a `code` is one word of capitals and digits."""

MASKED: Final = ("e-mail", "phone", "digits")
"""Types whose values belong to somebody in whatever column they stand."""

_WORD: Final = r"[Aax][Aax+.]*"
_AFTER: Final = r"(?:[A ].*)?"
_SHAPES: Final = {
    "blank": r"^(?:[ ␣]\+?)*$",
    "e-mail": r"^[Aax9+._'-]+@[Aax9+.-]+\.[Aax+]+$",
    "date": "|".join(
        (
            rf"^9999[-/.]9{{1,2}}[-/.]9{{1,2}}{_AFTER}$",
            rf"^9{{1,2}}[-/.]9{{1,2}}[-/.](?:9999|99){_AFTER}$",
            rf"^9{{1,2}}\.?[ -]{_WORD},?[ -]9999{_AFTER}$",
            rf"^{_WORD} 9{{1,2}},? 9999{_AFTER}$",
        )
    ),
    "time": "^9{1,2}:99(?::99)?(?: [Aa]+)?$",
    "integer": "^[-+−]?9{1,9}$",
    "decimal": r"^[$€₺₽£]? ?[-+−]?(?:9{1,3}(?:[ ␣,.'’]999)+|9+)(?:[.,]9+)?(?: ?(?:[$€₺₽£]|AAA))?$",
    "phone": r"^\+? ?[-9()./ ␣]+$",
    "digits": r"^9[-9 ./␣]*$",
    "code": r"^(?:A{1,4}|9+)(?:[-_/.]?(?:A{1,4}|9+))*$",
    "symbols": "^[^Aax9]*$",
}
_IDENTIFIER: Final = 10
"""So many digits in one are no quantity, unless a fraction follows."""
_FLOAT: Final = r"^[-+−]?9{1,6}\.9{6,}$"
"""As computers write fractions, to the last digit that they know."""
_PHONE: Final = (7, 15)


def type_of(shape: pl.Expr) -> pl.Expr:
    """The type of shapes, one of `TYPES`."""
    digits = shape.str.count_matches("9")
    fits = {name: shape.str.contains(pattern) for name, pattern in _SHAPES.items()}
    fraction = shape.str.contains(r"[.,]9{1,2}(?:\D*)$") & ~shape.str.contains(r"[.,]9+[.,]9+[.,]")
    fits["decimal"] &= (digits < _IDENTIFIER) | fraction | shape.str.contains(_FLOAT)
    fits["phone"] &= digits.is_between(*_PHONE) & shape.str.contains(r"^\+|\(")
    fits["digits"] &= digits >= _IDENTIFIER
    fits["code"] &= shape.str.contains("A", literal=True)
    return pl.coalesce(*(pl.when(fits[name]).then(pl.lit(name)) for name in TYPES[:-1]), pl.lit(TYPES[-1]))


def numbers(values: pl.Series) -> pl.Series:
    """What integers and decimals say (Float64), null for what is none; separators as `erp.contacts.amount` reads them."""
    plain = values.cast(pl.Float64, strict=False)
    odd = plain.is_null()
    return plain.scatter(odd.arg_true(), _grouped(values.filter(odd))) if odd.any() else plain


def _grouped(values: pl.Series) -> pl.Series:
    plain = pl.col("value").str.replace_all(r"[^\d.,−-]", "").str.replace("−", "-", literal=True)
    comma, point = plain.str.contains(",", literal=True), plain.str.contains(".", literal=True)
    thousands = plain.str.contains(r"^-?\d{1,3}(?:,\d{3})+$")
    several = plain.str.count_matches(".", literal=True) > 1
    no_points = plain.str.replace_all(".", "", literal=True)
    no_commas = plain.str.replace_all(",", "", literal=True)
    decimal_comma = no_points.str.replace(",", ".", literal=True)
    right = (
        pl.when(comma & point)
        .then(pl.when(plain.str.contains(r"\.[^.]*,")).then(decimal_comma).otherwise(no_commas))
        .when(comma)
        .then(pl.when(thousands).then(no_commas).otherwise(decimal_comma))
        .when(several)
        .then(no_points)
        .otherwise(plain)
    )
    return values.to_frame("value").select(right.cast(pl.Float64, strict=False)).to_series()


def days(values: pl.Series, this_year: int) -> pl.Series:
    """The dates that are written there (Date), null for what is no day; day before month, as `erp.dates` reads them."""
    iso = values.str.to_date("%Y-%m-%d", strict=False)
    odd = iso.is_null()
    return iso.scatter(odd.arg_true(), _typed_days(values.filter(odd), this_year)) if odd.any() else iso


def _typed_days(values: pl.Series, this_year: int) -> pl.Series:
    value = pl.col("value")
    year_first = value.str.extract_groups(r"^(?<y>\d{4})\D(?<m>\d{1,2})\D(?<d>\d{1,2})(?:\D|$)")
    day_first = value.str.extract_groups(r"^(?<d>\d{1,2})\D(?<m>\d{1,2})\D(?<y>\d{4}|\d{2})(?:\D|$)")
    day_name = value.str.extract_groups(r"^(?<d>\d{1,2})\.?[ -](?<m>\pL{3})\pL*\.?,?[ -](?<y>\d{4})")
    name_day = value.str.extract_groups(r"^(?<m>\pL{3})\pL*\.? (?<d>\d{1,2}),? (?<y>\d{4})")
    parts = [
        pl.coalesce(*(found.struct.field(name) for found in (year_first, day_first, day_name, name_day))).alias(name)
        for name in ("y", "m", "d")
    ]
    frame = values.to_frame("value").select(parts)
    words = frame["m"].filter(frame["m"].str.contains(r"^\pL")).unique().to_list()
    months = {word: found[5:7] for word in words if (found := iso_date(f"1 {word} 2000", this_year))}
    month = pl.col("m").replace(months).cast(pl.Int32, strict=False)
    year = pl.col("y").cast(pl.Int32, strict=False)
    year = pl.when(pl.col("y").str.len_chars() == 2).then(year + (this_year - year) // 100 * 100).otherwise(year)  # noqa: PLR2004 - digits of a year
    day = pl.col("d").cast(pl.Int32, strict=False)
    swapped = (month > 12) & (day <= 12)  # noqa: PLR2004 - months of a year
    text = pl.format(
        "{}-{}-{}",
        year.cast(pl.String).str.zfill(4),
        pl.when(swapped).then(day).otherwise(month).cast(pl.String).str.zfill(2),
        pl.when(swapped).then(month).otherwise(day).cast(pl.String).str.zfill(2),
    )
    return frame.select(text.str.to_date("%Y-%m-%d", strict=False)).to_series()
