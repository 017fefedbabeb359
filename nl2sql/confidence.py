"""How sure an answer is: a number from 0 to 1, and what it is made of, in the asker's language.

It is where the statement came from, which is measured, times how well the values of the question were recognised, which
is a rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nl2sql.language import Language
from nl2sql.phrases import phrase
from nl2sql.values import Link

USUAL: Final[Mapping[str, float]] = {"verified": 1.0, "composed": 0.9, "model": 0.75}
"""Source -> how sure a statement from it is, unless it says so itself."""


@dataclass(frozen=True)
class Confidence:
    """How sure an answer is, and why."""

    score: float
    """From 0 to 1."""
    reasons: tuple[str, ...]
    """In the asker's language."""


def confidence(source: str, links: Sequence[Link], language: Language, *, certainty: float | None = None) -> Confidence:
    """Judge an answer.

    Args:
        source: where its statement came from.
        links: values of the question, but those of ordinary words.
        language: of the reasons.
        certainty: of who wrote the statement; `None` is what is usual for the source.
    """
    score = USUAL[source] if certainty is None else certainty
    reasons = [phrase(language, f"by_{source}")]
    if doubtful := [link for link in links if not link.is_certain]:
        score *= min(link.score for link in doubtful)
        reasons.append(phrase(language, "by_likeness", names=", ".join(link.text for link in doubtful)))
    return Confidence(round(score, 2), tuple(reasons))
