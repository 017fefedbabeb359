"""The shape and the letters of values: `Aa+ 99.99.9999`, and whether they are Latin, Cyrillic or both.

All characters of many values are looked up at once, in one table of those that occur, so that millions of different
values cost seconds. What a shape means is `types`'.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

LATIN, CYRILLIC, OTHER, TURKISH = 1, 2, 4, 8
"""Bits of the column `letters`; `OTHER` are letters of further scripts."""

LONGEST: Final = 200
"""Characters of a value that are looked at."""

_BATCH: Final = 50_000
_PLANE: Final = 0x10000
_END: Final = "\0"
"""Between values; PostgreSQL has no such character in text."""
_RUNS: Final = {"a": 1, "x": 1, "A": 4, "9": LONGEST, _END: np.iinfo(np.int64).max}
_RUN: Final = 4
"""The longest runs that are written out; longer ones are `a+`."""
_SIGNS: Final = {
    "Lu": "A",
    "Lt": "A",
    "Ll": "a",
    "Lm": "x",
    "Lo": "x",
    "Nd": "9",
    "Nl": "9",
    "No": "9",
    "Mn": "x",
    "Mc": "x",
}
_HIDDEN: Final = {"Cc": "�", "Cf": "�", "Cs": "�", "Co": "�", "Cn": "�", "Zs": "␣", "Zl": "␣", "Zp": "␣", "Me": "x"}

_Codes: TypeAlias = npt.NDArray[np.uint32]
_Bits: TypeAlias = npt.NDArray[np.uint8]


class _Alphabet(NamedTuple):
    """By code point: what stands for it in a shape, its letter bits, and how long its runs are written out."""

    sign: _Codes
    letters: _Bits
    run: npt.NDArray[np.int64]


def describe(values: pl.Series) -> pl.DataFrame:
    """One row a value, in order: `shape` (text) and `letters` (bits of `LATIN`, `CYRILLIC`, `OTHER`, `TURKISH`).

    In a shape `A` is a capital, `a` a small letter, `x` a letter without case, `9` a digit; other characters stand
    for themselves, unusual white space is `␣`, and what cannot be seen or is beyond the basic plane `�`. A run too long to be told is `a+`.

    Args:
        values: text without nulls; only the first `LONGEST` characters count.
    """
    frames = [_described(part) for part in values.str.slice(0, LONGEST).to_frame("value").iter_slices(_BATCH)]
    return pl.concat([pl.DataFrame(schema={"shape": pl.String, "letters": pl.UInt8}), *frames])


def _described(part: pl.DataFrame) -> pl.DataFrame:
    values = part["value"].to_list()
    if not values:
        return pl.DataFrame(schema={"shape": pl.String, "letters": pl.UInt8})
    text = _END.join(values) + _END
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le"), dtype="<u4"), _PLANE - 1)
    alphabet = _alphabet(np.flatnonzero(np.bincount(codes, minlength=_PLANE)))
    ends = np.flatnonzero(codes == 0)
    starts = np.concatenate([[0], ends[:-1] + 1])
    letters = np.bitwise_or.reduceat(alphabet.letters[codes], starts)
    shapes = _shortened(alphabet.sign[codes], alphabet.run).tobytes().decode("utf-32-le").split(_END)[:-1]
    return pl.DataFrame({"shape": shapes, "letters": letters}, schema={"shape": pl.String, "letters": pl.UInt8})


def _shortened(signs: _Codes, longest: npt.NDArray[np.int64]) -> _Codes:
    """Runs of equal signs that are longer than they may be, as one sign and a plus."""
    starts = np.flatnonzero(np.concatenate([[True], signs[1:] != signs[:-1]]))
    lengths = np.diff(np.append(starts, len(signs)))
    runs = signs[starts]
    long = lengths > longest[np.minimum(runs, _PLANE - 1)]
    written = np.where(long, 2, lengths)
    result = np.repeat(runs, written)
    result[(np.cumsum(written) - 1)[long]] = ord("+")
    return result


def _alphabet(points: npt.NDArray[np.int64]) -> _Alphabet:
    """The table of some characters of the basic plane; those beyond it count as its last one, which is none."""
    sign = np.full(_PLANE, ord("�"), dtype=np.uint32)
    sign[points] = [_sign(chr(point)) for point in points]
    characters = pl.Series("character", list(map(chr, points)), dtype=pl.String)
    scripts = pl.select(
        latin=characters.str.contains(r"^\p{Latin}$"),
        cyrillic=characters.str.contains(r"^\p{Cyrillic}$"),
        letter=characters.str.contains(r"^\p{L}$"),
        turkish=characters.str.contains("^[çğıöşüÇĞİÖŞÜ]$"),
    )
    bits = scripts.select(
        pl.col("latin").cast(pl.UInt8) * LATIN
        + pl.col("cyrillic").cast(pl.UInt8) * CYRILLIC
        + (pl.col("letter") & ~pl.col("latin") & ~pl.col("cyrillic")).cast(pl.UInt8) * OTHER
        + pl.col("turkish").cast(pl.UInt8) * TURKISH
    ).to_series()
    letters = np.zeros(_PLANE, dtype=np.uint8)
    letters[points] = bits.to_numpy()
    run = np.full(_PLANE, _RUN, dtype=np.int64)
    for character, longest in _RUNS.items():
        run[ord(character)] = longest
    return _Alphabet(sign, letters, run)


def _sign(character: str) -> int:
    """The code point of what stands for a character in a shape."""
    category = unicodedata.category(character)
    hidden = None if character in {" ", _END} else _HIDDEN.get(category)
    return ord(_SIGNS.get(category) or hidden or character)
