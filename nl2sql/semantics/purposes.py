"""What a question is asked for: we want to order cakes; retirement planning; need it for the deductions.

Such a sentence says nothing of what is to be found, so it is passed over as a whole; one that names values, numbers
or times may say which rows are meant, and is read like any other.
"""

from __future__ import annotations

import re
from typing import Final

from nl2sql.semantics.pieces import Line, Piece

_END: Final = re.compile(r"[.!?:;](?=\s|$)|\s[-–—]\s")
_DOING: Final = (
    r"(?:order|draft|prepar|organi[sz]|compil|arrang|book|writ|send|finali[sz]|print|publish|updat|announc|celebrat|"
    r"reward|thank|present|hand|giv|buy|throw|host|budget|adjust|schedul|submit|fil|fill|finish|complet|process|pay|"
    r"set|settl|put|draw|mak|plann?)"
)
_PURPOSE: Final = re.compile(
    rf"(?:(?:i'm|i’m|i am|we're|we’re|we are|i|we)\s+(?:busy\s+|just\s+|now\s+)?{_DOING}ing\b"
    rf"|(?:i|we)\s+(?:have to|need to|must|want to|would like to|'d like to|am about to|are about to|plan to)\s+"
    rf"{_DOING}e?\b"
    r"|(?:i\s+|we\s+)?(?:need|want)\s+(?:it|this|that|them|these|those)\s+for\b"
    r"|(?:it's|it’s|it is|this is|that's|that’s|that is|these are)\s+for\b)",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(
    r"[\w' -]{0,40}\b(?:planning|prep|preparations?|party|campaign|newsletter|presentation|audit|review|reports?|check)",
    re.IGNORECASE,
)
_REFERS: Final = re.compile(r"\b(?:they|them|their|theirs|those|these|it|its)\b", re.IGNORECASE)
_TOLD: Final = ("calendar", "compare", "compare_after", "negation", "rank", "part")
"""Kinds of words that say which rows are meant."""
_NOUNS: Final = ("subject", "dim", "column", "event", "date")


def read_purposes(line: Line) -> None:
    """Pass over such sentences, if something is asked besides."""
    sentences = _sentences(line)
    found = [one for one in sentences if _is_purpose(line, one)]
    others = [number for one in sentences if one not in found for number in one]
    if not any(not line.pieces[number].is_filler for number in others):
        return
    for sentence in found:
        after = [number for number in others if number > sentence[-1]]
        rest = line.text[line.pieces[after[0]].start :] if after else ""
        nouns = any(line.pieces[number].has(kind) for number in sentence for kind in _NOUNS)
        if nouns and _REFERS.search(rest):
            continue  # I am preparing contracts. How many of them end in May?
        for number in sentence:
            line.pieces[number].readings = {"filler": ("filler",)}
            line.pieces[number].is_corrected = False


def _sentences(line: Line) -> list[list[int]]:
    """The numbers of the pieces of each."""
    ends = [found.start() for found in _END.finditer(line.text)]
    sentences: dict[int, list[int]] = {}
    for number, piece in enumerate(line.pieces):
        sentences.setdefault(sum(end < piece.end for end in ends), []).append(number)
    return list(sentences.values())


def _is_purpose(line: Line, sentence: list[int]) -> bool:
    pieces = [line.pieces[number] for number in sentence]
    if any(piece.values or piece.number is not None or any(map(piece.has, _TOLD)) for piece in pieces):
        return False
    said = line.text[pieces[0].start : pieces[-1].end].replace("  ", " ")
    if _PURPOSE.match(said):
        return True
    headed = line.text[pieces[-1].end :].lstrip().startswith(":") and _HEADING.fullmatch(said) is not None
    return headed and not any(_says_something(piece) for piece in pieces)


def _says_something(piece: Piece) -> bool:
    return any(map(piece.has, _NOUNS))
