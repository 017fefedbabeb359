"""Plans that nobody means, however their words were read: what is so and not so, groups of what tells one person.

Words that a plan must show are `heeded`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nl2sql.plan import Compare, Condition, Missing, OneOf, Plan, Ref, Related
from nl2sql.semantics.reader import NotUnderstoodError


def check_meant(plan: Plan) -> None:
    """Refuse a plan that contradicts itself.

    Raises:
        NotUnderstoodError: no row can be meant, or no such groups.
    """
    if plan.known_keys and any(
        isinstance(one, Missing) and not one.negated and one.ref in plan.columns for one in plan.where
    ):
        raise NotUnderstoodError("groups without a name, which are left out")
    if plan.measures and any(ref.column == "patronymic" for ref in plan.columns):
        raise NotUnderstoodError("groups by patronymic")
    for conditions in _together(plan):
        if _contradict(conditions):
            raise NotUnderstoodError("what is so and not so at once")


def _together(plan: Plan) -> Iterator[Sequence[Condition]]:
    """Conditions that one row must meet."""
    yield plan.where
    yield from (one.where for one in plan.where if isinstance(one, Related))


def _contradict(conditions: Sequence[Condition]) -> bool:
    wanted: dict[Ref, set[str]] = {}
    denied: dict[Ref, set[str]] = {}
    for one in conditions:
        if isinstance(one, OneOf):
            (denied if one.negated else wanted).setdefault(one.ref, set()).update(one.values)
    missing = {one.ref for one in conditions if isinstance(one, Missing) and not one.negated}
    told = wanted.keys() | {one.ref for one in conditions if isinstance(one, Compare)}
    return bool(missing & told) or any(values <= denied.get(ref, set()) for ref, values in wanted.items())
