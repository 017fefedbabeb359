"""How long contracts last: on average, the longest of them; and whether contracts are spoken of, or people who have one."""

from __future__ import annotations

from nl2sql.semantics.facts import CONTRACT, CONTRACT_WORDS, PROJECT
from nl2sql.semantics.ranks import Rank
from nl2sql.semantics.reader import Named, Reader

LONG = ("long", "short", "uzun", "kısa", "длин", "продолжит", "долг", "корот", "короч", "дольш")
_HOLDERS = "sözleşmeli"
"""Turkish for people who have a contract of some kind."""


def names_contract(value: Named) -> bool:
    """Fixed-term contracts, not people who have one."""
    said = value.piece.text.lower()
    return value.attribute == "contract_type" and any(word in said for word in CONTRACT_WORDS) and _HOLDERS not in said


def asks_length_of_contract(reader: Reader) -> bool:
    """Average duration of fixed-term contracts, how long they are; how long people on such contracts work is theirs."""
    typed = any(names_contract(value) for value in reader.values)
    if not typed and (not reader.said("subject", CONTRACT) or reader.said("subject", PROJECT)):
        return False
    return bool(typed and reader.open("column", "duration")) or (
        reader.said("column", "days", "duration") and not reader.speaks_of_people
    )


def ranks_length_of_contract(reader: Reader, rank: Rank) -> bool:
    """The longest contract, en kısa sözleşmesi olan: how long it lasts."""
    said, noun = reader.pieces[rank.position].text.lower(), reader.beside(rank.position, 1)[1]
    long = rank.attribute in (None, "tenure") and any(word in said for word in LONG)
    return long and noun is not None and any(word in noun.text.lower() for word in CONTRACT_WORDS)
