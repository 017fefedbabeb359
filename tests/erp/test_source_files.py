"""Folders of files: what is read as it is, what is rejected by line, what is refused as a file."""

import json

import polars as pl
import pytest

from erp import pipeline
from erp.errors import SourceError
from erp.source import SourceOptions
from tests.erp.sources import FolderErp, live

HEADER = "leave_id,employee_id,leave_type,start_date,days\n"


@pytest.fixture
def erp(tmp_path):
    """A company of 100 in CSV files."""
    made = FolderErp(tmp_path / "csv", "csv")
    for part in (0, 1):
        (made.folder / f"leave_{part}.csv").unlink()
    return made


def sync(database, erp, data, **options):
    for file in erp.folder.iterdir() if options.keys() & {"encoding", "delimiter"} else ():
        text = file.read_text("utf-8").splitlines()[0]  # the other tables are empty
        file.write_text(
            text.replace(",", options.get("delimiter", ",")),
            options.get("encoding", "utf-8").replace("klingon", "utf-8"),
        )
    (erp.folder / "leave.csv").write_bytes(data if isinstance(data, bytes) else data.encode())
    run = pipeline.start_run(database.engine, "files")
    return run, pipeline.sync(database.engine, run, erp.url, SourceOptions(**options))


def types(database):
    return {key: row[1] for key, row in live(database.engine, "leave").items()}


@pytest.mark.parametrize(
    ("data", "options", "expected"),
    [
        ("\ufeff" + HEADER + '1,2,"a\nb, ""c""",0201-01-01,3\n', {}, 'a\nb, "c"'),
        (HEADER + "1,2,'; DROP TABLE leave; --,,3\n", {}, "'; DROP TABLE leave; --"),
        (HEADER + "1,2,𝒳😀 ИЖığ,,3\r\n", {}, "𝒳😀 ИЖığ"),
        (HEADER + "1,2,a\x00b,,3\n", {}, "ab"),
        (HEADER + '1,2,"",,3\n', {}, ""),
        (HEADER + "1,2,,,3\n\n", {}, None),
        (HEADER.replace(",", ";") + "1;2;izin, yıllık;;3\n", {"delimiter": ";"}, "izin, yıllık"),
        ((HEADER + "1,2,Yıllık izin,,3\n").encode("cp1254"), {"encoding": "cp1254"}, "Yıllık izin"),
        ((HEADER + "1,2,Отпуск,,3\n").encode("utf-16"), {"encoding": "utf-16"}, "Отпуск"),
    ],
)
def test_cells_come_as_they_were_typed(database, erp, data, options, expected):
    _, result = sync(database, erp, data, **options)
    assert types(database) == {1: expected}
    assert (result.rejected, result.differences) == ((), ())


def test_a_line_that_is_no_row_is_rejected_and_nothing_is_deleted(database, erp):
    sync(database, erp, HEADER + "".join(f"{key},2,sick,,3\n" for key in range(1, 5)))
    data = HEADER + '1,2,"an\nnual",,3\n2,2,12345678901\n3,2,sick,,3,Ünal,7\n5,2,new,,3\n'
    run, result = sync(database, erp, data)
    assert [(line.table, line.file, line.line, line.reason, line.text_masked) for line in result.rejected] == [
        ("leave", "leave.csv", 4, "3 fields instead of 5", "9,9,99999999999"),
        ("leave", "leave.csv", 5, "7 fields instead of 5", "9,9,aaaa,,9,aaaa,9"),
    ]
    assert types(database) == {1: "an\nnual", 2: "sick", 3: "sick", 4: "sick", 5: "new"}
    with database.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT run_id, line, text_masked FROM governance.rejected_lines").all()
    assert {(row.run_id, row.line) for row in kept} == {(run, 4), (run, 5)}
    assert "12345678901" not in json.dumps([row.text_masked for row in kept])
    _, mended = sync(database, erp, HEADER + "1,2,sick,,3\n5,2,new,,3\n")
    assert mended.deleted == 3
    assert mended.differences == ()


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ("", {}, "leave.csv is empty; its first line must name the columns"),
        (HEADER.replace("days", "employee_id"), {}, "names the column 'employee_id' twice"),
        (HEADER.replace("days", "gun"), {}, "'leave' lacks the column days; it has leave_id"),
        (HEADER + '1,2,"sick,,3\n2,2,sick,,3\n', {}, "begins in line 2 that is not closed"),
        ((HEADER + "1,2,a,,3\n2,2,Yıllık izin,,3\n").encode("cp1254"), {}, "byte 0xFD in line 3; cp1254 would read it"),
        ((HEADER + "1,2,Отпуск,,3\n").encode("cp1251"), {}, "byte 0xCE in line 2; cp1251 would read it"),
        ((HEADER + "1,2,congé payé,,3\n").encode("cp1252"), {}, "byte 0xE9 in line 2; cp1254 or cp1252 would read it"),
        ((HEADER + "1,2,a,,3\n").encode("utf-16"), {}, "line 1; utf-16 would read it"),
        ((HEADER + "1,2,a,,3\n").encode("utf-16-le"), {}, "holds NUL: it looks like UTF-16"),
        ((HEADER + "1,2,Отпуск,,3\n"), {"encoding": "cp1251"}, "leave.csv is UTF-8 and not cp1251"),
        ((HEADER + "1,2,Yıllık izin,,3\n"), {"encoding": "cp1254"}, "leave.csv is UTF-8 and not cp1254"),
        (HEADER.replace(",", ";"), {}, "'leave_id;employee_id;leave_type;start_date;days'; if ';' stands between"),
        (HEADER.replace(",", "\t"), {}, "(MILLRACE_SOURCE_DELIMITER='tab')"),
        (
            HEADER.replace("days", " Days"),
            {},
            "Capitals and spaces count, so ' Days' will not do. Write the table's files",
        ),
        (HEADER, {"encoding": "klingon"}, "no encoding 'klingon'"),
        (HEADER + "A7,2,a,,3\n", {}, "holds 'A7'; it must be a whole number"),
        (HEADER + ",2,a,,3\n", {}, "holds None; it must be a whole number"),
        (HEADER + "7,2,a,,3\n7,2,b,,3\n", {}, "'leave' is not unique: rows repeat one, for example 7"),
        (HEADER, {"way": "watermark"}, "cannot be followed by watermark: its rows are compared as a whole"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_in_one_sentence(database, erp, data, options, message):
    with pytest.raises(SourceError) as caught:
        sync(database, erp, data, **options)
    assert message in str(caught.value)
    assert types(database) == {}


def test_files_of_a_table_have_one_header(database, erp):
    (erp.folder / "leave_more.csv").write_text("leave_id,days\n1,2\n")
    with pytest.raises(SourceError, match="leave_more.csv has other columns .* they differ in employee_id"):
        sync(database, erp, HEADER)


def test_a_file_is_of_a_table_whose_name_it_goes_on_from_without_a_letter(database, erp):
    (erp.folder / "Leave 2026-11.CSV").write_text(HEADER + "7,2,sick,,3\n")
    (erp.folder / "leavers.csv").write_text("name\nÜnal\n")
    (erp.folder / "leave.csv.bak").write_text("name\nÜnal\n")
    sync(database, erp, HEADER + "8,2,annual,,3\n")
    assert types(database) == {7: "sick", 8: "annual"}


def test_a_parquet_column_that_cannot_be_text(database, tmp_path):
    erp = FolderErp(tmp_path / "parquet", "parquet")
    (erp.folder / "leave_0.parquet").unlink()
    cells = {"leave_id": [7], "employee_id": [2], "leave_type": ["sick"], "start_date": [None], "days": [3]}
    pl.DataFrame({**cells, "notes": [["a", "b"]]}).write_parquet(erp.folder / "leave_1.parquet")
    pipeline.sync(database.engine, pipeline.start_run(database.engine, "files"), erp.url)
    assert types(database) == {7: "sick"}
    pl.DataFrame({**cells, "days": [[3]]}).write_parquet(erp.folder / "leave_1.parquet")
    with pytest.raises(SourceError, match=r"column 'days' of .*leave_1.parquet is of the type List\(Int64\)"):
        pipeline.sync(database.engine, pipeline.start_run(database.engine, "files"), erp.url)


def test_a_parquet_file_that_is_none_and_a_folder_that_is_none(database, tmp_path):
    erp = FolderErp(tmp_path / "parquet", "parquet")
    (erp.folder / "leave_0.parquet").write_bytes(b"PAR1 but not really")
    run = pipeline.start_run(database.engine, "files")
    with pytest.raises(SourceError, match=r"leave_0.parquet is no Parquet file"):
        pipeline.sync(database.engine, run, erp.url)
    with pytest.raises(SourceError, match="no folder is there"):
        pipeline.sync(database.engine, run, f"csv://{tmp_path}/nowhere")
    for url in ("csv://data/erp", "csv://data", "csv:///"):
        with pytest.raises(SourceError, match="names no folder: three slashes and an absolute path follow csv:"):
            pipeline.sync(database.engine, run, url)


def test_a_table_without_a_file_is_named_with_what_to_do(database, erp):
    run = pipeline.start_run(database.engine, "files")
    with pytest.raises(SourceError, match=r"lacks the table leave; .* Put files with these names and the ending \.csv"):
        pipeline.sync(database.engine, run, erp.url)
