"""Who wants to know something, which says nothing of what is to be found: HR wants a list of the welders.

Whole sentences about the asker are `asides`.
"""

from __future__ import annotations

import re
from typing import Final

from nl2sql.semantics.pieces import Line

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


def pass_over_asker(line: Line) -> None:
    """Whoever wants to know it says nothing of what is to be found."""
    asker = _ASKER.match(line.text)
    if asker is None or not any(piece.start >= asker.end() and not piece.is_filler for piece in line.pieces):
        return
    for piece in line.pieces:
        if piece.start < asker.end() and piece.end <= asker.end():
            piece.readings, piece.values = {"filler": ("filler",)}, ()
