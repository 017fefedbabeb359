"""Phones, e-mail addresses, national ids and amounts in their one right form.

Each function returns `None` where nothing of that kind is written.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

_E164: Final = re.compile(r"\+[1-9]\d{7,14}")
_ADDRESS: Final = re.compile(r"[^@\s,;]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_AT: Final = re.compile(r"\s*[\[(]\s*(?:at|et|собака)\s*[\])]\s*", re.IGNORECASE)
_SLIPS: Final = str.maketrans("İı,", "ii.")
_ID: Final = re.compile(r"[A-Z0-9]{5,20}")
_AMOUNT: Final = re.compile(r"-?\d+(?:\.\d+)?")


def e164(text: str, region: str) -> str | None:
    """A phone number in E.164.

    Args:
        text: what was typed, with the country's code, 00 or + before it or not, or as dialled inside the country.
        region: ISO 3166 code of the country where the number is used.

    >>> e164("8 (916) 123-45-67", "RU"), e164("0(532) 123 45 67", "TR"), e164("00971501234567", "AE")
    ('+79161234567', '+905321234567', '+971501234567')
    """
    digits = re.sub(r"[^\d+]", "", text)
    if _E164.fullmatch(digits):
        return digits
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    attempts = [digits] if digits.startswith(("0", "+")) else [digits, "+" + digits]  # the plus may have been left out
    numbers = [number for attempt in attempts if (number := _parsed(attempt, region)) is not None]
    valid = [number for number in numbers if phonenumbers.is_valid_number(number)]
    best = next(iter(valid or numbers), None)
    return None if best is None else str(phonenumbers.format_number(best, PhoneNumberFormat.E164))


def _parsed(text: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region or None)
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def address(text: str) -> str | None:
    """An e-mail address in small letters, with its usual slips put right.

    >>> address("Ayse.Yilmaz (at) millgroup,com.tr")
    'ayse.yilmaz@millgroup.com.tr'
    """
    plain = _AT.sub("@", text.removeprefix("mailto:").strip()).translate(_SLIPS)
    plain = re.sub(r"\s+|\.$", "", plain).lower()
    return plain if _ADDRESS.fullmatch(plain) else None


def national_id(text: str) -> str | None:
    """A national id without what groups its digits.

    >>> national_id("112-233-445 95")
    '11223344595'
    """
    plain = re.sub(r"[\s.\-/]", "", text).upper()
    return plain if _ID.fullmatch(plain) else None


def mask(text: str) -> str:
    """A national id that may be shown: everything but the last two characters hidden, separators kept."""
    return re.sub(r"\w(?=.*\w.*\w)", "*", text)


def amount(text: str) -> str | None:
    """A number with a decimal point, whatever separates its thousands.

    The last of point and comma is the decimal one, unless exactly three digits follow and none stood before it.

    >>> amount("1.234,50"), amount("4 500"), amount("2,500")
    ('1234.50', '4500', '2500')
    """
    plain = re.sub(r"[\s'’_]|USD|\$", "", text)
    point, comma = plain.rfind("."), plain.rfind(",")
    if point >= 0 and comma >= 0:
        thousands, decimal = (",", ".") if point > comma else (".", ",")
        plain = plain.replace(thousands, "").replace(decimal, ".")
    elif comma >= 0:
        grouped = re.fullmatch(r"-?\d{1,3}(?:,\d{3})+", plain) is not None
        plain = plain.replace(",", "" if grouped else ".")
    elif plain.count(".") > 1:
        plain = plain.replace(".", "")
    return plain if _AMOUNT.fullmatch(plain) else None
