"""Words that shape a statement instead of naming something in it: how many, each, at least, the oldest.

They are English dictionary words, which words of all three languages lead to (`lexicon`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Cue = Literal[
    "count", "counted", "avg", "sum", "min", "max", "each", "none", "not", "at least", "at most", "more", "less",
    "between", "distinct", "common", "most", "least", "alphabetical", "ascending", "descending", "both", "from start",
    "compare", "super", "which", "name", "stop",
]  # fmt: skip


@dataclass(frozen=True)
class Scale:
    """What an adjective is about."""

    columns: tuple[str, ...]
    """Words of the names of columns that it may order by, the likeliest first."""
    descending: bool
    """Whether 'the most so' is the highest value of them."""
    reversed: tuple[str, ...] = ()
    """Columns where it is the other way: the oldest was founded in the lowest year."""


_WHEN: Final = (
    "found",
    "founded",
    "birth",
    "birthday",
    "built",
    "build",
    "open",
    "opening",
    "establish",
    "year",
    "date",
)
_SIZE: Final = ("capacity", "size", "area", "population", "surface", "seat", "length", "attendance", "amount", "number")
_PRICE: Final = ("price", "cost", "fare", "fee", "rate", "rent", "tuition", "amount", "budget")
_LENGTH: Final = ("length", "duration", "distance", "runtime", "minute", "time", "page")
_HEIGHT: Final = ("height", "elevation", "altitude", "tall")
_OLD: Final = Scale(("age",), descending=True, reversed=_WHEN)
_YOUNG: Final = Scale(("age",), descending=False, reversed=_WHEN)
_LARGE: Final = Scale(_SIZE, descending=True)
_SMALL: Final = Scale(_SIZE, descending=False)
_DEAR: Final = Scale(_PRICE, descending=True)
_CHEAP: Final = Scale(_PRICE, descending=False)
_LONG: Final = Scale(_LENGTH, descending=True)
_SHORT: Final = Scale(_LENGTH, descending=False)
_TALL: Final = Scale(_HEIGHT, descending=True)
_LOW: Final = Scale(_HEIGHT, descending=False)
_HEAVY: Final = Scale(("weight", "mass"), descending=True)
_LIGHT: Final = Scale(("weight", "mass"), descending=False)
LASTS: Final = ("time", "duration", "second", "minute", "hour", "day")
_FAST: Final = Scale(("speed", "horsepower"), descending=True, reversed=LASTS)
_SLOW: Final = Scale(("speed", "horsepower"), descending=False, reversed=LASTS)
_POWERFUL: Final = Scale(("horsepower", "power", "engine"), descending=True)
_NEW: Final = Scale(("year", "date", "time"), descending=True)
_EARLY: Final = Scale(("year", "date", "time"), descending=False)
_CROWDED: Final = Scale(("attendance", "population", "capacity", "visitor"), descending=True)
_GOOD: Final = Scale(("rating", "score", "grade", "gpa", "point"), descending=True, reversed=("rank", "ranking"))
_BAD: Final = Scale(("rating", "score", "grade", "gpa", "point"), descending=False, reversed=("rank", "ranking"))
_PAID: Final = Scale(("salary", "wage", "pay", "income"), descending=True)
HIGH: Final = Scale((), descending=True)
LOWEST: Final = Scale((), descending=False)

COMPARATIVES: Final[dict[str, Scale]] = {
    "older": _OLD, "younger": _YOUNG, "larger": _LARGE, "bigger": _LARGE, "smaller": _SMALL, "more expensive": _DEAR,
    "cheaper": _CHEAP, "longer": _LONG, "shorter": _SHORT, "taller": _TALL, "higher": HIGH, "lower": LOWEST,
    "above": HIGH, "over": HIGH, "below": LOWEST, "under": LOWEST, "heavier": _HEAVY, "lighter": _LIGHT,
    "more powerful": _POWERFUL, "faster": _FAST, "slower": _SLOW, "newer": _NEW, "later": _NEW, "after": _NEW, "since": _NEW, "earlier": _EARLY,
    "before": _EARLY, "until": _EARLY,
}  # fmt: skip
POSITIVES: Final[dict[str, Scale]] = {
    "large": HIGH, "big": HIGH, "high": HIGH, "small": LOWEST, "little": LOWEST, "low": LOWEST, "old": _OLD, "young": _YOUNG,
    "expensive": _DEAR, "cheap": _CHEAP, "long": _LONG, "short": _SHORT, "tall": _TALL, "heavy": _HEAVY, "light": _LIGHT,
    "strong": _POWERFUL, "powerful": _POWERFUL, "fast": _FAST, "slow": _SLOW, "new": _NEW, "early": _EARLY,
}  # fmt: skip
"""After a Turkish ablative they compare: 40 yaşından büyük."""
MEASURES: Final[dict[str, Scale]] = {
    "cost": _DEAR,
    "spend": _DEAR,
    "pay": _DEAR,
    "worth": Scale(("value", *_PRICE), descending=True),
    "weigh": _HEAVY,
    "earn": Scale(("salary", "income", "wage", "pay"), descending=True),
}
"""What a verb measures: those that cost more than 100."""
SUPERLATIVES: Final[dict[str, Scale]] = {
    "oldest": _OLD, "youngest": _YOUNG, "largest": _LARGE, "biggest": _LARGE, "smallest": _SMALL,
    "most expensive": _DEAR, "cheapest": _CHEAP, "longest": _LONG, "shortest": _SHORT, "tallest": _TALL, "highest": HIGH, "greatest": HIGH,
    "lowest": LOWEST, "heaviest": _HEAVY, "lightest": _LIGHT, "fastest": _FAST, "slowest": _SLOW, "most powerful": _POWERFUL, "newest": _NEW,
    "latest": _NEW, "most recent": _NEW, "earliest": _EARLY, "most populous": _CROWDED, "busiest": _CROWDED,
    "highest paid": _PAID, "best paid": _PAID, "best": _GOOD, "worst": _BAD, "maximum": HIGH, "minimum": LOWEST, "most popular": _CROWDED,
}  # fmt: skip

CUES: Final[dict[str, Cue]] = {
    "how many": "count", "number": "counted", "count": "counted", "quantity": "counted", "average": "avg", "mean": "avg",
    "total": "sum", "sum": "sum", "each": "each", "every": "each", "per": "each", "by": "each", "no": "none", "none": "none",
    "not have": "none", "without": "none", "never": "none", "nobody": "none", "no one": "none", "not": "not", "at least": "at least", "at most": "at most",
    "more than": "more", "more": "more", "less than": "less", "less": "less", "fewer": "less", "between": "between",
    "distinct": "distinct", "different": "distinct", "unique": "distinct", "various": "distinct", "most common": "common",
    "most popular": "common", "most": "most", "least": "least", "fewest": "least", "alphabetical order": "alphabetical",
    "alphabetical": "alphabetical", "ascending": "ascending", "descending": "descending", "both": "both",
    "start": "from start", "since": "from start", "first": "from start",
    "in total": "sum", "altogether": "sum", "on average": "avg", "which": "which", "what": "which", "who": "which", "how much": "which",
}  # fmt: skip

STOP: Final = frozenset(
    [
        "amount",
        "be",
        "have",
        "do",
        "exist",
        "take",
        "place",
        "hold",
        "host",
        "come",
        "go",
        "from",
        "in",
        "on",
        "at",
        "of",
        "for",
        "to",
        "with",
        "and",
        "or",
        "the",
        "a",
        "an",
        "is",
        "are",
        "was",
        "were",
        "all",
        "entire",
        "list",
        "show",
        "display",
        "find",
        "give",
        "tell",
        "say",
        "return",
        "get",
        "print",
        "name",
        "who",
        "whom",
        "whose",
        "that",
        "which",
        "what",
        "it",
        "its",
        "their",
        "they",
        "there",
        "this",
        "these",
        "those",
        "we",
        "us",
        "our",
        "i",
        "me",
        "you",
        "please",
        "can",
        "must",
        "want",
        "need",
        "value",
        "data",
        "information",
        "detail",
        "record",
        "occur",
        "appear",
        "contain",
        "include",
        "belong",
        "own",
        "make",
        "place",
        "like",
        "as",
        "such",
        "also",
        "there",
        "here",
        "number",
        "year",
        "lira",
        "dollar",
        "euro",
        "kilometer",
        "km",
        "out",
        "his",
        "her",
        "he",
        "she",
        "him",
        "them",
        "where",
        "when",
        "how",
        "much",
        "any",
        "ever",
        "different",
        "up",
        "by",
        "word",
        "called",
        "call",
        "than",
        "yet",
        "still",
        "together",
        "among",
        "because",
        "already",
        "anything",
        "nothing",
        "until now",
    ]
)
"""They say nothing that the names beside them do not say already."""
NUMBERS: Final = (
    {
        word: number
        for number, word in enumerate(
            [
                "zero",
                "one",
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
                "ten",
                "eleven",
                "twelve",
                "thirteen",
                "fourteen",
                "fifteen",
            ]
        )
    }
    | {
        word: number
        for number, word in enumerate(["sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"], 6)
    }
    | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "thousand": 1000}
)
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
THOUSANDS: Final = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
SOFT: Final = frozenset(
    [
        "release",
        "perform",
        "supply",
        "pay",
        "use",
        "sell",
        "give",
        "place",
        "put",
        "buy",
        "make",
        "do",
        "hold",
        "teach",
        "write",
        "produce",
        "publish",
        "release",
        "play",
        "study",
        "attend",
        "participate",
        "live",
        "reside",
        "work",
        "visit",
        "own",
        "have",
        "serve",
        "offer",
        "belong",
        "come",
        "cost",
        "born",
        "win",
        "receive",
        "run",
        "direct",
        "sing",
        "locate",
        "located",
        "called",
        "named",
        "title",
        "stay",
        "earn",
        "cover",
        "lead",
        "manage",
        "take",
        "enroll",
        "register",
        "treat",
        "drive",
        "fly",
        "call",
        "hire",
    ]
)
"""Verbs that join what they stand between; how tables are joined says the same."""
UNREAD: Final = frozenset(
    [
        "only",
        "exactly",
        "percent",
        "percentage",
        "share",
        "sort",
        "arrange",
        "rank",
        "difference",
        "ratio",
        "except",
        "exclude",
        "leave out",
        "other",
    ]
)
"""What changes a question in ways that are not composed."""
ORDINALS: Final = frozenset(["second", "third", "fourth", "fifth", "next", "previous", "last"])
