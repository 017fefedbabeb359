"""A statement made to fit the database: names as they are spelt there, quoted where they must be.

Models write `Singer` for `singer` and "France" for 'France'. What has one possible meaning is put right here;
nothing is made allowed by it. Other slips are `repair`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlalchemy.engine.default import DefaultDialect
from sqlglot import exp

from nl2sql.catalog import Catalog


def fit(tree: exp.Query, catalog: Catalog) -> exp.Query:
    """Put right what can only be meant in one way, in place."""
    defined = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    tables = {name.lower(): name for name in catalog.tables}
    aliases: dict[str, str] = {}
    for table in tree.find_all(exp.Table):
        real = tables.get(table.name.lower())
        if (
            real is None
            or (table.name.lower() in defined and not table.db)
            or not isinstance(table.this, exp.Identifier)
        ):
            continue
        table.this.replace(identifier(real, catalog))
        aliases[(table.alias or real).lower()] = real
    columns = _columns(aliases.values(), catalog)
    elsewhere = _columns(catalog.tables, catalog)
    own = {name.alias.lower() for name in tree.find_all(exp.Alias)}
    own |= {name.name.lower() for alias in tree.find_all(exp.TableAlias) for name in alias.columns}
    called = tables | aliases  # a table that is not read here may be one that is missing
    for column in list(tree.find_all(exp.Column)):
        _fit_column(column, called, columns, elsewhere, own, catalog=catalog)
    for name in list(tree.find_all(exp.Identifier)):
        if name.arg_key == "using" and (real := columns.get(name.name.lower())) is not None:
            name.replace(identifier(real, catalog))
        elif not name.args.get("quoted") and not isinstance(name.parent, exp.Column | exp.Table):
            name.set("this", name.name.lower())  # an alias: the same wherever it is used
    return tree


def written(name: str, catalog: Catalog) -> str:
    """A name as it stands in a statement: quoted if it must be."""
    return identifier(name, catalog).sql(dialect=catalog.dialect)


def _fit_column(
    column: exp.Column,
    called: dict[str, str],
    columns: dict[str, str],
    elsewhere: dict[str, str],
    own: set[str],
    *,
    catalog: Catalog,
) -> None:
    table, name = column.table.lower(), column.name.lower()
    if not isinstance(column.this, exp.Identifier):
        return
    if table:
        real_table = called.get(table)
        if real_table is not None and real_table.lower() == table:
            column.set("table", identifier(real_table, catalog))
        elif not column.args["table"].args.get("quoted"):
            column.set("table", exp.to_identifier(table))
        real = _columns([real_table], catalog).get(name) if real_table is not None else None
    else:
        real = columns.get(name)
    if real is None and name not in own and not column.this.args.get("quoted"):
        real = elsewhere.get(name)  # of another table, where `misplaced` puts it
    if real is not None and not (name in own and not table and name != real.lower()):
        fitted = identifier(real, catalog)
        fitted.meta.update(column.this.meta)
        column.this.replace(fitted)
    elif column.this.args.get("quoted") and not table and name not in own:
        text = exp.Literal.string(column.name)  # "France" with the wrong quotes
        text.meta.update(column.this.meta)
        column.replace(text)
    elif not column.this.args.get("quoted"):
        column.this.set("this", name)


def _columns(tables: Iterable[str], catalog: Catalog) -> dict[str, str]:
    return {column.name.lower(): column.name for name in tables for column in catalog.tables[name].columns}


def identifier(name: str, catalog: Catalog) -> exp.Identifier:
    """A name as a part of a statement, quoted if it must be."""
    return exp.to_identifier(name, quoted=_must_be_quoted(name, catalog.dialect))


@cache
def _must_be_quoted(name: str, dialect: str) -> bool:
    # only PostgreSQL tells capitals apart; quotes that are not needed make a statement hard to read
    known = name if dialect == "postgres" else name.lower()
    return _dialect(dialect).identifier_preparer.quote(known) != known


@cache
def _dialect(name: str) -> DefaultDialect:
    from sqlalchemy.dialects import mssql, postgresql, sqlite

    known: dict[str, type[DefaultDialect]] = {
        "postgres": postgresql.dialect,
        "sqlite": sqlite.dialect,
        "tsql": mssql.dialect,
    }
    return known[name]()
