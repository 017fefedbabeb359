"""How sure an answer is: a number from 0 to 1, and what it is made of, in the asker's language.

It is a rule, not a probability: where the statement came from, how well the values of the question were recognised,
how often the statement had to be corrected. It puts answers in an order; `evaluate` measures how right they are.
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
_CORRECTED: Final = 0.85
"""What is left of it after each correction: a model that was wrong before may still be."""


@dataclass(frozen=True)
class Confidence:
    """How sure an answer is, and why."""

    score: float
    """From 0 to 1."""
    reasons: tuple[str, ...]
    """In the asker's language."""


def confidence(
    source: str, links: Sequence[Link], language: Language, *, corrections: int = 0, certainty: float | None = None
) -> Confidence:
    """Judge an answer.

    Args:
        source: where its statement came from.
        links: values of the question, but those of ordinary words.
        language: of the reasons.
        corrections: how often the statement was sent back.
        certainty: of who wrote the statement; `None` is what is usual for the source.
    """
    score = USUAL[source] if certainty is None else certainty
    reasons = [phrase(language, f"by_{source}")]
    if doubtful := [link for link in links if not link.is_certain]:
        score *= min(link.score for link in doubtful)
        reasons.append(phrase(language, "by_likeness", names=", ".join(link.text for link in doubtful)))
    if corrections:
        score *= _CORRECTED**corrections
        reasons.append(phrase(language, "by_correction", count=corrections))
    return Confidence(round(score, 2), tuple(reasons))
