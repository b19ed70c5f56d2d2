"""Small parts of many answers."""

from __future__ import annotations

from typing import Final

from wattcommons.domain.devices import source_of_fuel
from wattcommons.services.api.models.common import Freshness, Quality
from wattcommons.services.store.reads.state import IndexState

BASES: Final = ("net", "gross")
SOURCES: Final = ("none", "gateway", "operator_file", "declared")
_QUALITIES: Final = (Quality.ABSENT, Quality.MEASURED, Quality.ESTIMATED, Quality.CORRECTED)


def freshness(state: IndexState) -> Freshness:
    """Up to where an answer is true."""
    return Freshness(block=state.block, at=state.at)


def kind_of(fuel: str | None) -> str:
    """A plant's kind by its fuel code: solar, hydro, wind or other."""
    found = source_of_fuel(fuel) if fuel else None
    return "other" if found is None else found.value


def quality_of(number: int) -> Quality:
    """A reading's quality by its number on the chain."""
    return _QUALITIES[number]
