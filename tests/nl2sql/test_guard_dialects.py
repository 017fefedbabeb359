"""The guard and the limits on SQLite, and the guard on SQL Server's SQL."""

import sqlite3
import time

import pytest
import sqlalchemy as sa

from nl2sql.anywhere.connect import open_reader
from nl2sql.anywhere.inspect import inspect_database
from nl2sql.errors import ExecutionError, GuardError
from nl2sql.execute import execute
from nl2sql.guard import Checked, check

pytestmark = pytest.mark.alone
SCRIPT = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, city TEXT, born DATE, pay NUMERIC);
CREATE TABLE secret (id INTEGER, word TEXT);
CREATE VIEW payroll AS SELECT city, sum(pay) AS total FROM people GROUP BY city;
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("sqlite") / "people.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(SCRIPT)
        connection.executemany(
            "INSERT INTO people VALUES (?, ?, ?, ?, ?)",
            [
                (n, f"name {n}", ("Kazan", "Moscow")[n % 2], f"19{60 + n % 40}-0{1 + n % 9}-15", n * 10)
                for n in range(300)
            ],
        )
        connection.execute("INSERT INTO secret VALUES (1, 'swordfish')")
    connection.close()
    return path


@pytest.fixture(scope="module")
def reader(path):
    engine = open_reader(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def catalog(reader):
    """Of what may be asked about: not the table of secrets."""
    found = inspect_database(reader)
    del found.tables["secret"]
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM people",
        "SELECT COUNT(*) FROM People WHERE City = 'Kazan'",
        "SELECT city, avg(pay) FROM people GROUP BY city ORDER BY 2 DESC LIMIT 1",
        "SELECT strftime('%Y', born) AS year, count(*) FROM people GROUP BY year",
        "SELECT date('now'), julianday('now') - julianday(born) FROM people LIMIT 1",
        "SELECT name FROM people WHERE born BETWEEN '1970-01-01' AND '1980-01-01' AND name LIKE 'name 1%'",
        "SELECT group_concat(DISTINCT city) FROM people",
        "SELECT iif(pay > 100, 'high', 'low') AS band, count(*) FROM people GROUP BY 1",
        "SELECT name, rank() OVER (PARTITION BY city ORDER BY pay DESC) FROM people",
        "SELECT substr(name, 1, 3) || '-' || instr(name, ' '), upper(city), ifnull(pay, 0), round(pay / 3.0, 2) FROM people",
        "WITH x AS (SELECT city, max(pay) AS top FROM people GROUP BY city) SELECT p.name FROM people p JOIN x ON x.city = p.city AND x.top = p.pay",
        "SELECT city FROM people UNION SELECT 'Ankara' ORDER BY 1",
        "SELECT * FROM payroll",
        "SELECT total(pay), sum(CASE WHEN city = 'Kazan' THEN 1 ELSE 0 END), count(*) FILTER (WHERE pay > 5) FROM people",
    ],
)
def test_sqlite_answers(statement, reader, catalog):
    assert execute(reader, check(statement, catalog)).rows


HOSTILE_SQLITE = [
    "DELETE FROM people", "INSERT INTO people VALUES (1)", "REPLACE INTO people VALUES (1)", "DROP TABLE people",
    "ATTACH DATABASE '/tmp/evil.db' AS evil", "DETACH DATABASE main", "PRAGMA table_info(people)", "PRAGMA writable_schema = 1",
    "VACUUM INTO '/tmp/evil.db'", "REINDEX", "CREATE TEMP TABLE x (a)", "CREATE TRIGGER t AFTER INSERT ON people BEGIN SELECT 1; END",
    "SELECT * FROM sqlite_master", "SELECT * FROM sqlite_schema", "SELECT * FROM main.sqlite_master", "SELECT * FROM temp.x",
    "SELECT * FROM secret", "SELECT word FROM people, secret", "SELECT (SELECT word FROM secret) FROM people",
    "SELECT * FROM pragma_table_info('people')", "SELECT * FROM pragma_database_list", "SELECT * FROM json_each('[1]')",
    "SELECT * FROM generate_series(1, 1000000000)", "SELECT rowid FROM people", "SELECT _rowid_ FROM people", "SELECT oid FROM people",
    "SELECT load_extension('x')", "SELECT readfile('/etc/passwd')", "SELECT writefile('x', 'y')", "SELECT randomblob(1000000000)",
    "SELECT zeroblob(1000000000)", "SELECT hex(zeroblob(100000000))", "SELECT printf('%1000000000d', 1)", "SELECT char(1)",
    "SELECT quote(name) FROM people", "SELECT random()", "SELECT sqlite_version()", "SELECT last_insert_rowid()", "SELECT changes()",
    "SELECT typeof(pay) FROM people", "SELECT fts3_tokenizer('x')", "SELECT edit(name) FROM people", "SELECT x'00'",
    "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t", "SELECT name FROM people; DROP TABLE people",
    "SELECT name FROM people INDEXED BY x", "SELECT name FROM people WHERE name REGEXP '(a+)+$'",
    "SELECT name FROM people WHERE name MATCH 'x'", "SELECT name COLLATE NOCASE FROM people", "SELECT :x", "SELECT ?1", "SELECT @x",
    "EXPLAIN SELECT 1", "BEGIN", "VALUES (1)", "SELECT json_extract(name, '$.x') FROM people", "SELECT people FROM people",
]  # fmt: skip


@pytest.mark.parametrize("statement", HOSTILE_SQLITE)
def test_sqlite_refuses(statement, catalog):
    with pytest.raises(GuardError):
        check(statement, catalog)


class Unchecked(Checked):
    """A statement that the guard never saw."""

    sql = ""


@pytest.fixture
def unchecked(catalog):
    def make(sql, max_rows=1000):
        made = Unchecked(None, max_rows, frozenset(), frozenset(), (), (), catalog)
        object.__setattr__(made, "sql", sql)
        return made

    return make


@pytest.mark.parametrize(
    "statement", [s for s in HOSTILE_SQLITE if not s.startswith("SELECT name") and s not in ("BEGIN", "VALUES (1)")]
)
def test_sqlite_holds_by_itself(statement, unchecked, reader, path):
    before = path.read_bytes()
    try:
        result = execute(reader, unchecked(statement), timeout_s=0.3)
    except ExecutionError:
        pass
    else:
        assert "swordfish" not in str(result.rows)
        assert statement in ("SELECT rowid FROM people", "SELECT _rowid_ FROM people", "SELECT oid FROM people", "SELECT x'00'", "REINDEX", "SELECT :x", "EXPLAIN SELECT 1", "SELECT @x", "SELECT ?1")  # fmt: skip
    assert path.read_bytes() == before


def test_sqlite_ends_in_time(unchecked, reader, catalog):
    cross = "SELECT count(*) FROM people a, people b, people c, people d WHERE a.pay + b.pay + c.pay + d.pay < 0"
    for statement in (check(cross, catalog), unchecked(cross.replace("count(*)", "a.name"))):
        start = time.monotonic()
        with pytest.raises(ExecutionError, match=r"stopped after 0\.3 seconds"):
            execute(reader, statement, timeout_s=0.3)
        assert time.monotonic() - start < 1
    assert execute(reader, check("SELECT count(*) FROM people", catalog)).rows == [(300,)]


def test_sqlite_limits_sizes(unchecked, reader):
    huge = "SELECT group_concat(a.name || b.name || c.name) FROM people a, people b, people c"
    with pytest.raises(ExecutionError, match="string or blob too big"):
        execute(reader, unchecked(huge), timeout_s=60)
    wide = "SELECT replace(group_concat(a.name || a.name), 'name', 'a long name that is longer than it was before it was') FROM people a, (SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) b"
    with pytest.raises(ExecutionError, match=r"A value of the answer has \d+,\d+ bytes"):
        execute(reader, unchecked(wide), timeout_s=60)


def test_a_file_opened_for_writing_is_read_all_the_same(path, unchecked):
    engine = sa.create_engine(f"sqlite:///{path}")
    before = path.read_bytes()
    for statement in ("DELETE FROM people", "DROP TABLE people", "CREATE TABLE x (a)"):
        with pytest.raises(ExecutionError):
            execute(engine, unchecked(statement))
    engine.dispose()
    assert path.read_bytes() == before


@pytest.fixture(scope="module")
def server(catalog):
    """The same catalogue, said to be SQL Server's."""
    return type(catalog)(catalog.tables, "tsql", "dbo")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT TOP 5 name, pay FROM people ORDER BY pay DESC",
        "SELECT YEAR(born), COUNT(*) FROM dbo.people GROUP BY YEAR(born)",
        "SELECT DATEPART(month, born), DATEDIFF(day, born, GETDATE()), DATEADD(month, 1, born), EOMONTH(born) FROM people",
        "SELECT ISNULL(city, 'none'), LEN(name), CHARINDEX('a', name), LEFT(name, 2), IIF(pay > 1, 2, 3) FROM [people]",
        "SELECT STRING_AGG(name, ', ') FROM people",
        "SELECT CAST(pay AS DECIMAL(10, 2)), TRY_CAST(city AS INT), CAST(name AS NVARCHAR(20)) FROM people",
        "SELECT city, SUM(pay) OVER (PARTITION BY city ORDER BY born) FROM people ORDER BY city OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY",
        "WITH x AS (SELECT city, AVG(pay) AS mean FROM people GROUP BY city) SELECT * FROM x WHERE mean > 5",
    ],
)
def test_sql_server_passes(statement, server):
    sql = check(statement, server).sql
    assert "[dbo].[people]" in sql
    assert check(sql, server).sql == sql


@pytest.mark.parametrize(
    "statement",
    [
        "EXEC xp_cmdshell 'dir'", "EXECUTE sp_configure", "SELECT * FROM OPENROWSET('x', 'y', 'z')", "SELECT * FROM OPENQUERY(x, 'SELECT 1')",
        "SELECT * INTO evil FROM people", "SELECT * FROM people WITH (TABLOCKX)", "SELECT * FROM people OPTION (MAXDOP 1)",
        "SELECT * FROM people FOR XML AUTO", "SELECT * FROM people FOR JSON AUTO", "SELECT * FROM sys.objects", "SELECT * FROM master..sysdatabases",
        "SELECT * FROM other.dbo.people", "SELECT * FROM srv.other.dbo.people", "SELECT * FROM secret", "SELECT * FROM #temp", "SELECT @@VERSION",
        "SELECT @x", "SELECT SUSER_NAME()", "SELECT DB_NAME()", "SELECT OBJECT_ID('people')", "SELECT CURRENT_USER", "SELECT USER_NAME()",
        "SELECT NEWID()", "SELECT HOST_NAME()", "WAITFOR DELAY '0:10'", "SELECT 1; SHUTDOWN", "SELECT 1 DROP TABLE people", "BULK INSERT people FROM 'x'",
        "DECLARE @x INT", "SET ROWCOUNT 0", "USE master", "GRANT SELECT ON people TO x", "MERGE people USING people ON 1=1 WHEN MATCHED THEN DELETE;",
        "SELECT REPLICATE('x', 1000000000)", "SELECT SPACE(1000000000)", "SELECT * FROM people CROSS APPLY STRING_SPLIT(name, ' ')",
        "SELECT * FROM STRING_SPLIT('a b', ' ')", "SELECT NEXT VALUE FOR seq", "KILL 5", "DBCC CHECKDB", "SELECT CAST('x' AS XML)", "SELECT CAST('x' AS sql_variant)",
    ],
)  # fmt: skip
def test_sql_server_refuses(statement, server):
    with pytest.raises(GuardError):
        check(statement, server)
