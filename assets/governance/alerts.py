"""What makes an alert: the outcome of a check with the sentence that says it, and the rows in question.

Where records that are published would be wrong, the check is blocking and an error; a warning lets the night go on.
"""

import dagster as dg
import polars as pl

from assets.metadata import table

ROWS = 50
"""Rows in question that an alert shows; how many there are is in its sentence."""


def spec(name: str, asset: str, description: str, *, blocking: bool = False) -> dg.AssetCheckSpec:
    """A check of an asset; the description says what holds when it passes."""
    return dg.AssetCheckSpec(name, asset=asset, description=description, blocking=blocking)


def outcome(
    name: str,
    asset: str,
    sentence: str,
    rows: pl.DataFrame,
    *,
    passed: bool,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN,
) -> dg.AssetCheckResult:
    """The outcome of a check, which says what was found whether it passed or not."""
    metadata = {} if rows.is_empty() else {"rows": table(rows.head(ROWS).to_dicts())}
    return dg.AssetCheckResult(
        check_name=name, asset_key=asset, passed=passed, severity=severity, description=sentence, metadata=metadata
    )
