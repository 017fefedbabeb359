"""The sentence about a name that nothing has. What the names stand for belongs to the callers."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def no_such(kind: str, name: str, names: Iterable[str]) -> str:
    """What was asked for, what there is, and the nearest match if one is near.

    >>> no_such("policy", "ufwq", ["fifo", "uwfq"])
    "There is no policy 'ufwq'; the names are fifo, uwfq. Did you mean uwfq?"
    """
    known = list(names)
    near = difflib.get_close_matches(name.lower(), known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no {kind} {name!r}; the names are {', '.join(known)}.{hint}"
