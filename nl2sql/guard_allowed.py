"""What a statement may be made of: kinds of syntax with their parts, functions, types and units, by dialect.

Lists only, of what is harmless; how a statement is held against them is in `guard`. What is not listed does not
exist: a part that a new version of the parser adds to a listed kind is refused until somebody lists it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlglot import exp

Kinds = Mapping[type[exp.Expr], frozenset[str]]


def _kinds(parts: str, *kinds: type[exp.Expr]) -> dict[type[exp.Expr], frozenset[str]]:
    return dict.fromkeys(kinds, frozenset(parts.split()))


_SYNTAX: Final[Kinds] = {
    # shape
    **_kinds("with_ expressions distinct from_ joins where group having order limit offset windows", exp.Select),
    **_kinds("with_ this expression distinct order limit offset", exp.Union, exp.Intersect, exp.Except),
    **_kinds("expressions", exp.With, exp.Tuple, exp.Rollup, exp.Cube, exp.GroupingSets),
    **_kinds("this alias materialized", exp.CTE),
    **_kinds("this alias with_ joins", exp.Subquery),
    **_kinds("this", exp.From, exp.Where, exp.Having, exp.Paren),
    **_kinds("this alias db joins", exp.Table),
    **_kinds("this columns", exp.TableAlias),
    **_kinds("this on using side kind", exp.Join),
    **_kinds("this alias", exp.Alias),
    **_kinds("expressions rollup cube grouping_sets", exp.Group),
    **_kinds("this expressions", exp.Order),
    **_kinds("this desc nulls_first", exp.Ordered),
    **_kinds("expression", exp.Limit, exp.Offset),
    **_kinds("count direction limit_options", exp.Fetch),
    **_kinds("rows with_ties", exp.LimitOptions),
    **_kinds("expressions on", exp.Distinct),
    **_kinds("this partition_by order spec over alias", exp.Window),
    **_kinds("kind start start_side end end_side exclude", exp.WindowSpec),
    **_kinds("this expression", exp.WithinGroup, exp.Filter),
    # names and values
    **_kinds("this table", exp.Column),
    **_kinds("this quoted", exp.Identifier),
    **_kinds("this is_string", exp.Literal),
    **_kinds("this unit", exp.Interval),
    **_kinds("this expressions", exp.DataType),
    **_kinds("this", exp.DataTypeParam, exp.Boolean, exp.Var),
    **_kinds("", exp.Star, exp.Null),
    # conditions
    **_kinds(
        "this expression negate",
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or, exp.Is, exp.Like, exp.ILike, exp.Escape,
        exp.NullSafeEQ, exp.NullSafeNEQ,
    ),
    **_kinds("this", exp.Not, exp.Exists, exp.Any, exp.All),
    **_kinds("this expressions query negate", exp.In),
    **_kinds("this low high symmetric negate", exp.Between),
    **_kinds("this ifs default", exp.Case),
    **_kinds("this true false", exp.If),
    # arithmetic
    **_kinds("this expression", exp.Add, exp.Sub, exp.Mul, exp.Mod),
    **_kinds("this expression typed safe", exp.Div),
    **_kinds("this expression safe", exp.DPipe),
    **_kinds("this", exp.Neg),
}  # fmt: skip

_FUNCTIONS: Final[Kinds] = {
    # over groups and windows
    **_kinds("this expressions big_int", exp.Count),
    **_kinds(
        "this",
        exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Stddev, exp.StddevSamp, exp.StddevPop, exp.Variance, exp.VariancePop,
        exp.Median, exp.Mode, exp.LogicalAnd, exp.LogicalOr, exp.FirstValue, exp.LastValue, exp.Ntile,
    ),
    **_kinds("this expression", exp.Corr, exp.CovarPop, exp.CovarSamp, exp.RegrSlope, exp.RegrIntercept),
    **_kinds("this expression", exp.PercentileCont, exp.PercentileDisc),
    **_kinds("this separator", exp.GroupConcat),
    **_kinds("expressions", exp.Grouping),
    **_kinds("", exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist),
    **_kinds("expressions", exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist),
    **_kinds("this offset default", exp.Lag, exp.Lead),
    **_kinds("this offset", exp.NthValue),
    # of numbers
    **_kinds("this decimals truncate", exp.Round, exp.Trunc),
    **_kinds("this decimals", exp.Floor, exp.Ceil),
    **_kinds("this", exp.Abs, exp.Sign, exp.Sqrt, exp.Ln, exp.Exp),
    **_kinds("this expression", exp.Log, exp.Pow, exp.Nullif),
    **_kinds("this expressions ignore_nulls", exp.Greatest, exp.Least),
    **_kinds("this expressions is_nvl is_null", exp.Coalesce),
    **_kinds("this to", exp.Cast),
    # of texts; none whose result is longer than what it is given by more than that is long itself
    **_kinds("this", exp.Lower, exp.Upper, exp.Length, exp.Reverse),
    **_kinds("this expression", exp.Initcap, exp.Left, exp.Right, exp.StartsWith),
    **_kinds("this expression position", exp.Trim),
    **_kinds("this start length zero_start", exp.Substring),
    **_kinds("expressions safe coalesce", exp.Concat, exp.ConcatWs),
    **_kinds("this expression replacement", exp.Replace),
    **_kinds("this substr position", exp.StrPosition),
    **_kinds("this delimiter part_index", exp.SplitPart),
    # of times
    **_kinds("this expression", exp.Extract),
    **_kinds("this unit input_type_preserved", exp.TimestampTrunc, exp.DateTrunc),
    **_kinds("this format", exp.TimeToStr, exp.StrToDate),
    **_kinds("", exp.CurrentDate, exp.CurrentTimestamp),
}  # fmt: skip

_POSTGRES: Final[Kinds] = {
    **_kinds("expressions bracket_notation", exp.Array),
    **_kinds("this zone", exp.AtTimeZone),
    **_kinds("", exp.Localtimestamp),
}
_SQLITE: Final[Kinds] = {
    **_kinds("this expressions", exp.Date),
    **_kinds("this default_date", exp.TsOrDsToTimestamp, exp.TsOrDsToDate),
}
_TSQL: Final[Kinds] = {
    **_kinds("this default_date", exp.TsOrDsToDate),
    **_kinds("this", exp.Year, exp.Month, exp.Day, exp.TimeStrToTime),
    **_kinds("this expression unit", exp.DateDiff, exp.DateAdd),
    **_kinds("this", exp.LastDay),
    **_kinds("year month day", exp.DateFromParts),
    **_kinds("this to safe", exp.TryCast),
}

_TYPES: Final = frozenset(
    {
        exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.DECIMAL, exp.DType.DOUBLE, exp.DType.FLOAT,
        exp.DType.TEXT, exp.DType.VARCHAR, exp.DType.CHAR, exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ,
        exp.DType.BOOLEAN, exp.DType.INTERVAL,
    }
)  # fmt: skip
_TSQL_TYPES: Final = frozenset({exp.DType.NVARCHAR, exp.DType.NCHAR, exp.DType.DATETIME, exp.DType.DATETIME2})

UNITS: Final = frozenset(
    (
        "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND",
        "DOW", "ISODOW", "DOY", "DAYOFYEAR", "WEEKDAY", "ISOYEAR", "EPOCH", "DECADE",
        "CENTURY",
    )
)  # fmt: skip
"""Of time, also with a final S; the parser takes any word, and prints it as it is."""


@dataclass(frozen=True)
class Allowed:
    """What statements of one dialect may be made of."""

    kinds: Kinds
    """Node of the tree -> its parts that may be there."""
    names: frozenset[str]
    """Harmless functions that the parser does not know."""
    types: frozenset[exp.DType]


def _allowed(more: Kinds, names: Iterable[str], types: frozenset[exp.DType] = frozenset()) -> Allowed:
    return Allowed({**_SYNTAX, **_FUNCTIONS, **more}, frozenset(names), _TYPES | types)


ALLOWED: Final[Mapping[str, Allowed]] = {
    "postgres": _allowed(_POSTGRES, ("AGE", "MAKE_DATE", "EVERY")),
    "sqlite": _allowed(_SQLITE, ("DATE", "DATETIME", "TIME", "JULIANDAY", "TOTAL")),
    "tsql": _allowed(_TSQL, (), _TSQL_TYPES),
}
"""By the parser's names of dialects."""
