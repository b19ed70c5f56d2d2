"""`watt device record`: make a device's record, look at it, show parts of it, check what was shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer

from wattcommons.chain.device_commitment import Disclosure, SaltedRecord, salted
from wattcommons.chain.device_reads import read_devices
from wattcommons.chain.device_record_file import load_device_file, load_record, save_device_file
from wattcommons.chain.keystore import is_private
from wattcommons.cli.console import Screen
from wattcommons.cli.device_view import show_fields
from wattcommons.cli.issuing import DeploymentOption, JsonOption, RpcOption
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.domain.device_record import NAMES, DeviceRecord, Value
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import SettingsError

_HASH: Final = re.compile(r"0x([0-9a-fA-F]{64})", re.ASCII)
_DEGREES: Final = re.compile(r"(-?)([0-9]{1,3})(?:\.([0-9]{1,6}))?", re.ASCII)
_EUROS: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]{2}))?", re.ASCII)

_File: TypeAlias = Annotated[Path, typer.Argument(help="The record's file, or a disclosure's.", metavar="FILE")]
_Out: TypeAlias = Annotated[Path, typer.Option(help="Where to write it; never overwrites.", metavar="FILE")]


def new(
    installation: Annotated[str, typer.Option(help="Its identity in the issuing body's register.", metavar="ID")],
    name: Annotated[str, typer.Option(help="What it is called.")],
    out: _Out,
    owner: Annotated[str | None, typer.Option(help="Who holds it.")] = None,
    address: Annotated[str | None, typer.Option(help="Where it stands; or give both coordinates.")] = None,
    latitude: Annotated[str | None, typer.Option(help="In degrees, like 45.188529.", metavar="DEGREES")] = None,
    longitude: Annotated[str | None, typer.Option(help="In degrees, like 5.724524.", metavar="DEGREES")] = None,
    grid_point: Annotated[str | None, typer.Option(help="Where it feeds in; or give the meter.", metavar="EIC")] = None,
    meter: Annotated[str | None, typer.Option(help="Number of the metering point (PRM).")] = None,
    support_contract: Annotated[str | None, typer.Option(help="Reference of its support.")] = None,
    support: Annotated[str | None, typer.Option(help="All of its support, like 1250.00.", metavar="EUR")] = None,
    inspection: Annotated[str | None, typer.Option(help="Reference of its last inspection.")] = None,
    note: Annotated[str | None, typer.Option(help="Anything else, in one line.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write a device's record with a salt for each field. It holds personal data: keep it, and keep it secret."""
    values: dict[str, Value] = {
        "installation": installation,
        "name": name,
        "owner": owner,
        "address": address,
        "latitude_udeg": None if latitude is None else _udeg("--latitude", latitude),
        "longitude_udeg": None if longitude is None else _udeg("--longitude", longitude),
        "grid_point": grid_point,
        "meter": meter,
        "support_contract": support_contract,
        "support_cents": None if support is None else _cents(support),
        "inspection": inspection,
        "note": note,
    }
    made = salted(DeviceRecord(values))
    save_device_file(made, out)
    screen = Screen()
    if as_json:
        screen.json({"file": str(out), "commitment": f"0x{made.commitment.hex()}"})
        return
    screen.mark(True, f"{out} is written; only you can read it", indent=0)
    screen.facts([("commitment", f"0x{made.commitment.hex()}")])
    screen.line("Without this file nobody can show what was registered: keep a copy in a safe place. Next:")
    screen.command(f"device register {out} --source solar --capacity-w 6000 --commissioned 2026-03-01 --country FR")


def show(file: _File, as_json: JsonOption = False) -> None:
    """Show what a record or a disclosure says, once it is found consistent in itself."""
    found = load_device_file(file)
    screen = Screen()
    fields = _fields(found)
    if as_json:
        screen.json(_as_dict(found))
        return
    screen.line(
        "A device's record" if isinstance(found, SaltedRecord) else "What is shown of a device's record", "bold"
    )
    show_fields(screen, fields)
    screen.facts([("commitment", f"0x{found.commitment.hex()}")])
    if isinstance(found, SaltedRecord) and not is_private(file):
        screen.mark(False, f"others can read this file: `chmod 600 {file}`")


def disclose(
    file: Annotated[Path, typer.Argument(help="The record's file.", metavar="FILE")],
    fields: Annotated[list[str], typer.Argument(help=f"Of {', '.join(NAMES)}.", metavar="FIELD...")],
    out: _Out,
    as_json: JsonOption = False,
) -> None:
    """Write a file that shows some fields of a record, and proves them against the commitment on the chain.

    Nothing can be learnt from it about the other fields.
    """
    shown = load_record(file).disclose(fields)
    save_device_file(shown, out)
    screen = Screen()
    if as_json:
        screen.json({"file": str(out), **_as_dict(shown)})
        return
    screen.mark(True, f"{out} is written; it shows this and nothing else:", indent=0)
    show_fields(screen, _fields(shown))
    screen.line("Whoever gets it checks it against the device's number in this community:")
    screen.command(f"device record check {out} --device NUMBER")


def check(
    file: _File,
    commitment: Annotated[str | None, typer.Option(help="What it has to belong to.", metavar="HASH")] = None,
    device: Annotated[
        int | None, typer.Option(help="Or the device whose commitment it is, on the chain.", min=1, max=MAX_INDEX)
    ] = None,
    deployment: DeploymentOption = None,
    rpc: RpcOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check a record or a disclosure against a commitment, or against a device's on the chain.

    Exit code 1 when it is another device's. A file that was changed is refused with exit code 2.
    """
    if (commitment is None) == (device is None):
        raise SettingsError("needs one thing to check against", "give --device or --commitment", setting="record check")
    found = load_device_file(file)
    if commitment is not None:
        wanted = _hash_of(commitment)
    else:
        wanted = read_devices(contracts_of(deployment, rpc, load_settings())).of(device or 0).commitment
    belongs = found.commitment == wanted
    screen = Screen()
    if as_json:
        screen.json({"belongs": belongs, "expected": f"0x{wanted.hex()}", **_as_dict(found)})
    else:
        whose = "this commitment" if device is None else f"device {device}"
        text = f"it belongs to {whose}" if belongs else f"it does not belong to {whose}: its commitment is another"
        screen.mark(
            belongs, text, "" if belongs else f"on record 0x{wanted.hex()}, in the file 0x{found.commitment.hex()}", 0
        )
        if belongs:
            show_fields(screen, _fields(found))
    if not belongs:
        raise typer.Exit(1)


def _fields(found: SaltedRecord | Disclosure) -> dict[str, Value]:
    if isinstance(found, SaltedRecord):
        return dict(found.record.values)
    return {name: found.fields[name].value for name in NAMES if name in found.fields}


def _as_dict(found: SaltedRecord | Disclosure) -> dict[str, Any]:
    return {"commitment": f"0x{found.commitment.hex()}", "fields": _fields(found)}


def _udeg(option: str, text: str) -> int:
    found = _DEGREES.fullmatch(text)
    if found is None:
        raise SettingsError(f"{text!r} is no number of degrees", "write it like 45.188529", setting=option)
    size = int(found[2]) * 1_000_000 + int((found[3] or "").ljust(6, "0"))
    return -size if found[1] else size


def _cents(text: str) -> int:
    found = _EUROS.fullmatch(text)
    if found is None:
        raise SettingsError(f"{text!r} is no amount of euros", "write it like 1250 or 1250.00", setting="--support")
    return int(found[1]) * 100 + int(found[2] or 0)


def _hash_of(text: str) -> bytes:
    found = _HASH.fullmatch(text)
    if found is None:
        raise SettingsError("is no hash", "write 0x and 64 hexadecimal digits", setting="--commitment")
    return bytes.fromhex(found[1])
