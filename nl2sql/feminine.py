"""Russian words for women of a profession: сварщица is a woman and a welder."""

from __future__ import annotations

import re

_FEMININE = re.compile(
    r"(?!уборщиц)\w{2,}((щиц|чиц|ниц)(а|ы|у|е|ей|ею|ам|ами|ах)?|(ер|ор)ш(а|и|у|е|ей|ам|ами|ах)?|(ист|ер|ёр|ор)(ка|ки|ку|ке|кой|кою|кам|ками|ках|ок))"
)


def is_feminine(text: str) -> bool:
    """Whether a Russian word for people of a kind says that they are women; уборщица is what everybody calls a cleaner."""
    return any(_FEMININE.fullmatch(word) for word in text.lower().replace("-", " ").split())
