"""`watt export`, what is sent: the holder's key fills groups and takes back, the issuing body's decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from wattcommons.chain import exporting
from wattcommons.chain.accounts import SigningAccount
from wattcommons.chain.contracts import Contracts
from wattcommons.chain.roles import Role
from wattcommons.chain.sender import Sender
from wattcommons.cli.export_ground import Ground
from wattcommons.cli.export_view import step_as_dict
from wattcommons.domain.export_groups import Part
from wattcommons.domain.formatting import Language
from wattcommons.errors import SettingsError

_Deployment = Annotated[Path | None, typer.Option(help="The deployment file.", metavar="FILE")]
_Rpc = Annotated[str | None, typer.Option(help="Address of the node.", metavar="URL")]
_Lang = Annotated[Language | None, typer.Option(help="en or fr.")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON value for a program.")]
_Keystore = Annotated[Path | None, typer.Option(help="Encrypted key file.", metavar="FILE")]
_Password = Annotated[Path | None, typer.Option(help="File with the key file's password.", metavar="FILE")]
_Devnet = Annotated[bool, typer.Option("--devnet-key", help="Use a key that everybody knows; development chains only.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before sending.")]
_Member = Annotated[int | None, typer.Option(help="The holder, by the member's number.", min=1)]
_Device = Annotated[int | None, typer.Option(help="Of this device alone.", min=1)]
_Certificate = Annotated[
    list[int] | None, typer.Option(help="Of this certificate alone; may be given again.", metavar="ID")
]
_Group = Annotated[int, typer.Argument(help="The group's number.", metavar="GROUP", min=1)]


def make(
    keystore: _Keystore = None,
    password_file: _Password = None,
    devnet_key: _Devnet = False,
    member: _Member = None,
    device: _Device = None,
    most: Annotated[int | None, typer.Option(help="So many groups at most.", min=1)] = None,
    yes: _Yes = False,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    lang: _Lang = None,
    as_json: _Json = False,
) -> None:
    """Lock the holder's certificates in the groups of the plan. An interrupted run is continued by the next one."""
    ground = Ground.of(deployment, rpc, lang)
    key = ground.member_key(keystore, password_file, devnet_key=devnet_key, member=member)
    plans = ground.plans(str(key.address), device)
    wanted = [(one.device, group) for one in plans for group in one.groups][:most]
    if not wanted:
        ground.nothing_to_do(as_json=as_json)
        return
    ground.confirm([ground.view.filling(number, group) for number, group in wanted], yes=yes, as_json=as_json)
    sender = Sender(ground.contracts.web3, key)
    steps: list[exporting.Step] = []
    for _, group in wanted:
        for step in exporting.fill(ground.contracts, sender, group):
            steps.append(step)
            if not as_json:
                ground.view.locked(step)
    if as_json:
        ground.screen.json({"steps": [step_as_dict(one) for one in steps]})


def release(
    group: _Group,
    certificate: _Certificate = None,
    keystore: _Keystore = None,
    password_file: _Password = None,
    devnet_key: _Devnet = False,
    member: _Member = None,
    yes: _Yes = False,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    lang: _Lang = None,
    as_json: _Json = False,
) -> None:
    """Take certificates out of a group that is not exported, all of them or some; the group is open afterwards."""
    ground = Ground.of(deployment, rpc, lang)
    ground.reads.group(group)
    key = ground.member_key(keystore, password_file, devnet_key=devnet_key, member=member)
    parts = _parts(ground, group, certificate)
    _take_out(ground, key, exporting.release, group, parts, str(key.address), yes=yes, as_json=as_json)


def give_back(
    group: _Group,
    certificate: _Certificate = None,
    keystore: _Keystore = None,
    password_file: _Password = None,
    devnet_key: _Devnet = False,
    yes: _Yes = False,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    lang: _Lang = None,
    as_json: _Json = False,
) -> None:
    """As the issuing body: release to the member's wallet, whence what was issued in error can be withdrawn."""
    ground = Ground.of(deployment, rpc, lang)
    found = ground.reads.group(group)
    key = ground.key(keystore, password_file, devnet_key=devnet_key, which=lambda keys: keys.role(Role.ISSUING_BODY))
    parts = _parts(ground, group, certificate)
    account = ground.reads.wallet_of(found.kept.member)
    _take_out(ground, key, exporting.give_back, group, parts, account, yes=yes, as_json=as_json)


def accept(
    group: _Group,
    reference: Annotated[
        str, typer.Option(help="The national registry's number: up to 32 signs, or 0x and 64 digits.", metavar="TEXT")
    ],
    keystore: _Keystore = None,
    password_file: _Password = None,
    devnet_key: _Devnet = False,
    yes: _Yes = False,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    lang: _Lang = None,
    as_json: _Json = False,
) -> None:
    """As the issuing body: record that a complete group lives on in the national registry, for good."""
    word = exporting.reference_of(reference)
    ground = Ground.of(deployment, rpc, lang)
    found = ground.complete(group)
    key = ground.key(keystore, password_file, devnet_key=devnet_key, which=lambda keys: keys.role(Role.ISSUING_BODY))
    shown = exporting.reference_text(word)
    ground.confirm(ground.view.accepting(found, shown), yes=yes, as_json=as_json)
    step = exporting.accept(ground.contracts, Sender(ground.contracts.web3, key), group, word)
    if as_json:
        ground.screen.json(step_as_dict(step) | {"national_reference": f"0x{word.hex()}"})
    else:
        ground.view.accepted(group, shown)


def decline(
    group: _Group,
    reason: Annotated[str, typer.Option(help="Why: a text, or 0x and 64 digits.", metavar="TEXT")],
    keystore: _Keystore = None,
    password_file: _Password = None,
    devnet_key: _Devnet = False,
    yes: _Yes = False,
    deployment: _Deployment = None,
    rpc: _Rpc = None,
    lang: _Lang = None,
    as_json: _Json = False,
) -> None:
    """As the issuing body: send a complete group back. On the chain stands the hash of the reason."""
    word = exporting.reason_of(reason)
    ground = Ground.of(deployment, rpc, lang)
    found = ground.complete(group)
    key = ground.key(keystore, password_file, devnet_key=devnet_key, which=lambda keys: keys.role(Role.ISSUING_BODY))
    ground.confirm([ground.view.declining(found)], yes=yes, as_json=as_json)
    step = exporting.decline(ground.contracts, Sender(ground.contracts.web3, key), group, word)
    if as_json:
        ground.screen.json(step_as_dict(step) | {"reason": f"0x{word.hex()}"})
    else:
        ground.view.declined(group, word)


_Out = Callable[[Contracts, Sender, int, Sequence[Part]], Iterator[exporting.Step]]


def _parts(ground: Ground, group: int, certificates: Sequence[int] | None) -> list[Part]:
    """What lies in a group, or of some certificates. Raises SettingsError for one that is not in it."""
    contents = ground.reads.contents(group)
    for one in certificates or ():
        if one not in contents:
            lacks = f"export group {group} has nothing of certificate {one}"
            raise SettingsError(lacks, "name one that is in it", setting="--certificate")
    return [Part(one, wh) for one, wh in contents.items() if not certificates or one in certificates]


def _take_out(
    ground: Ground,
    key: SigningAccount,
    out: _Out,
    group: int,
    parts: Sequence[Part],
    account: str,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    if not parts:
        ground.nothing_to_do(as_json=as_json)
        return
    ground.confirm([ground.view.releasing(group, parts, account)], yes=yes, as_json=as_json)
    steps = []
    for step in out(ground.contracts, Sender(ground.contracts.web3, key), group, parts):
        steps.append(step)
        if not as_json:
            ground.view.released(step)
    if as_json:
        ground.screen.json({"steps": [step_as_dict(one) for one in steps]})
