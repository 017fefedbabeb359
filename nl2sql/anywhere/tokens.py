"""How many tokens a text has at most, without the model's tokenizer: prompts are cut before they are too long."""

from __future__ import annotations

import re
from typing import Final

_PIECE = re.compile(r"[A-Za-z]+|\d|\s+|[^\sA-Za-z\d]")
_LETTERS: Final = 3
"""Latin letters of a token, at least on average; English words have four to five, odd names three."""


def bound(text: str) -> int:
    """An upper bound for texts that people and databases write.

    Digits and signs count as one token each, other scripts as one a letter.
    """
    count = 0
    for piece in _PIECE.findall(text):
        if piece[0].isascii() and piece[0].isalpha():
            count += -(-len(piece) // _LETTERS)
        elif piece.isspace():
            count += 1 if piece != " " else 0  # one space belongs to the word after it
        else:
            count += 1
    return count
