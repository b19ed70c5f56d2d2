"""`watt device renew`, `suspend`, `resume`, `bind`, `unbind`: what the issuing body decides about a device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

import typer

from wattcommons.chain.device_reads import REGISTRY, Devices, KnownDevice, holder_text, read_devices
from wattcommons.cli.device_view import begin_text, source_text, support_text, until_text
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
from wattcommons.domain.devices import latest_validity
from wattcommons.domain.intervals import IntervalLength, interval_starting
from wattcommons.domain.units import MAX_INDEX
from wattcommons.errors import RuleError, SettingsError

_Device: TypeAlias = Annotated[int, typer.Argument(help="The device's number.", metavar="DEVICE", min=1, max=MAX_INDEX)]
_From: TypeAlias = Annotated[str, typer.Option("--from", help="First interval's start, in UTC.", metavar="MOMENT")]


def renew(
    device: _Device,
    until: Annotated[str | None, typer.Option(help="When it lapses; else after five years.", metavar="DATE")] = None,
    keystore: KeystoreOption = None,
    password_file: PasswordOption = None,
    devnet_key: DevnetOption = False,
    deployment: DeploymentOption = None,
    rpc: RpcOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Renew a registration after its re-check, for at most five calendar years.

    It counts from the first open interval on: what passed while it had lapsed stays without certificates.
    """
    case = _case(device, keystore, password_file, devnet_key, deployment, rpc, yes, as_json)
    if until is None:
        moment = latest_validity(case.devices.now)
    else:
        moment = int(moment_of("--until", until).timestamp())
        if moment <= case.devices.now:
            raise SettingsError(
                f"{until} does not lie ahead", "to stop its certificates, use `watt device suspend`", setting="--until"
            )
    case.set(
        f"This renews the registration of device {device}.",
        f"device {device} is registered until {until_text(moment)}",
        suspended=case.known.suspended,
        valid_until=moment,
    )


def suspend(
    device: _Device,
    keystore: KeystoreOption = None,
    password_file: PasswordOption = None,
    devnet_key: DevnetOption = False,
    deployment: DeploymentOption = None,
    rpc: RpcOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Stop a device's certificates from the first open interval on. What it was issued stays."""
    case = _case(device, keystore, password_file, devnet_key, deployment, rpc, yes, as_json)
    if case.known.suspended:
        raise RuleError(f"device {device} is suspended already", f"`watt device resume {device}` ends it")
    done = f"device {device} is suspended"
    case.set(f"This suspends device {device}: it earns no certificates any more.", done, suspended=True)


def resume(
    device: _Device,
    keystore: KeystoreOption = None,
    password_file: PasswordOption = None,
    devnet_key: DevnetOption = False,
    deployment: DeploymentOption = None,
    rpc: RpcOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """End a suspension from the first open interval on. What passed in between stays without certificates."""
    case = _case(device, keystore, password_file, devnet_key, deployment, rpc, yes, as_json)
    if not case.known.suspended:
        raise RuleError(f"device {device} is not suspended", f"see `watt device show {device}`")
    done = f"device {device} is suspended no more"
    case.set(f"This ends the suspension of device {device}: it earns certificates again.", done, suspended=False)


def bind(
    device: _Device,
    participant: Annotated[
        int, typer.Argument(help="The participant's number.", metavar="PARTICIPANT", min=1, max=MAX_INDEX)
    ],
    from_: _From,
    keystore: KeystoreOption = None,
    password_file: PasswordOption = None,
    devnet_key: DevnetOption = False,
    deployment: DeploymentOption = None,
    rpc: RpcOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bind a device to a participant from an interval on, taking it from whoever has it then."""
    case = _case(device, keystore, password_file, devnet_key, deployment, rpc, yes, as_json)
    case.bind(participant, from_)


def unbind(
    device: _Device,
    from_: _From,
    keystore: KeystoreOption = None,
    password_file: PasswordOption = None,
    devnet_key: DevnetOption = False,
    deployment: DeploymentOption = None,
    rpc: RpcOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take a device from its participant from an interval on."""
    case = _case(device, keystore, password_file, devnet_key, deployment, rpc, yes, as_json)
    case.bind(0, from_)


@dataclass(frozen=True)
class _Case:
    """One device and the desk that decides about it."""

    desk: Desk
    devices: Devices
    known: KnownDevice
    length: IntervalLength

    def set(self, what: str, done: str, *, suspended: bool, valid_until: int | None = None) -> None:
        """Set what the registry holds of the device; what is not named stays as it is."""
        known = self.known
        until = known.valid_until if valid_until is None else valid_until
        state = "suspended" if suspended else "not suspended"
        facts = [
            ("device", f"{known.index}, {source_text(known)}, {known.capacity_w:,} W"),
            ("state", state),
            ("support", support_text(known.scheme, allows=known.scheme_allows)),
            ("holds until", until_text(until)),
            ("from", begin_text(self.devices.first_open, self.length)),
        ]
        terms = (known.index, known.scheme_allows, suspended, until)
        sent = self.desk.act(what, facts, REGISTRY, "setDeviceIssuable", *terms)
        self.desk.done(done, sent, device=known.index, suspended=suspended, valid_until=until)

    def bind(self, participant: int, moment: str) -> None:
        """Bind it to a participant; 0 for nobody."""
        index = self.known.index
        try:
            first = interval_starting(moment_of("--from", moment), self.length)
        except RuleError as error:
            raise SettingsError(error.message, error.hint, setting="--from") from None
        before, after = holder_text(self.known.participant_at(first)), holder_text(participant)
        later = [(who, at) for who, at in self.known.bindings if at > first]
        if before == after and not later:
            raise RuleError(f"device {index} is with {after} then already", f"see `watt device show {index}`")
        facts = [
            ("device", f"{index}, {source_text(self.known)}, {self.known.capacity_w:,} W"),
            ("goes to", after),
            ("from", begin_text(first, self.length)),
            ("before", before),
        ]
        facts += [("no longer", f"{holder_text(who)} from {begin_text(at, self.length)}") for who, at in later]
        what = f"This changes whose device {index} is."
        sent = self.desk.act(what, facts, REGISTRY, "bindDevice", index, participant, first)
        self.desk.done(
            f"device {index} is with {after} from {begin_text(first, self.length)}",
            sent,
            device=index,
            participant=participant or None,
            from_interval=first,
        )


def _case(
    device: int,
    keystore: KeystoreOption,
    password_file: PasswordOption,
    devnet_key: bool,
    deployment: DeploymentOption,
    rpc: RpcOption,
    yes: bool,
    as_json: bool,
) -> _Case:
    contracts = contracts_of(deployment, rpc, load_settings())
    account = issuing_key(keystore, password_file, devnet_key=devnet_key, known=contracts.deployment)
    desk = Desk(contracts, account, yes=yes, as_json=as_json)
    devices = read_devices(contracts)
    return _Case(desk, devices, devices.of(device), contracts.deployment.terms.length)
