"""Which verified examples are like a question: nearest neighbours of character n-grams, with FAISS.

The embedding needs no download and no language: masked questions share their words' letters whatever
their inflection. It finds what is written alike, not what is meant alike; meaning is the model's part.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from nl2sql.examples import Example, Masked

_DIMENSIONS = 2048
_SIZES = (3, 4, 5)


class LetterEmbeddings(Embeddings):
    """Hashed character n-grams within words, weighted by their rarity in a corpus, of length 1.

    Args:
        corpus: texts whose n-grams tell which are rare.
    """

    def __init__(self, corpus: Sequence[str]) -> None:
        documents = np.array([_counts(text) > 0 for text in corpus])
        self._weights = np.log((1 + len(corpus)) / (1 + documents.sum(axis=0))) + 1

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text, shape (len(texts), 2048)."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """The vector of one text, shape (2048,)."""
        vector = np.log1p(_counts(text)) * self._weights
        found: list[float] = (vector / max(float(np.linalg.norm(vector)), 1e-12)).tolist()
        return found


class Retriever:
    """Finds examples by their questions."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples
        documents = [
            Document(masked.text, metadata={"number": number, "language": language})
            for number, example in enumerate(examples)
            for language, masked in example.masked.items()
        ]
        embeddings = LetterEmbeddings([document.page_content for document in documents])
        self._store = FAISS.from_documents(documents, embeddings)

    def nearest(self, question: Masked, count: int) -> list[tuple[Example, float]]:
        """The examples most like a question in its language, best first, with their cosine."""
        found = self._store.similarity_search_with_score(
            question.text, k=count, filter={"language": question.language}, fetch_k=8 * len(self._examples)
        )
        # the store gives squared distances of unit vectors
        return [(self._examples[document.metadata["number"]], 1 - float(distance) / 2) for document, distance in found]


def _counts(text: str) -> np.ndarray:
    counts = np.zeros(_DIMENSIONS)
    for word in text.split():
        padded = f" {word} "
        for size in _SIZES:
            for start in range(max(1, len(padded) - size + 1)):
                counts[zlib.crc32(padded[start : start + size].encode()) % _DIMENSIONS] += 1
    return counts
