"""A CSV file with a line of names, as rows of a dictionary each. What the columns mean is the formats' affair."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from scheduling.traces.trace import TraceError

Row = dict[str, str]


class Table:
    """Rows by the names of the first line.

    Args:
        path: of the file, for messages.
        text: of the file.

    Raises:
        TraceError: the first line names a column twice or not at all, or the text is not CSV.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
        try:
            self.columns = tuple(name.strip() for name in reader.fieldnames or ())
            reader.fieldnames = self.columns
            self.rows: list[tuple[int, Row]] = [(reader.line_num, row) for row in reader]
        except csv.Error as error:
            raise TraceError(f"{path} cannot be read as CSV after line {reader.line_num}: {error}.") from error
        for column in self.columns:
            if not column or self.columns.count(column) > 1:
                raise TraceError(f"The first line of {path} names a column {column!r}; each needs a name of its own.")

    def require(self, columns: Sequence[str]) -> None:
        """See that columns are there.

        Raises:
            TraceError: one is missing.
        """
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise TraceError(
                f"{self.path} lacks {', '.join(missing)}; its first line must name {', '.join(columns)}, "
                f"but is {','.join(self.columns) or 'empty'!r}."
            )
