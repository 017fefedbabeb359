"""Fourth stages: cells that contradict other cells of the record, or cannot be.

Dependencies between columns (a position's department, a project's city, a name's sex) are measured in the
records, and the share of the records that agree is the confidence of what is filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import permutations
from typing import Final

import polars as pl

from erp.changes import Tables, combine, look_up, of_rows
from erp.knowledge import Knowledge, given_names
from erp.letters import fold
from erp.names import NameLexicon
from erp.schema import EVENTS, TABLES, Kind

_ODDS: Final = 40.0
"""Names are swapped if that is this many times as likely as that they are not."""
_DOUBT: Final = 10.0
"""With this many times smaller odds it is worth a look."""
_PATRONYMIC: Final = r"(?:ovich|evich|ich|ovna|evna|ichna)$"
_YOUNGEST: Final = 15
_OLDEST: Final = 90
"""Years of age of somebody who works, or did."""
_FOUNDED: Final = "1950-01-01"
"""Nothing in the records happened before."""
_LEAST_SUPPORT: Final = 5


def swapped_names(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """First and family name in each other's columns, by how often each occurs as which; the e-mail decides doubts."""
    frame = (
        tables["employees"]
        .select("row_key", "first_name", "last_name", "email")
        .drop_nulls(["first_name", "last_name"])
    )
    given = NameLexicon.of(frame["first_name"], knowledge.memory, "repair.swapped_names", given_names())
    family = NameLexicon.of(frame["last_name"], knowledge.memory, "repair.swapped_names")

    def votes(column: str, lexicon: NameLexicon) -> pl.Expr:
        counts = {name: float(lexicon.votes(name)) for name in frame[column].unique()}
        return look_up(column, counts, pl.Float64) + 0.5

    as_typed = votes("first_name", given) * votes("last_name", family)
    other_way = votes("first_name", family) * votes("last_name", given)
    plain = {
        name: fold(name).replace(" ", "") for column in ("first_name", "last_name") for name in frame[column].unique()
    }
    first, last = (look_up(column, plain) for column in ("first_name", "last_name"))
    local = pl.col("email").str.split("@").list.first()
    agrees = local.str.starts_with(last + "." + first).fill_null(False)
    denies = local.str.starts_with(first + "." + last).fill_null(False)
    odds = other_way / as_typed
    sure = pl.when(agrees & ~denies).then(0.98).when(denies).then(0.0).when(odds > _ODDS).then(0.92).otherwise(0.5)
    hit = (
        frame.with_columns(confidence=sure)
        .filter((odds > _ODDS / _DOUBT) | (agrees & ~denies))
        .filter(pl.col("confidence") > 0)
    )
    return _exchange(hit, {"first_name": given.form, "last_name": family.form}, "repair.swapped_names")


def swapped_patronymics(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """A patronymic in the column of the family name, and the other way round."""
    frame = tables["employees"].select("row_key", "patronymic", "last_name").drop_nulls()
    hit = frame.filter(pl.col("last_name").str.contains(_PATRONYMIC) & ~pl.col("patronymic").str.contains(_PATRONYMIC))
    middle, family = (
        NameLexicon.of(frame[column], knowledge.memory, "repair.swapped_patronymics")
        for column in ("patronymic", "last_name")
    )
    hit = hit.with_columns(confidence=pl.lit(0.95))
    return _exchange(hit, {"patronymic": middle.form, "last_name": family.form}, "repair.swapped_patronymic")


def _exchange(
    frame: pl.DataFrame,
    forms: Mapping[str, Callable[[str], str]],
    rule: str,
) -> pl.DataFrame:
    """Changes that put the cells of two columns in each other's place, in the spelling of their new column."""
    changes = []
    for target, origin in permutations(forms):
        spelt = {text: forms[target](text) for text in frame[origin].unique()}
        after = look_up(origin, spelt)
        said = frame.select("row_key", "confidence", before=pl.col(target), after=after, rule=pl.lit(rule))
        changes.append(of_rows(said, "employees", target))
    return combine(changes)


def dependent_cells(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """Empty cells that another cell of the record determines."""
    employees, recall = tables["employees"], knowledge.memory.recall
    sites = recall("repair.site", lambda: _sites(tables))
    by_site = employees.filter(pl.col("city").is_null()).join(sites, on="project")
    by_site = by_site.select("row_key", "after", "confidence", before="city", rule=pl.lit("repair.city_of_project"))
    found = [of_rows(by_site, "employees", "city")]
    for target, given, rule in (
        ("department", "position", "repair.department_of_position"),
        ("gender", "first_name", "repair.gender_of_name"),
    ):
        best = recall(f"repair.{target}", partial(_most_frequent, employees, target, given))
        empty = employees.filter(pl.col(target).is_null()).select("row_key", given, before=target)
        said = empty.join(best, on=given).with_columns(rule=pl.lit(rule))
        found.append(of_rows(said, "employees", target))
    return combine(found)


def _sites(tables: Tables) -> pl.DataFrame:
    """`project, after, confidence`: where a project is, and the share of its people who are there."""
    sites = tables["projects"].select(project="code", after="city").drop_nulls().unique("project", maintain_order=True)
    located = tables["employees"].join(sites, on="project", how="left")
    agree = located.select((pl.col("city") == pl.col("after")).mean()).item() or 0.0
    return sites.with_columns(confidence=pl.lit(agree))


def _most_frequent(frame: pl.DataFrame, target: str, given: str) -> pl.DataFrame:
    """`given, after, confidence`: what most records with the same other cell have, and their share."""
    counts = frame.drop_nulls([target, given]).group_by(given, target).agg(n=pl.len())
    return (
        counts.with_columns(total=pl.col("n").sum().over(given))
        .sort("n", target, descending=True)
        .unique(given, keep="first", maintain_order=True)
        .filter(pl.col("total") >= _LEAST_SUPPORT)
        .select(given, after=pl.col(target), confidence=pl.col("n") / pl.col("total"))
    )


def impossible(tables: Tables, knowledge: Knowledge) -> pl.DataFrame:
    """Values that cannot be; the cell is emptied, what stood there goes to quarantine."""
    today = knowledge.today
    young = today.replace(year=today.year - _YOUNGEST, day=min(today.day, 28)).isoformat()
    old = today.replace(year=today.year - _OLDEST, day=min(today.day, 28)).isoformat()
    ahead = today.replace(year=today.year + 1, day=min(today.day, 28)).isoformat()
    birth, hire = _day("birth_date"), _day("hire_date")
    grown = (birth.str.slice(0, 4).cast(pl.Int32, strict=False) + _YOUNGEST) > hire.str.slice(0, 4).cast(
        pl.Int32, strict=False
    )
    found = [
        _empty(tables, "employees", "birth_date", (birth > young) | (birth < old), "repair.impossible_birth"),
        _empty(
            tables,
            "employees",
            "hire_date",
            (hire > ahead) | (hire < _FOUNDED) | (grown & (birth < young)),
            "repair.impossible_hire",
        ),
    ]
    for table in TABLES:
        for column in table.of_kind(Kind.NUMBER):
            wrong = pl.col(column.name).cast(pl.Float64, strict=False) <= 0
            found.append(_empty(tables, table.name, column.name, wrong, "repair.impossible_number"))
        if table.name in EVENTS:
            for column in table.of_kind(Kind.DATE):
                wrong = _day(column.name) < _FOUNDED
                found.append(_empty(tables, table.name, column.name, wrong, "repair.impossible_date"))
    return combine(found)


def _day(column: str) -> pl.Expr:
    """A date in the form that can be compared; what is in no right form is not impossible, only not a date."""
    return pl.when(pl.col(column).str.contains(r"^\d{4}-\d\d-\d\d$")).then(column)


def _empty(tables: Tables, table: str, column: str, wrong: pl.Expr, rule: str) -> pl.DataFrame:
    hit = (
        tables[table]
        .filter(wrong)
        .select("row_key", before=column, after=pl.lit(None, pl.String), rule=pl.lit(rule), confidence=pl.lit(1.0))
    )
    return of_rows(hit, table, column)
