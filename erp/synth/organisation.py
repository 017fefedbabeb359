"""The company behind the demonstration: its reference tables, and who sits where on which project.

Everything here is right and in canonical English; how it is typed is `typing_up`'s.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from erp.vocabulary import read_data

TODAY: Final = np.datetime64("2026-06-30", "D")
"""The last day of the company's records, fixed so that a seed always makes the same company."""

_ON_SITE: Final = 0.9
"""Share of the employees that sit in the city of their project, where the city has one."""

_NO_PROJECT: Final = 0.6
"""Share of the employees without a project in cities that have none."""


def reference_tables() -> dict[str, pl.DataFrame]:
    """Locations, departments, positions and projects, one row each."""
    projects = read_data("projects.csv")
    return {
        "locations": read_data("cities.csv").select(
            pl.int_range(1, pl.len() + 1).alias("location_id"), city="value", country="country"
        ),
        "departments": read_data("departments.csv").select(
            pl.int_range(1, pl.len() + 1).alias("department_id"), name="value", code="code"
        ),
        "positions": read_data("positions.csv").select(
            pl.int_range(1, pl.len() + 1).alias("position_id"), title="value", family="family", level="level"
        ),
        "projects": projects.select(
            pl.int_range(1, pl.len() + 1).alias("project_id"),
            code="code",
            name="value",
            city="city",
            status="status",
            start_date="start_date",
            end_date="end_date",
            budget_usd=pl.col("budget_usd") + ".00",
        ),
    }


def postings(count: int, rng: np.random.Generator) -> pl.DataFrame:
    """Where people work: `city, country, language, position, department, project, level`, one row a person."""
    cities, positions = read_data("cities.csv"), read_data("positions.csv")
    weight = cities["weight"].cast(pl.Float64).to_numpy()
    city = rng.choice(len(cities), count, p=weight / weight.sum())
    weight = positions["weight"].cast(pl.Float64).to_numpy()
    position = rng.choice(len(positions), count, p=weight / weight.sum())
    frame = pl.DataFrame(
        {
            "city": cities["value"].gather(city),
            "country": cities["country"].gather(city),
            "position": positions["value"].gather(position),
            "department": positions["department"].gather(position),
            "level": positions["level"].gather(position),
        }
    )
    countries = read_data("countries.csv").select(
        country="value", language="language", mobile="mobile", digits="digits"
    )
    frame = frame.join(countries, on="country", how="left", maintain_order="left")
    return frame.with_columns(project=_projects(frame["city"], rng))


def _projects(city: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A project of one's own city mostly; elsewhere any, or none in an office without projects."""
    projects = read_data("projects.csv")
    local = projects.group_by("city", maintain_order=True).agg(codes="code")
    frame = pl.DataFrame(
        {"city": city, "pick": rng.random(len(city)), "any": rng.integers(0, len(projects), len(city))}
    )
    frame = frame.join(local, on="city", how="left", maintain_order="left")
    own = pl.col("codes").list.get(
        (pl.col("pick") / _ON_SITE * pl.col("codes").list.len()).cast(pl.Int64), null_on_oob=True
    )
    anywhere = pl.Series("anywhere", projects["code"].gather(frame["any"]))
    frame = frame.with_columns(anywhere)
    elsewhere = pl.when(pl.col("codes").is_null() & (pl.col("pick") < _NO_PROJECT)).then(None).otherwise("anywhere")
    return frame.select(
        pl.when(pl.col("pick") < _ON_SITE).then(pl.coalesce(own, elsewhere)).otherwise("anywhere")
    ).to_series()


def events(employees: pl.DataFrame, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Contracts, salaries, leave and training of the employees, as clean text."""
    courses = read_data("choices.csv").filter(pl.col("column") == "training.course")["value"]
    contracts = _of_each(employees, rng, 1, 0.15)
    salaries = _of_each(employees, rng, 1, 0.5)
    leave = _of_each(employees, rng, 0, 1.0)
    training = _of_each(employees, rng, 0, 0.8)
    kinds = pl.Series(["permanent", "fixed term", "project", "internship"])
    leaves = pl.Series(["annual", "sick", "parental", "unpaid"])
    base = {"junior": 1100, "worker": 1300, "specialist": 2400, "senior": 3400, "manager": 5200, "director": 9000}
    kind = kinds.gather(rng.choice(4, len(contracts), p=[0.45, 0.25, 0.27, 0.03]))
    amount = salaries["level"].replace_strict(base, return_dtype=pl.Float64) * rng.lognormal(0, 0.2, len(salaries))
    end = pl.when(kind != "permanent").then(
        pl.col("since") + pl.duration(days=pl.lit(pl.Series(rng.integers(180, 1500, len(contracts)))))
    )
    return {
        "contracts": _number(contracts, "contract_id", contract_type=kind, start_date=pl.col("since"), end_date=end),
        "salaries": _number(salaries, "salary_id", effective_date=pl.col("since"), monthly_usd=amount.round(2)),
        "leave": _number(
            leave,
            "leave_id",
            leave_type=leaves.gather(rng.choice(4, len(leave), p=[0.7, 0.2, 0.05, 0.05])),
            start_date=pl.col("since"),
            days=pl.Series(rng.integers(1, 22, len(leave))),
        ),
        "training": _number(
            training,
            "training_id",
            course=courses.gather(rng.integers(0, len(courses), len(training))),
            completed_on=pl.col("since"),
            hours=pl.Series(rng.choice([4, 8, 16, 24, 40], len(training))),
        ),
    }


def _of_each(employees: pl.DataFrame, rng: np.random.Generator, least: int, more: float) -> pl.DataFrame:
    """Some rows for every employee, dated between the hire and today; the first of `least` on the hire."""
    counts = least + rng.poisson(more, len(employees))
    rows = np.repeat(np.arange(len(employees)), counts)
    first = np.concatenate([[True], rows[1:] != rows[:-1]]) if len(rows) else np.zeros(0, bool)
    hire = employees["hire_date"].to_numpy()[rows].astype("datetime64[D]")
    share = rng.random(len(rows)) * ~(first & bool(least))
    since = hire + ((TODAY - hire).astype(int) * share).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            "employee_id": employees["employee_id"].gather(rows),
            "level": employees["level"].gather(rows),
            "language": employees["language"].gather(rows),
            "since": pl.Series(since).cast(pl.Date),
        }
    )


def _number(frame: pl.DataFrame, key: str, **columns: pl.Series | pl.Expr) -> pl.DataFrame:
    named = [column if isinstance(column, pl.Expr) else pl.lit(column) for column in columns.values()]
    values = [column.cast(pl.String).alias(name) for name, column in zip(columns, named, strict=True)]
    return frame.select(
        pl.int_range(1, pl.len() + 1).alias(key), pl.col("employee_id").cast(pl.String), "language", *values
    )
