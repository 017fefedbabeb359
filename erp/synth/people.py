"""The employees of the demonstration company, right and in canonical form, and the records that repeat one.

Columns that start with `_` carry what typing up needs (other scripts, the language of the office) and are
not part of any table.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from erp.letters import fold
from erp.synth import names
from erp.synth.organisation import TODAY, postings
from erp.synth.rates import rates

# Where an office is, to what share its people have Turkish, Russian and other names.
_ORIGINS: Final = {"tr": (0.92, 0.04, 0.04), "ru": (0.30, 0.67, 0.03), "en": (0.30, 0.15, 0.55)}
_DAY: Final = np.timedelta64(1, "D")


def make_people(count: int, rng: np.random.Generator) -> pl.DataFrame:
    """That many different persons, one row each, with a running `_person`."""
    frame = postings(count, rng).rename({"language": "_language"})
    origin = np.zeros(count, int)
    draw = rng.random(count)
    for language, shares in _ORIGINS.items():
        here = (frame["_language"] == language).to_numpy()
        origin[here] = np.searchsorted(np.cumsum(shares)[:2], draw[here], side="right")
    female = rng.random(count) < np.where(
        frame["department"].is_in(["Construction", "Equipment"]).to_numpy(), 0.07, 0.38
    )
    frame = frame.with_columns(
        pl.Series("_person", np.arange(count)),
        pl.Series("_culture", np.array(names.CULTURES)[origin]),
        gender=pl.Series(np.where(female, "F", "M")),
    )
    frame = _name(frame, rng)
    frame = _dates(frame, rng)
    status = np.array(["active", "on leave", "left"])[rng.choice(3, count, p=[0.78, 0.05, 0.17])]
    frame = frame.with_columns(status=pl.Series(status), phone=_phones(frame, rng), national_id=_ids(frame, rng))
    return _emails(frame)


def repeat_some(people: pl.DataFrame, count: int, rng: np.random.Generator) -> pl.DataFrame:
    """Records of persons who are there already, re-typed later: some facts have drifted.

    People move, change posts, phones and (some women, on marriage) family names; a birth date is misread by a day.
    """
    drift = rates()["drift"]
    chosen = people[rng.integers(0, len(people), count)]
    other = people[rng.integers(0, len(people), count)]
    moved, transferred, changed = (
        rng.random(count) < share for share in (drift["moved"], drift["transferred"], drift["phone"])
    )
    hired = np.minimum(
        chosen["hire_date"].to_numpy().astype("datetime64[D]") + rng.integers(200, 2500, count) * _DAY, TODAY
    )
    drifts = (
        (moved, ("city", "country", "_language", "project")),
        (transferred, ("position", "department", "level")),
        (changed, ("phone",)),
    )
    frame = chosen.hstack(other.select(pl.all().name.prefix("other_")))
    taken = {
        name: pl.when(pl.lit(pl.Series(where))).then(f"other_{name}").otherwise(name)
        for where, columns in drifts
        for name in columns
    }
    forgotten = {
        name: pl.when(pl.lit(pl.Series(rng.random(count) >= share))).then(name)
        for name, share in (("national_id", drift["no_national_id"]), ("email", drift["no_email"]))
    }
    frame = frame.with_columns(**taken, **forgotten, hire_date=pl.Series(hired).cast(pl.Date), status=pl.lit("active"))
    mistaken = pl.lit(pl.Series(rng.random(count) < drift["birth_date"]))
    birth = pl.col("birth_date").dt.offset_by("1d")
    married = (
        pl.lit(pl.Series(rng.random(count) < drift["married"]))
        & (pl.col("gender") == "F")
        & (pl.col("_culture") == pl.col("other__culture"))
        & (pl.col("other_gender") == "F")
    )
    surname = ("last_name", "_last_name_cyrillic", "_last_name_other")
    frame = frame.with_columns(
        birth_date=pl.when(mistaken).then(birth).otherwise("birth_date"),
        **{name: pl.when(married).then(f"other_{name}").otherwise(name) for name in surname},
    )
    return frame.select(chosen.columns)


def _name(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Name columns in the standard, in Cyrillic and in another transliteration."""
    count = len(frame)
    scheme = rng.integers(0, 3, count)
    draw = {
        part: rng.random(count) ** 1.5 for part in ("first_name", "last_name", "patronymic")
    }  # some names are common
    frame = frame.with_row_index("_row")
    parts = []
    for (culture, gender), rows in frame.group_by("_culture", "gender", maintain_order=True):
        index = rows["_row"].to_numpy()
        lists = {
            "first_name": names.given(str(culture), str(gender)),
            "last_name": names.family(str(culture), str(gender)),
        }
        if culture == "ru":
            lists["patronymic"] = names.patronymics(str(gender))
        columns = {}
        for part, listed in lists.items():
            pick = (draw[part][index] * len(listed.latin)).astype(int)
            others = np.stack([other.gather(pick).to_numpy() for other in listed.other])
            columns[part] = listed.latin.gather(pick)
            columns[f"_{part}_cyrillic"] = listed.cyrillic.gather(pick)
            columns[f"_{part}_other"] = pl.Series(others[scheme[index], np.arange(len(index))])
        parts.append(rows.with_columns(**columns))
    return pl.concat(parts, how="diagonal").sort("_row").drop("_row")


def _dates(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    count = len(frame)
    birth = np.datetime64("1960-01-01") + rng.integers(0, 365 * 46, count) * _DAY
    grown = np.maximum(birth + np.timedelta64(18 * 366, "D"), np.datetime64("2008-01-01"))
    hire = grown + ((TODAY - grown).astype(int) * rng.random(count)).astype("timedelta64[D]")
    return frame.with_columns(birth_date=pl.Series(birth).cast(pl.Date), hire_date=pl.Series(hire).cast(pl.Date))


def _phones(frame: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """Mobile numbers of the office's country, E.164."""
    number = pl.Series(rng.integers(0, 10**8, len(frame))).cast(pl.String).str.zfill(8)
    return frame.select(pl.col("mobile") + number.str.tail(frame["digits"].cast(pl.Int64))).to_series()


def _ids(frame: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """Eleven digits, as the Turkish identity number and the Russian SNILS have."""
    return pl.Series(rng.integers(10**10, 10**11, len(frame))).cast(pl.String)


def _emails(frame: pl.DataFrame) -> pl.DataFrame:
    """first.last@country's domain, numbered where several share it."""
    plain = {name: fold(name).replace(" ", "") for part in ("first_name", "last_name") for name in frame[part].unique()}
    local = pl.concat_str(
        pl.col("first_name").replace_strict(plain), pl.lit("."), pl.col("last_name").replace_strict(plain)
    )
    frame = frame.with_columns(_local=local)
    number = pl.int_range(pl.len()).over("_local")
    domain = pl.col("_language").replace_strict(
        {"tr": "@millgroup.com.tr", "ru": "@millgroup.ru", "en": "@millgroup.com"}
    )
    address = pl.col("_local") + pl.when(number > 0).then(number.cast(pl.String)).otherwise(pl.lit("")) + domain
    return frame.with_columns(email=address).drop("_local")
