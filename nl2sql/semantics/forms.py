"""Whether a word of a question is a form of a word of the lexicon, by the rules of its language.

Spellings with errors are not forms: the lexicon decides what a question says, so a guess here would be a
guess about everything.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import pymorphy3

from nl2sql.language import Language
from nl2sql.text import fold

_TURKISH = re.compile(
    r"(l[ae]r)?([iu]?m([iu]z)?|[iu]?n([iu]z)?|s?[iu]n?|l[ae]r[iu]n?)?"  # plural, possessor
    r"(y?[iuae]|n[iuae]|[nd]?[iu]n|n?[dt][ae]n?(ki(l[ae]r)?(in|un|nd[ae]n?|n[iuae])?)?|n?d[ae]l[ae]r|n?[iu]nki(l[ae]r)?(n?[dt][ae]n?|n[iuae]|n?[iu]n|yl[ae])?|y?l[ae]|l[iu]k?|s[iu]z)?"  # case
    r"(y?[dt][iu]r?|y?m[iu]s)?"  # is, was
)
_VERBAL = ("ma", "me")
_DENYING = re.compile(r"(y?m[iu]s|[dt][iu]|dan|den)(l[ae]r|t[iu]r)?")
"""What makes a denied verb of what looks like a verbal noun: tamamlama, but tamamlamamış, tamamlamadı, tamamlamadan."""
_DENIED = re.compile(r"m[ae](d[iu]|m[iu]s|y[ae]n|z)|m[iu]yor")
"""Eğitim gördü, but görmedi: what is not done is no form of what is."""
_OWN = "kendi"
"""One's own, which is no form of "kent", a city."""
_SOFTENED = {"k": "g", "c": "c", "t": "d", "p": "b"}
_ENGLISH = ("s", "es", "ed", "d", "ing")


def lexical(token: str, language: Language) -> str:
    """A word of the lexicon in the letters that questions are compared in."""
    return token.lower().replace("ё", "е") if language == "ru" else fold(token)


def is_form(said: str, token: str, language: Language) -> bool:
    """Whether a word, in the letters that are compared, is a form of a token: `word`, `word*` (begins so) or `word!` (itself)."""
    if token[-1] == "!":
        return said == token[:-1]
    if token[-1] == "*":
        return said.startswith(token[:-1]) and not (language == "tr" and _DENIED.match(said[len(token) - 1 :]))
    if said == token:
        return True
    match language:
        case "ru":
            return bool(lemmas(said) & lemmas(token))
        case "tr":
            return _is_turkish_form(said, token)
        case "en":
            return _is_english_form(said, token)


@lru_cache(maxsize=1 << 16)
def lemmas(word: str) -> frozenset[str]:
    """The dictionary forms that a Russian word may be of; the likely ones only."""
    parses = _morphology().parse(word)
    best = parses[0].score
    return frozenset(parse.normal_form.replace("ё", "е") for parse in parses if parse.score >= best / 10)


@lru_cache(maxsize=1 << 13)
def nominatives(word: str) -> tuple[str, ...]:
    """What a Russian name may be called: Соколовых is Соколов, Ивановой is Иванова."""
    parses = _morphology().parse(word)
    likely = [parse for parse in parses if parse.score >= parses[0].score / 10]
    forms = [form.word for parse in likely if (form := parse.inflect({"nomn", "sing"})) is not None]
    found = (form.replace("ё", "е") for form in (*forms, *(parse.normal_form for parse in likely)))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=1 << 13)
def is_nominative(word: str) -> bool:
    """Whether a Russian word is what does something, and none of many: женщины, but not женщин."""
    parses = _morphology().parse(word)
    return any({"nomn", "plur"} in parse.tag for parse in parses if parse.score >= parses[0].score / 10)


@lru_cache(maxsize=1 << 13)
def is_genitive(word: str) -> bool:
    """Whether a Russian word may be what something is compared with: старше юридического."""
    return any("gent" in parse.tag for parse in _morphology().parse(word))


@lru_cache(maxsize=1 << 13)
def lexemes(word: str) -> frozenset[str]:
    """All forms of a Russian word."""
    return frozenset(form.word.replace("ё", "е") for form in _morphology().parse(word)[0].lexeme)


def is_russian_word(word: str) -> bool:
    """Whether the dictionary has it."""
    return bool(_morphology().word_is_known(word))


def ending_fits(ending: str, language: Language) -> bool:
    """Whether words may end so after their stem."""
    return _TURKISH.fullmatch(ending) is not None if language == "tr" else ending in _ENGLISH


@cache
def _morphology() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=1 << 18)
def _is_turkish_form(said: str, token: str) -> bool:
    if len(token) < 2 or (said.startswith(_OWN) and not token.startswith(_OWN)):  # noqa: PLR2004 - one letter is no stem
        return False
    bases = [token]
    ending = said.removeprefix(token)
    if token.endswith(_VERBAL) and _DENYING.fullmatch(ending):
        return False
    if token[-1] in _SOFTENED:
        bases.append(token[:-1] + _SOFTENED[token[-1]])
    return any(said.startswith(base) and _TURKISH.fullmatch(said[len(base) :]) for base in bases)


@lru_cache(maxsize=1 << 18)
def _is_english_form(said: str, token: str) -> bool:
    if len(token) < 4:  # noqa: PLR2004 - endings of short words make other words
        return said == token + "s" and len(token) > 2  # noqa: PLR2004
    if token[-1] == "y" and said == token[:-1] + "ies":
        return True
    if token[-1] == "e" and said == token[:-1] + "ing":
        return True
    return any(said == token + ending for ending in _ENGLISH)
