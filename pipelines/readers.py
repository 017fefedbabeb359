"""Logins that ask as a role of the database: what the role may see, and nothing that it could do besides.

The login is a member of one role and inherits its rights, so columns, masks and rows are the database's own.
It may not become that role or any other, and it is refused to whoever may write: nothing in a statement leads out.
"""

from __future__ import annotations

from typing import Final

from psycopg import sql as compose
from sqlalchemy.engine import Connection, Engine

from pipelines.database import DatabaseError

PREFIX: Final = "ask_as_"
_MAX_NAME: Final = 63
"""Bytes of a name in PostgreSQL; it would cut a longer one."""
_MEMBERS_ONLY: Final = 16_00_00
"""The version since which a member can be kept from becoming the role."""

_MIGHTY = """
SELECT r.rolname FROM pg_roles r
WHERE pg_has_role(%(role)s, r.oid, 'MEMBER') AND (
    r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolname LIKE 'pg\\_%%'
    OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
    OR EXISTS (SELECT FROM pg_database d WHERE d.datdba = r.oid))
ORDER BY r.rolname <> %(role)s, 1 LIMIT 1
"""
_WRITABLE = """
SELECT format('%%I.%%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_%%' AND (has_table_privilege(%(role)s, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
    OR has_any_column_privilege(%(role)s, c.oid, 'INSERT, UPDATE'))
ORDER BY 1 LIMIT 1
"""
_READABLE = "SELECT has_schema_privilege(%(role)s, 'clean', 'USAGE')"
_ROLES = """
SELECT DISTINCT m.rolname FROM pg_roles m
WHERE pg_has_role(m.oid, (SELECT oid FROM pg_roles WHERE rolname = 'millrace_asker'), 'MEMBER')
    AND NOT m.rolsuper AND m.rolname <> 'millrace_asker' AND NOT starts_with(m.rolname, 'ask_as_') ORDER BY 1
"""
_MEMBERSHIPS = """
SELECT array_agg(r.rolname::text ORDER BY r.rolname) FROM pg_auth_members m
JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = %(login)s
"""


def login_for(engine: Engine, role: str, password: str | None) -> str:
    """The name of the login that asks as a role; created if it is missing.

    Args:
        engine: connections of the owner.
        role: the role whose rights and rows it has.
        password: of the login; `None` where the server asks for none.

    Raises:
        DatabaseError: there is no such role, or it may do more than read.
    """
    name = PREFIX + role
    with engine.begin() as connection:
        _check(connection, role, name)
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7460922)")  # two processes may open it at once
        if not _one(connection, "SELECT 1 FROM pg_roles WHERE rolname = %(login)s", login=name):
            _create(connection, role, name)
        elif (found := _one(connection, _MEMBERSHIPS, login=name)) != [role]:
            raise DatabaseError(
                f"The role {name!r} is a member of {found}, not of {role!r} alone; drop it or rename it."
            )
        if password is not None:
            _run(connection, "ALTER ROLE {} PASSWORD {}", compose.Identifier(name), compose.Literal(password))
    return name


def _check(connection: Connection, role: str, name: str) -> None:
    if not _one(connection, "SELECT 1 FROM pg_roles WHERE rolname = %(role)s", role=role):
        known = [row[0] for row in connection.exec_driver_sql(_ROLES)]
        shown = f"members of millrace_asker are {', '.join(known)}" if known else "millrace_asker has no members yet"
        raise DatabaseError(f"There is no role {role!r} to ask as; {shown}.")
    if len(name.encode()) > _MAX_NAME:
        raise DatabaseError(f"The name of the role {role!r} is too long; {_MAX_NAME - len(PREFIX)} bytes are allowed.")
    mighty = _one(connection, _MIGHTY, role=role)
    if mighty is not None:
        raise DatabaseError(
            f"Questions cannot be asked as {role!r}: it has the powers of {mighty!r}, more than reading."
        )
    writable = _one(connection, _WRITABLE, role=role)
    if writable is not None:
        raise DatabaseError(
            f"Questions cannot be asked as {role!r}: it may write {writable}. Use a role that only reads."
        )
    if not _one(connection, _READABLE, role=role):
        raise DatabaseError(
            f"Questions cannot be asked as {role!r}: it may not read the schema clean. "
            f"GRANT millrace_asker TO {role!r} and give it departments in governance.row_access."
        )


def _create(connection: Connection, role: str, name: str) -> None:
    login, member = compose.Identifier(name), compose.Identifier(role)
    _run(
        connection, "CREATE ROLE {} LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS", login
    )
    driver = connection.connection.driver_connection
    only = " WITH INHERIT TRUE, SET FALSE" if driver is not None and driver.info.server_version >= _MEMBERS_ONLY else ""
    _run(connection, f"GRANT {{}} TO {{}}{only}", member, login)
    _run(connection, "COMMENT ON ROLE {} IS {}", login, compose.Literal(f"Asks questions as {role}"))
    for setting in ("default_transaction_read_only = on", "statement_timeout = '10s'", "search_path = clean"):
        _run(connection, f"ALTER ROLE {{}} SET {setting}", login)
    connection.exec_driver_sql("SAVEPOINT disk")
    try:
        _run(connection, "ALTER ROLE {} SET temp_file_limit = '1GB'", login)
    except Exception:  # noqa: BLE001 - only a superuser may; the server's own limit holds then
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT disk")


def _run(connection: Connection, text: str, *parts: compose.Composable) -> None:
    statement = compose.SQL(text).format(*parts).as_string()
    connection.execution_options(no_parameters=True).exec_driver_sql(statement)


def _one(connection: Connection, query: str, **values: str) -> object:
    row = connection.exec_driver_sql(query, values).first()
    return row[0] if row else None
