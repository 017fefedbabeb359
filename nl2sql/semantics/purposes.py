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
_ACTIVITY: Final = re.compile(r"[\w' -]{0,40}\b(?:planning|prep|preparations?|audit|review|check)", re.IGNORECASE)
"""Payroll review: a heading that names a figure, and no figure that is asked for."""
_ASKER: Final = re.compile(
    r"(?:(?:my|our|the|an?)\s+)?(?:new\s+)?(?:boss|manager|director|ceo|cfo|coo|auditors?|accountants?|client|lawyers?|"
    r"board|union|management|hr|finance|legal|payroll|accounting|head office|headquarters|insurers?|bank|payroll team|"
    r"hr team|finance team|team lead|ministry|inspectors?)\s+"
    r"(?:wants? to know|wants? to see|wants?|is asking|are asking|asks?|asked|needs? to know|needs?|requires?|"
    r"would like to (?:know|see)|would like|has asked|have asked|keeps? asking|has requested|requested)\b"
    r"(?:\s+me)?(?:\s+(?:for|about|to know))?(?=\s)",
    re.IGNORECASE,
)
"""HR wants a list of …: who asks, and not whom the list is of."""
_REFERS: Final = re.compile(r"\b(?:they|them|their|theirs|those|these|it|its)\b", re.IGNORECASE)
_TOLD: Final = ("calendar", "compare", "compare_after", "negation", "rank", "part")
"""Kinds of words that say which rows are meant."""
_ASKED_OF: Final = ("subject", "column", "dim")
"""Words that say what is asked about."""
_NOUNS: Final = ("subject", "dim", "column", "event", "date")


def read_purposes(line: Line) -> None:
    """Pass over such sentences, if something is asked besides."""
    _pass_over_asker(line)
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


def _pass_over_asker(line: Line) -> None:
    """Whoever wants to know it says nothing of what is to be found."""
    asker = _ASKER.match(line.text)
    if asker is None or not any(piece.start >= asker.end() and not piece.is_filler for piece in line.pieces):
        return
    for piece in line.pieces:
        if piece.start < asker.end() and piece.end <= asker.end():
            piece.readings, piece.values = {"filler": ("filler",)}, ()


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
    if not line.text[pieces[-1].end :].lstrip().startswith(":"):
        return False
    rest = line.pieces[sentence[-1] + 1 :]
    asks_who = bool(rest) and rest[0].has("ask", "who")
    if asks_who and _ACTIVITY.fullmatch(said) and any(piece.has("compare") for piece in rest):
        return True
    if _ACTIVITY.fullmatch(said) and any(any(map(piece.has, _ASKED_OF)) for piece in rest):
        return True
    return _HEADING.fullmatch(said) is not None and not any(_says_something(piece) for piece in pieces)


def _says_something(piece: Piece) -> bool:
    return any(map(piece.has, _NOUNS))
