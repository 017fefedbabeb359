"""Names of people in two scripts and several transliterations, as lists that rows take from by index.

All work on letters happens here on a few thousand names, so that making people is a matter of gathers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import polars as pl

from erp.letters import is_cyrillic, romanise

CULTURES: Final = ("tr", "ru", "en")
GENDERS: Final = ("M", "F")

# Other habits of writing Russian in Latin letters: ICAO 9303, ISO 9 without marks, and the informal one.
_SCHEMES: Final = (
    {"й": "i", "ю": "iu", "я": "ia", "ъ": "ie"},
    {"й": "j", "ю": "ju", "я": "ja", "х": "h", "ц": "c"},
    {"ий": "y", "кс": "x", "х": "h", "ё": "yo", "е": "e"},
)
# Practical transcription of Turkish into Cyrillic; longer groups first.
_TO_CYRILLIC: Final = {
    **dict(zip(("ya", "yu", "yü", "yo", "yö", "ye"), "яююёёе", strict=True)),
    "sh": "ш",
    "ch": "ч",
    "kh": "х",
    "ck": "к",
    "th": "т",
    "ph": "ф",
    "x": "кс",
    "c": "дж",
    **dict(zip("abçdefgğhıijklmnoöpqrsştuüvwyzâ", "абчдефггхыижклмноёпкрсштуювийза", strict=True)),
    "y": "й",
}


@dataclass(frozen=True)
class Names:
    """Parallel lists: one name in each way to write it."""

    latin: pl.Series
    """As the company's standard has it."""
    cyrillic: pl.Series
    other: tuple[pl.Series, ...]
    """Other transliterations; the same as `latin` where there is only one."""


@cache
def given(culture: str, gender: str) -> Names:
    """Given names."""
    return _names(_first_names()[culture]["male" if gender == "M" else "female"])


@cache
def family(culture: str, gender: str) -> Names:
    """Family names, in Russian with the ending of the sex."""
    listed = _surnames()[culture]
    names: list[str] = list(listed["names"])
    if culture == "tr":
        names += [head + tail for head in listed["heads"] for tail in listed["tails"]]
    if culture == "ru" and gender == "F":
        names = [_feminine(name) for name in names]
    return _names(list(dict.fromkeys(names)))


@cache
def patronymics(gender: str) -> Names:
    """Names after the father, for Russian names."""
    fathers = [name for name in _first_names()["ru"]["male"] if name[-1] not in "аяь"]
    return _names([_patronymic(father, gender) for father in fathers])


def to_cyrillic(text: str) -> str:
    """Write a Turkish or English word in Cyrillic letters as it sounds."""
    source, written = text.replace("I", "ı").replace("İ", "i").lower(), ""
    while source:
        group = next((group for group in _TO_CYRILLIC if source.startswith(group)), source[0])
        written += _TO_CYRILLIC.get(group, group)
        source = source[len(group) :]
    return " ".join(word[:1].upper() + word[1:] for word in written.split(" "))


def other_latin(cyrillic: str) -> tuple[str, ...]:
    """A Russian word in three other transliterations."""
    written = []
    for scheme in _SCHEMES:
        text = cyrillic
        for letter, latin in scheme.items():
            text = text.replace(letter, latin).replace(letter.upper(), latin.capitalize())
        written.append(romanise(text))
    return tuple(written)


def _names(names: Sequence[str]) -> Names:
    latin = [romanise(name) for name in names]
    cyrillic = [name if is_cyrillic(name) else to_cyrillic(name) for name in names]
    other = [other_latin(name) if is_cyrillic(name) else (name,) * len(_SCHEMES) for name in names]
    return Names(pl.Series(latin), pl.Series(cyrillic), tuple(pl.Series(column) for column in zip(*other, strict=True)))


def _feminine(name: str) -> str:
    if name.endswith("ий"):
        return name[:-2] + "ая"
    return name + "а" if name.endswith(("в", "н")) else name


def _patronymic(father: str, gender: str) -> str:
    if father.endswith("ий"):
        stem, soft = father[:-2] + "ь", True
    elif father.endswith("й"):
        stem, soft = father[:-1], True
    else:
        stem, soft = father, False
    if gender == "M":
        return stem + ("евич" if soft else "ович")
    return stem + ("евна" if soft else "овна")


@cache
def _first_names() -> dict[str, Any]:
    return tomllib.loads(resources.files("erp").joinpath("data/first_names.toml").read_text("utf-8"))


@cache
def _surnames() -> dict[str, Any]:
    return tomllib.loads(resources.files("erp.synth").joinpath("data/surnames.toml").read_text("utf-8"))
