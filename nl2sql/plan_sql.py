"""A plan as PostgreSQL: joins along the keys of the catalogue, values as literals, nothing pasted together.

What a plan may say is `plan`; whether the statement may run is decided by the guard, as for every other.
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from nl2sql.catalog import Catalog
from nl2sql.plan import (
    AgainstPeers,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Figure,
    Function,
    Gap,
    Having,
    Later,
    Measure,
    Missing,
    OfTotal,
    OneOf,
    Ordered,
    Plan,
    Ref,
    Related,
    Running,
    Share,
    Value,
    Within,
)
from nl2sql.plan_joins import PERSON, Scope, UnreachableError
from nl2sql.plan_titles import title_of, title_of_measure, unique
from nl2sql.plan_values import exact, literal, nonzero, over_column, percent, rounded

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_FRACTIONS = frozenset(("avg", "median"))
_PLACE = "place"
_MEAN = "peers_mean"
_OTHER, _ANOTHER = "other", "another"
"""Alias of a related table, which may be the subject once more."""


def compile_plan(plan: Plan, catalog: Catalog) -> str:
    """The statement of a plan.

    Raises:
        UnreachableError: a column does not exist, or no chain of keys leads to it.
    """
    return _Compiler(catalog).select(plan).sql(dialect="postgres")


class _Compiler:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def select(self, plan: Plan) -> exp.Select:
        """The query of a plan."""
        if plan.over is not None:
            return self._over(plan, plan.over)
        return self._ranked(plan) if plan.each or plan.equals else self._select(plan)

    def _over(self, plan: Plan, function: Function) -> exp.Select:
        """One figure over rows: how many there are, or what the last of their columns is on average."""
        counts = function == "count"
        inner = replace(plan, over=None, measures=() if counts else plan.measures)
        query = self.select(replace(inner, order=None) if plan.limit is None else inner)
        last = query.selects[-1]
        last.replace(exp.alias_(exact(last.unalias()), last.alias_or_name))
        figure = over_column(function, None if counts else exp.column(last.alias_or_name))
        figure = exp.cast(figure, "numeric") if function == "median" else figure
        title = "count" if counts else f"{function}_{last.alias_or_name}"
        return exp.select(exp.alias_(rounded(figure) if function in _FRACTIONS else figure, title)).from_(
            query.subquery("figures")
        )

    def _ranked(self, plan: Plan) -> exp.Select:
        """The first rows, of each group if there are any; equals share a place."""
        scope = Scope(self._catalog, plan.subject, plan.subject)
        order = self._order(plan, scope)
        if order is None or plan.distinct:
            raise UnreachableError("only rows in an order have a first")
        keys = tuple(ref for ref in plan.each if ref not in plan.columns)
        bare = replace(
            plan, columns=(*keys, *plan.columns), each=(), equals=False, order=None, limit=None, skip=0, ties=()
        )
        place = exp.Window(
            this=exp.DenseRank() if plan.skip else exp.Rank(),
            partition_by=[scope.column(ref) for ref in plan.each] or None,
            order=exp.Order(expressions=[order]),
        )
        inner = self._select(bare).select(exp.alias_(place, _PLACE))
        hidden = {_PLACE, *(title_of(ref) for ref in keys if ref in plan.unseen)}
        shown = [exp.column(name) for name in inner.named_selects if name not in hidden]
        count = plan.limit or 1
        first, last = exp.Literal.number(plan.skip + 1), exp.Literal.number(plan.skip + count)
        limit: exp.Expr = exp.Between(this=exp.column(_PLACE), low=first, high=last)
        if not plan.skip or count == 1:
            limit = (exp.EQ if plan.skip else exp.LTE)(this=exp.column(_PLACE), expression=last)
        firsts = [exp.column(name) for name in inner.named_selects[: len(plan.each)]]
        order_by = [*firsts, exp.column(_PLACE)]
        return exp.select(*shown).from_(inner.subquery("ranked")).where(limit).order_by(*order_by)

    def _select(self, plan: Plan) -> exp.Select:
        if plan.subject not in self._catalog.tables:
            raise UnreachableError(f"there is no table {plan.subject}")
        scope = Scope(self._catalog, plan.subject, plan.subject)
        keys = [scope.column(ref) for ref in plan.columns]
        shown = [exp.alias_(key, title_of(ref)) for key, ref in zip(keys, plan.columns, strict=True)]
        names = unique([title_of_measure(measure) for measure in plan.measures])
        figures = [
            exp.alias_(self._shown(measure, scope), name) for measure, name in zip(plan.measures, names, strict=True)
        ]
        query = exp.select(*shown, *figures)
        conditions = [self._condition(condition, scope) for condition in plan.where]
        if plan.known_keys:
            conditions += [key.copy().is_(exp.null()).not_() for key in keys]
        having = [self._having(condition, scope) for condition in plan.having]
        order = self._order(plan, scope)
        groups = [scope.column(ref) for ref in plan.unseen] + [key.copy() for key in keys]
        ties = [scope.column(ref) for ref in plan.ties]  # joined before the tables are
        query = scope.join(query.from_(exp.to_table(plan.subject)))
        if conditions:
            query = query.where(*conditions)
        if groups and plan.is_grouped:
            query = query.group_by(*groups)
        if having:
            query = query.having(*having)
        if order is not None:
            between = groups if plan.is_grouped else ties
            query = query.order_by(order, *(key.copy() for key in between if not plan.distinct and key != order.this))
        if plan.limit is not None:
            query = query.limit(plan.limit)
        if plan.skip:
            query = query.offset(plan.skip)
        return query.distinct() if plan.distinct and not plan.is_grouped else query

    def _order(self, plan: Plan, scope: Scope) -> exp.Expr | None:
        if plan.order is None:
            return None
        by = plan.order.by
        value = scope.column(by) if isinstance(by, Ref) else self._measure(by, scope)
        if plan.distinct and isinstance(by, Ref) and by not in plan.columns:
            raise UnreachableError(f"distinct rows cannot be ordered by {by.column}, which they do not show")
        # a row without a value is never the highest
        return exp.Ordered(this=value, desc=plan.order.descending, nulls_first=False)

    def _shown(self, measure: Measure, scope: Scope) -> exp.Expr:
        """A measure as it is shown; compared and ordered by it is exact."""
        value = self._measure(measure, scope)
        return rounded(value) if isinstance(measure, Figure) and measure.function in _FRACTIONS else value

    def _measure(self, measure: Measure, scope: Scope) -> exp.Expr:
        match measure:
            case Figure():
                return self._figure(measure, scope)
            case Share(where, of):
                part = self._figure(replace(of, where=where), scope)
                return percent(part, self._figure(of, scope))
            case OfTotal(figure):
                one = self._figure(figure, scope)
                return percent(one, exp.Window(this=exp.Sum(this=one.copy())))
            case Running(figure, by):
                order = exp.Order(expressions=[exp.Ordered(this=scope.column(by), nulls_first=False)])
                return exp.Window(this=exp.Sum(this=self._figure(figure, scope)), order=order)
            case Gap():
                return self._gap(measure, scope)

    def _gap(self, gap: Gap, scope: Scope) -> exp.Expr:
        first, other = self._figure(gap.first, scope), gap.second
        second = self._scalar(other) if isinstance(other, Plan) else self._figure(other, scope)
        match gap.operator:
            case "-" | "distance":
                less: exp.Expr = exp.Sub(this=first, expression=second)
                less = exp.Abs(this=less) if gap.operator == "distance" else less
                fraction = isinstance(other, Plan) or {gap.first.function, other.function} & _FRACTIONS
                return rounded(less) if fraction else less
            case "/":
                times = exp.Mul(this=exp.Literal.number("1.0"), expression=first)
                return rounded(exp.Div(this=times, expression=nonzero(second), typed=True))
            case "%":
                return percent(first, second)
            case "growth":
                return percent(exp.paren(exp.Sub(this=first, expression=second)), second.copy())

    def _figure(self, figure: Figure, scope: Scope) -> exp.Expr:
        one = self._aggregate(figure, scope)
        return one if figure.times == 1 else exp.Mul(this=literal(figure.times), expression=one)

    def _aggregate(self, figure: Figure, scope: Scope) -> exp.Expr:
        column = None if figure.ref is None else scope.column(figure.ref)
        conditions = [self._condition(condition, scope) for condition in figure.where]
        found = over_column(figure.function, column)
        if conditions:
            found = exp.Filter(this=found, expression=exp.Where(this=exp.and_(*conditions)))
        return exp.cast(found, "numeric") if figure.function == "median" else found

    def _having(self, having: Having, scope: Scope) -> exp.Expr:
        value = having.value
        other = self._scalar(value) if isinstance(value, Plan) else literal(value)
        return _COMPARISONS[having.operator](this=exact(self._measure(having.measure, scope)), expression=other)

    def _condition(self, condition: Condition, scope: Scope) -> exp.Expr:
        match condition:
            case Compare(ref, operator, value):
                other = self._other(value, scope)
                return _COMPARISONS[operator](this=scope.column(ref), expression=other)
            case OneOf(ref, values, negated):
                column = scope.column(ref)
                literals = [exp.Literal.string(value) for value in values]
                if len(literals) == 1:
                    return (exp.NEQ if negated else exp.EQ)(this=column, expression=literals[0])
                found = exp.In(this=column, expressions=literals)
                return exp.not_(found) if negated else found
            case Missing(ref, negated):
                empty = scope.column(ref).is_(exp.null())
                return exp.not_(empty) if negated else empty
            case AnyOf(conditions) | AllOf(conditions):
                join = exp.or_ if isinstance(condition, AnyOf) else exp.and_
                return exp.paren(join(*(self._condition(one, scope) for one in conditions)))
            case Related() | AgainstPeers() | Ordered() | Within():
                return self._membership(condition, scope)

    def _other(self, value: Value | Ref | Later | Plan, scope: Scope) -> exp.Expr:
        if isinstance(value, Ref):
            return scope.column(value)
        if isinstance(value, Later):
            told = [f"{number} {unit}" for number, unit in ((value.months, "months"), (value.days, "days")) if number]
            moved = exp.Interval(this=exp.Literal.string(" ".join(told) or "0 days"))
            return exp.Add(this=scope.column(value.ref), expression=moved)
        return self._scalar(value) if isinstance(value, Plan) else literal(value)

    def _scalar(self, plan: Plan) -> exp.Expr:
        """The exact figure of a plan, to compare with."""
        query = self.select(plan)
        for projection in query.selects:
            projection.replace(exact(projection.unalias()))
        return query.subquery()

    def _membership(self, condition: Related | AgainstPeers | Ordered | Within, scope: Scope) -> exp.Expr:
        match condition:
            case Related():
                return self._related(condition, scope)
            case Ordered():
                return self._ordered(condition, scope)
            case AgainstPeers():
                return self._against_peers(condition, scope)
            case Within(ref, plan):
                return exp.In(this=scope.column(ref), query=self.select(plan).subquery())

    def _ordered(self, ordered: Ordered, scope: Scope) -> exp.Expr:
        """Pairs of rows of one person, the one dated before or after the other."""
        sides = ((ordered.first, _OTHER), (ordered.second, _ANOTHER))
        links = [scope.link_to(side.table) for side, _ in sides]
        first, second = (Scope(self._catalog, side.table, alias) for side, alias in sides)
        pairs = zip((first, second), (ordered.first, ordered.second), strict=True)
        conditions = [self._condition(condition, inner) for inner, side in pairs for condition in side.where]
        dates = [inner.column(ref) for inner, ref in zip((first, second), ordered.dates, strict=True)]
        if scope.alias == _OTHER or first.is_joined or second.is_joined or links[0][0] != links[1][0]:
            raise UnreachableError("two events that are told by more than their own tables")
        keys = [exp.column(foreign, table=alias) for (_, foreign), (_, alias) in zip(links, sides, strict=True)]
        tables = [exp.alias_(exp.to_table(side.table), alias, table=True) for side, alias in sides]
        query = exp.select(keys[0]).from_(tables[0])
        query = query.join(tables[1], on=exp.EQ(this=keys[1], expression=keys[0].copy()))
        query = query.where(_COMPARISONS[ordered.operator](this=dates[0], expression=dates[1]), *conditions)
        return exp.In(this=exp.column(links[0][0], table=scope.alias), query=query.subquery())

    def _against_peers(self, condition: AgainstPeers, scope: Scope) -> exp.Expr:
        """Averages of all groups are reckoned once, not once for every row."""
        ref, within = condition.ref, condition.within
        key = PERSON.partition(".")[2]
        mean = exp.Window(this=exp.Avg(this=exp.column(ref.column)), partition_by=[exp.column(within.column)])
        peers = exp.select(key, ref.column, exp.alias_(mean, _MEAN)).from_(ref.table).subquery("peers")
        found = exp.select(key).from_(peers)
        found = found.where(_COMPARISONS[condition.operator](this=exp.column(ref.column), expression=exp.column(_MEAN)))
        return exp.In(this=exp.column(key, table=scope.alias), query=found.subquery())

    def _related(self, related: Related, scope: Scope) -> exp.Expr:
        own, foreign = scope.link_to(related.table)
        alias = _OTHER if scope.alias != _OTHER else _ANOTHER
        inner = Scope(self._catalog, related.table, alias)
        conditions = [self._condition(condition, inner) for condition in related.where]
        key = exp.column(foreign, table=alias)
        having = self._having(related.having, inner) if related.having is not None else None
        shared = [inner.column(ref) for ref in related.per]
        table = exp.alias_(exp.to_table(related.table), alias, table=True)
        if having is None and not inner.is_joined:
            linked = exp.EQ(this=key, expression=exp.column(own, table=scope.alias))
            query = exp.select(exp.Literal.number(1)).from_(table).where(linked, *conditions)
            found: exp.Expr = exp.Exists(this=query)
        else:
            # not correlated: a table that is joined inside may be the outer one, too
            query = inner.join(exp.select(key).from_(table)).where(key.copy().is_(exp.null()).not_(), *conditions)
            if having is not None:
                query = query.group_by(key.copy(), *shared).having(having)
            found = exp.In(this=exp.column(own, table=scope.alias), query=query.subquery())
        return exp.not_(found) if related.negated else found
