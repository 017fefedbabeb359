"""How the columns and cells of a result are called in the asker's language: what people read, not what programs compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nl2sql.catalog import Catalog
from nl2sql.execute import Result
from nl2sql.language import Language
from nl2sql.lineage import Output
from nl2sql.phrases import phrase
from nl2sql.values import Values


def titles(result: Result, outputs: Sequence[Output], catalog: Catalog, language: Language) -> tuple[str, ...]:
    """Names of the result's columns; what is not known of is called as in the statement."""
    return tuple(
        _title(output, catalog, language) or name.replace("_", " ")
        for name, output in zip(result.columns, _padded(outputs, result), strict=True)
    )


def spoken(result: Result, outputs: Sequence[Output], catalog: Catalog, values: Values, language: Language) -> Result:
    """The result with its canonical values, which are English, in the asker's language."""
    if language == "en":
        return result
    domains = [
        catalog.root(output.path) if output.path is not None and output.function is None else None
        for output in _padded(outputs, result)
    ]
    rows = [
        tuple(
            values.name(domain, cell, language) if domain is not None and isinstance(cell, str) else cell
            for domain, cell in zip(domains, row, strict=True)
        )
        for row in result.rows
    ]
    return replace(result, rows=rows)


def _padded(outputs: Sequence[Output], result: Result) -> Sequence[Output]:
    return outputs if len(outputs) == len(result.columns) else [Output(None, None)] * len(result.columns)


def _title(output: Output, catalog: Catalog, language: Language) -> str | None:
    if output.function == "count":
        return phrase(language, "count")
    column = catalog.column(output.path) if output.path is not None else None
    if column is None:
        return None
    described = column.comment or getattr(catalog.column(catalog.root(column.path)), "comment", {})
    title = described.get(language, "").partition(",")[0].partition(":")[0].partition(" (")[0].strip()
    if not title or output.function is None:
        return title or None
    return phrase(language, output.function, of=title)
