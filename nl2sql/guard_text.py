"""From text to the tree of one SELECT: nothing is said yet about what is in it.

Characters that a reader does not see, and those that parser and database could read differently, end it here.
"""

from __future__ import annotations

import logging
import unicodedata
from typing import Final

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from nl2sql.dialects import exact
from nl2sql.errors import GuardError

MAX_CHARACTERS: Final = 10_000
logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it remarks on what it cannot read; here that is refused
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's categories of controls, formatting (also of direction), surrogates, the unassigned, and separators of lines."""
_QUOTED: Final = 100
"""Characters of what the parser says."""
_LAYOUT: Final = frozenset("\t\n\r")


def parse(sql: str, dialect: str, *, limit: int = MAX_CHARACTERS) -> exp.Query:
    """The one SELECT that a text is.

    Raises:
        GuardError: it is something else, or cannot be read.
    """
    if len(sql) > limit:
        raise GuardError(f"The statement has {len(sql):,} characters; {limit:,} are allowed.")
    for letter in sql:
        if letter not in _LAYOUT and unicodedata.category(letter) in _INVISIBLE:
            raise GuardError(f"The statement contains the invisible character U+{ord(letter):04X}; remove it.")
    try:
        trees = [tree for tree in sqlglot.parse(sql, dialect=exact(dialect)) if tree is not None]
    except ParseError as error:
        raise GuardError(f"The statement is not valid SQL{_place(error)}.") from error
    except SqlglotError as error:
        raise GuardError(f"The statement is not valid SQL: {str(error).splitlines()[0][:_QUOTED]}.") from error
    except RecursionError as error:
        raise GuardError("The statement is nested too deeply.") from error
    if len(trees) != 1:
        raise GuardError(f"One SELECT statement is allowed; there are {len(trees)}.")
    tree = trees[0]
    if isinstance(tree, exp.Subquery) and not any(value for name, value in tree.args.items() if name != "this"):
        tree = tree.unnest()
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise GuardError(f"Only SELECT is allowed; this is {tree.key.upper()}.")
    return tree


def _place(error: ParseError) -> str:
    first = error.errors[0] if error.errors else {"description": str(error).splitlines()[0]}
    where = f" at line {first['line']}, column {first['col']}" if first.get("line") else ""
    what = str(first["description"]).partition(" <Token")[0].partition(" for <class")[0].partition(". Line")[0]
    return f"{where}: {what.rstrip('.')}"
