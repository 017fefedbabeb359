"""From an inflected word to the dictionary words that it may be a form of, in each of the three languages.

The dictionary is the caller's: which words there are decides where a form is cut. What words mean is in
`lexicon`; comparing two given words is `text.likeness`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Protocol

import pymorphy3

from nl2sql.language import Language
from nl2sql.text import Word, fold

_VOWELS = "aeıioöuü"
_CASE = r"(?:y?[iuae]|n[iuae]|[nd]?[iu]n|n?[dt][ae]n?|y?l[ae]|k[iu]|(?:n?[dt][ae]ki|l[iu]k?|s[iu]z)(?:l[ae]r)?(?:[iu]?n?[iuae]?)|c[ae])?"
_NOUN_ENDING = (
    r"(?:l[ae]r)?(?:[iu]?m(?:[iu]z)?|[iu]?n[iu]z|s?[iu]n?|l[ae]r[iu]n?)?"
    + _CASE
    + r"(?:[dt][iu]r|y?[dt][iu]|y?m[iu]s|yken|ys[ae]|l[ae]r)?"
)
_NOUN = re.compile(_NOUN_ENDING)
"""What may follow a Turkish noun after folding: plural, possessor, case, copula or what several are (şehirdeler)."""
_VOICE = (
    r"(?:[iu]?[ln]|[iu]t|t|[dt][iu]r|[iu]s){0,2}"  # passive, causative, reciprocal
    r"(?:y?[ae]b[iu]l)?(?:m[ae]?)?"  # ability; negation, its vowel lost before -yor
)
_FINITE = (
    r"(?:[iu]?yor|y?[ae]c[ae][gk]|[dt][iu]|m[iu]s|[aeiu]?r|z|m[ae]l[iu]|s[ae])(?:y?[dt][iu]|m[iu]s|y?s[ae])?"
    r"(?:l[ae]r|[iu]?m|n|k|y?[iu]z|s[iu]n(?:[iu]z)?|n[iu]z)?(?:[dt][iu]r)?"
)
_PARTICIPLE = r"(?:y?[ae]c[ae][gk]|[dt][iu][gk]|m[iu]s|y?[ae]n|m[ae]k?|y?[iu]c[iu]|y?[iu]s)" + _NOUN_ENDING
_CONVERB = r"y?[iu]p|y?[iu]nc[ae]|y?[ae]r[ae]k|[aeiu]?rken|m[ae]d[ae]n"
_IMPERATIVE = r"y?[iu]n(?:[iu]z)?|s[iu]n(?:l[ae]r)?|y?[ae]l[iu]m"
_VERB = re.compile(f"{_VOICE}(?:{_FINITE}|{_PARTICIPLE}|{_CONVERB}|{_IMPERATIVE})?")
"""What may follow a Turkish verb after folding: voice, ability, negation, then one of the four."""
_NARROWED = re.compile(r"[iu]yor.*")
_PLURAL = re.compile(r"l[ae]r.*")
_SOFTENED = {"k": "ğ", "ç": "c", "t": "d", "p": "b", "g": "ğ"}
_SOFTENED_VERBS = frozenset(
    {"git", "et", "tat", "güt", "kaybet", "reddet", "keşfet", "seyret", "hisset", "affet", "bahset"}
)
_ELIDED = frozenset({
    "isim", "şehir", "nehir", "resim", "oğul", "fikir", "şekil", "akıl", "kayıt", "beyin", "burun", "karın",
    "hacim", "kısım", "metin", "izin", "vakit", "nakit", "emir", "keşif", "kayıp", "nesil", "cisim", "omuz",
    "göğüs", "boyun", "ağız", "alın", "zehir", "seyir", "sabır", "ömür", "şükür", "cürüm", "hüküm",
})  # fmt: skip
"""Turkish nouns that lose their last vowel before an ending that begins with one: isim, ismi."""
_LONG_ENOUGH_FOR_COMPOUND = 4
_ALONE = 1
"""A word of one letter has no recognisable endings."""

_RUSSIAN_ENDING = re.compile(
    r"(?:ами|ями|ов|ев|ей|ах|ях|ам|ям|ом|ем|ого|его|ому|ему|ыми|ими|ых|их|ые|ие|ый|ий|ой|ая|яя|ое|ее|ую|юю"
    r"|ия|ии|ию|ть|ла|ли|ло|ет|ит|ут|ют|ат|ят|[аяоеиыуюьйл])?$"
)
_RUSSIAN_DEGREE = re.compile(
    r"(.+[еа]йш|(?:наи)?(?:лучш|худш|больш|меньш|старш|младш|высш|низш))(?:ий|его|ему|им|ем|ая|ей|ую|ее|ие|их|ими)"
)
_STEM = 4

_ENGLISH_RULES = (
    ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("zes", "ze"), ("oes", "o"), ("es", "e"), ("es", ""),
    ("s", ""), ("ied", "y"), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""), ("iest", "y"), ("ier", "y"), ("est", "e"),
    ("est", ""), ("er", "e"), ("er", ""),
)  # fmt: skip
_UNKNOWN_PLURAL = re.compile(r"(?<=[a-z]{2}[^su])s$")


class Forms(Protocol):
    """The forms of a dictionary's words."""

    def lemmas(self, word: Word) -> list[str]:
        """The dictionary words that a word may be a form of, the likeliest first; those cut alike are equally likely."""
        ...


class TurkishForms:
    """Turkish words grow endings, so a form is a stem of the dictionary and what may follow it; the longest stem wins."""

    def __init__(self, dictionary: Iterable[str]) -> None:
        self._stems: dict[str, list[tuple[str, re.Pattern[str], bool]]] = {}
        """Letters that a form begins with → lemma, what may follow, whether that begins with a vowel."""
        self._folded: dict[str, list[tuple[str, re.Pattern[str], bool]]] = {}
        for lemma in dict.fromkeys(dictionary):
            for stem, ending, before_vowel in _turkish_stems(lemma):
                self._stems.setdefault(stem, []).append((lemma, ending, before_vowel))
                self._folded.setdefault(fold(stem), []).append((lemma, ending, before_vowel))

    def lemmas(self, word: Word) -> list[str]:
        """As written; if that is no form of anything, as written without Turkish letters."""
        return _cuts(word.lower, self._stems) or _cuts(word.folded, self._folded)


class RussianForms:
    """Russian words are analysed by pymorphy; words that it cannot bring to the dictionary are compared by stem."""

    def __init__(self, dictionary: Iterable[str]) -> None:
        self._words = frozenset(dictionary)
        self._stems: dict[str, str] = {}
        for word in sorted(self._words, key=len, reverse=True):
            self._stems[_russian_stem(word)] = word

    def lemmas(self, word: Word) -> list[str]:
        """The word itself, then its normal forms, then words of its stem."""
        degree = _RUSSIAN_DEGREE.fullmatch(word.lower)  # лучшей is лучший before it is хороший
        forms = [word.lower, *([degree[1] + "ий"] if degree else []), *_normal_forms(word.lower)]
        forms += [form.removesuffix("ся") for form in forms if form.endswith("ся")]  # используется: is used
        found = [form for form in dict.fromkeys(forms) if form in self._words]
        stem = _russian_stem(word.lower)
        if not found and len(stem) >= _STEM and stem in self._stems:
            return [self._stems[stem]]
        return found


class EnglishForms:
    """English words have few endings; a word outside the dictionary only loses its plural."""

    def __init__(self, dictionary: Iterable[str]) -> None:
        self._words = frozenset(dictionary)

    def lemmas(self, word: Word) -> list[str]:
        """The word itself or what the rules make of it; always something."""
        lower = word.lower
        bases = [lower.removesuffix(ending) + instead for ending, instead in _ENGLISH_RULES if lower.endswith(ending)]
        bases += [base[:-1] for base in bases if base[-2:-1] == base[-1:]]  # planned: plann, plan
        known = [base for base in (lower, *bases) if base in self._words]
        irregular = _irregular().get(lower)
        found = [irregular, *known[:2]] if irregular else known[:2]
        return list(dict.fromkeys(found)) or [_UNKNOWN_PLURAL.sub("", lower)]


def forms(language: Language, dictionary: Iterable[str]) -> Forms:
    """The forms of the words of a dictionary, which are in lower case and have no ё."""
    kinds: dict[Language, Callable[[Iterable[str]], Forms]] = {
        "tr": TurkishForms,
        "ru": RussianForms,
        "en": EnglishForms,
    }
    return kinds[language](dictionary)


def _turkish_stems(lemma: str) -> Iterable[tuple[str, re.Pattern[str], bool]]:
    yield lemma, _NOUN, False
    if lemma.endswith(("mek", "mak")) and len(lemma) > len("mek") + 1:
        stem = lemma[:-3]
        yield stem, _VERB, False
        if stem[-1] in _VOWELS:
            yield stem[:-1], _NARROWED, False
        if stem in _SOFTENED_VERBS:
            yield stem[:-1] + "d", _VERB, True
    elif lemma[-1] in _SOFTENED:
        yield lemma[:-1] + ("g" if lemma.endswith("nk") else _SOFTENED[lemma[-1]]), _NOUN, True
    if lemma in _ELIDED:
        last = {"t": "d", "p": "b"}.get(lemma[-1], lemma[-1])
        yield lemma[:-2] + last, _NOUN, True
    if lemma[-1] in "ıiuü" and len(lemma) >= _LONG_ENOUGH_FOR_COMPOUND:
        # the head of a compound carries the possessor after the plural: tarihi, tarihleri; numarası, numaraları
        yield lemma[:-1], _PLURAL, False
        if lemma[-2] == "s":
            yield lemma[:-2], _PLURAL, False


def _cuts(form: str, stems: dict[str, list[tuple[str, re.Pattern[str], bool]]]) -> list[str]:
    found: dict[str, None] = {}
    for length in range(len(form), 0, -1):
        rest = form[length:]
        if length == _ALONE and rest:
            break
        candidates = stems.get(form[:length])
        if not candidates or rest.startswith("ş"):  # no ending begins with it: yaşı is no form of ya
            continue
        ending = fold(rest)
        for lemma, pattern, before_vowel in candidates:
            if before_vowel and (not ending or ending[0] not in _VOWELS):
                continue
            if pattern.fullmatch(ending):
                found[lemma] = None
    return list(found)


def dictionary_form(word: str, language: Language) -> str:
    """The dictionary form of a word that stands inflected in an expression, as in "дата рождения"."""
    return _normal_forms(word)[0] if language == "ru" else word


def _normal_forms(word: str) -> list[str]:
    return [form.replace("ё", "е") for form in _russian().normal_forms(word)]


def _russian_stem(word: str) -> str:
    # нн: запланированный, запланирован
    return _RUSSIAN_ENDING.sub("", word).rstrip("н")


@cache
def _irregular() -> dict[str, str]:
    """English forms that no rule makes."""
    with Path(__file__).with_name("data").joinpath("irregular.tsv").open(encoding="utf-8", newline="") as file:
        return {row["form"]: row["lemma"] for row in csv.DictReader(file, delimiter="\t")}


@cache
def _russian() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")
