"""What comes from a country is called by another word than the country: American films, where the column says USA."""

from __future__ import annotations

from typing import Final

_NAMES: Final = """
american: usa, us, united states, united states of america, america
british: uk, united kingdom, great britain, britain, gb
english: england, uk, united kingdom
french: france
german: germany
italian: italy
spanish: spain
portuguese: portugal
russian: russia, russian federation
turkish: turkey, türkiye
japanese: japan
chinese: china
korean: south korea, korea
indian: india
brazilian: brazil
mexican: mexico
canadian: canada
australian: australia
dutch: netherlands, holland
belgian: belgium
swiss: switzerland
austrian: austria
swedish: sweden
norwegian: norway
danish: denmark
finnish: finland
polish: poland
czech: czech republic, czechia
hungarian: hungary
greek: greece
ukrainian: ukraine
romanian: romania
bulgarian: bulgaria
serbian: serbia
croatian: croatia
irish: ireland
scottish: scotland
argentine: argentina
argentinian: argentina
egyptian: egypt
iranian: iran
israeli: israel
kazakh: kazakhstan
georgian: georgia
azerbaijani: azerbaijan
armenian: armenia
"""
COUNTRIES: Final[dict[str, tuple[str, ...]]] = {
    word: tuple(name.strip() for name in names.split(","))
    for word, _, names in (line.partition(":") for line in _NAMES.strip().splitlines())
}
"""Adjective in lower case -> what columns call the country."""
ADJECTIVES: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(word for word, names in COUNTRIES.items() if name in names)
    for names in COUNTRIES.values()
    for name in names
}
"""Country in lower case -> its adjectives, for columns of nationalities."""
