"""Slips of a statement that have one possible correction, made without asking the model again."""

from __future__ import annotations

from sqlglot import exp

from nl2sql.guard import Checked


def group_figures(checked: Checked) -> None:
    """Group by the columns beside figures, in place; without it the database would refuse the statement."""
    tree = checked.tree
    if not isinstance(tree, exp.Select) or tree.args.get("group") is not None or tree.args.get("distinct") is not None:
        return
    projections = [projection.unalias() for projection in tree.selects]
    columns = [projection for projection in projections if isinstance(projection, exp.Column)]
    figures = [
        projection for projection in projections if projection.find(exp.AggFunc) and not projection.find(exp.Window)
    ]
    if columns and figures and len(columns) + len(figures) == len(projections):
        tree.group_by(*(column.copy() for column in columns), copy=False)
