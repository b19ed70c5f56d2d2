"""`watt device`: production devices in the issuing body's hands, from the record to suspension."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from wattcommons.chain.device_reads import read_devices
from wattcommons.cli.console import Screen
from wattcommons.cli.device_acts import bind, renew, resume, suspend, unbind
from wattcommons.cli.device_record import check, disclose, new, show
from wattcommons.cli.device_register import enter
from wattcommons.cli.device_view import device_dict, show_device, show_devices, sorted_devices
from wattcommons.cli.issuing import DeploymentOption, JsonOption, RpcOption
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.domain.units import MAX_INDEX

_Device: TypeAlias = Annotated[int, typer.Argument(help="The device's number.", metavar="DEVICE", min=1, max=MAX_INDEX)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Production devices: their records, registration and bindings.", no_args_is_help=True)
    record = typer.Typer(help="The part of a device's registration that stays off the chain.", no_args_is_help=True)
    record.command("new")(new)
    record.command("show")(show)
    record.command("disclose")(disclose)
    record.command("check")(check)
    group.command("list")(list_devices)
    group.command("show")(show_one)
    group.add_typer(record, name="record")
    group.command("register")(enter)
    group.command("renew")(renew)
    group.command("suspend")(suspend)
    group.command("resume")(resume)
    group.command("bind")(bind)
    group.command("unbind")(unbind)
    app.add_typer(group, name="device")


def list_devices(deployment: DeploymentOption = None, rpc: RpcOption = None, as_json: JsonOption = False) -> None:
    """All devices; those whose registration has lapsed, or lapses within 90 days, first."""
    devices = read_devices(contracts_of(deployment, rpc, load_settings()))
    screen = Screen()
    if as_json:
        screen.json([device_dict(one, devices) for one in sorted_devices(devices)])
        return
    show_devices(screen, devices)


def show_one(
    device: _Device, deployment: DeploymentOption = None, rpc: RpcOption = None, as_json: JsonOption = False
) -> None:
    """One device: its terms, whose it is, what it was issued and what it owes."""
    contracts = contracts_of(deployment, rpc, load_settings())
    devices = read_devices(contracts)
    found = devices.of(device)
    screen = Screen()
    if as_json:
        screen.json(device_dict(found, devices))
        return
    show_device(screen, found, devices, contracts.deployment.terms.length)
