"""`watt device register`: a record's commitment and the public terms become a device of the registry."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain.device_reads import REGISTRY, Devices, read_devices
from wattcommons.chain.device_record_file import load_record
from wattcommons.chain.receipts import receipt_events
from wattcommons.cli.device_view import support_text, until_text
from wattcommons.cli.issuing import (
    DeploymentOption,
    Desk,
    DevnetOption,
    JsonOption,
    KeystoreOption,
    PasswordOption,
    RpcOption,
    YesOption,
    issuing_key,
)
from wattcommons.cli.moments import moment_of
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.domain.devices import Device, EnergySource, SupportScheme, latest_validity
from wattcommons.domain.units import DeviceIndex
from wattcommons.errors import RuleError, SettingsError


class SchemeWord(StrEnum):
    """Kinds of support."""

    NONE = "none"
    FEED_IN_TARIFF = "feed_in_tariff"
    FEED_IN_PREMIUM = "feed_in_premium"
    QUOTA = "quota"
    TAX = "tax"
    LOAN = "loan"
    OTHER = "other"


def enter(
    record: Annotated[Path, typer.Argument(help="The record's file.", metavar="RECORD")],
    capacity_w: Annotated[int, typer.Option(help="Nominal power.", metavar="W", min=1, max=2**32 - 1)],
    commissioned: Annotated[str, typer.Option(help="First day in operation.", metavar="DATE")],
    country: Annotated[str, typer.Option(help="ISO code of two letters.", metavar="CODE")],
    source: Annotated[EnergySource | None, typer.Option(help="What it produces from; or give both codes.")] = None,
    technology: Annotated[str | None, typer.Option(help="EECS code, like T010100.", metavar="CODE")] = None,
    fuel: Annotated[str | None, typer.Option(help="EECS code, like F01040100.", metavar="CODE")] = None,
    scheme: Annotated[SchemeWord, typer.Option(help="Support it receives.")] = SchemeWord.NONE,
    scheme_allows: Annotated[
        bool, typer.Option("--scheme-allows", help="Its support allows certificates beside it.")
    ] = False,
    storage: Annotated[bool, typer.Option("--storage", help="A storage device, which earns none.")] = False,
    until: Annotated[str | None, typer.Option(help="When it lapses; else after five years.", metavar="DATE")] = None,
    keystore: KeystoreOption = None,
    password_file: PasswordOption = None,
    devnet_key: DevnetOption = False,
    deployment: DeploymentOption = None,
    rpc: RpcOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Register a device: its public terms, and the commitment to its record. Then bind it to a participant."""
    commitment = load_record(record).commitment
    technology, fuel = _codes(source, technology, fuel)
    contracts = contracts_of(deployment, rpc, load_settings())
    account = issuing_key(keystore, password_file, devnet_key=devnet_key, known=contracts.deployment)
    desk = Desk(contracts, account, yes=yes, as_json=as_json)
    devices = read_devices(contracts)
    _require_new(devices, commitment)
    kind = SupportScheme[scheme.name]
    if scheme_allows and kind is SupportScheme.NONE:
        raise SettingsError("is given without a scheme", "say which with --scheme", setting="--scheme-allows")
    made = Device(
        DeviceIndex(1),
        technology,
        fuel,
        capacity_w,
        int(moment_of("--commissioned", commissioned).timestamp()),
        country,
        latest_validity(devices.now) if until is None else int(moment_of("--until", until).timestamp()),
        kind,
        scheme_allows or kind is SupportScheme.NONE,
        storage,
    )
    facts = [
        ("record", str(record)),
        ("source", f"{made.technology}, {made.fuel}{', a storage device: it earns none' if storage else ''}"),
        ("capacity", f"{made.capacity_w:,} W"),
        ("in operation", f"since {until_text(made.commissioned_at)[:10]}, {made.country}"),
        ("support", support_text(made.scheme, allows=made.scheme_allows)),
        ("holds until", until_text(made.valid_until)),
    ]
    sent = desk.act("This registers a device.", facts, REGISTRY, "registerDevice", _struct(made, commitment))
    [told] = [one for one in receipt_events(contracts.deployment, sent) if one.name == "DeviceRegistered"]
    device = int(told.args["device"])
    desk.done(f"device {device} is registered", sent, device=device, commitment=f"0x{commitment.hex()}")
    if not as_json:
        desk.screen.facts([("commitment", f"0x{commitment.hex()}")])
        desk.screen.line("It earns certificates once it is bound to a participant:")
        desk.screen.command(f"device bind {device} PARTICIPANT --from MOMENT")


def _codes(source: EnergySource | None, technology: str | None, fuel: str | None) -> tuple[str, str]:
    if source is not None:
        return technology or source.technology, fuel or source.fuel
    if technology is None or fuel is None:
        raise SettingsError("is needed", "give it, or --technology and --fuel", setting="--source")
    return technology, fuel


def _require_new(devices: Devices, commitment: bytes) -> None:
    """One installation is one device: whoever registers it twice would certify the same Wh twice."""
    for one in devices.by_index.values():
        if one.commitment == commitment:
            raise RuleError(
                f"this record is registered already, as device {one.index}", f"see `watt device show {one.index}`"
            )


def _struct(device: Device, commitment: bytes) -> tuple[object, ...]:
    """As the contract's struct."""
    return (
        device.technology.encode(),
        device.fuel.encode(),
        device.capacity_w,
        device.commissioned_at,
        device.country.encode(),
        int(device.scheme),
        device.scheme_allows,
        device.storage,
        device.valid_until,
        commitment,
    )
