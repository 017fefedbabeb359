"""How the company writes the names of its people, learned from how often each spelling occurs.

All spellings of a name that sound alike (`erp.letters.sound`) are one group; the most frequent spelling is
its canonical form, a Cyrillic one counting for its romanisation. So nobody has to keep a list of family
names, and a name that is typed in three scripts becomes one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import polars as pl

from erp.letters import is_cyrillic, is_turkish, romanise, sound, sounds

_KNOWN_VOTES = 3
"""Votes of a name that everybody knows: it wins against a single odd spelling even in a small company."""
_RIVAL = 0.5
"""A spelling that is this frequent beside the canonical one may be right as well."""


class NameLexicon:
    """The spellings of one part of names.

    Args:
        counts: how often each spelling occurs.
        known: canonical forms that are right in any company.
    """

    def __init__(self, counts: Mapping[str, int], known: Iterable[str] = ()) -> None:
        self._votes: dict[str, Counter[str]] = defaultdict(Counter)
        from_cyrillic: Counter[str] = Counter()
        for name, count in counts.items():
            key = sound(name)
            self._votes[key][romanise(name)] += count
            from_cyrillic[key] += count * is_cyrillic(name)
        self._known = frozenset(known)
        for name in self._known:
            self._votes[sound(name)][name] += _KNOWN_VOTES
        self.total = {key: sum(votes.values()) for key, votes in self._votes.items()}
        self.canonical = {
            key: max(votes, key=lambda form: (votes[form], is_turkish(form), form))
            for key, votes in self._votes.items()
        }
        self._join_by_turkish_sound(from_cyrillic)

    @classmethod
    def of(cls, column: pl.Series, known: Iterable[str] = ()) -> NameLexicon:
        """Learn from a column."""
        counts = column.drop_nulls().value_counts()
        return cls(dict(counts.iter_rows()), known)

    def _join_by_turkish_sound(self, from_cyrillic: Mapping[str, int]) -> None:
        """Шахин sounds like Şahin but is not written like it: such Cyrillic groups join the Turkish one."""
        for key, name in list(self.canonical.items()):
            for spoken in sounds(name):
                rarer = self.total.get(spoken, 0) < self.total[key]
                if spoken != key and rarer and from_cyrillic.get(spoken, 0) * 2 >= self.total.get(spoken, 1):
                    self.canonical[spoken] = name

    def votes(self, name: str) -> int:
        """How often the name occurs in any spelling."""
        return self.total.get(sound(name), 0)

    def form(self, name: str) -> str:
        """The canonical spelling; the romanised name itself if it never occurs."""
        return self.canonical.get(sound(name), romanise(name))

    def is_rival(self, name: str) -> bool:
        """Whether the spelling may be right too: it is nearly as frequent as the canonical one, or known."""
        if name in self._known:
            return True
        votes = self._votes[sound(name)]
        return votes[name] >= _RIVAL * votes[self.canonical[sound(name)]]
