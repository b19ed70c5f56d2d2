"""Devices and their records as people read them, in 80 columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wattcommons.chain.device_reads import Devices, KnownDevice, holder_text
from wattcommons.chain.enrolment_refusals import interval_text, second_text
from wattcommons.cli.console import Screen
from wattcommons.domain.device_record import Value
from wattcommons.domain.devices import SupportScheme, source_of_fuel
from wattcommons.domain.intervals import IntervalLength

SOON_DAYS: Final = 90
_LAST_SECOND: Final = 253_402_300_799
_SCHEME: Final = {
    SupportScheme.NONE: "no support",
    SupportScheme.FEED_IN_TARIFF: "feed-in tariff",
    SupportScheme.FEED_IN_PREMIUM: "feed-in premium",
    SupportScheme.QUOTA: "quota",
    SupportScheme.TAX: "tax relief",
    SupportScheme.LOAN: "loan",
    SupportScheme.OTHER: "other support",
}


def sorted_devices(devices: Devices) -> list[KnownDevice]:
    """Those first that have lapsed or lapse within 90 days, the earliest first; then by number."""

    def place(device: KnownDevice) -> tuple[bool, int, int]:
        late = device.days_left(devices.now) >= SOON_DAYS
        return late, 0 if late else device.valid_until, device.index

    return sorted(devices.by_index.values(), key=place)


def show_devices(screen: Screen, devices: Devices) -> None:
    """A table of all devices."""
    if not devices.by_index:
        screen.line("No device is registered.")
        return
    rows = [
        [
            str(device.index),
            source_text(device),
            f"{device.capacity_w:,} W",
            str(device.participant_at(devices.current) or "–"),
            until_text(device.valid_until)[:10],
            ", ".join(remarks(device, devices.now)) or "earns certificates",
        ]
        for device in sorted_devices(devices)
    ]
    screen.table([">no", "source", ">capacity", ">participant", "until", "remarks"], rows)
    screen.line("Devices whose registration has lapsed, or lapses within 90 days, come first.", "dim")


def show_device(screen: Screen, device: KnownDevice, devices: Devices, length: IntervalLength) -> None:
    """Everything about one device."""
    found = remarks(device, devices.now)
    screen.line(f"Device {device.index}: {', '.join(found) or 'earns certificates'}", "bold")
    screen.facts(
        [
            *term_facts(device),
            ("now with", holder_text(device.participant_at(devices.current))),
            *[
                ("from then on", f"{holder_text(who)} from {interval_text(first, length)}")
                for who, first in device.bindings
                if first > devices.current
            ],
            ("issued", f"{device.issued_wh:,} Wh"),
            ("owes", f"{device.debt_wh:,} Wh, withdrawn from what it is issued next" if device.debt_wh else "nothing"),
        ]
    )
    screen.facts([("commitment", f"0x{device.commitment.hex()}")])


def device_dict(device: KnownDevice, devices: Devices) -> dict[str, Any]:
    """One device for a program; Wh, W and unix seconds."""
    return {
        "device": device.index,
        "technology": device.technology,
        "fuel": device.fuel,
        "capacity_w": device.capacity_w,
        "commissioned_at": device.commissioned_at,
        "country": device.country,
        "scheme": device.scheme.name.lower(),
        "scheme_allows": device.scheme_allows,
        "storage": device.storage,
        "suspended": device.suspended,
        "valid_until": device.valid_until,
        "lapsed": device.lapsed(devices.now),
        "commitment": f"0x{device.commitment.hex()}",
        "participant": device.participant_at(devices.current) or None,
        "bindings": [{"participant": who or None, "from_interval": first} for who, first in device.bindings],
        "issued_wh": device.issued_wh,
        "debt_wh": device.debt_wh,
    }


def term_facts(device: KnownDevice) -> list[tuple[str, str]]:
    """The public terms of a device."""
    return [
        ("source", f"{source_text(device)} ({device.technology}, {device.fuel})"),
        ("capacity", f"{device.capacity_w:,} W"),
        ("in operation", f"since {until_text(device.commissioned_at)[:10]}, {device.country}"),
        ("support", support_text(device.scheme, allows=device.scheme_allows)),
        ("holds until", until_text(device.valid_until)),
    ]


def support_text(scheme: SupportScheme, *, allows: bool) -> str:
    """The support and whether certificates are allowed beside it."""
    return f"{_SCHEME[scheme]}; certificates are {'allowed' if allows else 'not allowed'}"


def source_text(device: KnownDevice) -> str:
    """What it produces from, in a word."""
    source = source_of_fuel(device.fuel)
    return "storage" if device.storage else device.fuel if source is None else source.value


def remarks(device: KnownDevice, now: int) -> list[str]:
    """What is not as usual, the most urgent first."""
    found = []
    days = device.days_left(now)
    if device.lapsed(now):
        found.append("lapsed")
    elif days < SOON_DAYS:
        found.append(f"lapses in {days} days" if days else "lapses today")
    if device.suspended:
        found.append("suspended")
    if device.storage:
        found.append("storage, earns none")
    if device.scheme is not SupportScheme.NONE:
        found.append(f"{_SCHEME[device.scheme]} {'allows' if device.scheme_allows else 'forbids'} them")
    elif not device.scheme_allows:
        found.append("may not have any")
    if device.debt_wh:
        found.append(f"owes {device.debt_wh:,} Wh")
    return found


def until_text(unix: int) -> str:
    """A unix second as people read it."""
    return second_text(unix) if unix <= _LAST_SECOND else f"second {unix}"


def value_text(name: str, value: Value) -> str:
    """A field of a record, with its unit."""
    if value is None:
        return "–"
    if name == "support_cents":
        return f"{int(value) // 100:,}.{int(value) % 100:02} €"
    if name.endswith("_udeg"):
        degrees, rest = divmod(abs(int(value)), 1_000_000)
        return f"{'-' if int(value) < 0 else ''}{degrees}.{rest:06}°"
    return str(value)


def show_fields(screen: Screen, fields: Mapping[str, Value]) -> None:
    """Fields of a record, absent ones too."""
    screen.facts(
        [
            (name.removesuffix("_udeg").removesuffix("_cents").replace("_", " "), value_text(name, one))
            for name, one in fields.items()
        ]
    )


def begin_text(interval: int, length: IntervalLength) -> str:
    """From when something holds."""
    return f"{interval_text(interval, length)} (interval {interval})"
