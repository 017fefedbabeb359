"""All that a statement could have changed in a database, to compare before and after."""

from typing import Any

from pipelines.database import Database

TABLES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND (schemaname, tablename) <> ('ask', 'questions') ORDER BY 1
"""
REST = """
SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_largeobject_metadata),
    (SELECT string_agg(r::text, ',' ORDER BY r.oid) FROM pg_roles r), (SELECT count(*) FROM pg_auth_members),
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'), (SELECT count(*) FROM pg_policies)
"""


def state(database: Database) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Everything that a statement could have changed."""
    with database.engine.connect() as connection:
        names = connection.exec_driver_sql(TABLES).scalars().all()
        digest = "SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
        rows = {name: connection.exec_driver_sql(digest.format(name)).scalar_one() for name in names}
        return rows, tuple(connection.exec_driver_sql(REST).one())
