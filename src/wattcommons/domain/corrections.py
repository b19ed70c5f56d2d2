"""Corrections of settled readings: the one labelled exception to "nothing without the gateway's signature".

Within a window after an interval's end the metering operator may replace a reading that is settled. The clearing
stands: price, trades and everybody else's settlement. What follows is the participant's own grid leg, at the
interval's backup prices, and its certificates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from wattcommons.domain.intervals import IntervalLength, end_unix
from wattcommons.domain.readings import Quality, Reading, is_plausible
from wattcommons.domain.settlement import CertificateSplit, correction_neur
from wattcommons.domain.tariffs import Tariff
from wattcommons.domain.units import NanoEur, Wh
from wattcommons.errors import RuleError

_CODE_BYTES: Final = 32
_PLAIN: Final = range(0x20, 0x7F)
_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CertificateChange:
    """What a correction means for the device's certificate of the interval, Wh.

    `earned_wh`: what the reading before had earned. `earns`: the parts of what the corrected one earns; they count as
    such only where nothing had been issued yet, else the difference alone is issued to the producer or taken back.
    """

    earned_wh: int
    earns: CertificateSplit

    @property
    def difference_wh(self) -> int:
        """Above zero to be issued, below zero to be taken back."""
        return self.earns.issued_wh - self.earned_wh


@dataclass(frozen=True, slots=True)
class CorrectionEffect:
    """Everything a correction changes. `value_neur`: received by the participant, booked where the grid leg is."""

    reading: Reading
    value_neur: NanoEur
    certificates: CertificateChange


def corrected(old: Reading, production_wh: int, consumption_wh: int) -> Reading:
    """The reading that takes the place of `old`.

    Raises RuleError where there is nothing to correct, or no change: only an estimate may be confirmed as it is.
    """
    if not old.is_present:
        raise RuleError("there is no reading to correct", "the gateway may still send it")
    new = Reading(Wh(production_wh), Wh(consumption_wh), Quality.CORRECTED)
    same = (old.production_wh, old.consumption_wh) == (production_wh, consumption_wh)
    if same and old.quality is not Quality.ESTIMATED:
        raise RuleError("the reading says so already", "give the energy that was measured")
    return new


def effect_of(old: Reading, new: Reading, traded_wh: int, tariff: Tariff) -> CorrectionEffect:
    """What follows from replacing `old` by `new`; `traded_wh` as cleared, sold positive, bought negative."""
    return CorrectionEffect(new, correction_neur(old, new, traded_wh, tariff), certificate_change(old, new, traded_wh))


def certificate_change(old: Reading, new: Reading, traded_wh: int) -> CertificateChange:
    """The certificates' part of a correction.

    The buyers' part of a first issue is what they bought, as far as there is that much after own use.
    """
    earned = old.production_wh if old.earns_certificates else 0
    sold = min(max(traded_wh, 0), new.production_wh - new.own_use_wh)
    minted = new.production_wh - new.own_use_wh - sold
    return CertificateChange(earned, CertificateSplit(new.own_use_wh, Wh(sold), Wh(minted)))


def reason_code(text: str) -> bytes:
    """The 32 bytes of a reason: a few plain words, or 0x and the 64 digits of a longer text's hash.

    Raises RuleError for anything else.
    """
    words = text.strip()
    if _HASH.fullmatch(words):
        return bytes.fromhex(words[2:])
    if not 0 < len(words) <= _CODE_BYTES or not all(ord(letter) in _PLAIN for letter in words):
        raise RuleError(f"{text!r} is no reason", "1 to 32 letters without accents, which everybody can read")
    return words.encode("ascii").ljust(_CODE_BYTES, b"\0")


def reason_text(code: bytes) -> str:
    """A reason's letters, or its hash in hex."""
    text = code.rstrip(b"\0")
    return text.decode("ascii") if text and all(byte in _PLAIN for byte in text) else f"0x{code.hex()}"


def correctable_until(interval: int, length: IntervalLength, window_s: int) -> int:
    """First unix second at which an interval can no longer be corrected."""
    return end_unix(interval, length) + window_s


def check_correction(
    reading: Reading, powers_w: tuple[int, int], interval: int, length: IntervalLength, window_s: int, at: int
) -> None:
    """Raises RuleError for a correction that comes too late, or is more than the connection's powers allow.

    `powers_w`: import and export, W, as in force in the interval. `at`: unix seconds.
    """
    until = correctable_until(interval, length, window_s)
    if at >= until:
        raise RuleError(f"interval {interval} could be corrected until {until}, it is {at}", "the window has closed")
    if not is_plausible(reading, *powers_w, length):
        raise RuleError(
            f"{reading.production_wh} and {reading.consumption_wh} Wh are more than power × hours × 1.1",
            "correct the connection's limits first, or the reading",
        )
