"""How the company writes the names of its people, learned from how often each spelling occurs.

All spellings of a name that sound alike (`erp.letters.sound`) are one group; the most frequent spelling is
its canonical form, a Cyrillic one counting for its romanisation. So nobody has to keep a list of family
names, and a name that is typed in three scripts becomes one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import polars as pl

from erp.learned import Memory
from erp.letters import is_cyrillic, is_turkish, romanise, sound, sounds

_KNOWN_VOTES = 3
"""Votes of a name that everybody knows: it wins against a single odd spelling even in a small company."""
_RIVAL = 0.5
"""A spelling that is this frequent beside the canonical one may be right as well."""


class NameLexicon:
    """The spellings of one part of names.

    Args:
        forms: as `learn_forms` makes it.
        known: canonical forms that are right in any company.
    """

    def __init__(self, forms: pl.DataFrame, known: Iterable[str] = ()) -> None:
        self._known = frozenset(known)
        self._votes: dict[str, dict[str, int]] = defaultdict(dict)
        for key, form, votes in forms.drop_nulls("form").select("key", "form", "votes").iter_rows():
            self._votes[key][form] = votes
        self._total = {key: sum(votes.values()) for key, votes in self._votes.items()}
        self.canonical: dict[str, str] = dict(forms.select("key", "canonical").iter_rows())

    @classmethod
    def of(cls, column: pl.Series, memory: Memory, use: str, known: Iterable[str] = ()) -> NameLexicon:
        """Learn from a column, or recall what was learned for this use when all records were there."""
        names = frozenset(known)

        def learn() -> pl.DataFrame:
            counts = column.drop_nulls().value_counts(sort=True, name="n")
            return learn_forms(dict(counts.iter_rows()), names)

        return cls(memory.recall(f"{use}.{column.name}", learn), names)

    def votes(self, name: str) -> int:
        """How often the name occurs in any spelling."""
        return self._total.get(sound(name), 0)

    def form(self, name: str) -> str:
        """The canonical spelling; the romanised name itself if it never occurs."""
        return self.canonical.get(sound(name), romanise(name))

    def is_rival(self, name: str) -> bool:
        """Whether the spelling may be right too: it is nearly as frequent as the canonical one, or known."""
        if name in self._known:
            return True
        key = sound(name)
        if key not in self.canonical:  # it came after everything was learned, and nothing speaks against it
            return True
        votes = self._votes[key]
        return votes.get(name, 0) >= _RIVAL * votes.get(self.canonical[key], 0)


def learn_forms(counts: Mapping[str, int], known: Iterable[str] = ()) -> pl.DataFrame:
    """Group spellings by sound and choose the canonical form of each group.

    Args:
        counts: how often each spelling occurs.
        known: canonical forms that are right in any company.

    Returns:
        `key, form, votes, canonical`: the sound, each form with its votes, and the group's canonical form; a sound
        that nobody's name has, but that a canonical form may be spelt by, has no form.
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    from_cyrillic: Counter[str] = Counter()
    for name, count in counts.items():
        key = sound(name)
        votes[key][romanise(name)] += count
        from_cyrillic[key] += count * is_cyrillic(name)
    for name in known:
        votes[sound(name)][name] += _KNOWN_VOTES
    total = {key: group.total() for key, group in votes.items()}
    canonical = {
        key: max(group, key=lambda form: (group[form], is_turkish(form), form)) for key, group in votes.items()
    }
    # Шахин sounds like Şahin but is not written like it: such Cyrillic groups join the Turkish one
    for key, name in list(canonical.items()):
        for spoken in sounds(name):
            rarer = total.get(spoken, 0) < total[key]
            if spoken != key and rarer and from_cyrillic.get(spoken, 0) * 2 >= total.get(spoken, 1):
                canonical[spoken] = name
    rows: list[tuple[str, str | None, int, str]] = [
        (key, form, number, canonical[key]) for key, group in votes.items() for form, number in group.items()
    ]
    rows += [(key, None, 0, form) for key, form in canonical.items() if key not in votes]
    schema = {"key": pl.String, "form": pl.String, "votes": pl.Int64, "canonical": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
