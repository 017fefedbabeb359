"""What the rules know before they look at the records: the dictionary, the countries' phones, today's date.

What they learn from the records themselves is kept by `erp.learned`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources

from erp.learned import Memory
from erp.letters import romanise
from erp.vocabulary import Vocabulary, read_data


@dataclass(frozen=True)
class Knowledge:
    """Passed to every stage."""

    vocabulary: Vocabulary
    today: date
    memory: Memory = field(default_factory=Memory)
    """What was learned from all records."""

    def region(self, city: str) -> str:
        """ISO 3166 code of the country of a city, however it is written; empty if it is not known."""
        label = self.vocabulary.find("employees.city", city)
        return _regions().get(label.value, "") if label is not None else ""


@cache
def _regions() -> Mapping[str, str]:
    countries = read_data("countries.csv").select(country="value", region="region")
    return dict(read_data("cities.csv").join(countries, on="country").select("value", "region").iter_rows())


@cache
def given_names() -> frozenset[str]:
    """Given names that everybody knows, in Latin letters."""
    listed = tomllib.loads(resources.files("erp").joinpath("data/first_names.toml").read_text("utf-8"))
    return frozenset(romanise(name) for culture in listed.values() for names in culture.values() for name in names)
