"""The file of a group of 1 MWh for a national registry: what RED III 19(7) asks of it, and every certificate in it.

The same group gives the same bytes, whoever writes them and whenever, until the national reference is known. Times are
UTC, energy Wh.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from wattcommons.domain.devices import SupportScheme, source_of_fuel
from wattcommons.domain.guarantees import STANDARD_WH, CertificateId, device_and_interval
from wattcommons.domain.intervals import IntervalLength, end_utc, start_utc
from wattcommons.domain.units import DeviceIndex
from wattcommons.errors import RuleError

FORMAT: Final = "watt-export-group/1"
_LAST_SECOND: Final = 253_402_300_799
"""Of the calendar: later moments are shown as this one."""


@dataclass(frozen=True, slots=True)
class ExportedDevice:
    """The installation as registered: W, unix seconds, `commitment` 0x and 64 digits.

    `record`: what the commitment is to (name, location, grid point and the like), where somebody has shown it.
    """

    index: DeviceIndex
    technology: str
    fuel: str
    capacity_w: int
    commissioned_at: int
    country: str
    scheme: SupportScheme
    commitment: str
    record: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """`wh` Wh of a certificate that was issued at a unix second."""

    certificate: CertificateId
    wh: int
    issued_at: int


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A whole group. `contract`: address of the groups on chain `chain_id`; `reference`: the national one, 0x and 64
    digits, None until exported. Raises RuleError for a group that is not of 1,000,000 Wh of the device.
    """

    community: str
    chain_id: int
    contract: str
    group: int
    reference: str | None
    device: ExportedDevice
    length: IntervalLength
    items: tuple[Item, ...]

    def __post_init__(self) -> None:
        wh = sum(item.wh for item in self.items)
        if wh != STANDARD_WH:
            raise RuleError(
                f"export group {self.group} has {wh:,} Wh", f"a file is made of a whole one, of {STANDARD_WH:,} Wh"
            )
        if {device_and_interval(item.certificate)[0] for item in self.items} != {self.device.index}:
            raise RuleError(
                f"export group {self.group} is not of device {self.device.index}", "a group is of one device"
            )
        if min(item.wh for item in self.items) <= 0 or len({item.certificate for item in self.items}) < len(self.items):
            raise RuleError(f"export group {self.group} names a certificate twice, or without Wh", "add them up first")

    def as_json(self) -> str:
        """One JSON object, its keys in an order of their own, certificates by number."""
        certificates = [
            {
                "certificate": str(item.certificate),  # beyond what every reader of JSON takes for a whole number
                "production_start": _interval(start_utc, item, self.length),
                "production_end": _interval(end_utc, item, self.length),
                "issued": _moment(item.issued_at),
                "wh": item.wh,
            }
            for item in self._sorted()
        ]
        content = {**self._facts(), "certificates": certificates}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def as_csv(self) -> str:
        """One line a certificate, each with the facts of the group before its own."""
        facts = _flat(self._facts())
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\r\n")
        own = ("certificate", "certificate_production_start", "certificate_production_end", "certificate_issued")
        writer.writerow([*facts, *own, "certificate_wh"])
        for item in self._sorted():
            start, end = (_interval(side, item, self.length) for side in (start_utc, end_utc))
            writer.writerow([*facts.values(), item.certificate, start, end, _moment(item.issued_at), item.wh])
        return buffer.getvalue()

    def _facts(self) -> dict[str, Any]:
        parts = self._sorted()
        device, source = self.device, source_of_fuel(self.device.fuel)
        return {
            "format": FORMAT,
            "community": self.community,
            "chain": self.chain_id,
            "contract": self.contract,
            "group": self.group,
            "national_reference": self.reference,
            "wh": STANDARD_WH,
            "energy_carrier": "electricity",
            "energy_source": source.value if source else None,
            "production_start": _interval(start_utc, parts[0], self.length),
            "production_end": _interval(end_utc, parts[-1], self.length),
            "issued_first": _moment(min(item.issued_at for item in parts)),
            "issued_last": _moment(max(item.issued_at for item in parts)),
            "country_of_issue": device.country,
            "device": {
                "number": device.index,
                "technology": device.technology,
                "fuel": device.fuel,
                "capacity_w": device.capacity_w,
                "operational_since": _moment(device.commissioned_at),
                "country": device.country,
                "support": device.scheme.name.lower().replace("_", " "),
                "commitment": device.commitment,
                "record": dict(sorted(device.record.items())) if device.record else None,
            },
        }

    def _sorted(self) -> list[Item]:
        return sorted(self.items, key=lambda item: item.certificate)


def _flat(facts: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Nested names joined by `_`; nothing for what is not known. A record, of any names, stays one JSON text."""
    found: dict[str, str] = {}
    for name, value in facts.items():
        if name == "record":
            found[f"{before}{name}"] = json.dumps(value, ensure_ascii=False) if value else ""
        elif isinstance(value, dict):
            found |= _flat(value, f"{before}{name}_")
        else:
            text = "" if value is None else str(value)
            # What a spreadsheet would take for a formula; only the community's name is free text.
            found[f"{before}{name}"] = f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
    return found


def _interval(side: Any, item: Item, length: IntervalLength) -> str:
    return _text(side(device_and_interval(item.certificate)[1], length))


def _moment(unix: int) -> str:
    return _text(datetime.fromtimestamp(min(unix, _LAST_SECOND), UTC))


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
