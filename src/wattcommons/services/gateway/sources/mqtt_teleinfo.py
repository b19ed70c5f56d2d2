"""A Linky's frame as teleinfo2mqtt publishes it: {LABEL: {raw, value, timestamp}}.

That program checks no checksum, loses leading zeros in `value` and marks local time as UTC: so only `raw` is read,
its nine digits are insisted upon, and its time never. Labels: Enedis-NOI-CPT_54E (standard), Enedis-NOI-CPT_02E
(historique, where the index is a register for each tariff, and the total their sum).
"""

from __future__ import annotations

import re
from typing import Any, Final

from wattcommons.domain.channels import MWH_A_WH, Channel, MilliWh
from wattcommons.errors import MeterDataError
from wattcommons.services.gateway.samples import IndexSeen
from wattcommons.services.gateway.sources.mqtt_json import shown

MODULUS: Final = MilliWh(10**9 * MWH_A_WH)
"""Nine digits of Wh; a sum of registers is taken modulo the same, so that it wraps as one register does."""

_STANDARD: Final = {Channel.CONSUMPTION: "EAST", Channel.PRODUCTION: "EAIT"}
_HISTORIQUE: Final = (
    ("BASE",),
    ("HCHC", "HCHP"),
    ("EJPHN", "EJPHPM"),
    ("BBRHCJB", "BBRHPJB", "BBRHCJW", "BBRHPJW", "BBRHCJR", "BBRHPJR"),
)
_INDEX: Final = re.compile(r"[0-9]{9}")
_METER: Final = re.compile(r"[0-9A-Za-z]{12}")


def teleinfo_samples(frame: Any, gives: frozenset[Channel]) -> list[IndexSeen]:
    """The indexes of a frame. Raises MeterDataError, `truncated` when a register is missing, `mode` when a frame in
    historique mode is asked for what is injected."""
    if frame is None:
        return []
    if not isinstance(frame, dict):
        raise MeterDataError("malformed", "a frame that is no object")
    standard = {channel: label for channel, label in _STANDARD.items() if channel in gives and label in frame}
    if standard:
        meter = _meter(frame, "ADSC")
        return [IndexSeen(channel, _index(frame, label), MODULUS, meter) for channel, label in standard.items()]
    registers = next((group for group in _HISTORIQUE if any(label in frame for label in group)), None)
    if registers is None:
        return []
    if Channel.PRODUCTION in gives:
        raise MeterDataError(
            "mode",
            "the meter speaks historique, which has no index of what is injected",
            "ask the supplier for the standard mode of the customer's output",
        )
    missing = [label for label in registers if label not in frame]
    if missing:
        raise MeterDataError("truncated", f"a frame without {', '.join(missing)}")
    total = sum(_index(frame, label) for label in registers) % MODULUS
    return [IndexSeen(Channel.CONSUMPTION, MilliWh(total), MODULUS, _meter(frame, "ADCO"))]


def _index(frame: dict[str, Any], label: str) -> MilliWh:
    raw = _raw(frame, label)
    if not _INDEX.fullmatch(raw):
        raise MeterDataError("number", f"{label} is {shown(raw)}, not nine digits")
    return MilliWh(int(raw) * MWH_A_WH)


def _meter(frame: dict[str, Any], label: str) -> str:
    raw = _raw(frame, label) if label in frame else ""
    return raw if _METER.fullmatch(raw) else ""


def _raw(frame: dict[str, Any], label: str) -> str:
    group = frame[label]
    raw = group.get("raw") if isinstance(group, dict) else None
    if not isinstance(raw, str):
        raise MeterDataError("malformed", f"{label} has no `raw` text")
    return raw
