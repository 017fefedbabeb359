"""A question in English words, for a model that reads other languages badly: known words, values as they are stored.

Russian keeps its order, which is nearly that of English. Turkish puts first what English puts last, so its phrases
are turned around, and the endings of their last words become prepositions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from nl2sql.anywhere.linking import Linked
from nl2sql.anywhere.parts import Part
from nl2sql.language import Language
from nl2sql.lexicon import lemmas

_ENDINGS: Final = (
    (re.compile(r"([dt][ae]n)$"), "from"),
    (re.compile(r"([dt][ae](ki(ler(in)?)?)?)$"), "in"),
    (re.compile(r"(n?[ıiuü]n)$"), "of"),
    (re.compile(r"(y?l[ae])$"), "with"),
)
"""Of Turkish nouns, in this order."""
_PARTICIPLE = re.compile(r"(y?[ae]n|m[ıiuü]ş|[dt][ıiuü][kğ]\w*|y?[ae]c[ae][kğ]\w*)$")
_COMPARING: Final = frozenset(
    {"more than", "less than", "more", "less", "after", "before", "older", "younger", "large", "small"}
)
_AND: Final = frozenset({"and", "or"})
_PREFERRED: Final = frozenset({"no", "not have", "more than one", "which", "between"})
"""Senses that questions mean when a word has them."""
_ASKING: Final = frozenset(
    {"which", "what", "who", "list", "show", "display", "find", "give", "tell", "how much", "calculate"}
)
_EMPTY: Final = frozenset({"be", "happen"})
_NEGATIVE = re.compile(r"\w{2,}m[ae]y[ae]n\w*$|olmayan\w*$")


@dataclass
class _Phrase:
    words: list[str]
    preposition: str = ""
    is_joined: bool = False
    """Whether 'and' ties it to the one before."""

    def __str__(self) -> str:
        return " ".join([self.preposition, *self.words] if self.preposition else self.words)


def rendered(linked: Linked, language: Language) -> str:
    """The question in English words."""
    tokens = _tokens(linked)
    if language != "tr":
        return " ".join(word for word, _ in tokens if word)
    return " ".join(str(phrase) for phrase in _turned(_phrases(tokens)))


def _tokens(linked: Linked) -> list[tuple[str, Part]]:
    """Every part with its English word; values stand in quotes."""
    found: list[tuple[str, Part]] = []
    end = 0
    certain = {link.start: link for link in reversed(linked.values) if link.is_certain}
    for part in linked.parts:
        if part.start < end:
            continue
        link = certain.get(part.start)
        if link is not None:
            end = link.end
            found.append((f"'{link.value}'", part))
        else:
            preferred = next((sense for sense in part.english[:3] if sense in _PREFERRED), None)
            found.append((preferred or (part.english[0] if part.english else part.text), part))
    return found


def _phrases(tokens: list[tuple[str, Part]]) -> list[_Phrase]:
    """Turkish phrases: each ends with the word that carries its case, or with a participle."""
    found: list[_Phrase] = []
    current: list[str] = []
    joined = False
    for word, part in tokens:
        text = part.text.split()[-1].lower()
        if word in _AND and not current and found:
            joined = True
            found[-1].words.append(word)
            continue
        if word in _COMPARING and not current and found and found[-1].preposition == "from":
            found[-1].words.insert(0, word if word.endswith("than") else f"{word} than")
            found[-1].preposition = ""
            continue
        if word in _ASKING and text != "hangi":
            if current:
                found.append(_Phrase(current, "", joined))
            found.append(_Phrase([word], "", is_joined=bool(found) and found[-1].words[-1:] == ["and"]))
            current, joined = [], False
            continue
        if word not in _EMPTY or _NEGATIVE.search(text):
            current.append(f"not {word}" if _NEGATIVE.search(text) and "not" not in word else word)
        preposition = _preposition(text, part)
        if preposition or _PARTICIPLE.search(text) or "'" in word:
            if current:
                found.append(
                    _Phrase(current, "" if _PARTICIPLE.search(text) and preposition == "" else preposition, joined)
                )
            current, joined = [], False
    if current:
        found.append(_Phrase(current, "", joined))
    return found


def _preposition(text: str, part: Part) -> str:
    """What a Turkish case says, if the word has one: without its ending it must still be a word."""
    for pattern, name in _ENDINGS:
        ending = pattern.search(text)
        if ending is not None and (stem := text[: ending.start()]):
            return name if set(lemmas(stem, "tr")) & set(part.english) else ""
    return ""


def _turned(phrases: list[_Phrase]) -> list[_Phrase]:
    """The phrases from the last to the first; those that 'and' ties keep their order."""
    groups: list[list[_Phrase]] = []
    for phrase in phrases:
        if phrase.is_joined and groups:
            groups[-1].append(phrase)
        else:
            groups.append([phrase])
    return [phrase for group in reversed(groups) for phrase in group]
