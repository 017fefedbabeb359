"""The source's rows, copied as they are, and the alerts about the source."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg
import polars as pl

from assets.explain import explained
from assets.freshness import NIGHTLY
from assets.governance.alerts import outcome, spec
from assets.governance.columns import copied_columns
from assets.governance.night import open_night
from assets.governance.source import source_url
from assets.metadata import FIGURES, bullets, table
from assets.needs import Installation, Store

if TYPE_CHECKING:
    from erp.sync import SyncResult

ASSET = "raw_records"

_FEW = 3
"""Names in the sentence of an alert; the rows in question have all."""


@dg.asset(
    group_name="governance",
    kinds={"postgres"},
    deps=["erp_source"],
    freshness_policy=NIGHTLY,
    check_specs=[
        spec(
            "source_schema_as_expected",
            ASSET,
            "The source has the columns and types that it had. A table that lost a column is left as it was.",
        ),
        spec(
            "source_and_target_agree",
            ASSET,
            "Counts and checksums over the source's rows are those of the copied rows.",
            blocking=True,
        ),
        spec("every_line_read", ASSET, "Every line of the source's files could be read."),
    ],
)
def raw_records(
    context: dg.AssetExecutionContext,
    installation: dg.ResourceParam[Installation],
    database: dg.ResourceParam[Store],
) -> dg.MaterializeResult:
    """The source's rows, copied as they are into `raw`: new, changed and deleted ones only."""
    from erp.pipeline import sync

    with explained():
        run_id = open_night(context, installation, database.engine)
        result = sync(
            database.engine,
            run_id,
            source_url(installation),
            installation.source_options,
            progress=context.log.info,
        )
    figures = {
        "run": run_id,
        "tables": len(result.tables),
        "rows": result.inserted + result.updated + result.unchanged,
        **{name: getattr(result, name) for name in ("inserted", "updated", "deleted", "unchanged")},
    }
    return dg.MaterializeResult(
        metadata={
            **figures,
            "by_table": table(dataclasses.asdict(counts) for counts in result.tables),
            **({"notes": bullets(result.notes)} if result.notes else {}),
            FIGURES: dg.MetadataValue.json(figures),
            **copied_columns("erp_source"),
        },
        check_results=list(_checks(result)),
    )


def _checks(result: "SyncResult") -> Iterator[dg.AssetCheckResult]:
    lost = [f"{one.table}.{one.column}" for one in result.drift if one.kind == "missing"]
    other = [f"{one.table}.{one.column}" for one in result.drift if one.kind != "missing"]
    differing = _named(
        "After all rows were compared there still differ: ",
        [f"{one.what} in {one.table} ({one.source:,} there, {one.target:,} here)" for one in result.differences],
    )
    rejected = _named("", [f"{one.file} line {one.line}: {one.reason}" for one in result.rejected], between="; ")
    yield outcome(
        "source_schema_as_expected",
        ASSET,
        " ".join([*_named("Missing: ", lost), *_named("New or of another type: ", other)])
        if result.drift
        else "The source has the columns and types that it had.",
        _frame(result.drift),
        passed=not result.drift,
        severity=dg.AssetCheckSeverity.ERROR if lost else dg.AssetCheckSeverity.WARN,
    )
    yield outcome(
        "source_and_target_agree",
        ASSET,
        f"{differing[0]} Nothing is cleaned from such a copy. Run it again when nobody writes to the source; what differs "
        "even then is no text there, bytes or the character NUL, and is to be mended in the source."
        if differing
        else "Counts and checksums agree.",
        _frame(result.differences),
        passed=not result.differences,
        severity=dg.AssetCheckSeverity.ERROR,
    )
    yield outcome(
        "every_line_read",
        ASSET,
        f"{len(result.rejected)} line{'s' if len(result.rejected) > 1 else ''} could not be read. {rejected[0]} The other lines of their files are taken, and "
        "nothing of these tables is taken for deleted."
        if rejected
        else "Every line was read.",
        _frame(result.rejected),
        passed=not result.rejected,
    )


def _named(start: str, names: list[str], between: str = ", ") -> list[str]:
    """A sentence that names the first few, if there are any."""
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return [f"{start}{between.join(names[:_FEW])}{more}."] if names else []


def _frame(found: Iterable[Any]) -> pl.DataFrame:
    """What was found as rows: a column for each of its parts."""
    return pl.DataFrame(
        [{name: getattr(one, name) for name in one.__match_args__} for one in found], infer_schema_length=None
    )
