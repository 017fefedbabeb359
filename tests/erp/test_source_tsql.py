"""The T-SQL that only a SQL Server can run is at least T-SQL; the contract's tests run it where there is one."""

import pytest
import sqlalchemy as sa
import sqlglot
from sqlalchemy.dialects import mssql

from erp.schema import TABLES
from erp.source import queries, tsql

TYPES = sa.NVARCHAR(50), sa.Text(), sa.Date(), sa.Numeric(10, 2)


def statements():
    yield tsql.CURRENT_VERSION
    yield tsql.CERTAIN_ROWVERSION
    yield f"SELECT {tsql.letters('it]s')} FROM t"
    for table in TABLES:
        yield tsql.least_version(table.name)
        yield tsql.key_columns(table.name)
        yield tsql.changes(table.name, table.key, table.column_names, 17)
        types = {name: TYPES[place % len(TYPES)] for place, name in enumerate(table.column_names)}
        types |= {table.key: sa.BigInteger(), "modified_at": mssql.DATETIME2(), "version": mssql.ROWVERSION()}
        made = [
            queries.count(table),
            queries.rows("mssql", types, table, table.column_names, 7),
            queries.newest(types, table, "version", 7),
            queries.since("mssql", types, table, "modified_at", 7),
            queries.since("mssql", types, table, "version", 7),
            queries.totals("mssql", types, table),
        ]
        for statement in made:
            yield str(statement.compile(dialect=mssql.dialect(), compile_kwargs={"literal_binds": True}))


@pytest.mark.parametrize("statement", list(statements()))
def test_a_statement_is_transact_sql(statement):
    known = statement.replace("CHANGETABLE(CHANGES ", "CHANGETABLE(")  # the one word that sqlglot does not know
    (parsed,) = sqlglot.parse(known, dialect="tsql")
    assert isinstance(parsed, sqlglot.exp.Select)


def test_changes_tell_deleted_rows_from_those_that_are_there():
    text = tsql.changes("leave", "leave_id", ["days"], 17)
    assert "CHANGETABLE(CHANGES [leave], 17) AS c LEFT JOIN [leave] AS t ON t.[leave_id] = c.[leave_id]" in text
    assert "CASE WHEN t.[leave_id] IS NULL THEN 0 ELSE 1 END" in text


def test_a_name_cannot_leave_its_brackets():
    assert tsql.least_version("a]b'c") == "SELECT CHANGE_TRACKING_MIN_VALID_VERSION(OBJECT_ID(N'[a]]b''c]'))"
