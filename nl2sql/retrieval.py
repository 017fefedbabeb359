"""Which verified examples are like a question: nearest neighbours of character n-grams, with FAISS.

The embedding needs no download and no language: masked questions share their words' letters whatever
their inflection. It finds what is written alike, not what is meant alike; meaning is the model's part.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from nl2sql.examples import Example, Masked
from nl2sql.language import LANGUAGES

_DIMENSIONS = 2048
_SIZES = (3, 4, 5)


class Retriever:
    """Finds examples by their questions.

    Vectors are hashed character n-grams within words, weighted by their rarity among all questions, of
    length 1; one exact index a language, with a vector for every way to ask.
    """

    def __init__(self, examples: Sequence[Example]) -> None:
        counts: dict[str, NDArray[np.float64]] = {}
        self._examples: dict[str, list[Example]] = {}
        """Whose question each vector of a language is."""
        for language in LANGUAGES:
            asked = [(example, question) for example in examples for question in example.masked[language]]
            self._examples[language] = [example for example, _ in asked]
            counts[language] = np.array([_counts(question) for _, question in asked])
        documents = sum((matrix > 0).sum(axis=0) for matrix in counts.values())
        self._weights = np.log((1 + sum(map(len, counts.values()))) / (1 + documents)) + 1
        self._indexes: dict[str, faiss.IndexFlatIP] = {}
        for name, matrix in counts.items():
            self._indexes[name] = faiss.IndexFlatIP(_DIMENSIONS)
            self._indexes[name].add(self._vectors(matrix))

    def nearest(self, question: Masked, count: int) -> list[tuple[Example, float]]:
        """The examples most like a question in its language, best first, with the cosine of their nearest question."""
        vector = self._vectors(_counts(question)[None, :])
        owners = self._examples[question.language]
        cosines, numbers = self._indexes[question.language].search(vector, len(owners))
        found: dict[int, tuple[Example, float]] = {}
        for number, cosine in zip(numbers[0], cosines[0], strict=True):
            found.setdefault(id(owners[number]), (owners[number], float(cosine)))
            if len(found) == count:
                break
        return list(found.values())

    def _vectors(self, counts: NDArray[np.float64]) -> NDArray[np.float32]:
        weighted = np.log1p(counts) * self._weights
        lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
        found: NDArray[np.float32] = (weighted / np.maximum(lengths, 1e-12)).astype(np.float32)
        return found


def _counts(question: Masked) -> NDArray[np.float64]:
    counts = np.zeros(_DIMENSIONS)
    for word in question.text.split():
        padded = f" {word} "
        for size in _SIZES:
            for start in range(max(1, len(padded) - size + 1)):
                counts[zlib.crc32(padded[start : start + size].encode()) % _DIMENSIONS] += 1
    return counts
