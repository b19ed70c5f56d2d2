"""Words of Enedis files: which direction, which quantity, which unit, and whether a value was measured.

Long words are those of the customer's downloads, short ones those of the files for professionals (R63) and of Data
Connect since 2026.
"""

from __future__ import annotations

from typing import Final, Protocol

from wattcommons.domain.channels import Channel
from wattcommons.errors import InputError
from wattcommons.services.gateway.files.parsed import Findings
from wattcommons.services.gateway.files.quantities import Unit
from wattcommons.services.gateway.files.tables import fold

_CHANNELS: Final = {
    "consommation": Channel.CONSUMPTION,
    "cons": Channel.CONSUMPTION,
    "production": Channel.PRODUCTION,
    "prod": Channel.PRODUCTION,
}
_ACTIVE: Final = {"energie active", "puissance active", "pa", "ea"}
_RAW_STAGES: Final = {"comptage brut", "brut"}
_MEASURED: Final = {"b", "r"}  # brute, réelle


class Place(Protocol):
    """Where something was read: makes refusals that name it."""

    def wrong(self, reason: str, hint: str) -> InputError:
        """A refusal of what stands there."""
        ...


def checked_channel(text: str, place: Place) -> Channel:
    """The direction of a `Grandeur metier`. Raises InputError for an unknown one."""
    channel = _CHANNELS.get(fold(text))
    if channel is None:
        raise place.wrong(f"{text[:40]!r} is neither consumption nor production", "bring the file as it was downloaded")
    return channel


def is_active(text: str) -> bool:
    """Whether a `Grandeur physique` is active power or energy."""
    return fold(text) in _ACTIVE


def checked_quantity(text: str, place: Place) -> None:
    """Raises InputError for a `Grandeur physique` that is not active."""
    if not is_active(text):
        raise place.wrong(f"{text[:40]!r} is not active energy", "bring the curve of active energy")


def checked_unit(text: str, place: Place) -> Unit:
    """The unit of this name. Raises InputError for an unknown one."""
    unit = Unit.named(text)
    if unit is None:
        raise place.wrong(f"the unit is {text[:40]!r}", "W, kW, Wh and kWh are known")
    return unit


def is_raw(stage: str | None, findings: Findings) -> bool:
    """Whether an `Etape metier` is raw metering; anything else is told of, and its values count as estimated."""
    if not stage or fold(stage) in _RAW_STAGES:
        return True
    findings.notice(f"values of the stage {stage[:40]!r} count as estimated")
    return False


def is_measured(nature: str | None, findings: Findings) -> bool:
    """Whether a value of this nature was measured; any other nature is told of, and the value counts as estimated."""
    if not nature or fold(nature) in _MEASURED:
        return True
    findings.notice(f"values of the nature {nature[:40]!r} count as estimated")
    return False


def direction_in(text: str) -> Channel | None:
    """The direction that a name or a title tells with exactly one of its words; None otherwise."""
    words = text.casefold()
    consumed = "consumption" in words or "consommation" in words
    produced = "production" in words
    if consumed == produced:
        return None
    return Channel.CONSUMPTION if consumed else Channel.PRODUCTION
