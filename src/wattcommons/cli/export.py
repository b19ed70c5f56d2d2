"""`watt export`: certificates become groups of 1 MWh, which the issuing body takes to a national registry.

Here what is looked at and written to files; what is sent is in `export_act`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wattcommons.chain.commitments import commitment_of
from wattcommons.cli.export_act import accept, decline, give_back, make, release
from wattcommons.cli.export_ground import Ground
from wattcommons.cli.export_view import group_as_dict, plan_as_dict
from wattcommons.domain.export_book import GroupState
from wattcommons.domain.export_file import ExportedDevice
from wattcommons.domain.formatting import Language
from wattcommons.errors import InputError, RuleError, SettingsError

_FILES: Final = (".csv", ".json")

_Deployment = Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")]
_Rpc = Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")]
_Lang = Annotated[Language | None, typer.Option(help="en or fr.")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON value for a program.")]
_Account = Annotated[str | None, typer.Option(help="The holder's account.", metavar="ADDRESS")]
_Member = Annotated[int | None, typer.Option(help="The holder, by the member's number.", min=1)]
_Device = Annotated[int | None, typer.Option(help="Of this device alone.", min=1)]
_Group = Annotated[int, typer.Argument(help="The group's number.", metavar="GROUP", min=1)]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Groups of exactly 1 MWh for a national registry.", no_args_is_help=True)
    for name, command in (
        ("plan", plan),
        ("group", make),
        ("release", release),
        ("list", show),
        ("file", write),
        ("accept", accept),
        ("decline", decline),
        ("give-back", give_back),
    ):
        group.command(name)(command)
    app.add_typer(group, name="export")


def plan(
    account: _Account = None,
    member: _Member = None,
    device: _Device = None,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    lang: _Lang = None,
    as_json: _Json = False,
) -> None:
    """Show which groups of 1 MWh an account's certificates make, oldest first, and what is carried over."""
    ground = Ground.of(deployment, rpc, lang)
    holder = ground.holder(account, member)
    plans = ground.plans(holder, device)
    if as_json:
        ground.screen.json({"account": holder, "devices": [plan_as_dict(one) for one in plans]})
    else:
        ground.view.plans(holder, plans, [ground.reads.device(one.device) for one in plans])


def show(
    account: _Account = None,
    member: _Member = None,
    device: _Device = None,
    state: Annotated[
        str | None, typer.Option(help="open, complete or exported.", metavar="STATE", case_sensitive=False)
    ] = None,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    lang: _Lang = None,
    as_json: _Json = False,
) -> None:
    """List the groups: everybody's, or those of a member, a device or a state."""
    ground = Ground.of(deployment, rpc, lang)
    whose = member
    if account is not None:
        whose = ground.reads.member_of(ground.holder(account, member))
    wanted = None if state is None else _state(state)
    found = [
        one
        for one in ground.reads.groups
        if (whose is None or one.kept.member == whose)
        and (device is None or one.kept.device == device)
        and (wanted is None or one.state is wanted)
    ]
    if as_json:
        length = ground.contracts.deployment.terms.length
        ground.screen.json({"groups": [group_as_dict(one, length) for one in found]})
    else:
        ground.view.groups(found)


def write(
    group: _Group,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file: .csv or .json.", metavar="FILE")],
    record: Annotated[
        Path | None, typer.Option(help="The device's record and salt (JSON), to go into the file.", metavar="FILE")
    ] = None,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    lang: _Lang = None,
) -> None:
    """Write the file of a whole group for the national registry: the device, the period, every certificate."""
    if out.suffix.lower() not in _FILES:
        raise SettingsError(f"{out} is neither .csv nor .json", "name it by one of the two", setting="--out")
    ground = Ground.of(deployment, rpc, lang)
    found = ground.reads.group(group)
    device = ground.reads.device(found.kept.device)
    if record is not None:
        device = _with_record(device, record)
    made = ground.reads.file(group, device)
    text = made.as_csv() if out.suffix.lower() == ".csv" else made.as_json()
    temporary = out.with_name(f".{out.name}.new")
    temporary.write_bytes(text.encode())
    temporary.replace(out)
    ground.view.written(out, found, len(made.items))


def _state(text: str) -> GroupState:
    names = {one.name.lower(): one for one in GroupState}
    if text.lower() not in names:
        raise SettingsError(f"{text!r} is no state", f"give {', '.join(names)}", setting="--state")
    return names[text.lower()]


def _with_record(device: ExportedDevice, path: Path) -> ExportedDevice:
    """The device with its record, once that is what the registry's commitment is to. Raises InputError."""
    hint = 'it is {"salt": "0x…", "record": {"name": "…"}}, texts alone'
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        record, salt = content["record"], bytes.fromhex(str(content["salt"]).removeprefix("0x"))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("this is no record of a device", hint, file=path) from error
    if not isinstance(record, dict) or not all(isinstance(one, str) for one in record.values()):
        raise InputError("this is no record of a device", hint, file=path)
    try:
        found = f"0x{commitment_of(record, salt).hex()}"
    except RuleError as error:
        raise InputError(error.message, error.hint, file=path) from error
    if found != device.commitment:
        raise InputError(
            f"it is not what device {device.index} was registered with: its commitment is {found}, "
            f"the registry's {device.commitment}",
            "take the record and the salt of the registration",
            file=path,
        )
    return replace(device, record=record)
