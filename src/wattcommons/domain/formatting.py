"""Energy, prices and money for people, from integers alone: French and English.

Without `places` every digit is shown. With `places` the text is rounded half away from zero: for screens
only, nothing settled is ever read back from it.
"""

from __future__ import annotations

from enum import StrEnum

from wattcommons.errors import RuleError

_NO_BREAK = "\u00a0"
_NARROW_NO_BREAK = "\u202f"


class Language(StrEnum):
    """Languages of screens and reports."""

    FRENCH = "fr"
    ENGLISH = "en"


def decimal_text(value: int, decimals: int, language: Language, places: int | None = None, least: int = 0) -> str:
    """value × 10^-decimals, with the language's marks: 1234567 at 3 is `1 234,567` or `1,234.567`.

    `places` fixes the digits after the mark; without it trailing zeros go, down to `least` digits.
    Raises RuleError for a negative number of digits.
    """
    if decimals < 0 or least < 0 or (places is not None and places < 0):
        raise RuleError("a number of digits is negative", "give 0 or more")
    shown = decimals if places is None else places
    scaled = _rescale(abs(value), decimals, shown)
    whole, fraction = divmod(scaled, 10**shown)
    digits = f"{fraction:0{shown}d}" if shown else ""
    if places is None:
        digits = digits.rstrip("0").ljust(least, "0")
    grouped = f"{whole:,}"
    mark = "."
    if language is Language.FRENCH:
        grouped, mark = grouped.replace(",", _NARROW_NO_BREAK), ","
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{grouped}{mark}{digits}" if digits else f"{sign}{grouped}"


def kwh_text(energy_wh: int, language: Language, places: int | None = None) -> str:
    """Wh as kWh: `1,234 kWh` in French, `1.234 kWh` in English."""
    return f"{decimal_text(energy_wh, 3, language, places)}{_NO_BREAK}kWh"


def price_text(price: int, language: Language, places: int | None = None) -> str:
    """µ€/kWh as c€/kWh: 123,450 is `12,345 c€/kWh`."""
    return f"{decimal_text(price, 4, language, places, least=2)}{_NO_BREAK}c€/kWh"


def eur_text(amount_neur: int, language: Language, places: int | None = None) -> str:
    """n€ as euros: `12,34 €` in French, `€12.34` in English; at least two digits after the mark."""
    number = decimal_text(amount_neur, 9, language, places, least=2)
    if language is Language.FRENCH:
        return f"{number}{_NO_BREAK}€"
    return f"-€{number[1:]}" if number.startswith("-") else f"€{number}"


def _rescale(value: int, decimals: int, shown: int) -> int:
    step: int = 10 ** abs(decimals - shown)
    if shown >= decimals:
        return value * step
    return (value + step // 2) // step
