"""One CSV file, read strictly: what is no row is named by file and line, never guessed at."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow

from erp.errors import SourceError

_MISREAD: Final = {
    "cp1254": re.compile(r"[^\W\d_a-zA-Z]{3}"),
    "cp1251": re.compile(r"[a-zA-Z][А-яЁё]|[А-яЁё][a-zA-Z]"),
    "cp1252": re.compile(r"[^\W\d_a-zA-Z]{3}|[ÐÝÞðýþ]"),
}
"""Encodings that files come in which are not UTF-8, and what a text of another one looks like when read by it."""
_SIGNS: Final = (";", "\t", "|", ",")
"""What stands between fields, most often first."""
_BLOCK: Final = 16 << 20
"""Bytes; no row may be longer."""
_SHOWN: Final = 200
"""Characters of a rejected line that are kept."""


class BadLine(NamedTuple):
    """A line that is no row."""

    line: int
    reason: str
    text_masked: str


def read(file: Path, encoding: str, delimiter: str) -> tuple[pl.DataFrame, list[BadLine]]:
    """The rows of a file as text, and the lines that are none; an empty field is null, `""` is an empty text.

    Raises:
        SourceError: the file is empty, is not in that encoding, or its header names a column twice.
    """
    text = _decoded(file, encoding)
    header = next(csv.reader(io.StringIO(text), delimiter=delimiter), None)
    if not header:
        raise SourceError(f"The file {file} is empty; its first line must name the columns. Write the file again.")
    if len(header) == 1 and (signs := [sign for sign in _SIGNS if sign in header[0]]):
        shown = "tab" if signs[0] == "\t" else signs[0]
        raise SourceError(
            f"The header of {file} is one column, {header[0][:_SHOWN]!r}; if {shown!r} stands between its fields, say so "
            f"(MILLRACE_SOURCE_DELIMITER='{shown}')."
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceError(f"The header of {file} names the column {twice[0]!r} twice; rename or remove one of them.")
    ragged: list[int] = []

    def reject(row: arrow.InvalidRow) -> str:
        ragged.append(row.actual_columns)
        return "skip"

    try:
        table = arrow.read_csv(
            pa.BufferReader(text.encode() + b"\n"),  # a header alone must end
            arrow.ReadOptions(block_size=_BLOCK),
            parse_options=arrow.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=reject),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise SourceError(
            f"The file {file} cannot be read as CSV: {reason}. Write it again with closed quotes."
        ) from error
    if text.count('"') % 2:
        _check_quotes(file, text, delimiter)
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table is never a series
    return frame, list(_bad_lines(text, delimiter, len(header))) if ragged else []


def _bad_lines(text: str, delimiter: str, width: int) -> Iterator[BadLine]:
    """The lines at which rows of another width begin; only looked for where there are any."""
    lines, first = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
    for row in lines:
        if row and len(row) != width:
            fields = f"{len(row)} field{'s' if len(row) != 1 else ''} instead of {width}"
            yield BadLine(first, fields, _masked(delimiter.join(row)[:_SHOWN]))
        first = lines.line_num + 1


def _check_quotes(file: Path, text: str, delimiter: str) -> None:
    """Refuse a quote that is never closed: everything after it would be one cell."""
    rows, first = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
    try:
        for _ in rows:
            first = rows.line_num + 1
    except csv.Error as error:
        raise SourceError(
            f"The file {file} has a quote in the row that begins in line {first} that is not closed as it should be "
            f"({error}). Write a quote inside of a quoted field twice."
        ) from error


def _masked(text: str) -> str:
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))


def _decoded(file: Path, encoding: str) -> str:
    data = file.read_bytes()
    utf8 = encoding.lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig"}
    try:
        text = data.decode("utf-8-sig" if utf8 else encoding)
    except LookupError:
        raise SourceError(f"There is no encoding {encoding!r}; use one like utf-8, cp1254, cp1251 or utf-16.") from None
    except UnicodeDecodeError as error:
        if not utf8 and _is_utf8(data):
            raise _is_really_utf8(file, encoding) from error
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start]
        able = _able(data, error.start)
        found = f"{' or '.join(able)} would read it" if able else "cp1251, cp1252 and cp1254 would misread it"
        raise SourceError(
            f"The file {file} is not {encoding}: byte 0x{byte:02X} in line {line}; {found}. "
            "Save it as UTF-8, or name its encoding (MILLRACE_SOURCE_ENCODING)."
        ) from error
    if not utf8 and _is_utf8(data):  # it was read, as something else than what was typed
        raise _is_really_utf8(file, encoding)
    if "\x00" in text[: text.find("\n")]:
        raise SourceError(
            f"The header of {file} holds NUL: it looks like UTF-16. Save it as UTF-8, or name its encoding."
        )
    return text


def _is_utf8(data: bytes) -> bool:
    """Whether that is beyond doubt: letters of another encoding are hardly ever whole characters of this one."""
    if data.isascii():
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_really_utf8(file: Path, encoding: str) -> SourceError:
    return SourceError(
        f"The file {file} is UTF-8 and not {encoding}. Save all files in one encoding, and name that "
        "(MILLRACE_SOURCE_ENCODING; without it, it is UTF-8)."
    )


def _able(data: bytes, position: int) -> list[str]:
    """Encodings in which the bytes around a position look like Turkish, Russian or English."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    around, able = data[max(0, position - 100) : position + 100], []
    for name, misread in _MISREAD.items():
        text = around.decode(name, errors="replace")
        if "\ufffd" not in text and not misread.search(text):
            able.append(name)
    return able
