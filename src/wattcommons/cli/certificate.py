"""`watt certificate`: what the issuing body decides about certificates that were issued in error."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from wattcommons.chain.commitments import text_hash
from wattcommons.chain.device_reads import GUARANTEES
from wattcommons.chain.enrolment_refusals import interval_text
from wattcommons.chain.events import NO_ADDRESS
from wattcommons.chain.keystore import checked_address
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
from wattcommons.cli.settings import load_settings
from wattcommons.cli.wiring import contracts_of
from wattcommons.domain.guarantees import CertificateId, device_and_interval
from wattcommons.domain.units import MAX_WH
from wattcommons.errors import RuleError, SettingsError

_REASON_OCTETS: Final = 32


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Certificates that were issued in error.", no_args_is_help=True)
    group.callback()(certificates)
    group.command("withdraw")(withdraw)
    app.add_typer(group, name="certificate")


def certificates() -> None:
    """Certificates that were issued in error."""


def withdraw(
    number: Annotated[int, typer.Argument(help="The certificate's number.", metavar="ID", min=1)],
    wh: Annotated[int, typer.Option("--wh", help="How many Wh.", metavar="WH", min=1, max=MAX_WH)],
    reason: Annotated[str, typer.Option(help="Why, for everybody to read; 32 bytes, a longer one is hashed.")],
    from_holder: Annotated[str | None, typer.Option(help="The wallet that holds them.", metavar="ADDRESS")] = None,
    from_claim: Annotated[bool, typer.Option("--from-claim", help="They wait in the producer's claim.")] = False,
    keystore: KeystoreOption = None,
    password_file: PasswordOption = None,
    devnet_key: DevnetOption = False,
    deployment: DeploymentOption = None,
    rpc: RpcOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Withdraw Wh that were issued in error, for good. What was cancelled or has expired cannot be withdrawn."""
    if (from_holder is None) != from_claim:
        raise SettingsError("say whose they are", "give --from-holder or --from-claim, one of them", setting="withdraw")
    holder = NO_ADDRESS if from_holder is None else _address(from_holder)
    octets = reason_octets(reason)
    device, interval = device_and_interval(CertificateId(number))
    contracts = contracts_of(deployment, rpc, load_settings())
    length = contracts.deployment.terms.length
    account = issuing_key(keystore, password_file, devnet_key=devnet_key, known=contracts.deployment)
    desk = Desk(contracts, account, yes=yes, as_json=as_json)
    facts = [
        ("certificate", str(number)),
        ("production", f"of device {device}, from {interval_text(interval, length)}"),
        ("amount", f"{wh:,} Wh"),
        ("from", "the producer's claim" if from_claim else holder),
        ("reason", reason if len(reason.encode()) <= _REASON_OCTETS else f"{reason} (as its hash 0x{octets.hex()})"),
    ]
    what = "This withdraws certificates for good: nobody can undo it."
    sent = desk.act(what, facts, GUARANTEES, "withdraw", holder, number, wh, octets)
    given = {"certificate": number, "wh": wh, "holder": None if from_claim else holder, "reason": f"0x{octets.hex()}"}
    desk.done(f"{wh:,} Wh of certificate {number} are withdrawn", sent, **given)


def reason_octets(reason: str) -> bytes:
    """A reason in 32 octets: itself, or its hash where it is longer. Raises SettingsError for none."""
    if not reason.strip() or not reason.isprintable():
        raise SettingsError("is empty or has signs that cannot be printed", "say why in one line", setting="--reason")
    octets = reason.encode()
    return octets.ljust(_REASON_OCTETS, b"\0") if len(octets) <= _REASON_OCTETS else text_hash(reason)


def _address(text: str) -> str:
    try:
        return checked_address(text)
    except RuleError as error:
        raise SettingsError(error.message, error.hint, setting="--from-holder") from None
